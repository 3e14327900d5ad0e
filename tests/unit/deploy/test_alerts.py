"""Prometheus and the guide have the problems of monitoring/problems.py."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring.problems import DEFINITIONS, ProblemKind
from monitoring.thresholds import (
    BACKLOG_MESSAGES,
    BATCH_MODE,
    MAX_ANALYSIS_LAG,
    MAX_STANDBY_LAG_BYTES,
    OFFLINE_INTERVALS,
    OFFLINE_MIN_SILENCE,
)
from runtime.services import SERVICES
from runtime.severity import Severity

ROOT = Path(__file__).parents[3]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
GUIDE = ROOT / "docs" / "guides" / "status.md"
VIEW = ROOT / "db" / "migrations" / "versions" / "0001_5_sensor_status.sql"
# What only metrics show: their history, and the servers of a cluster that nothing else reads.
ONLY_IN_PROMETHEUS = {
    "ServiceRestarting": Severity.WARNING,
    "NoReadingsStored": Severity.WARNING,
    "HighEndToEndLatency": Severity.WARNING,
    "ReadingsDropped": Severity.CRITICAL,
    "DatabaseWithoutPrimary": Severity.CRITICAL,
    "EtcdWithoutQuorum": Severity.CRITICAL,
    "EtcdMemberDown": Severity.WARNING,
}


def rules() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


def test_every_kind_of_problem_has_a_definition() -> None:
    missing = [kind.name for kind in ProblemKind if kind not in DEFINITIONS]

    assert not missing, f"add a row for each to DEFINITIONS in monitoring/problems.py: {missing}"


def test_prometheus_has_exactly_the_alerts_of_the_table() -> None:
    expected = {kind.alert_name: kind.severity for kind in ProblemKind if DEFINITIONS[kind].in_prometheus}
    expected |= ONLY_IN_PROMETHEUS

    assert {name: rule["labels"]["severity"] for name, rule in rules().items()} == expected, (
        "add the rule to deploy/prometheus/alerts.yml and its test to alerts_test.yml, or set in_prometheus "
        "in monitoring/problems.py"
    )


def test_the_guide_has_every_problem_with_its_severity() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \| (\w+) \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    described = {name: severity for names, severity in rows for name in re.findall(r"`([\w-]+)`", names)}

    assert described == {kind.value: kind.severity.value for kind in ProblemKind}, (
        f"correct the table of problems in {GUIDE.relative_to(ROOT)}"
    )


def test_the_guide_names_the_problems_that_prometheus_does_not_have() -> None:
    text = re.sub(r"\s+", " ", GUIDE.read_text(encoding="utf-8"))
    found = re.search(r"Prometheus has none for (.*?)\. ", text)
    assert found

    assert set(re.findall(r"`([\w-]+)`", found[1])) == {
        kind.value for kind in ProblemKind if not DEFINITIONS[kind].in_prometheus
    }, f"correct the paragraph above the table of problems in {GUIDE.relative_to(ROOT)}"


def test_a_sensor_is_offline_after_the_same_time_in_prometheus_and_in_the_view() -> None:
    seconds = OFFLINE_MIN_SILENCE.total_seconds()

    assert f"clamp_min({OFFLINE_INTERVALS} * sensor_interval_seconds, {seconds:g})" in expression(
        "SensorOffline"
    )
    condition = f"greatest(interval '{seconds:g} seconds', {OFFLINE_INTERVALS} * state.usual_interval)"
    assert condition in VIEW.read_text(encoding="utf-8")


def test_a_backlog_is_the_same_number_of_messages() -> None:
    assert f"sensors:queue_ready > {BACKLOG_MESSAGES} " in expression("Backlog")


def test_the_analysis_is_behind_after_the_same_time() -> None:
    lag = MAX_ANALYSIS_LAG.total_seconds()
    assert expression("AnalysisBehind").startswith(f"analysis_lag_seconds > {lag:g} ")


def test_every_service_that_restarts_again_and_again_or_is_not_ready_has_an_alert() -> None:
    jobs = "|".join(service.module for service in SERVICES)
    hint = "name the services of the registry in deploy/prometheus/alerts.yml, in its order"
    assert f'job=~"{jobs}"' in expression("ServiceRestarting"), hint
    assert f'__name__=~"({jobs})_dependency_up"' in expression("ServiceNotReady"), hint


def test_a_standby_is_behind_by_the_same_bytes() -> None:
    assert expression("StandbyDown").endswith(f" > {MAX_STANDBY_LAG_BYTES}")


@pytest.mark.parametrize("file", ["deploy/prometheus/alerts.yml", "docs/guides/scaling.md"])
def test_what_makes_consumers_store_in_batches_is_the_same_everywhere(file: str) -> None:
    text = re.sub(r"\s+", " ", (ROOT / file).read_text(encoding="utf-8"))

    assert BATCH_MODE in text.replace("`", "")


def expression(alert: str) -> str:
    return re.sub(r"\s+", " ", rules()[alert]["expr"])
