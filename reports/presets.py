"""The limits that a preset stands for; the presets themselves are rows of the table `report_preset`."""

from reports.model import LimitKind, Preset, ReportLimit


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
