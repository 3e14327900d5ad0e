"""The inputs of a report on its page: where the readings come from, how they were read, what was cleaned."""

from itertools import groupby

from reports.model import Cleaned, Input
from reports.render.cleaning_texts import describe_problem
from reports.render.document_texts import input_name
from reports.render.literal import literal
from reports.render.texts import Text
from reports.render.view import DASH, NONE, Content, Table
from reports.render.words import Words


def inputs_table(inputs: tuple[Input, ...], words: Words) -> Table:
    """Return where the readings come from, with a note on how files were read."""
    return Table(
        head=[words(Text.SOURCE), words(Text.READINGS), words(Text.SIZE), "SHA-256"],
        widths=[1, "auto", "auto", "auto"],
        right=[1, 2],
        rows=[
            [
                literal(input_name(each, words.language)),
                words.notation.number(each.readings, 0),
                NONE if each.bytes is None else words.notation.size(each.bytes),
                each.sha256 or NONE,
            ]
            for each in inputs
        ],
        note=" ".join(f"{literal(each.name)}: {how}." for each in inputs if (how := _read_as(each, words))),
    )


def _read_as(source: Input, words: Words) -> str:
    """Return which program wrote a file, and in which zone its local times were read."""
    parts = []
    if source.program:
        parts.append(words(Text.WRITTEN_BY, program=literal(source.program)))
    if source.time_zone:
        parts.append(words(Text.LOCAL_TIMES, zone=literal(source.time_zone)))
    return "; ".join(parts)


def cleaned_rows(inputs: tuple[Input, ...], words: Words) -> Content | None:
    """Return what was left out of files; None if the readings come from none."""
    if not any(each.sha256 for each in inputs):
        return None
    rows = [
        [
            literal(source.name),
            words.notation.number(each.count, 0),
            literal(describe_problem(each.reason, words.language)),
            _lines(each, words),
        ]
        for source in inputs
        for each in source.cleaned
    ]
    return Table(
        head=[words(Text.SOURCE), words(Text.COUNT), words(Text.REASON), words(Text.LINES)],
        widths=[2, "auto", 4, 3],
        right=[1],
        rows=rows,
    ).content()


def _lines(cleaned: Cleaned, words: Words) -> str:
    """Return the numbers of lines, those that follow each other as a range."""
    spans = []
    for _, group in groupby(enumerate(cleaned.lines), key=lambda item: item[1] - item[0]):
        numbers = [line for _, line in group]
        spans.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}{DASH}{numbers[-1]}")
    more = cleaned.count - len(cleaned.lines)
    if more > 0 and spans:
        spans.append(words(Text.MORE_LINES, n=words.notation.number(more, 0)))
    return ", ".join(spans) or NONE
