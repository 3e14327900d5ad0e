"""The page of modules, generated from their docstrings."""

import ast
from collections.abc import Iterator
from pathlib import Path

from scripts.docs.markdown import code, punctuate, table

ROOT = Path(__file__).resolve().parents[2]
NOT_SERVICES = ("tests", "benchmarks", "evaluation")
MIGRATIONS = "db/migrations/versions"
INTRODUCTION = """# Modules

What each module contains, by the first line of its docstring. [Structure](../development/structure.md) says
which packages may import which.

"""


def page() -> str:
    """Return the whole page."""
    return INTRODUCTION + "\n".join(_section(folder) for folder in packages())


def packages() -> Iterator[Path]:
    """Yield the folder of each package, without those of tests, measurements and versions of the schema."""
    for file in sorted(ROOT.glob("[a-z]*/**/__init__.py")):
        name = file.parent.relative_to(ROOT)
        if name.parts[0] not in NOT_SERVICES and name.as_posix() != MIGRATIONS:
            yield file.parent


def _section(folder: Path) -> str:
    modules = sorted(file for file in folder.glob("*.py") if file.name != "__init__.py")
    rows = [(code(file.name), summary(file)) for file in modules]
    title = f"## `{folder.relative_to(ROOT).as_posix()}`\n\n{summary(folder / '__init__.py')}\n"
    return f"{title}\n{table(('Module', 'Content'), rows)}" if rows else title


def summary(file: Path) -> str:
    """Return the first paragraph of a module's docstring on one line; empty without one."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return punctuate(docstring.partition("\n\n")[0])
