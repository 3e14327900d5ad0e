"""Add serial numbers of sensors, the reports with their presets, and questions of jobs."""

from db.migrations.sql_files import execute_sql_files

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    execute_sql_files("0016_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0016_downgrade.sql")
