"""Tables, migrations, views and the store; the only place that knows SQLAlchemy and psycopg."""
