"""The files of Prometheus and Grafana, without running either."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.prometheus import dashboard_queries, metrics_in

ROOT = Path(__file__).parents[3]
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "sensors.json"


def test_every_panel_has_a_title_and_a_description_and_overlaps_no_other() -> None:
    panels: list[dict[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] and panel["description"] for panel in panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"prometheus"}
    cells = [
        (x, y)
        for position in (panel["gridPos"] for panel in panels)
        for x in range(position["x"], position["x"] + position["w"])
        for y in range(position["y"], position["y"] + position["h"])
    ]
    assert len(set(cells)) == len(cells), "two panels overlap"
    assert max(x for x, _ in cells) < 24


def test_the_dashboard_shows_metrics_of_sensors_consumers_and_the_broker() -> None:
    shown = {name for query in dashboard_queries(DASHBOARD) for name in metrics_in(query)}

    assert {name.split("_")[0] for name in shown} >= {"pipeline", "sensor", "rabbitmq"}
    assert {"pipeline_readings_stored_total", "sensor_outbox_readings", "sensors:queue_ready"} <= shown


def test_the_names_of_metrics_are_found_in_an_expression() -> None:
    expression = (
        'a:b and on (vhost) sum by (le) (rate(c_total{d="e, f"}[5m])) > 60 + 1e3 * g unless on () h == 1'
    )

    assert metrics_in(expression) == {"a:b", "c_total", "g", "h"}
