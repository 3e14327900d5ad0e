"""Bodies that are not JSON: what they are by their first bytes, or by their text."""

import json
import re
from typing import Any, NamedTuple

from readings.model import Unit
from readings.units import UnknownUnit, parse_unit

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COMPRESSED = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x78\x01": "zlib",
    b"\x78\x5e": "zlib",
    b"\x78\x9c": "zlib",
    b"\x78\xda": "zlib",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"PK\x03\x04": "ZIP",
}
_UTF_16_OR_32 = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_AMQP_1_0 = {b"\x00Sw": "a value", b"\x00Sv": "a sequence"}  # descriptors of sections that are no plain bytes
_NUMBER = re.compile(r"([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))(\D*)")
_DECIMAL_COMMA = re.compile(r"(:\s*[+-]?\d+),(?=\d)")
_DECODER = json.JSONDecoder()
_AFTER_BLANKS = re.compile(r"[^ \t\r\n\x1e]")
MIN_BINARY_BYTES = 3


class Problem(NamedTuple):
    """What a body is, what its sender should do, and the temperature that was found in it."""

    description: str
    hint: str
    temperature: float | None = None
    unit: Unit | None = None


SEND_EACH = "send each as a message of its own, as in"
SEND_PLAIN = "send the JSON itself in UTF-8, as in"
SEND_JSON = "send JSON, as in"
_TEXTS = (
    (
        re.compile(r"nan|[+-]?inf|unavailable|unknown|none|offline|online", re.IGNORECASE),
        Problem("the state of a sensor without a measurement", "send nothing then, or a number, as in"),
    ),
    (re.compile(r"<.*", re.DOTALL), Problem("XML or HTML", SEND_JSON)),
    (re.compile(r"eyJ[\w+/=-]*"), Problem("JSON in Base64", SEND_PLAIN)),
    (
        re.compile(r"\{'.*\}", re.DOTALL),
        Problem("in Python's notation", "send it as JSON (json.dumps), as in"),
    ),
    (
        re.compile(r"\[object \w+\]"),
        Problem("an object of JavaScript as text", "send JSON.stringify of it, as in"),
    ),
    (re.compile(r'\{:?[\w"]+ ?=.*\}', re.DOTALL), Problem("a map of Ruby or Java as text", SEND_JSON)),
    (
        re.compile(r"[^\s,=]+(,[^\s,=]+=[^\s,=]+)* [^\s,=]+=[^\s,]+(,[^\s,=]+=[^\s,]+)*( \d+)?"),
        Problem("in the line protocol of InfluxDB", SEND_JSON),
    ),
    (re.compile(r"[^\s&=]+=[^\s&=]*(&[^\s&=]+=[^\s&=]*)+"), Problem("a form of a web page", SEND_JSON)),
)


def find_problem(body: bytes) -> Problem | None:
    """Return why the body is not JSON, if it is known; the hint is followed by an example."""
    return _problem_of_bytes(body) or _problem_of_text(body)


def _problem_of_bytes(body: bytes) -> Problem | None:
    if name := next((name for start, name in _COMPRESSED.items() if body.startswith(start)), None):
        return Problem(f"compressed with {name}", SEND_PLAIN)
    if section := next((name for start, name in _AMQP_1_0.items() if body.startswith(start)), None):
        return Problem(f"{section} of AMQP 1.0", "send bytes (a data section) that are JSON, as in")
    if body.endswith(b"\0") and _documents(body.rstrip(b"\0")):
        return Problem("JSON that ends with a NUL byte", "send it without that, as in")
    if body.startswith(BYTE_ORDER_MARK) and _documents(body.removeprefix(BYTE_ORDER_MARK)):
        return Problem("JSON behind a byte-order mark", "send it without the mark, as in")
    if encoding := _wide_encoding(body):
        return Problem(f"in {encoding[:6].upper()}", SEND_PLAIN)
    return None


def _wide_encoding(body: bytes) -> str | None:
    """Return the encoding with two or four bytes per character in which the body is JSON or a number."""
    marked = next((encoding for mark, encoding in _UTF_16_OR_32 if body.startswith(mark)), None)
    unmarked = {b"\0{": "utf-16-be", b"{\0": "utf-16-le"}.get(body[:2])
    encoding = marked or unmarked
    try:
        text = body.decode(encoding).lstrip("\ufeff") if encoding else ""
    except UnicodeDecodeError:
        return None
    return encoding if _documents(text) else None


def _documents(text: bytes | str) -> list[Any]:
    """Return the JSON values in the text, one after another; none if anything else is in it."""
    try:
        decoded = (text.decode() if isinstance(text, bytes) else text).strip()
        documents = []
        end = 0
        while start := _AFTER_BLANKS.search(decoded, end):
            document, end = _DECODER.raw_decode(decoded, start.start())
            documents.append(document)
    except (ValueError, RecursionError):
        return []
    return documents


def _problem_of_text(body: bytes) -> Problem | None:
    try:
        text = body.decode().strip()
    except UnicodeDecodeError:
        if _documents(body.decode("latin-1")):
            return Problem("JSON, but not in UTF-8, perhaps in Latin-1", SEND_PLAIN)
        is_text = body[:1] in b'{["0123456789' or len(body) <= MIN_BINARY_BYTES
        return None if is_text else Problem("binary, perhaps CBOR, MessagePack or Protobuf", SEND_JSON)
    match = _NUMBER.fullmatch(text)
    if match and (problem := _problem_of_number(match[1], match[2].strip())):
        return problem
    if len(documents := _documents(text)) > 1:
        kind = "newline-delimited JSON" if "\n" in text else "a sequence of JSON"
        return Problem(f"{kind} with {len(documents)} values", SEND_EACH)
    if _DECIMAL_COMMA.search(text) and _documents(_DECIMAL_COMMA.sub(r"\1.", text)):
        return Problem("JSON whose numbers have a decimal comma", "send a decimal point, as in")
    return next((problem for pattern, problem in _TEXTS if pattern.fullmatch(text)), None)


def find_number(text: str) -> tuple[float, Unit | None] | None:
    """Return the number and the unit of a text such as `21,5 °C`; None if it is none, or of another unit."""
    match = _NUMBER.fullmatch(text.strip())
    try:
        unit = parse_unit(match[2]) if match and match[2] else None
    except UnknownUnit:
        return None
    return (float(match[1].replace(",", ".")), unit) if match else None


def _problem_of_number(number: str, unit: str) -> Problem | None:
    if "," in number:
        temperature = float(number.replace(",", "."))
        return Problem("a number with a decimal comma", "send a decimal point, as in", temperature)
    if not unit:
        return Problem("a number in another notation than JSON's", "send it as in", float(number))
    try:
        parsed = parse_unit(unit)
    except UnknownUnit:
        return None
    return Problem(f"a number with its unit, {parsed}", "send JSON, as in", float(number), parsed)
