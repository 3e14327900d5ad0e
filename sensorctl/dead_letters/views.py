"""Views of dead letters. Their content is untrusted, so it is escaped."""

import base64
import json
from collections import Counter
from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.hints import replay_hint
from messaging.dead_letters.record import to_record
from readings.payload import MAX_BODY_BYTES
from runtime.text import escape_unprintable, quantity
from sensorctl.output import safe_text, titled_table

MAX_BODY_CHARACTERS = 80


def dead_letters_table(letters: Iterable[DeadLetter], title: str) -> Table:
    """Return one row per dead letter."""
    table = titled_table(title)
    for name in ("id", "at", "sensor", "reason", "detail", "body"):
        table.add_column(name, overflow="fold", no_wrap=name == "id")
    table.add_column("replays", justify="right")
    for letter in letters:
        table.add_row(
            letter.id,
            safe_text(letter.headers.get("x-dead-at") or letter.dead_at or ""),
            safe_text(letter.sensor_id or ""),
            safe_text(letter.reason),
            safe_text(letter.detail),
            Text(body_excerpt(letter.body)),
            str(letter.replays),
        )
    return table


def format_reasons(reasons: Counter[str]) -> str:
    """Return the number of messages by reason, the most frequent first."""
    return (
        ", ".join(f"{count} {escape_unprintable(reason)}" for reason, count in reasons.most_common())
        or "none"
    )


def body_excerpt(body: bytes) -> str:
    """Return the start of a body."""
    text = body[:MAX_BODY_CHARACTERS].decode(errors="backslashreplace")
    return escape_unprintable(text) + ("…" if len(body) > MAX_BODY_CHARACTERS else "")


def format_dead_letter(letter: DeadLetter) -> str:
    """Return the message: headers, properties and body, of a body that is too large the start."""
    record = to_record(letter)
    parts = [
        *(
            f"{name}: {escape_unprintable(str(record[name]))}"
            for name in ("id", "reason", "detail", "at", "sensor_id")
        ),
        f"hint: {replay_hint(letter.reason)}",
        *_section("headers", record["headers"].items()),
        *_section("properties", record["properties"].items()),
        "",
        *_format_body(letter.body),
    ]
    return "\n".join(parts)


def _format_body(body: bytes) -> Iterable[str]:
    size = quantity(len(body), "byte")
    if len(body) > MAX_BODY_BYTES:
        shown = f"the first {MAX_BODY_BYTES:,} are, and `--json` prints all of them"
        yield f"body, {size}, too large to be shown in full: {shown}:"
        text = body[:MAX_BODY_BYTES].decode(errors="backslashreplace")
    else:
        yield f"body, {size}:"
        text = _indent_json(body)
    yield from (escape_unprintable(line) for line in text.split("\n"))


def _section(title: str, items: Iterable[tuple[str, object]]) -> Iterable[str]:
    yield f"\n{title}:"
    for name, value in items:
        text = _format_value(value)
        yield f"  {escape_unprintable(name)}: {escape_unprintable(text)}"


def _format_value(value: object) -> str:
    match value:
        case str():
            return value
        case {"$bytes": str() as encoded, **others} if not others:
            return base64.b64decode(encoded).decode(errors="backslashreplace")
    return json.dumps(value, ensure_ascii=False)


def _indent_json(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.decode(errors="backslashreplace")
