"""Correct limits and roll-ups where commands or messages change places, or the server is another one."""

from db.migrations.sql_files import execute_sql_files

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    execute_sql_files("0021_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0021_downgrade.sql")
