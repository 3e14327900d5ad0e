"""The tables, partitions, roll-ups and views."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from db.migrations import first_partitions, first_rollups, first_status, first_views

revision = "0001"
down_revision = None

FUNCTIONS = (
    *first_views.FUNCTIONS,
    *first_status.FUNCTIONS,
    *first_rollups.FUNCTIONS,
    *first_partitions.FUNCTIONS,
)
CREATE = (*first_partitions.CREATE, *first_rollups.CREATE, *first_views.CREATE, *first_status.CREATE)


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
        sa.Column("reading_id", postgresql.UUID(as_uuid=True), nullable=False),
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
        postgresql_partition_by="RANGE (measured_at)",
    )
    op.create_index(
        "reading_measured_at",
        "reading",
        ["measured_at", "sensor_id"],
        postgresql_include=["temperature"],
    )
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    for statement in CREATE:
        _execute(statement.replace("SCHEMA", schema))
    for function in FUNCTIONS:  # everybody may call a new one; db/roles.py says who may call these
        _execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    for statement in (*first_status.DROP, *first_views.DROP):
        _execute(statement)
    op.drop_table("reading")
    _execute(f"DROP FUNCTION {', '.join(FUNCTIONS)}")
    for statement in (*first_rollups.DROP, *first_partitions.DROP):
        _execute(statement)
    op.drop_table("sensor")


def _execute(statement: str) -> None:
    # As it is: a colon or a percent sign in it is no parameter.
    op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})
