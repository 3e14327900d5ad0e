"""Create the tables, partitions, roll-ups and views."""

from db.migrations.sql_files import execute_sql_files

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute_sql_files("0001_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0001_downgrade.sql")
