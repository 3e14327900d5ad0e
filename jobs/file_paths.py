"""Paths of files below a folder: plain text, with / between the names of folders, in any script."""

import re
import unicodedata

MAX_PATH_CHARACTERS = 1000
MAX_NAME_BYTES = 255
# A server that decodes a name twice would take these for its separators.
_ENCODED_SEPARATOR = re.compile(r"%(?:2e|2f|5c|00)", re.IGNORECASE)
# Names of files that are still being written, or that belong to a program or a desktop.
_TEMPORARY_ENDS = (".part", ".tmp", ".temp", ".partial", ".filepart", ".crdownload", ".swp", "~")
_TEMPORARY_STARTS = (".", "~$")
_TEMPORARY_NAMES = ("desktop.ini", "thumbs.db")


def check_path(path: str) -> str:
    """Return the path of a file below a folder.

    Raises:
        ValueError: When it may lead out of the folder, or is no path.
    """
    if not path or len(path) > MAX_PATH_CHARACTERS:
        raise ValueError(f"must have 1 to {MAX_PATH_CHARACTERS:,} characters")
    if "://" in path:
        raise ValueError("must be a path below the folder, such as work/fridge.csv, and not a URL")
    if path.startswith("/"):
        raise ValueError("must not begin with /: write the path below the folder, such as work/fridge.csv")
    if "\\" in path:
        raise ValueError("must not contain \\: write / between the names of folders")
    if _ENCODED_SEPARATOR.search(path):
        raise ValueError(
            "must not contain an encoded dot, slash or NUL (%2e, %2f, %5c, %00): write the name itself"
        )
    for name in path.split("/"):
        _check_name(name)
    return path


def is_temporary(name: str) -> bool:
    """Return whether a file with this name is still being written, or is no file of a user."""
    lower = name.lower()
    return lower.startswith(_TEMPORARY_STARTS) or lower.endswith(_TEMPORARY_ENDS) or lower in _TEMPORARY_NAMES


def split_name(name: str) -> tuple[str, str]:
    """Return the stem and the ending of a name, as `fridge` and `.csv.gz`."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        return name, ""
    if ending.lower() == "gz" and "." in stem[1:]:
        stem, _, inner = stem.rpartition(".")
        ending = f"{inner}.{ending}"
    return stem, dot + ending


def _check_name(name: str) -> None:
    if name in {"", ".", ".."}:
        raise ValueError("must not contain an empty name, . or ..: write the path below the folder")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise ValueError("must not contain control characters")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError(f"must have names of at most {MAX_NAME_BYTES} bytes in UTF-8")
