"""Keep workflows with their jobs and events, and the schedules and sources that they start from."""

from db.migrations.sql_files import execute_sql_files

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    execute_sql_files("0015_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0015_downgrade.sql")
