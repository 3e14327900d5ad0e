"""Migrations, views and the store; the only package that imports SQLAlchemy, psycopg and Alembic."""
