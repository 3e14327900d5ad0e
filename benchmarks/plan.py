"""The plan of a run: sections, rounds and numbers of messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SINGLE = "single"
BATCHES = "batches"
CONSUMERS = "consumers"
PUBLISHING = "publishing"
MANY_SENSORS = "sensors"
LOAD = "load"
OFFERED = "offered"
SUMMARY = "summary"
SENSOR_STATES = "states"
SERIES = "series"
LIMITS = "limits"
ANALYSIS = "analysis"
REPORTS = "reports"
TRACES = "traces"
CAPACITY = "capacity"
MEMORY = "memory"
STARTUP = "startup"
IMAGES = "images"
SECTIONS = (
    SINGLE, BATCHES, CONSUMERS, PUBLISHING, MANY_SENSORS, LOAD, OFFERED, MEMORY, STARTUP, IMAGES, SUMMARY,
    SENSOR_STATES, SERIES, LIMITS, ANALYSIS, REPORTS, TRACES, CAPACITY,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Messages are per run; `batches` and `load_seconds` are by batch size and by offered rate.

    `offered` are the rates at which this project's modes are compared, `offered_peers` those of its peers.
    `capacity_costs` are the batch sizes at which one consumer's costs are measured, `capacity_cases` the
    numbers of consumers and the batch sizes that are predicted. `capacity_messages` are those of each
    consumer, by batch size: the first hundreds cost a multiple of the others, and must not count.
    """

    rounds: int
    sections: tuple[str, ...] = SECTIONS
    contenders: frozenset[str] | None = None
    messages: int = 3_000
    working_messages: int = 600
    publish_messages: int = 5_000
    bulk_messages: int = 50_000
    batches: Mapping[int, int] = field(
        default_factory=lambda: {1: 3_000, 10: 12_000, 100: 40_000, 500: 60_000, 2_000: 80_000}
    )
    load_seconds: Mapping[int, float] = field(default_factory=lambda: {10: 10.0, 100: 10.0, 500: 8.0})
    offered: tuple[int, ...] = (10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
    offered_peers: tuple[int, ...] = (100, 500, 1_000, 2_000)
    offered_rounds: int = 2  # of a quarter of an hour each
    offered_seconds: float = 5.0
    offered_messages: int = 200  # at low rates a run lasts until this many are offered, but at most a minute
    memory_messages: int = 1_000_000
    memory_seconds: float = 1_500.0
    summary_readings: int = 36_000_000
    summary_runs: int = 50
    states_sensors: int = 5_000
    states_days: int = 365
    states_runs: int = 50
    series_sensors: int = 1_000
    series_days: int = 365
    series_runs: int = 20
    limits_sensors: int = 5_000
    limits_seconds: int = 18
    analysis_sensors: int = 1_000
    analysis_minutes: int = 360
    analysis_seconds: int = 18
    report_readings: int = 60_000
    report_samples: int = 1_000_000
    traces_messages: Mapping[int, int] = field(default_factory=lambda: {1: 10_000, 500: 150_000})
    traces_published: int = 40_000
    capacity_costs: tuple[int, ...] = (1, 500)
    capacity_cases: tuple[tuple[int, int], ...] = ((2, 1), (3, 1), (1, 10), (1, 100), (2, 500), (3, 500))
    capacity_messages: Mapping[int, int] = field(
        default_factory=lambda: {1: 6_000, 10: 20_000, 100: 60_000, 500: 100_000}
    )

    def includes(self, contender: str) -> bool:
        """Return whether a contender was selected."""
        return self.contenders is None or contender in self.contenders


FULL = Plan(rounds=5)
QUICK = Plan(
    rounds=1,
    sections=tuple(section for section in SECTIONS if section != IMAGES),
    messages=600,
    working_messages=120,
    publish_messages=1_000,
    bulk_messages=5_000,
    batches={1: 500, 10: 1_500, 100: 5_000, 500: 10_000, 2_000: 10_000},
    load_seconds={10: 3.0, 100: 3.0},
    offered=(100, 2_000),
    offered_peers=(),
    offered_seconds=3.0,
    offered_messages=1,
    memory_messages=20_000,
    memory_seconds=8.0,
    summary_readings=100_000,
    summary_runs=5,
    states_sensors=500,
    states_days=10,
    states_runs=10,
    series_sensors=20,
    series_days=90,
    series_runs=5,
    limits_sensors=500,
    limits_seconds=4,
    analysis_sensors=100,
    analysis_minutes=60,
    analysis_seconds=4,
    report_readings=6_000,
    report_samples=50_000,
    traces_messages={1: 600, 500: 10_000},
    traces_published=20_000,
    capacity_cases=((3, 1), (1, 100)),
    capacity_messages={1: 500, 100: 5_000, 500: 10_000},
)
