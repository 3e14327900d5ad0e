"""Find what is stored under the IDs of readings that were not inserted."""

from db.migrations.sql_files import execute_sql_files

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    execute_sql_files("0025_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0025_downgrade.sql")
