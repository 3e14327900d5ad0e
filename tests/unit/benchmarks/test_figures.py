"""The benchmark's arithmetic: medians, ratios, percentiles, exact summaries and growth of memory."""

import pytest

from benchmarks.curves import curves, offered_tables
from benchmarks.database import SensorSummary
from benchmarks.recording import expected_summary, temperatures
from benchmarks.results import Results, percentile, ratio, ratios, serial_rate
from benchmarks.sections.load import differences
from benchmarks.sections.memory import growth
from benchmarks.target import MET, MISSED, UNKNOWN, Target
from benchmarks.targets import TARGETS


def test_a_figure_is_the_median_of_its_rounds() -> None:
    results = Results()
    for value in (10.0, 1000.0, 20.0):
        results.add("single", "project", value)
    assert results.median("single", "project") == 20.0


def test_an_unmeasured_contender_has_no_median() -> None:
    assert Results().median("single", "project") is None


def test_a_ratio_is_that_of_medians_and_its_range_is_within_rounds() -> None:
    ours, baseline = [90.0, 50.0, 95.0], [100.0, 50.0, 100.0]
    assert ratio(ours, baseline) == pytest.approx(0.9)
    assert ratios(ours, baseline) == pytest.approx([0.9, 1.0, 0.95])


@pytest.mark.parametrize(("upper", "lower"), [([], [1.0]), ([1.0], []), ([1.0], [0.0])])
def test_a_ratio_requires_two_figures_and_a_divisor(upper: list[float], lower: list[float]) -> None:
    assert ratio(upper, lower) is None


def test_a_percentile_is_not_exceeded_by_that_share_of_the_values() -> None:
    values = [float(number) for number in range(101)]
    assert [percentile(values, percent) for percent in (50, 95, 99)] == [50.0, 95.0, 99.0]


def test_every_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 99) == 7.0


def test_steps_in_series_take_the_sum_of_their_times() -> None:
    assert serial_rate(100.0, 50.0) == pytest.approx(1 / (0.01 + 0.02))


def test_a_series_with_an_unknown_step_is_unknown() -> None:
    assert serial_rate(100.0, None) is None


def test_keys_are_in_the_order_of_the_runs_and_not_of_the_shuffle() -> None:
    results = Results()
    for key in ("node", "baseline", "project"):
        results.add("single", key, 1.0)
    results.order_keys("single", ["project", "absent", "baseline"])
    assert list(results.keys("single")) == ["project", "baseline", "node"]


@pytest.mark.parametrize(
    ("at_most", "value", "status"),
    [
        (False, 0.9, MET),
        (False, 0.89, MISSED),
        (True, 0.9, MET),
        (True, 0.91, MISSED),
        (False, None, UNKNOWN),
    ],
)
def test_a_target_is_met_at_its_bound(at_most: bool, value: float | None, status: str) -> None:
    target = Target("a figure", 0.9, "s", lambda _results: value, at_most=at_most)
    assert target.status(value) == status


def results_of_a_full_run() -> Results:
    values_by_section: dict[str, dict[str, float]] = {
        "single": {
            "project": 540, "baseline": 600, "faststream": 270, "orm": 270, "consume": 900, "commits": 3_600,
        },
        "batches": {"500": 15_000, "drain": 20_000, "copy": 60_000},
        "consumers": {"1 at 20 ms": 45, "3 at 20 ms": 135},
        "publishing": {"sensor": 900, "confirm": 1_000},
        "load": {"100/p99": 12, "100/p50": 3},
        "offered": {
            "project/1/10/p50": 2, "project/1/50/p50": 2, "project/1/100/p50": 2,
            "auto/1/10/p50": 2, "auto/1/50/p50": 2.2, "auto/1/100/p50": 2,
            "project/1/10/p99": 5, "project/1/50/p99": 5, "project/1/100/p99": 5,
            "auto/1/10/p99": 5, "auto/1/50/p99": 4, "auto/1/100/p99": 5.5,
            "project/1/2000/stored": 360, "consume/1/2000/stored": 400, "commits/1/2000/stored": 3_600,
            "auto/1/2000/stored": 1_950,
            "auto/3/2000/share": 1.05, "batch-500/1/2000/stored": 2_000,
            "auto/1/20000/stored": 9_700, "batch-500/1/20000/stored": 10_000,
        },
        "memory": {
            "sensor/messages": 1_000_000, "sensor/megabytes": 50, "sensor/growth": 1.0,
            "consumer/messages": 1_000_500, "consumer/megabytes": 80, "consumer/growth": 1.01,
        },
        "traces": {
            "1/ratio": 1.004, "500/ratio": 1.02, "sensor/ratio": 1.01,
        },
        "summary": {
            "large/readings": 35_900_000, "large/p95": 60, "three/p95": 1, "tenth/p50": 10, "older/p50": 11,
        },
        "states": {"sensors": 5_000, "states/p95": 150},
        "series": {"sensors": 1_000, "5 seconds/p95": 60, "minute/p95": 80, "hour/p95": 90, "day/p95": 30},
        "analysis": {
            "sensors": 1_000, "models": 20_000, "database": 8_000, "with/cpu": 51, "without/cpu": 50,
        },
        "reports": {
            "figures/readings": 1_000_000, "figures": 2.5, "pdf/readings": 60_000, "pdf": 0.7,
            "pdf/memory": 190, "xlsx/readings": 60_000, "xlsx": 1.5, "xlsx/memory": 60, "bare-xlsx": 1.25,
        },
        "limits": {"sensors": 5_000, "with/cpu": 52, "without/cpu": 50, "evaluation": 25, "p99": 900},
    }  # fmt: skip
    results = Results()
    for section, values in values_by_section.items():
        for key, value in values.items():
            results.add(section, key, value)
    return results


def test_each_target_reads_its_own_figure() -> None:
    results = results_of_a_full_run()
    figures = [target.figure(results) for target in TARGETS]
    assert figures == pytest.approx(
        [
            0.9,
            2.0,
            2.0,
            0.75,
            1.0,
            0.75,
            15000 / 270,
            3.0,
            0.9,
            12,
            3,
            1.1,
            1.1,
            0.97,
            0.9,
            1.0,
            1.05,
            50,
            1.0,
            80,
            1.01,
            1.004,
            1.02,
            1.01,
            60,
            1,
            1.1,
            150,
            60,
            80,
            90,
            30,
            1.04,
            25,
            900,
            20_000,
            8_000,
            1.02,
            2.5,
            0.7,
            190,
            1.5,
            60,
            1.2,
        ]
    )


def test_the_memory_target_is_unknown_after_fewer_than_a_million_messages() -> None:
    results = results_of_a_full_run()
    results.values["memory"]["sensor/messages"] = [999_999.0]
    assert TARGETS[17].figure(results) is None


def test_the_summary_target_is_unknown_with_fewer_than_36_million_readings() -> None:
    results = results_of_a_full_run()
    results.values["summary"]["large/readings"] = [100_000.0]
    assert [target.figure(results) for target in TARGETS[-20:-17]] == [None, 1, None]


def test_the_target_of_the_states_is_unknown_with_fewer_than_5_000_sensors() -> None:
    results = results_of_a_full_run()
    results.values["states"]["sensors"] = [500.0]
    assert TARGETS[-17].figure(results) is None


def test_the_targets_of_the_history_are_unknown_with_fewer_than_1_000_sensors() -> None:
    results = results_of_a_full_run()
    results.values["series"]["sensors"] = [20.0]
    assert [target.figure(results) for target in TARGETS[-16:-12]] == [None] * 4


def test_the_targets_of_reports_are_unknown_with_fewer_readings() -> None:
    results = results_of_a_full_run()
    for kind in ("figures", "pdf", "xlsx"):
        results.values["reports"][f"{kind}/readings"] = [59_999.0]
    assert [target.figure(results) for target in TARGETS[-6:-1]] == [None] * 5


def test_growth_compares_the_end_with_the_first_quarter() -> None:
    start = [(messages / 10, 40.0) for messages in range(100)]
    flat = start + [(float(messages), 60.0) for messages in range(10, 101)]
    assert growth(flat) == pytest.approx(1.0)
    leaking = [(float(messages), 50.0 + messages / 4) for messages in range(101)]
    assert growth(leaking) == pytest.approx(73.75 / 56.25)


def test_the_expected_summary_is_that_of_the_replayed_temperatures() -> None:
    values = temperatures(5, sensor=2)
    assert expected_summary(5, sensor=2) == SensorSummary(
        5, min(values), sum(values) / 5, max(values), values[-1]
    )
    assert temperatures(5) != values, "each sensor has its own values"


def test_only_the_rounding_of_the_mean_may_differ() -> None:
    expected = SensorSummary(3, 1.0, 2.0, 3.0, 3.0)
    assert differences({"a": expected._replace(mean=2.0 + 1e-12)}, {"a": expected}) == []
    for wrong in (
        expected._replace(readings=2),
        expected._replace(mean=2.001),
        expected._replace(max=3.0000001),
        expected._replace(last=1.0),
    ):
        assert differences({"a": wrong}, {"a": expected}), wrong


def test_a_missing_or_an_unexpected_sensor_is_a_difference() -> None:
    measure = SensorSummary(1, 1.0, 1.0, 1.0, 1.0)
    assert differences({}, {"a": measure}) == [f"a is None instead of {measure}"]
    assert differences({"a": measure, "b": measure}, {"a": measure}) == ["b is unexpected"]


def test_the_curves_are_by_contender_and_rate_with_this_project_first() -> None:
    results = Results()
    for key, value in {
        "node/1/100/stored": 90,
        "auto/1/2000/stored": 1_900,
        "auto/1/100/stored": 100,
    }.items():
        results.add("offered", key, value)
    results.titles |= {"offered/node/1": "Node", "offered/auto/1": "this project, auto"}

    assert curves(results, "stored") == {"this project, auto": {100: 100, 2000: 1900}, "Node": {100: 90}}
    [(_, rows)] = offered_tables(results)
    assert rows == [
        ["offered per second", "this project, auto", "Node"], ["100", "100", "90"], ["2,000", "1,900", ""],
    ]  # fmt: skip
