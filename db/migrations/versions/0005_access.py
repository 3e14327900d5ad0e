"""Record every change in an audit table, and keep API keys and the sessions of the page."""

from db.migrations.sql_files import execute_sql_files

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    execute_sql_files("0005_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0005_downgrade.sql")
