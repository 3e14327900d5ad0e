"""Let people describe, calibrate, retire and merge sensors."""

from db.migrations.sql_files import execute_sql_files

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    execute_sql_files("0008_[0-9]_*.sql")


def downgrade() -> None:
    execute_sql_files("0003_2_sensor_states.sql")  # which reads no new column
    execute_sql_files("0008_downgrade.sql")
