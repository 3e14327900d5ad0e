"""The options of the benchmark: a wrong option is refused before anything starts."""

import pytest

from benchmarks.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--sections single,lod", "--sections: unknown section: lod: select from single, batches, "),
        ("--rounds x", "--rounds: 'x' is no whole number from 1 on"),
        ("--messages 0", "--messages: '0' is no whole number from 1 on"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_possible(
    arguments: str, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", *arguments.split()])

    with pytest.raises(SystemExit) as refused:
        main()

    assert refused.value.code == 2
    assert reason in capsys.readouterr().err
