"""Round calibrated temperatures to nine decimals."""

from db.migrations.sql_files import execute_sql_files

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    execute_sql_files("0027_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0027_downgrade.sql")
    execute_sql_files("0021_3_revisions.sql")  # whose function does not round
