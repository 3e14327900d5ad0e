"""The page of log events, found in the source of the services."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.docs import services
from scripts.docs.markdown import code, codes, table

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (*services.MODULES, "sensorctl", "native", "db", "runtime", "web")
LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error"}
LOGGERS = ("log", "_log", "logger", "_logger")
INTRODUCTION = """# Log events

Every line of a log is one event with fields. `LOG_FORMAT` chooses the format: `console` for people, `json`
for programs. Every line also has `timestamp` and `level`. [Logs](../guides/logs.md) shows how to filter and
summarise them. """


@dataclass(frozen=True)
class Event:
    """A call that logs: the event's name (`…` for what is only known at run time), level and fields."""

    name: str
    level: str
    fields: tuple[str, ...]


def page() -> str:
    """Return the page, a section per package."""
    parts = [INTRODUCTION]
    for package in PACKAGES:
        events = {event.name: event for event in events_in(ROOT / package)}
        rows = [(code(event.name), event.level, codes(event.fields)) for _, event in sorted(events.items())]
        if rows:
            parts.append(f"\n## {package}\n\n{table(('Event', 'Level', 'Fields'), rows)}")
    return "".join(parts)


def events_in(folder: Path) -> Iterator[Event]:
    """Yield every call of a logger in the Python files under `folder`."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (event := event_of(node)):
                yield event


def event_of(call: ast.Call) -> Event | None:
    """Return the event that a call logs, or None if it does not log."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in LEVELS or not call.args:
        return None
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", None)
    text = _text(call.args[0])
    if name not in LOGGERS or text is None:
        return None
    fields = tuple(keyword.arg for keyword in call.keywords if keyword.arg)
    return Event(text, LEVELS[function.attr], fields)


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None
