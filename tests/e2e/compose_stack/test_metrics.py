"""The metrics, rules and alerts of the running stack in Prometheus."""

from functools import partial
from typing import Any

import pytest

from tests.e2e.compose import ComposeStack
from tests.e2e.compose_stack.conftest import CONSUMERS
from tests.e2e.prometheus import Prometheus, dashboard_queries, metrics_in
from tests.waiting import eventually

# Many times the scrape interval.
SCRAPE_SECONDS = 180
# Their rules use metrics of the servers of a cluster, and of services that this stack does not run.
OPTIONAL_GROUPS = {"cluster", "reports"}


def test_every_target_is_up(prometheus: Prometheus) -> None:
    expected = (
        ["dashboard"]
        + ["pipeline"] * CONSUMERS
        + ["prometheus", "rabbitmq", "rabbitmq-queues"]
        + ["sensor"] * 3
        + ["alerter", "analysis"]
    )
    eventually(
        lambda: sorted(prometheus.targets()) == [(job, "up") for job in sorted(expected)],
        SCRAPE_SECONDS,
        "every target is up",
    )


def test_every_rule_is_evaluated_and_uses_existing_metrics(prometheus: Prometheus) -> None:
    eventually(
        lambda: all(rule["health"] != "unknown" for rule in prometheus.rules()),
        SCRAPE_SECONDS,
        "every rule is evaluated",
    )
    rules = prometheus.rules()
    assert {rule["type"] for rule in rules} == {"alerting", "recording"}
    for rule in rules:
        assert rule["health"] == "ok", rule
        prometheus.query(rule["query"])
    used = {
        name for rule in rules if rule["group"] not in OPTIONAL_GROUPS for name in metrics_in(rule["query"])
    }
    assert used >= {"pipeline_dependency_up", "sensors:queue_ready", "rabbitmq_detailed_queue_messages"}
    eventually(lambda: used <= prometheus.names(), SCRAPE_SECONDS, "every metric of the rules exists")


def test_a_healthy_system_has_no_critical_alert(prometheus: Prometheus) -> None:
    # Shortly after the start, the broker reports no consumers, so an alert may be pending.
    last: list[list[dict[str, Any]]] = []

    def is_healthy() -> bool:
        last[:] = [critical_alerts(prometheus)]
        return last == [[]]

    try:
        eventually(is_healthy, SCRAPE_SECONDS, "no critical alert is pending or firing")
    except pytest.fail.Exception as error:
        error.add_note(f"the alerts: {last}")
        raise


def critical_alerts(prometheus: Prometheus) -> list[dict[str, Any]]:
    """Return the pending and firing critical alerts."""
    return [series["metric"] for series in prometheus.query('ALERTS{severity="critical"}')]


def test_every_query_of_the_dashboard_has_data(stack: ComposeStack, prometheus: Prometheus) -> None:
    queries = dashboard_queries(stack.folder / "deploy" / "grafana" / "dashboards" / "sensors.json")
    assert len(queries) > 20
    for query in queries:
        if metrics_in(query) == {"ALERTS"}:  # there may be none
            prometheus.query(query)
            continue
        eventually(
            lambda query=query: metrics_in(query) <= prometheus.names(),  # type: ignore[misc]
            SCRAPE_SECONDS,
            f"every metric exists: {query}",
        )
        eventually(partial(prometheus.query, query), SCRAPE_SECONDS, f"the query has data: {query}")
