"""Let the reporter request files that it finds by itself."""

from db.migrations.sql_files import execute_sql_files

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    execute_sql_files("0017_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0017_downgrade.sql")
