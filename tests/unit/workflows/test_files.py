"""The messages of the queue `files`."""

import pytest

from runtime.errors import InvalidInput
from workflows.files import parse_file_name


@pytest.mark.parametrize("name", ["x.csv", "work/7/x.csv", "Kühlschrank 2.xlsx", "冷蔵庫.csv"])
def test_a_message_names_a_file(name: str) -> None:
    assert parse_file_name(f'{{"file_name": "{name}", "sent_by": "robot"}}'.encode()) == name


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        (b"x.csv", "body", "must be a JSON object such as"),
        (b"", "body", "must be a JSON object such as"),
        (b'["x.csv"]', "body", "must be a JSON object such as"),
        (b"{}", "file_name", "is missing"),
        (b'{"file_name": 7}', "file_name", "must be text"),
        (b'{"file_name": ""}', "file_name", "must have 1 to 1,000 characters"),
        (b'{"file_name": "../x.csv"}', "file_name", "must not contain an empty name"),
        (b'{"file_name": "/etc/passwd"}', "file_name", "must not begin with /"),
        (b'{"file_name": "a%2fb.csv"}', "file_name", "must not contain an encoded"),
        (b'{"file_name": "http://host/x.csv"}', "file_name", "and not a URL"),
        (b'{"file_name": "a\\u0000.csv"}', "file_name", "must not contain control characters"),
    ],
)
def test_another_message_is_refused_with_the_reason(body: bytes, field: str, message: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_file_name(body)
    assert raised.value.field == field
    assert message in raised.value.message
