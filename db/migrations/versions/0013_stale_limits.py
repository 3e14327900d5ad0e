"""Let limits decide for how long a sensor may be silent."""

from db.migrations.sql_files import execute_sql_files

revision = "0013"
down_revision = "0010"


def upgrade() -> None:
    execute_sql_files("0013_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0013_downgrade.sql")
