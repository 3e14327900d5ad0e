"""A language: its texts, and how it writes numbers and dates."""

from dataclasses import dataclass
from enum import Enum

from reports.explanations import IntervalSource, Unmeasured
from reports.model import Language
from reports.render.notation import ENGLISH, PORTUGUESE, Notation
from reports.render.texts import Text

_LANGUAGES: tuple[Language, ...] = ("en", "pt")
_NOTATIONS = {"en": ENGLISH, "pt": PORTUGUESE}
INTERVALS = {
    IntervalSource.REQUEST: Text.INTERVAL_REQUEST,
    IntervalSource.SENSOR: Text.INTERVAL_SENSOR,
    IntervalSource.MEDIAN: Text.INTERVAL_MEDIAN,
}
UNMEASURED = {
    Unmeasured.FROZEN: Text.NOT_FROZEN,
    Unmeasured.NO_MEASURED_TIME: Text.NO_MEASURED_TIME,
    Unmeasured.ABSOLUTE_ZERO: Text.ABSOLUTE_ZERO,
}


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a language, and how it writes numbers and dates."""

    language: Language

    @property
    def notation(self) -> Notation:
        """Return how the language writes numbers and dates."""
        return _NOTATIONS[self.language]

    def __call__(self, text: Enum, **values: str) -> str:
        """Return a text with the values in it; its value is the text in each language."""
        texts: tuple[str, str] = text.value
        return texts[_LANGUAGES.index(self.language)].format(**values)

    def count(self, text: Text, number: int, **values: str) -> str:
        """Return a text of `singular|plural` with its number."""
        singular, plural = text.value[_LANGUAGES.index(self.language)].split("|")
        return (singular if number == 1 else plural).format(n=self.notation.number(number, 0), **values)
