"""The options of the evaluation: a wrong option is refused before anything is measured."""

from pathlib import Path

import pytest

from evaluation.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--sections office,mote", "--sections: unknown section: mote: select from recall, drift, "),
        ("--trials 0", "--trials: '0' is no whole number from 1 on"),
        ("--render --sections office", "--render measures nothing: leave out --sections, "),
        ("--file a.csv", "--file and --windows belong together: name both"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_possible(
    arguments: str, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["evaluation", *arguments.split()])

    with pytest.raises(SystemExit) as refused:
        main()

    assert refused.value.code == 2
    assert reason in capsys.readouterr().err


def test_a_file_that_does_not_exist_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, windows = tmp_path / "a.csv", tmp_path / "w.json"
    monkeypatch.setattr("sys.argv", ["evaluation", "--file", str(file), "--windows", str(windows)])

    assert main() == 64

    assert "No such file or directory" in capsys.readouterr().out
