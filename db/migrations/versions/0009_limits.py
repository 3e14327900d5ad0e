"""Limits, excursions, and the order in which readings were stored."""

from db.migrations.sql_files import execute_sql_files

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    execute_sql_files("0009_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0009_downgrade.sql")
