"""The presets that every installation starts with, and the limits that a preset stands for."""

from reports.model import LimitKind, Preset, ReportLimit

_USP_659 = "United States Pharmacopeia, general chapter 659, Packaging and Storage Requirements"

PRESETS = (
    Preset(
        name="2-8",
        title="Refrigerated, 2 to 8 °C",
        low=2.0,
        high=8.0,
        source=f"{_USP_659}: refrigerator",
    ),
    Preset(
        name="controlled-room",
        title="Controlled room temperature, 20 to 25 °C, excursions between 15 and 30 °C",
        low=20.0,
        high=25.0,
        excursion_low=15.0,
        excursion_high=30.0,
        source=f"{_USP_659}: controlled room temperature",
    ),
    Preset(
        name="freezer",
        title="Deep-frozen, -18 °C or colder",
        high=-18.0,
        is_frozen=True,
        source="Council Directive 89/108/EEC on quick-frozen foodstuffs, article 5",
    ),
)


def preset_limits(preset: Preset) -> tuple[ReportLimit, ...]:
    """Return the limits of a preset, high before low and the narrower before those of excursions."""
    source = f"preset {preset.name}"
    thresholds: tuple[tuple[LimitKind, float | None, bool], ...] = (
        ("high", preset.high, False),
        ("low", preset.low, False),
        ("high", preset.excursion_high, True),
        ("low", preset.excursion_low, True),
    )
    return tuple(
        ReportLimit(kind=kind, threshold=threshold, source=source, is_excursion=is_excursion)
        for kind, threshold, is_excursion in thresholds
        if threshold is not None
    )
