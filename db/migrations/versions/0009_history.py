"""Add roll-ups of hours and days, which outlive the readings and minutes."""

from db.migrations.sql_files import execute_sql_files

revision = "0009"
down_revision = "0012"


def upgrade() -> None:
    execute_sql_files("0009_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0009_downgrade.sql")
