"""What Prometheus has of the running stack."""

from functools import partial
from typing import Any

import pytest

from tests.e2e.compose import ComposeStack
from tests.e2e.compose_stack.conftest import CONSUMERS
from tests.e2e.prometheus import Prometheus, metrics_in, queries_of
from tests.waiting import eventually

# Many times the interval in which Prometheus asks.
SCRAPED_SECONDS = 180


def test_every_target_is_up(prometheus: Prometheus) -> None:
    expected = (
        ["dashboard"]
        + ["pipeline"] * CONSUMERS
        + ["prometheus", "rabbitmq", "rabbitmq-queues"]
        + ["sensor"] * 3
        + ["alerter"]
    )
    eventually(
        lambda: sorted(prometheus.targets()) == [(job, "up") for job in expected],
        SCRAPED_SECONDS,
        "not every target is up",
    )


def test_every_rule_is_evaluated_and_names_metrics_that_exist(prometheus: Prometheus) -> None:
    eventually(
        lambda: all(rule["health"] != "unknown" for rule in prometheus.rules()),
        SCRAPED_SECONDS,
        "a rule was never evaluated",
    )
    rules = prometheus.rules()
    assert {rule["type"] for rule in rules} == {"alerting", "recording"}
    for rule in rules:
        assert rule["health"] == "ok", rule
        prometheus.query(rule["query"])
    named = {name for rule in rules for name in metrics_in(rule["query"])}
    assert named >= {"pipeline_dependency_up", "sensors:queue_ready", "rabbitmq_detailed_queue_messages"}
    eventually(
        lambda: named <= prometheus.names(), SCRAPED_SECONDS, "a rule names a metric that is not there"
    )


def test_a_system_that_is_well_has_no_critical_alert(prometheus: Prometheus) -> None:
    # At first the broker counts no consumers, which is no alert yet and passes.
    last: list[list[dict[str, Any]]] = []

    def well() -> bool:
        last[:] = [critical(prometheus)]
        return last == [[]]

    try:
        eventually(well, SCRAPED_SECONDS, "a critical alert is pending or fires")
    except pytest.fail.Exception as error:
        error.add_note(f"the alerts: {last}")
        raise


def critical(prometheus: Prometheus) -> list[dict[str, Any]]:
    """The critical alerts, pending or firing."""
    return [series["metric"] for series in prometheus.query('ALERTS{severity="critical"}')]


def test_every_query_of_the_dashboard_has_data(stack: ComposeStack, prometheus: Prometheus) -> None:
    queries = queries_of(stack.folder / "grafana" / "dashboards" / "sensors.json")
    assert len(queries) > 20
    for query in queries:
        if metrics_in(query) == {"ALERTS"}:  # there may be none
            prometheus.query(query)
            continue
        eventually(
            lambda query=query: metrics_in(query) <= prometheus.names(),  # type: ignore[misc]
            SCRAPED_SECONDS,
            f"unknown metric: {query}",
        )
        eventually(partial(prometheus.query, query), SCRAPED_SECONDS, f"no data: {query}")
