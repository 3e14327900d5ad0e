"""The native stack's directory: its checkout, its permissions and its deletion."""

import errno
import os
import stat
from pathlib import Path

import pytest

from native import control, directory
from native.settings import ROOT, Layout
from runtime.errors import ServiceUnavailable


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "native")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    folder = tmp_path / "another checkout"
    folder.mkdir()
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_a_command_creates_is_private(layout: Layout) -> None:
    with control.exclusive(layout):
        layout.log("sensor-1").write_text("log")
        layout.outboxes.mkdir()
        layout.pipelines_file.write_text("1")
        modes = {path.name: mode(path) for path in layout.directory.rglob("*") if path != layout.postgres}

    assert set(modes.values()) == {0o600, 0o700}, modes
    assert not mode(layout.directory) & 0o066


def test_a_disk_that_permits_no_change_keeps_no_stack_from_stopping(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, *_arguments: object, **_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    with control.exclusive(layout):
        layout.outboxes.mkdir()
    monkeypatch.setattr(Path, "chmod", fail)
    monkeypatch.setattr(Path, "write_text", fail)

    with control.exclusive(layout):
        assert not control.stop_supervisor(layout)


def test_the_umask_of_the_command_is_restored(layout: Layout) -> None:
    previous = os.umask(0o022)
    try:
        with control.exclusive(layout):
            assert os.umask(0o077) == 0o077
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(previous)


def test_a_directory_of_an_earlier_version_becomes_private(layout: Layout) -> None:
    for folder in (layout.logs, layout.outboxes, layout.rabbitmq / "data", layout.postgres):
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    layout.pipelines_file.write_text("1")
    layout.pipelines_file.chmod(0o644)

    directory.prepare(layout)

    assert [mode(folder) for folder in (layout.logs, layout.outboxes, layout.rabbitmq)] == [0o700] * 3
    assert mode(layout.pipelines_file) == 0o600


@pytest.mark.parametrize(("user", "folder_mode"), [(0, 0o711), (1000, 0o700)])
def test_the_user_that_runs_postgresql_for_root_can_reach_its_data(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, user: int, folder_mode: int
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)

    directory.prepare(layout)

    assert (mode(layout.directory), mode(layout.postgres)) == (folder_mode, folder_mode)


def test_the_directory_of_another_checkout_is_left_alone(layout: Layout, other: Path) -> None:
    directory.prepare(layout)
    layout.checkout_file.write_text(f"{other}\n")

    with (
        pytest.raises(ServiceUnavailable, match=f"belongs to the checkout {other}, not to this one, {ROOT}"),
        control.exclusive(layout),
    ):
        raise AssertionError


def test_a_directory_moves_with_its_checkout(layout: Layout, tmp_path: Path) -> None:
    directory.prepare(layout)
    layout.checkout_file.write_text(f"{tmp_path / 'former folder'}\n")

    directory.prepare(layout)

    assert layout.checkout_file.read_text() == f"{ROOT}\n"


def test_a_folder_with_other_files_is_not_deleted(layout: Layout) -> None:
    directory.prepare(layout)
    layout.state_file.with_name("state.json.123.new").touch()
    directory.require_deletable(layout)
    (layout.directory / "thesis.odt").touch()

    with pytest.raises(ServiceUnavailable, match=r"contains thesis\.odt, .*check NATIVE_DIR"):
        directory.require_deletable(layout)


def test_other_files_in_the_directory_keep_their_permissions(layout: Layout) -> None:
    other = layout.directory / "thesis.odt"
    layout.directory.mkdir(parents=True)
    other.touch()
    other.chmod(0o644)

    directory.prepare(layout)

    assert mode(other) == 0o644
    assert mode(layout.checkout_file) == 0o600
