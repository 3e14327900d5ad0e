"""Show where sensors were before they were moved."""

from db.migrations.sql_files import execute_sql_files

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    execute_sql_files("0026_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0026_downgrade.sql")
