"""Let limits be removed and set at the same time."""

from db.migrations.sql_files import execute_sql_files

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    execute_sql_files("0023_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0023_downgrade.sql")
