"""Read the minutes of some sensors without those of all."""

from db.migrations.sql_files import execute_sql_files

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    execute_sql_files("0012_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0012_downgrade.sql")
