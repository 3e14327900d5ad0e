"""Find the states of sensors week by week."""

from db.migrations.sql_files import execute_sql_files

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    execute_sql_files("0014_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0014_downgrade.sql")
