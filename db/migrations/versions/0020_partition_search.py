"""Bound what the maintenance of the partitions reads of the default partition at once."""

from db.migrations.sql_files import execute_sql_files

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    execute_sql_files("0020_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0020_downgrade.sql")
