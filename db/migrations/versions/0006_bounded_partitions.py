"""Bound what a consumer's maintenance of the partitions does at once, and the partitions of past days."""

from db.migrations.sql_files import execute_sql_files

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    execute_sql_files("0006_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0006_downgrade.sql")
