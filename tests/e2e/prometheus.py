"""Query Prometheus, and read the queries of a Grafana dashboard."""

import json
import re
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

SECONDS = 10
KEYWORDS = {"and", "by", "ignoring", "on", "or", "unless", "without"}
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Prometheus:
    """The API of the Prometheus on a local port."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1"

    def get(self, path: str, **parameters: str) -> Any:
        query = urllib.parse.urlencode(parameters)
        with _DIRECT.open(f"{self._url}/{path}?{query}", timeout=SECONDS) as response:
            return json.load(response)["data"]

    def targets(self) -> list[tuple[str, str]]:
        """Return the job and the health of each target."""
        active = self.get("targets", state="active")["activeTargets"]
        return [(target["labels"]["job"], target["health"]) for target in active]

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule, with the name of its group."""
        groups = self.get("rules")["groups"]
        return [{"group": group["name"], **rule} for group in groups for rule in group["rules"]]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series of an instant query."""
        result: list[dict[str, Any]] = self.get("query", query=expression)["result"]
        return result

    def names(self) -> set[str]:
        """Return the names of all stored metrics."""
        return set(self.get("label/__name__/values"))

    def alert(self, name: str) -> dict[str, Any] | None:
        """Return the pending or firing alert with this name, and its start time."""
        alerts = self.get("alerts")["alerts"]
        return next((alert for alert in alerts if alert["labels"]["alertname"] == name), None)

    def firing(self, name: str) -> dict[str, Any] | None:
        """Return the alert with this name if it is firing."""
        alert = self.alert(name)
        return alert if alert and alert["state"] == "firing" else None


def dashboard_queries(dashboard: Path) -> list[str]:
    """Return the queries of the panels, with an interval instead of Grafana's variable."""
    panels = json.loads(dashboard.read_text(encoding="utf-8"))["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    return [expression.replace("$__rate_interval", "1m") for expression in queries]


def metrics_in(expression: str) -> set[str]:
    """Return the names of the metrics in an expression."""
    stripped = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    stripped = re.sub(r"\b(?:by|on|ignoring|without)\s*\([^)]*\)|\{[^}]*\}|\[[^\]]*\]", " ", stripped)
    return set(re.findall(r"(?<![\w.:])[a-zA-Z_:][\w:]*\b(?!\s*\()", stripped)) - KEYWORDS
