"""Forget what was fetched of a source when its definition changes."""

from db.migrations.sql_files import execute_sql_files

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    execute_sql_files("0022_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0022_downgrade.sql")
