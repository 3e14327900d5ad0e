"""Add roll-ups of hours and days, which outlive the readings and minutes."""

from db.migrations.sql_files import execute_sql_files

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    execute_sql_files("0007_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0007_downgrade.sql")
