"""The page of tables and views, generated from the comments in a migrated database.

It is kept as `docs/reference/database.md`, because the site is built without a database. An integration test
compares it with a migrated one; `UPDATE_REFERENCE=1` makes that test write it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from scripts.docs.markdown import code, punctuate, table

FILE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "database.md"
Row = Mapping[str, Any]
INTRODUCTION = """# Database

The tables and views of the schema, with the comments that `\\d+ NAME` shows in psql. This page is generated
from a migrated database.

Query the views: of the tables, the role `reader` may read only some (`db/grants.py`). Temperatures are in °C.
"""
QUERY = """
SELECT relation.relname AS relation,
       relation.relkind IN ('v', 'm') AS is_view,
       obj_description(relation.oid, 'pg_class') AS relation_comment,
       attribute.attname AS name,
       format_type(attribute.atttypid, attribute.atttypmod) AS type,
       attribute.attnotnull AS required,
       col_description(relation.oid, attribute.attnum) AS comment
FROM pg_class relation
JOIN pg_attribute attribute ON attribute.attrelid = relation.oid
WHERE relation.relnamespace = current_schema()::regnamespace
  AND relation.relkind IN ('r', 'p', 'v', 'm')
  AND NOT relation.relispartition
  AND attribute.attnum > 0 AND NOT attribute.attisdropped
ORDER BY is_view DESC, relation.relname, attribute.attnum
"""


def page(fetch: Callable[[str], Sequence[Row]]) -> str:
    """Return the whole page; `fetch` runs a query in the migrated database."""
    sections = groupby(fetch(QUERY), key=itemgetter("is_view"))
    titles = {True: "Views", False: "Tables"}
    parts = [INTRODUCTION]
    for is_view, rows in sections:
        parts += [f"\n## {titles[is_view]}\n", *_relations(rows, is_view=is_view)]
    return "".join(parts)


def _relations(rows: Iterator[Row], *, is_view: bool) -> Iterator[str]:
    for name, columns in groupby(rows, key=itemgetter("relation")):
        found = list(columns)
        comment = punctuate(found[0]["relation_comment"] or "")
        headings = ("Column", "Type", "Meaning") if is_view else ("Column", "Type", "Required", "Meaning")
        lines = (_line(column, is_view=is_view) for column in found)
        yield f"\n### {name}\n\n{comment}\n\n{table(headings, lines)}"


def _line(column: Row, *, is_view: bool) -> tuple[str, ...]:
    required = () if is_view else ("yes" if column["required"] else "",)
    return (code(column["name"]), column["type"], *required, punctuate(column["comment"] or ""))
