"""The report: a page of Markdown with the targets, and the tables and charts of every measured section."""

from collections.abc import Iterator, Mapping, Sequence

from evaluation.plan import SECTIONS
from evaluation.results import Results, Rows, Section
from evaluation.targets import MISSED, TARGETS, UNKNOWN
from evaluation.texts import LIMITS, PREFACE, TEXTS

HEADINGS = ["figure", "at least", "aim", "measured", ""]


def render(results: Results, pictures: Mapping[str, Sequence[str]]) -> str:
    """Return the page; `pictures` are the charts' paths by section."""
    parts = [PREFACE]
    if has_targets(results):
        parts += ["## Targets", verdict(results), markdown([HEADINGS, *target_rows(results)])]
    for name in ordered(results):
        parts += _section(name, results[name], pictures.get(name, ()))
    parts += [LIMITS, "## Runs"]
    parts.append("\n".join(f"- {name}: {results[name].conditions}" for name in ordered(results)))
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def has_targets(results: Results) -> bool:
    """Return whether there is a section with targets: there are none for labelled files of users."""
    return any(name in SECTIONS for name in results)


def ordered(results: Results) -> list[str]:
    """Return the measured sections in the order of the report; those of other files come last."""
    return [name for name in SECTIONS if name in results] + sorted(set(results) - set(SECTIONS))


def target_rows(results: Results) -> Rows:
    """Return each target with the measured figure."""
    return [target.row(results) for target in TARGETS]


def verdict(results: Results) -> str:
    """Return in words what is below its target, and what was not measured."""
    rows = target_rows(results)
    missed = [f"{row[0]} ({row[3]}, required {row[1]})" for row in rows if row[-1] == MISSED]
    unknown = [row[0] for row in rows if row[-1] == UNKNOWN]
    lines = [
        f"Of {len(rows)} figures, {len(rows) - len(missed) - len(unknown)} meet what is required of them."
    ]
    if missed:
        lines += ["", "Below target:", "", *(f"- {each}" for each in missed)]
    if unknown:
        lines += ["", f"Not measured: {'; '.join(unknown)}."]
    return "\n".join(lines)


def _section(name: str, section: Section, pictures: Sequence[str]) -> Iterator[str]:
    title, text = TEXTS.get(name, (f"A labelled file: {name}", ""))
    yield f"## {title}"
    yield text
    for table in section.tables:
        yield f"**{table.title}**"
        yield markdown(table.rows)
    for picture in pictures:
        yield f"![{title}]({picture})"
    yield "\n".join(f"- {note}" for note in section.notes)


def markdown(rows: Rows) -> str:
    """Format a table, whose first row contains the headings."""
    rule = ["---"] + ["---:"] * (len(rows[0]) - 1)
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:]))
