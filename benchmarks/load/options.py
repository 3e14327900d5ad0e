"""The options of the command, and what they mean for each protocol."""

import argparse
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sensorctl.time_options import AGE, UNITS

DEFAULT_RATE = 100.0
DEFAULT_SECONDS = 60.0
DEFAULT_SENSORS = 100
DEFAULT_MQTT_PERCENT = 20
DEFAULT_CONNECTIONS = 2
DEFAULT_DRAIN_SECONDS = 60.0
DEFAULT_PORT = 8089
MIN_RATE, MAX_RATE = 0.1, 100_000
MIN_SECONDS, MAX_SECONDS = 1, 24 * 3600
MAX_SENSORS = 1_000_000
MAX_CONNECTIONS = 500
MIN_PORT, MAX_PORT = 1024, 65_535
SECONDS_OF_UNIT = {"s": 1, "m": 60, "h": 3600}
GROUPED = re.compile(r"\d{1,3}(\.\d{3})+")  # 1.000
PERCENT = re.compile(r"(\d{1,3})%?")
FULL_PERCENT = 100


class Protocol(StrEnum):
    """How a reading is published."""

    AMQP = "AMQP"
    MQTT = "MQTT"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """What to publish, and for how long."""

    rates: tuple[float, ...] = (DEFAULT_RATE,)
    """Readings per second; each rate holds for an equal part of the run."""
    seconds: float = DEFAULT_SECONDS
    sensors: int = DEFAULT_SENSORS
    mqtt_percent: int = DEFAULT_MQTT_PERCENT
    connections: int = DEFAULT_CONNECTIONS
    """Connections of each protocol."""
    drain_seconds: float = DEFAULT_DRAIN_SECONDS
    """How long to wait at the end until everything is stored."""
    headless: bool = False
    port: int = DEFAULT_PORT

    @property
    def stage_seconds(self) -> float:
        """The duration of each rate."""
        return self.seconds / len(self.rates)

    @property
    def protocols(self) -> tuple[Protocol, ...]:
        """The protocols that have a share of the rate."""
        return tuple(protocol for protocol in Protocol if self.share(protocol))

    def seconds_at(self, stage: int, passed: float) -> float:
        """Return for how long this rate held in a run that ended after `passed` seconds."""
        return min(max(passed - stage * self.stage_seconds, 0.0), self.stage_seconds)

    def describe(self) -> str:
        """Return the rates, the shares of the protocols and the time in words."""
        rates = ", ".join(f"{rate:,g}" for rate in self.rates)
        shares = " and ".join(f"{self.share(protocol):.0%} by {protocol}" for protocol in self.protocols)
        each = f", {self.stage_seconds:g} s each" if len(self.rates) > 1 else ""
        return f"Publishing {rates} readings per second for {self.seconds:g} s{each}, {shares}"

    def share(self, protocol: Protocol) -> float:
        """Return the protocol's share of the rate."""
        mqtt = self.mqtt_percent / FULL_PERCENT
        return mqtt if protocol is Protocol.MQTT else 1 - mqtt

    def sensor_numbers(self, protocol: Protocol) -> range:
        """Return the numbers of the sensors that publish by this protocol: the last publish by MQTT."""
        mqtt = round(self.sensors * self.share(Protocol.MQTT))
        if len(self.protocols) > 1:
            mqtt = min(max(mqtt, 1), self.sensors - 1)
        first_mqtt = self.sensors - mqtt + 1
        return range(first_mqtt, self.sensors + 1) if protocol is Protocol.MQTT else range(1, first_mqtt)


def parse_options(arguments: Sequence[str] | None = None) -> LoadOptions:
    """Read the command line; an invalid option ends the process with a message and exit code 2."""
    parser = _parser()
    values = parser.parse_args(arguments)
    options = LoadOptions(**{**vars(values), "rates": tuple(values.rates)})
    if options.seconds < len(options.rates) * MIN_SECONDS:
        parser.error(f"--time: {len(options.rates)} rates need at least {len(options.rates)} seconds")
    if options.sensors < len(options.protocols):
        parser.error(
            f"--sensors: one sensor cannot publish {options.mqtt_percent}% by MQTT and the rest by AMQP: "
            "allow 2 sensors, or set --mqtt to 0% or 100%"
        )
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make load", description="Publish readings to the running stack, and show when they are stored."
    )
    add = parser.add_argument
    # fmt: off
    add("--rate", dest="rates", nargs="+", type=_rate, default=[DEFAULT_RATE], metavar="RATE",
        help="readings per second; several rates share the time: --rate 10 100 1000 (default 100)")
    add("--time", dest="seconds", type=_duration, default=DEFAULT_SECONDS, metavar="TIME",
        help="how long to publish: 90, 90s, 2m or 1h (default 60s)")
    add("--sensors", type=_integer(1, MAX_SENSORS), default=DEFAULT_SENSORS, metavar="N",
        help="number of sensors (default %(default)s)")
    add("--mqtt", dest="mqtt_percent", type=_percent, default=DEFAULT_MQTT_PERCENT, metavar="PERCENT",
        help="share of the readings that are published by MQTT, the rest by AMQP (default %(default)s%%)")
    add("--connections", type=_integer(1, MAX_CONNECTIONS), default=DEFAULT_CONNECTIONS, metavar="N",
        help="connections of each protocol, which are Locust's users (default %(default)s)")
    add("--drain", dest="drain_seconds", type=_duration, default=DEFAULT_DRAIN_SECONDS, metavar="TIME",
        help="how long to wait at the end until everything is stored (default 60s)")
    add("--headless", action="store_true", help="show no page")
    add("--port", type=_integer(MIN_PORT, MAX_PORT), default=DEFAULT_PORT, metavar="PORT",
        help="port of the page on 127.0.0.1 (default %(default)s)")
    # fmt: on
    return parser


def _rate(text: str) -> float:
    if "," in text or GROUPED.fullmatch(text):
        digits = re.sub("[.,]", "", text)
        raise argparse.ArgumentTypeError(
            f"{text!r} can be read in two ways: write {digits}, or 0.5 with a dot, or several rates with "
            "blanks"
        )
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not MIN_RATE <= rate <= MAX_RATE:
        raise argparse.ArgumentTypeError(
            f"{text!r}: must be readings per second, a number from {MIN_RATE} to {MAX_RATE:,}"
        )
    return rate


def _percent(text: str) -> int:
    match = PERCENT.fullmatch(text)
    if match is None or int(match[1]) > FULL_PERCENT:
        raise argparse.ArgumentTypeError(
            f"{text!r}: must be a whole number of percent from 0% to 100%; a fifth is 20%, not 0.2"
        )
    return int(match[1])


def _duration(text: str) -> float:
    match = AGE.fullmatch(text if text.endswith(tuple(UNITS)) else f"{text}s")
    seconds = float(match[1]) * SECONDS_OF_UNIT.get(match[2], math.inf) if match else math.nan
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise argparse.ArgumentTypeError(
            f"{text!r}: must be a time from 1s to 24h, with s, m or h after the number; seconds without it"
        )
    return seconds


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isdecimal() and low <= int(text) <= high):
            raise argparse.ArgumentTypeError(f"{text!r}: must be a whole number from {low:,} to {high:,}")
        return int(text)

    return parse
