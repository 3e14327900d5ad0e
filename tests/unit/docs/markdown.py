"""The Markdown files of the repository, their code blocks, links and anchors."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)|<(https?://[^>]+)>|(?:src|srcset)=\"([^\"]+)\""
)
HEADING = re.compile(r"^#{1,6}\s+(.*?)(?:\s*\{\s*#([\w-]+)\s*\})?$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of code, and where it is."""

    language: str
    text: str
    file: Path

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}: {self.text.splitlines()[0]}"


def tracked(*suffixes: str) -> list[Path]:
    """Return the files of the repository, without those that git ignores."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    files = [ROOT / name for name in names if name.endswith(suffixes)]
    return [file for file in files if file.is_file()]


def pages() -> list[Path]:
    """Return every Markdown file."""
    return tracked(".md")


def blocks(*languages: str) -> list[Block]:
    """Return the blocks of code in these languages in README and the documentation."""
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [block for file in files for block in blocks_of(file) if block.language in languages]


def blocks_of(file: Path) -> Iterator[Block]:
    """Yield the blocks of code of one file."""
    for language, text in FENCE.findall(file.read_text(encoding="utf-8")):
        yield Block(language, text, file)


def links_of(text: str) -> list[str]:
    """Return the targets of links and pictures, without those in code."""
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))
    return [next(filter(None, groups)) for groups in LINK.findall(prose)]


def anchors_of(text: str) -> set[str]:
    """Return the anchors of the headings, as the site and GitHub derive them."""
    return {given or anchor(title) for title, given in HEADING.findall(FENCE.sub("", text))}


def anchor(title: str) -> str:
    """Return the anchor of a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title)
    kept = "".join(c for c in plain.lower() if c.isalnum() or c in " -_")
    return re.sub(r"[-\s]+", "-", kept.strip())
