"""Record known losses, which reconciliation does not count again."""

from db.migrations.sql_files import execute_sql_files

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    execute_sql_files("0005_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0005_downgrade.sql")
