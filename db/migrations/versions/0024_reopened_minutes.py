"""Keep minutes as they are when their dropped readings are stored again."""

from db.migrations.sql_files import execute_sql_files

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    execute_sql_files("0024_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0024_downgrade.sql")
