"""Presets: limits that a report can have by name."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from jobs.reports import MAX_TEMPERATURE, MIN_TEMPERATURE
from jobs.spec import Spec
from runtime.text import escape_unprintable

Temperature = Annotated[float | None, Field(ge=MIN_TEMPERATURE, le=MAX_TEMPERATURE)]


def _check_text(text: str) -> str:
    text = text.strip()
    if not text or escape_unprintable(text) != text:
        raise ValueError("must be text without line breaks and other control characters")
    return text


NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")
PresetName = Annotated[str, Field(pattern=f"^{NAME.pattern}$", description="Letters, digits and . _ -")]
PresetText = Annotated[str, AfterValidator(_check_text)]


class PresetDefinition(Spec):
    """The limits of a preset, and the publication that they come from."""

    title: PresetText = Field(max_length=200, description="What it stands for")
    low: Temperature = Field(default=None, description="Lowest temperature that is allowed, in °C")
    high: Temperature = Field(default=None, description="Highest temperature that is allowed, in °C")
    excursion_low: Temperature = Field(default=None, description="Lowest for a short time; null: as low")
    excursion_high: Temperature = Field(default=None, description="Highest for a short time; null: as high")
    is_frozen: bool = Field(default=False, description="Frozen storage: no mean kinetic temperature")
    source: PresetText = Field(max_length=500, description="Where its limits come from; reports print it")

    @model_validator(mode="after")
    def _check_limits(self) -> Self:
        low, high = self.low, self.high
        if low is None and high is None:
            raise ValueError("has no limit: give low, high or both")
        if low is not None and high is not None and low >= high:
            raise ValueError("low must be below high")
        if self.excursion_low is not None and (low is None or self.excursion_low > low):
            raise ValueError("excursion_low must be at most low, which it belongs to")
        if self.excursion_high is not None and (high is None or self.excursion_high < high):
            raise ValueError("excursion_high must be at least high, which it belongs to")
        return self
