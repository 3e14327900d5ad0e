"""Record which readings of file jobs were dead-lettered, and why."""

from db.migrations.sql_files import execute_sql_files

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    execute_sql_files("0018_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0018_downgrade.sql")
