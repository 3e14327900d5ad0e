-- What was fetched of a source was fetched as the source was defined then.

SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION forget_coverage() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM source_coverage WHERE source = NEW.name;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION forget_coverage IS 'Lets the history of a source count as not fetched.';

CREATE TRIGGER source_changed AFTER UPDATE ON source FOR EACH ROW
WHEN (
    (OLD.kind, OLD.address, OLD.sensors, OLD.unit, OLD.time_zone, OLD.options)
    IS DISTINCT FROM (NEW.kind, NEW.address, NEW.sensors, NEW.unit, NEW.time_zone, NEW.options)
)
EXECUTE FUNCTION forget_coverage();
COMMENT ON TRIGGER source_changed ON source IS
    'Readings of a sensor that was added or corrected are fetched again; those that are stored are recognised.';

REVOKE EXECUTE ON FUNCTION forget_coverage FROM PUBLIC;
