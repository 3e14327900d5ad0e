"""The benchmark's arithmetic: medians, ratios, percentiles, and what counts as exact and as flat."""

import pytest

from benchmarks.database import Measure
from benchmarks.recording import expected, temperatures
from benchmarks.results import Results, percentile, ratio, ratios, serial
from benchmarks.sections.load import differences
from benchmarks.sections.memory import growth
from benchmarks.targets import MET, MISSED, TARGETS, UNKNOWN, Target


def test_a_figure_is_the_median_of_its_rounds() -> None:
    results = Results()
    for value in (10.0, 1000.0, 20.0):
        results.add("single", "project", value)
    assert results.median("single", "project") == 20.0


def test_what_was_not_measured_has_no_median() -> None:
    assert Results().median("single", "project") is None


def test_a_ratio_is_one_of_medians_and_its_spread_is_within_rounds() -> None:
    ours, floor = [90.0, 50.0, 95.0], [100.0, 50.0, 100.0]
    assert ratio(ours, floor) == pytest.approx(0.9)
    assert ratios(ours, floor) == pytest.approx([0.9, 1.0, 0.95])


@pytest.mark.parametrize(("upper", "lower"), [([], [1.0]), ([1.0], []), ([1.0], [0.0])])
def test_there_is_no_ratio_to_nothing(upper: list[float], lower: list[float]) -> None:
    assert ratio(upper, lower) is None


def test_a_percentile_is_not_exceeded_by_so_many_per_cent() -> None:
    values = [float(number) for number in range(101)]
    assert [percentile(values, percent) for percent in (50, 95, 99)] == [50.0, 95.0, 99.0]


def test_every_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 99) == 7.0


def test_two_things_in_series_take_the_sum_of_their_times() -> None:
    assert serial(100.0, 50.0) == pytest.approx(1 / (0.01 + 0.02))


def test_a_series_with_an_unknown_part_is_unknown() -> None:
    assert serial(100.0, None) is None


def test_keys_are_put_into_the_order_of_the_runs_and_not_of_the_shuffle() -> None:
    results = Results()
    for key in ("node", "floor", "project"):
        results.add("single", key, 1.0)
    results.arrange("single", ["project", "absent", "floor"])
    assert list(results.keys("single")) == ["project", "floor", "node"]


@pytest.mark.parametrize(
    ("at_most", "value", "verdict"),
    [
        (False, 0.9, MET),
        (False, 0.89, MISSED),
        (True, 0.9, MET),
        (True, 0.91, MISSED),
        (False, None, UNKNOWN),
    ],
)
def test_a_target_is_met_at_its_bound(at_most: bool, value: float | None, verdict: str) -> None:
    target = Target("a figure", 0.9, "s", lambda _results: value, at_most=at_most)
    assert target.verdict(value) == verdict


def results_of_a_whole_run() -> Results:
    whole: dict[str, dict[str, float]] = {
        "single": {"project": 540, "floor": 600, "faststream": 270, "orm": 270},
        "batches": {"500": 15_000, "drain": 30_000, "copy": 60_000},
        "consumers": {"1 at 20 ms": 45, "3 at 20 ms": 135},
        "publishing": {"sensor": 900, "confirm": 1_000},
        "load": {"100/p99": 12, "100/p50": 3},
        "memory": {
            "sensor/messages": 1_000_000, "sensor/megabytes": 50, "sensor/growth": 1.0,
            "consumer/messages": 1_000_500, "consumer/megabytes": 80, "consumer/growth": 1.01,
        },
        "summary": {
            "large/readings": 35_900_000, "large/p95": 60, "three/p95": 1, "tenth/p50": 10, "older/p50": 11,
        },
    }  # fmt: skip
    results = Results()
    for section, values in whole.items():
        for key, value in values.items():
            results.add(section, key, value)
    return results


def test_each_target_reads_a_figure_of_its_own() -> None:
    results = results_of_a_whole_run()
    figures = [target.figure(results) for target in TARGETS]
    assert figures == pytest.approx(
        [0.9, 2.0, 2.0, 0.75, 15000 / 270, 3.0, 0.9, 12, 3, 50, 1.0, 80, 1.01, 60, 1, 1.1]
    )


def test_memory_after_fewer_messages_says_nothing_about_a_million() -> None:
    results = results_of_a_whole_run()
    results.values["memory"]["sensor/messages"] = [999_999.0]
    assert TARGETS[9].figure(results) is None


def test_the_summary_of_fewer_readings_says_nothing_about_36_million() -> None:
    results = results_of_a_whole_run()
    results.values["summary"]["large/readings"] = [100_000.0]
    assert [target.figure(results) for target in TARGETS[-3:]] == [None, 1, None]


def test_memory_is_flat_when_the_end_is_as_the_first_quarter() -> None:
    start = [(messages / 10, 40.0) for messages in range(100)]
    flat = start + [(float(messages), 60.0) for messages in range(10, 101)]
    assert growth(flat) == pytest.approx(1.0)
    leaking = [(float(messages), 50.0 + messages / 4) for messages in range(101)]
    assert growth(leaking) == pytest.approx(73.75 / 56.25)


def test_the_oracle_is_what_a_sensor_replays() -> None:
    values = temperatures(5, sensor=2)
    assert expected(5, sensor=2) == Measure(5, min(values), sum(values) / 5, max(values), values[-1])
    assert temperatures(5) != values, "each sensor has values of its own"


def test_a_summary_may_differ_in_the_rounding_of_its_mean_alone() -> None:
    wanted = Measure(3, 1.0, 2.0, 3.0, 3.0)
    assert differences({"a": wanted._replace(mean=2.0 + 1e-12)}, {"a": wanted}) == []
    for wrong in (
        wanted._replace(readings=2),
        wanted._replace(mean=2.001),
        wanted._replace(highest=3.0000001),
        wanted._replace(last=1.0),
    ):
        assert differences({"a": wrong}, {"a": wanted}), wrong


def test_a_summary_with_a_sensor_too_many_or_too_few_is_not_exact() -> None:
    measure = Measure(1, 1.0, 1.0, 1.0, 1.0)
    assert differences({}, {"a": measure}) == [f"a is None instead of {measure}"]
    assert differences({"a": measure, "b": measure}, {"a": measure}) == ["b was never there"]
