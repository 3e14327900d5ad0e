"""JSON files: each element of an array is a message, in constant memory, with its line."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readings.files import json_bodies
from readings.files.json_bodies import JsonLayout
from readings.files.records import Body, Item, Rejected
from readings.files.text import TextLines

pytestmark = pytest.mark.usefixtures("without_garbage_collection")

MESSAGE = {"id": 1, "data": "2026-01-01T12:00:00Z", "temperatura": 20}


def read(text: str | bytes) -> list[Item]:
    content = text if isinstance(text, bytes) else text.encode()
    return list(JsonLayout(is_array=True).read(TextLines(io.BytesIO(content))))


@pytest.mark.parametrize("indent", [None, 1])
@given(values=st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5) | st.floats(), max_size=3)))
def test_each_element_of_an_array_is_a_body(indent: int | None, values: list[dict[str, object]]) -> None:
    items = read(json.dumps(values, indent=indent))

    assert [json.dumps(json.loads(item.body)) for item in items if isinstance(item, Body)] == [
        json.dumps(value) for value in values
    ]


def test_each_body_has_its_line() -> None:
    items = read('[\n{"a":\n1},\n\n{"b": 2}, {"c": 3}]\n')

    assert items == [Body(2, b'{"a":\n1}'), Body(5, b'{"b": 2}'), Body(5, b'{"c": 3}')]


@pytest.mark.parametrize("text", [json.dumps(MESSAGE), f"{json.dumps(MESSAGE)}\n" * 2])
def test_objects_without_an_array_are_bodies(text: str) -> None:
    assert [item for item in read(text) if not isinstance(item, Body)] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_the_encoding_is_recognised(encoding: str) -> None:
    assert read('[{"a": "é"}]'.encode(encoding)) == [Body(1, '{"a": "é"}'.encode())]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[", 1, "the array is not complete"),
        ("[\n{}", 2, "the array is not complete, or a comma is missing: the rest of the file is not read"),
        ("[\n{}\n{}]", 3, "a comma is missing"),
        ("[{},\nx]", 2, "is not JSON"),
        ("[{}]\n{}", 2, "more text follows the array"),
        ('[{"a": ', 1, "is not JSON"),
        ('[{"a": "' + "x" * 200_000 + '"}]', 1, "is not JSON"),
        ("[" * 100_000, 1, "is not JSON"),
    ],
)
def test_what_is_no_json_ends_the_file_with_its_line(text: str, line: int, reason: str) -> None:
    last = read(text)[-1]

    assert isinstance(last, Rejected)
    assert last.line == line
    assert reason in last.reason


def test_a_large_array_is_read_in_parts() -> None:
    count = 4 * json_bodies.MAX_ELEMENT_CHARACTERS // len(json.dumps(MESSAGE))

    items = read(json.dumps([MESSAGE] * count))

    assert items == [Body(1, json.dumps(MESSAGE).encode())] * count


@given(st.binary(max_size=40))
def test_any_file_can_be_read(content: bytes) -> None:
    read(content)
