"""`.env` files. tests/integration/test_env_file.py compares the same lines with Docker Compose itself."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.env_file import format_env_file, read_env_file
from runtime.errors import ConfigurationError
from tests.env_file_lines import ENVIRONMENT, LINES, Line

ACCEPTED = [line for line in LINES if line.value is not None]
REFUSED = [line for line in LINES if line.value is None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.mark.parametrize(
    "line", [line for line in LINES if line.value is not None], ids=lambda line: line.text
)
def test_a_value_is_read(file: Path, line: Line) -> None:
    file.write_bytes(line.text.encode())

    assert read_env_file(file, ENVIRONMENT).values["V"] == line.value


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: line.text)
def test_a_line_that_can_be_read_in_two_ways_is_refused(file: Path, line: Line) -> None:
    file.write_bytes(line.text.encode())

    with pytest.raises(ConfigurationError, match=r"line \d+ of |UTF-16"):
        read_env_file(file, ENVIRONMENT)


def test_an_error_names_line_and_variable_but_not_the_value(file: Path) -> None:
    file.write_text("# comment\n\nRABBITMQ_PASS='s3cret\n")

    with pytest.raises(ConfigurationError) as raised:
        read_env_file(file, {})

    assert str(raised.value) == f"RABBITMQ_PASS in line 3 of {file} begins with ' and has no ' at its end"


def test_typographic_quotes_are_reported(file: Path) -> None:
    file.write_text("A=\u201cx\u201d\nB=it\u2019s\n")

    result = read_env_file(file, {})
    assert result.values == {"A": "\u201cx\u201d", "B": "it\u2019s"}
    [warning] = result.warnings
    assert warning.startswith(f"A in line 1 of {file} is in typographic quotes, which are part of the value")


def test_a_reference_to_a_variable_that_is_not_set_is_reported(file: Path) -> None:
    file.write_text("A=1\nRABBITMQ_PASS=pa$word\nB=${word:-default}\n")

    [warning] = read_env_file(file, {}).warnings
    assert warning == (
        f"RABBITMQ_PASS in line 2 of {file} refers to $word, which is not set and counts as empty; "
        "for a literal value, write it in single quotes"
    )
    assert read_env_file(file, {"word": "x"}).warnings == []


def test_a_file_that_does_not_exist_sets_nothing(file: Path) -> None:
    assert read_env_file(file, {}).values == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("V=1".encode("utf-16"), "is not UTF-8 but probably UTF-16: save it as UTF-8"),
        ("V=1".encode("utf-16-le"), "is not UTF-8 but probably UTF-16: save it as UTF-8"),
        ("A=1\nV=pä".encode("latin-1"), r"line 2 of .* is not UTF-8 \(byte 0xe4\): save the file as UTF-8"),
    ],
)
def test_another_encoding_than_utf_8_is_refused(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)

    with pytest.raises(ConfigurationError, match=message):
        read_env_file(file, {})


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        read_env_file(tmp_path, {})


@given(
    variables=st.dictionaries(
        st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True).filter(lambda name: name != "export"),
        st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\"'\\$#\n\t ")),
    )
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, variables: dict[str, str]
) -> None:
    file = tmp_path_factory.getbasetemp() / "written.env"
    file.write_text(format_env_file(variables), encoding="utf-8")

    assert read_env_file(file, {}).values == variables


@given(content=st.binary() | st.text(st.sampled_from("V=W '\"\\$#{}:-\n\r\t")).map(str.encode))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.env"
    file.write_bytes(content)

    with suppress(ConfigurationError):
        read_env_file(file, ENVIRONMENT)
