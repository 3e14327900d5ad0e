"""Alembic's entry point: `db.migrate` hands over a connection."""

from alembic import context

from db.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
