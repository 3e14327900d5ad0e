"""The results of the evaluation: a record per section, kept as JSON, so that one can be replaced."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Rows = list[list[str]]


@dataclass(kw_only=True)
class Table:
    """A table; its first row has the headings."""

    title: str
    rows: Rows


@dataclass(kw_only=True)
class Section:
    """What was measured in a section. Figures are compared with targets, curves are drawn."""

    conditions: str = ""
    tables: list[Table] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    curves: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add_table(self, title: str, rows: Rows) -> None:
        """Add a table."""
        self.tables.append(Table(title=title, rows=rows))


Results = dict[str, Section]


def read(path: Path) -> Results:
    """Return the results in a file; empty if there is none.

    Raises:
        ValueError: When the file is of another version.
    """
    if not path.exists():
        return {}
    document = json.loads(path.read_text(encoding="utf-8"))
    try:
        return {name: _section(values) for name, values in document.items()}
    except (TypeError, KeyError) as error:
        raise ValueError(f"{path} is of another version ({error}): run all sections once") from None


def write(results: Results, path: Path) -> None:
    """Write the results."""
    document = {name: asdict(section) for name, section in results.items()}
    text = json.dumps(document, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _section(values: dict[str, Any]) -> Section:
    return Section(**{**values, "tables": [Table(**table) for table in values["tables"]]})
