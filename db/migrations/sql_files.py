"""Runs the SQL files of a migration, which lie next to its Python file.

The text of a released migration never changes, so that every database has had the same history.
"""

from pathlib import Path

from alembic import op

VERSIONS = Path(__file__).parent / "versions"


def execute_sql_files(pattern: str) -> None:
    """Execute the files in `versions/` that match the pattern, in the order of their names.

    Raises:
        FileNotFoundError: When no file matches.
    """
    paths = sorted(VERSIONS.glob(pattern))
    if not paths:
        raise FileNotFoundError(f"no file matches {VERSIONS / pattern}")
    for path in paths:
        # Without parameters, so that colons and percent signs in the SQL stay as they are.
        op.get_bind().exec_driver_sql(
            path.read_text(encoding="utf-8"), execution_options={"no_parameters": True}
        ).close()
