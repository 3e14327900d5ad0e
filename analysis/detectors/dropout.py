"""Finds values that a faulty sensor sends instead of a temperature."""

from math import isnan

from analysis.anomaly import AnomalyKind
from analysis.detectors.finding import Finding
from analysis.parameters import DropoutParameters

# Values that no working sensor sends.
NEVER_MEASURED = {
    -127.0: "a DS18B20 that is disconnected is read as -127",
    -999.0: "-999 stands for a missing value",
    -9999.0: "-9999 stands for a missing value",
    -99.9: "-99.9 stands for a missing value",
    999.0: "999 stands for a missing value",
    999.9: "999.9 stands for a missing value",
    9999.0: "9999 stands for a missing value",
    -273.15: "-273.15 is a raw value of zero, converted from kelvin",
    850.0: "850 is the upper end of a Pt100, as when its wire is broken",
    2047.75: "2047.75 is the largest value of a MAX31855, as when its thermocouple is open",
}
# Values that are faults when they are far from the present temperature.
RARELY_MEASURED = {
    0.0: "0 is what a missing or zeroed value is read as",
    85.0: "85 is what a DS18B20 sends before its first conversion",
    125.0: "125 is the upper end of a DS18B20",
    127.9375: "127.9375 is the largest value of an LM75 or TMP102",
    128.0: "128 is the largest raw value of an 8-bit sensor",
    130.0: "130 is a raw value of 65535 of an SHT3x or SHT4x",
    128.86: "128.86 is a raw value of 65535 of an SHT2x",
    -40.0: "-40 is the lower end of a BME280 or DHT22, as when its data line is open",
    -45.0: "-45 is a raw value of 0 of an SHT3x or SHT4x",
    -46.85: "-46.85 is a raw value of 0 of an SHT2x",
    -50.0: "-50 is a raw value of 0 of an analogue sensor such as the TMP36",
    -55.0: "-55 is the lower end of a DS18B20",
    -60.0: "-60 is the lower end of a radio thermometer",
    -99.0: "-99 stands for a missing value",
    99.9: "99.9 stands for a missing value",
    150.0: "150 is the upper end of many sensors",
    655.35: "655.35 is a raw value of 65535 in hundredths",
    6553.5: "6553.5 is a raw value of 65535 in tenths",
    327.67: "327.67 is a raw value of 32767 in hundredths",
    3276.7: "3276.7 is a raw value of 32767 in tenths",
    -327.68: "-327.68 is a raw value of -32768 in hundredths",
}


def find_dropout(
    at: float,
    value: float,
    expected: float,
    half_width: float,
    parameters: DropoutParameters,
) -> Finding | None:
    """Return a dropout if the value is one of a faulty sensor, and far from what is expected.

    `half_width` is the largest plausible distance in K; NaN while it is unknown.
    """
    meaning = NEVER_MEASURED.get(value)
    if meaning is None:
        meaning = RARELY_MEASURED.get(value)
        if meaning is None or not abs(value - expected) > max(half_width, parameters.min_distance):
            return None
    if isnan(expected) or isnan(half_width):
        expected = lower = upper = value if isnan(expected) else expected
        score = 1.0
        reason = f"{value:g} °C: {meaning}"
    else:
        lower, upper = expected - half_width, expected + half_width
        score = max(1.0, min(abs(value - expected) / max(half_width, 1e-9), parameters.max_score))
        reason = f"{value:g} °C where {expected:.1f} °C was expected: {meaning}"
    return Finding(AnomalyKind.DROPOUT, at, score, value, expected, lower, upper, reason)
