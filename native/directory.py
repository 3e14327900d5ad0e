"""The native stack's directory: whose it is, who may read it, and what it contains."""

import os
from pathlib import Path
from stat import S_IMODE

from native.settings import ROOT, Layout
from runtime.errors import ServiceUnavailable

PRIVATE_UMASK = 0o077
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
# As root, PostgreSQL runs as an unprivileged user, which must reach its data and nothing else.
TRAVERSABLE_FOLDER = 0o711


def prepare(layout: Layout) -> None:
    """Create the directory, note this checkout in it, and make what it contains private to its owner.

    Raises:
        ServiceUnavailable: When it belongs to another checkout.
    """
    require_own(layout)
    layout.logs.mkdir(parents=True, exist_ok=True)
    _note_checkout(layout.checkout_file)
    make_private(layout)


def _note_checkout(file: Path) -> None:
    """Write this checkout, unless it is there: a full disk must not keep the stack from stopping."""
    checkout = f"{ROOT}\n"
    if not file.exists() or file.read_text(encoding="utf-8") != checkout:
        file.write_text(checkout, encoding="utf-8")


def require_own(layout: Layout) -> None:
    """Check that no other checkout has created the directory.

    A folder that does not exist any more does not count: a checkout may be moved, with its directory.

    Raises:
        ServiceUnavailable: With the other checkout, when there is one.
    """
    if not layout.checkout_file.exists():
        return
    other = Path(layout.checkout_file.read_text(encoding="utf-8").removesuffix("\n"))
    if other.is_dir() and not other.samefile(ROOT):
        raise ServiceUnavailable(
            f"{layout.directory} belongs to the checkout {other}, not to this one, {ROOT}. "
            "Nothing was changed. Run the command there, or set another directory with NATIVE_DIR."
        )


def make_private(layout: Layout) -> None:
    """Withdraw the permissions of other users from the directory and what the stack keeps there."""
    traversable = TRAVERSABLE_FOLDER if os.geteuid() == 0 else PRIVATE_FOLDER
    layout.postgres.mkdir(exist_ok=True)
    for path in (layout.directory, *layout.directory.iterdir()):
        if path in (layout.directory, layout.postgres):
            _set_mode(path, traversable)
        elif _is_own(layout, path) and not path.is_symlink():
            _set_mode(path, PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)


def _set_mode(path: Path, mode: int) -> None:
    if S_IMODE(path.stat().st_mode) != mode:  # a read-only disk permits no change, even to the same mode
        path.chmod(mode)


def require_deletable(layout: Layout) -> None:
    """Check that the directory contains only what the native stack writes.

    Raises:
        ServiceUnavailable: With what else it contains.
    """
    foreign = sorted(path.name for path in layout.directory.glob("*") if not _is_own(layout, path))
    if foreign:
        raise ServiceUnavailable(
            f"{layout.directory} contains {', '.join(foreign)}, which the native stack did not write. "
            "Nothing was deleted: check NATIVE_DIR, or move them elsewhere."
        )


def _is_own(layout: Layout, path: Path) -> bool:
    """Return whether the native stack writes this entry of its directory."""
    # A program that is killed while it replaces the file NAME leaves NAME.PID.new.
    return any(path.name == name or path.name.startswith(f"{name}.") for name in layout.entries)
