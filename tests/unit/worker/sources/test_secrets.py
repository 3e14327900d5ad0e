from pathlib import Path

import pytest

from worker.sources.model import SourceRefused
from worker.sources.secrets import read_secret


def test_a_secret_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n")

    variable = {"SOURCE_A": "from-variable"}
    for environment, expected in (
        (variable, "from-variable"),
        ({**variable, "SOURCE_A_FILE": str(file)}, "from-file"),
    ):
        secret = read_secret("SOURCE_A", environment)
        assert secret is not None
        assert secret.get_secret_value() == expected
        assert expected not in repr(secret)
    assert read_secret(None, variable) is None


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "SOURCE_A is not set for the worker: set it, or SOURCE_A_FILE"),
        ({"SOURCE_A": ""}, "SOURCE_A is not set"),
        ({"SOURCE_A_FILE": "/nowhere"}, "SOURCE_A_FILE names the file /nowhere, which cannot be read"),
        (
            {"SOURCE_A": "s3cret\nX-Header: 1"},
            "SOURCE_A has blanks at its ends, or characters that no token has",
        ),
        ({"SOURCE_A": " s3cret"}, "SOURCE_A has blanks at its ends"),
        ({"SOURCE_A": "s3crét"}, "SOURCE_A has blanks at its ends"),
    ],
)
def test_a_secret_that_cannot_be_used_is_reported_without_it(
    environment: dict[str, str], message: str
) -> None:
    with pytest.raises(SourceRefused) as raised:
        read_secret("SOURCE_A", environment)
    assert str(raised.value).startswith(message)
    assert "s3cr" not in str(raised.value)
