"""Sets on every connection what the code depends on, whatever a server, database or role has as defaults."""

from typing import Any

CLIENT_ENCODING = "UTF8"
# `ALTER DATABASE … SET` and `ALTER ROLE … SET` change these for every new connection. psycopg parses only ISO
# dates and `postgres` intervals; the others decide how literals are read, how numbers are written, or when a
# connection is closed. `default_transaction_read_only` is not among them: an administrator sets it to freeze
# a database, and this code must respect that.
SESSION_SETTINGS = {
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "quote_all_identifiers": "off",
    "default_transaction_isolation": "read committed",
    "idle_session_timeout": "0",
    "client_min_messages": "warning",  # db.replication needs them
    # A role may set this for itself; a library that does not exist would keep it from connecting.
    "local_preload_libraries": "",
}
# Where the tables are not on the search path, it is set to the schema that has them. Before the first
# migration there is none; then the objects go where the path leads, or else into `public`.
FIND_SCHEMA = """
SELECT set_config('search_path', quote_ident(schema), false)
FROM (
    SELECT coalesce(
        (SELECT min(nspname)
         FROM pg_class AS version
         JOIN pg_class AS reading USING (relnamespace)
         JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE version.relname = 'alembic_version' AND reading.relname = 'reading'
           AND reading.relkind = 'p'
         HAVING count(*) = 1),
        CASE WHEN coalesce(current_schema(), 'pg_catalog') IN ('pg_catalog', 'information_schema')
             THEN 'public' END
    ) AS schema
) AS found
WHERE to_regclass('reading') IS NULL AND schema IS NOT NULL
"""


def startup_options(settings: dict[str, str], url_options: str = "") -> str:
    """Return libpq's `options` that set SESSION_SETTINGS and `settings`, after those of the URL."""
    assignments = SESSION_SETTINGS | settings
    own = (f"-c {name}={_escape(value)}" for name, value in assignments.items())
    return " ".join([*filter(None, [url_options]), *own])


def find_schema(connection: Any, _record: object = None) -> None:
    """Put the schema of this project's tables on the search path of a new driver connection."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_SCHEMA)
    if not connection.autocommit:
        connection.commit()


def _escape(value: str) -> str:
    r"""Escape spaces and backslashes as libpq's `options` require: `read\ committed`."""
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
