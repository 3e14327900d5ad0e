"""The tables, the index that serves the last hour, its two views, and the view of what is missing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

LAST_HOUR_SUMMARY = """
CREATE VIEW last_hour_summary AS
SELECT sensor_id, sensor.name, sensor.location,
       hour.readings,
       hour.min_temperature, hour.mean_temperature, hour.max_temperature,
       hour.last_temperature, hour.last_measured_at
FROM (
    SELECT sensor_id,
           count(*)          AS readings,
           min(temperature)  AS min_temperature,
           avg(temperature)  AS mean_temperature,
           max(temperature)  AS max_temperature,
           (array_agg(temperature ORDER BY measured_at DESC, reading_id DESC))[1] AS last_temperature,
           max(measured_at)  AS last_measured_at
    FROM reading
    WHERE measured_at > now() - interval '1 hour'
    GROUP BY sensor_id
) AS hour
LEFT JOIN sensor USING (sensor_id)
ORDER BY sensor_id
"""

LAST_HOUR_OVERALL = """
CREATE VIEW last_hour_overall AS
SELECT count(*)          AS readings,
       min(temperature)  AS min_temperature,
       avg(temperature)  AS mean_temperature,
       max(temperature)  AS max_temperature,
       (array_agg(temperature ORDER BY measured_at DESC, reading_id DESC))[1] AS last_temperature,
       max(measured_at)  AS last_measured_at
FROM reading
WHERE measured_at > now() - interval '1 hour'
"""

# A run numbers its readings from 1. There is no index for this: see docs/adr/0007-reconciliation.md.
READING_GAP = """
CREATE VIEW reading_gap AS
SELECT sensor_id, run_id,
       previous + 1            AS first_missing,
       sequence - 1            AS last_missing,
       sequence - 1 - previous AS missing
FROM (
    SELECT sensor_id, run_id, sequence,
           lag(sequence, 1, 0::bigint) OVER (PARTITION BY run_id, sensor_id ORDER BY sequence) AS previous
    FROM reading
    WHERE run_id IS NOT NULL AND sequence >= 1
) AS numbered
WHERE sequence > previous + 1
"""


def upgrade() -> None:
    op.create_table(
        "sensor",
        sa.Column("sensor_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("location", sa.Text),
        sa.Column("registered_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_table(
        "reading",
        sa.Column("reading_id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("sensor_id", sa.Text, nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("temperature", sa.Double, nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.func.clock_timestamp(),
            nullable=False,
        ),
        sa.Column("run_id", postgresql.UUID(as_uuid=True)),
        sa.Column("sequence", sa.BigInteger),
    )
    op.create_index(
        "reading_measured_at",
        "reading",
        ["measured_at"],
        postgresql_include=["sensor_id", "temperature"],
    )
    op.execute(LAST_HOUR_SUMMARY)
    op.execute(LAST_HOUR_OVERALL)
    op.execute(READING_GAP)


def downgrade() -> None:
    op.execute("DROP VIEW reading_gap")
    op.execute("DROP VIEW last_hour_overall")
    op.execute("DROP VIEW last_hour_summary")
    op.drop_table("reading")
    op.drop_table("sensor")
