"""How dead messages look in a terminal. Strangers wrote them, so nothing in them is printed as it is."""

import json
from collections import Counter
from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.record import to_record
from runtime.text import escape_unprintable
from sensorctl.views import safe

BODY_CHARACTERS = 80
FIRST = ("id", "reason", "detail", "at", "sensor_id", "replays")


def dead_table(messages: Iterable[DeadLetter], title: str) -> Table:
    """Dead messages with their reasons, oldest first."""
    table = Table(title=title, title_justify="left")
    for name in ("id", "at", "sensor", "reason", "detail", "body"):
        table.add_column(name, overflow="fold", no_wrap=name == "id")
    table.add_column("replays", justify="right")
    for message in messages:
        table.add_row(
            message.id,
            safe(message.headers.get("x-dead-at") or message.dead_at or ""),
            safe(message.sensor_id or ""),
            safe(message.reason),
            safe(message.detail),
            Text(shown(message.body)),
            str(message.replays),
        )
    return table


def reasons_line(reasons: Counter[str]) -> str:
    """How many of each reason, most first."""
    return (
        ", ".join(f"{count} {escape_unprintable(reason)}" for reason, count in reasons.most_common())
        or "none"
    )


def shown(body: bytes) -> str:
    """The beginning of a body."""
    text = body[:BODY_CHARACTERS].decode(errors="backslashreplace")
    return escape_unprintable(text) + ("…" if len(body) > BODY_CHARACTERS else "")


def whole(message: DeadLetter) -> str:
    """Everything of a message: headers, properties, body."""
    record = to_record(message)
    parts = [
        *(
            f"{name}: {escape_unprintable(str(record[name]))}"
            for name in ("id", "reason", "detail", "at", "sensor_id")
        ),
        *_section("headers", record["headers"].items()),
        *_section("properties", record["properties"].items()),
        "",
        f"body, {len(message.body)} bytes:",
        *(escape_unprintable(line) for line in _pretty(message.body).split("\n")),
    ]
    return "\n".join(parts)


def _section(title: str, items: Iterable[tuple[str, object]]) -> Iterable[str]:
    yield f"\n{title}:"
    for name, value in items:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"  {escape_unprintable(name)}: {escape_unprintable(text)}"


def _pretty(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.decode(errors="backslashreplace")
