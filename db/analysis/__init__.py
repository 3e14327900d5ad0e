"""The analysis in the database: the lock of the one that works, what it reads, and what it saves."""
