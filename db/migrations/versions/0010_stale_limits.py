"""Let limits decide for how long a sensor may be silent."""

from db.migrations.sql_files import execute_sql_files

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    execute_sql_files("0010_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0010_downgrade.sql")
