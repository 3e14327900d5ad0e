"""Keep what the analysis of readings learns and finds."""

from db.migrations.sql_files import execute_sql_files

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    execute_sql_files("0013_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0013_downgrade.sql")
