CREATE TABLE api_key (
    key_id       bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name         text        NOT NULL UNIQUE CHECK (name ~ '^[^[:cntrl:]]{1,100}$' AND name = btrim(name)),
    role         text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    hash         bytea       NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text        NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz
);
COMMENT ON TABLE api_key IS
    'Keys of the page and the API: one row per key. A revoked key keeps its row, so that audit names one key only.';
COMMENT ON COLUMN api_key.key_id IS 'Number of the key.';
COMMENT ON COLUMN api_key.name IS 'Its name, which no other key ever has: the actor of audit.';
COMMENT ON COLUMN api_key.role IS 'What it permits: viewer, operator or admin; each includes those before it.';
COMMENT ON COLUMN api_key.hash IS 'SHA-256 of the key, which is itself random and stored nowhere.';
COMMENT ON COLUMN api_key.created_at IS 'When it was created.';
COMMENT ON COLUMN api_key.created_by IS 'Who created it, as in audit.';
COMMENT ON COLUMN api_key.last_used_at IS 'When it was used last, to the minute; null: never.';
COMMENT ON COLUMN api_key.revoked_at IS 'When it was revoked; null: it is valid.';

CREATE TABLE login_session (
    hash       bytea       PRIMARY KEY CHECK (length(hash) = 32),
    key_id     bigint      NOT NULL REFERENCES api_key,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_session_of_key ON login_session (key_id, created_at);
COMMENT ON INDEX login_session_of_key IS 'Finds the sessions of a key.';
COMMENT ON TABLE login_session IS 'Browsers that are logged in to the page: one row per session.';
COMMENT ON COLUMN login_session.hash IS 'SHA-256 of the cookie, which is itself random.';
COMMENT ON COLUMN login_session.key_id IS 'The key that it was opened with.';
COMMENT ON COLUMN login_session.created_at IS 'When the browser logged in.';
COMMENT ON COLUMN login_session.expires_at IS 'When it ends; it ends earlier when the key is revoked.';

CREATE FUNCTION create_api_key(actor text, key_name text, key_role text, key_hash bytea) RETURNS api_key
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    other   api_key;
    created api_key;
BEGIN
    IF key_role IS NULL OR key_role NOT IN ('viewer', 'operator', 'admin') THEN
        RAISE 'The role must be viewer, operator or admin.' USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'role';
    END IF;
    IF (SELECT count(*) FROM api_key WHERE revoked_at IS NULL) >= 1000 THEN
        RAISE 'There are 1000 keys already, which is the limit: revoke some.' USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    INSERT INTO api_key (name, role, hash, created_by) VALUES (key_name, key_role, key_hash, actor)
    ON CONFLICT (name) DO NOTHING
    RETURNING * INTO created;
    IF NOT FOUND THEN
        SELECT * INTO other FROM api_key WHERE name = key_name;
        RAISE '%', format(
            'A key named %s %s. A name is given once, so that the audit names one key: choose another name.',
            key_name,
            CASE WHEN other.revoked_at IS NULL THEN 'exists already' ELSE 'was revoked' END
        ) USING ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    PERFORM record_audit(actor, 'create', 'api-key', created.name, NULL, to_jsonb(created) - 'hash');
    RETURN created;
END $$;
COMMENT ON FUNCTION create_api_key IS 'Stores the hash of a new key, and returns its row.';
REVOKE EXECUTE ON FUNCTION create_api_key FROM PUBLIC;

CREATE FUNCTION revoke_api_key(actor text, key_name text) RETURNS api_key
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    previous api_key;
    revoked  api_key;
BEGIN
    SELECT * INTO previous FROM api_key WHERE name = key_name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE '%', format('No key is named %s.', key_name) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    IF previous.revoked_at IS NOT NULL THEN
        RAISE '%', format('The key %s is revoked already.', key_name) USING
            ERRCODE = 'invalid_parameter_value', COLUMN = 'name';
    END IF;
    UPDATE api_key SET revoked_at = now() WHERE key_id = previous.key_id RETURNING * INTO revoked;
    DELETE FROM login_session WHERE key_id = previous.key_id;
    PERFORM record_audit(
        actor, 'revoke', 'api-key', previous.name, to_jsonb(previous) - 'hash', to_jsonb(revoked) - 'hash'
    );
    RETURN revoked;
END $$;
COMMENT ON FUNCTION revoke_api_key IS 'Ends a key and its sessions, and returns its row.';
REVOKE EXECUTE ON FUNCTION revoke_api_key FROM PUBLIC;

CREATE FUNCTION note_key_use(keys bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    UPDATE api_key SET last_used_at = now()
    WHERE key_id = ANY(keys) AND coalesce(last_used_at < now() - interval '1 minute', true)
$$;
COMMENT ON FUNCTION note_key_use IS 'Records that these keys were used, once per minute at most.';
REVOKE EXECUTE ON FUNCTION note_key_use FROM PUBLIC;

CREATE FUNCTION open_session(session_hash bytea, key bigint, seconds integer) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    expiry timestamptz;
BEGIN
    -- A revocation waits for this lock or is seen, so that no session outlives its key.
    PERFORM FROM api_key WHERE key_id = key AND revoked_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM login_session WHERE expires_at <= now();
    DELETE FROM login_session WHERE hash IN (
        SELECT hash FROM login_session WHERE key_id = key ORDER BY created_at DESC OFFSET 99
    );
    INSERT INTO login_session (hash, key_id, expires_at)
    VALUES (session_hash, key, now() + make_interval(secs => seconds))
    RETURNING expires_at INTO expiry;
    RETURN expiry;
END $$;
COMMENT ON FUNCTION open_session IS
    'Opens a session of a valid key and returns when it ends, or null for another key. It keeps 100 per key.';
REVOKE EXECUTE ON FUNCTION open_session FROM PUBLIC;

CREATE FUNCTION close_session(session_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    DELETE FROM login_session WHERE hash = session_hash
$$;
COMMENT ON FUNCTION close_session IS 'Ends a session.';
REVOKE EXECUTE ON FUNCTION close_session FROM PUBLIC;

-- Dead letters are in the broker, so that who changes them records it.
CREATE FUNCTION record_dead_letter_change(
    actor text, action text, letters text[], before jsonb[], after jsonb
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    IF action NOT IN ('request-replay', 'request-discard', 'replay', 'discard') THEN
        RAISE 'no change of dead letters: %', action USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM record_audit(actor, action, 'dead-letter', letter, was, after)
    FROM unnest(letters, before) AS changed (letter, was);
END $$;
COMMENT ON FUNCTION record_dead_letter_change IS
    'Records what was requested of the dead letters, or done with each of them.';
REVOKE EXECUTE ON FUNCTION record_dead_letter_change FROM PUBLIC;
