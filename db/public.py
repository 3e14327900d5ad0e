"""Revokes what PostgreSQL grants to every role of a database, and no role of this project needs."""

from psycopg import sql
from sqlalchemy import Connection, text

from db.engine import execute_composed

# Temporary tables and large objects take disk space without a limit. Advisory locks fill the lock table of
# the whole server, and would keep a migration or the maintenance of partitions waiting.
STATEMENTS = """
SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', datname)
FROM pg_database
WHERE datname = current_database() AND pg_has_role(datdba, 'USAGE')
  AND has_database_privilege('public', oid, 'TEMPORARY')
UNION ALL
SELECT format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', nspname)
FROM pg_namespace
WHERE nspname = current_schema() AND pg_has_role(nspowner, 'USAGE')
  AND has_schema_privilege('public', oid, 'CREATE')
UNION ALL
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', oid::regprocedure)
FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND pg_has_role(proowner, 'USAGE')
  AND (proname IN ('lo_creat', 'lo_create', 'lo_from_bytea') OR proname ~ '^pg_(try_)?advisory_')
  AND has_function_privilege('public', oid, 'EXECUTE')
"""


def revoke_from_public(connection: Connection) -> None:
    """Revoke temporary tables, large objects, advisory locks and new objects from PUBLIC.

    Only what the current role may revoke: the owner of the database is not necessarily a superuser, who alone
    may revoke large objects and advisory locks.
    """
    for statement in connection.scalars(text(STATEMENTS)).all():
        execute_composed(connection, sql.SQL(statement))
