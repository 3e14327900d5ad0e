"""Read and set limits at a cost that thousands of limits hardly raise."""

from db.migrations.sql_files import execute_sql_files

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    execute_sql_files("0011_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0011_downgrade.sql")
