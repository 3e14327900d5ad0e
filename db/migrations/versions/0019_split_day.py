"""Keep the readings of a day of which only the first minutes are dropped."""

from db.migrations.sql_files import execute_sql_files

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    execute_sql_files("0019_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0019_downgrade.sql")
