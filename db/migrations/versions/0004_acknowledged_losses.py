"""Record known losses, which reconciliation does not count again."""

from db.migrations.sql_files import execute_sql_files

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_sql_files("0004_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0004_downgrade.sql")
