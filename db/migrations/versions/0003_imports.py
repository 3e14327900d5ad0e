"""Record which import brought a reading, so that the import can be undone."""

from db.migrations.sql_files import execute_sql_files

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_sql_files("0003_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0003_downgrade.sql")
    execute_sql_files("0002_1_sensor_states.sql")  # whose function does not read the column
