"""A report as PDF/A-2a, typeset by Typst, and as PDF/UA-1, which screen readers read in order."""

import json
from functools import cache
from importlib.resources import files

import typst

from reports.model import Report
from reports.render.content import report_content
from reports.render.literal import code_point, replace_strings
from reports.render.texts import Text
from reports.render.view import Content
from reports.render.words import Words

MAX_PROBES = 256  # each takes about 2 ms
_PROBE = b"#set document(title: [x])\n#sys.inputs.report"


def render_pdf(report: Report) -> bytes:
    """Return the report as PDF. The same report gives the same bytes, with the same fonts.

    PDF/A requires a glyph for each character. Those that no installed font has are replaced by their code
    points, and the report says so.

    Raises:
        typst.TypstError: When Typst cannot compile the template.
    """
    content = report_content(report)
    made_at = int(report.made_at.timestamp())
    try:
        return _compile(_template(), content, made_at)
    except typst.TypstError:
        missing = _missing_characters(content)
        if not missing:
            raise
    return _compile(_template(), _without(content, missing, Words(report.request.language)), made_at)


def _compile(template: bytes, content: Content | str, made_at: int) -> bytes:
    compiler = typst.Compiler(template, font_paths=_fonts())
    # The warnings name fonts of the template that are not installed: then others are used.
    compiled, _ = compiler.compile_with_warnings(
        format="pdf",
        sys_inputs={"report": content if isinstance(content, str) else json.dumps(content)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=made_at,
    )
    if not isinstance(compiled, bytes):
        raise TypeError(f"Typst returned {type(compiled).__name__} for a PDF")
    return compiled


@cache
def _fonts() -> typst.Fonts:
    """Find the installed fonts, and those that Typst brings, once per process."""
    return typst.Fonts()


@cache
def _template() -> bytes:
    return files(__package__).joinpath("template.typ").read_bytes()


def _missing_characters(content: Content) -> set[str]:
    """Return the characters of a report that no font has: Typst refuses to show them in PDF/A."""
    found: set[str] = set()

    def collect(text: str) -> str:
        found.update(text)
        return text

    replace_strings(content, collect)
    characters = sorted(character for character in found if not character.isascii())
    return _not_shown(characters, len(characters) // MAX_PROBES + 1)


def _not_shown(characters: list[str], group: int) -> set[str]:
    """Return which characters are not shown. Of very many, those in a group with one are included."""
    if _is_shown("".join(characters)):
        return set()
    if len(characters) <= group:
        return set(characters)
    middle = len(characters) // 2
    return _not_shown(characters[:middle], group) | _not_shown(characters[middle:], group)


def _is_shown(text: str) -> bool:
    try:
        _compile(_PROBE, text, 0)
    except typst.TypstError:
        return False
    return True


def _without(content: Content, missing: set[str], words: Words) -> Content:
    table = {ord(character): code_point(character) for character in missing}
    example = code_point(min(missing)).strip("\N{ZERO WIDTH SPACE}")
    replaced: Content = replace_strings(content, lambda text: text.translate(table))
    return {**replaced, "missing": words(Text.MISSING_CHARACTERS, example=example)}
