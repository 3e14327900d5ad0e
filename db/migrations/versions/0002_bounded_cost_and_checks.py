"""Bound the cost of the status query, and let no invalid value into the tables."""

from db.migrations.sql_files import execute_sql_files

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_sql_files("0002_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0002_downgrade.sql")
