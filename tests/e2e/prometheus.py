"""Asks a Prometheus, and reads what is to be asked from the dashboard."""

import json
import re
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

SECONDS = 10
WORDS = {"and", "by", "ignoring", "on", "or", "unless", "without"}
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Prometheus:
    """The one that listens on this port of 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1"

    def ask(self, path: str, **parameters: str) -> Any:
        query = urllib.parse.urlencode(parameters)
        with _DIRECT.open(f"{self._url}/{path}?{query}", timeout=SECONDS) as answer:
            return json.load(answer)["data"]

    def targets(self) -> list[tuple[str, str]]:
        """The job and the health of each target."""
        active = self.ask("targets", state="active")["activeTargets"]
        return [(target["labels"]["job"], target["health"]) for target in active]

    def rules(self) -> list[dict[str, Any]]:
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series of an instant query."""
        result: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        return result

    def names(self) -> set[str]:
        """The names of all metrics that it has."""
        return set(self.ask("label/__name__/values"))

    def alert(self, name: str) -> dict[str, Any] | None:
        """The alert of this name, pending or firing, with the time since when."""
        alerts = self.ask("alerts")["alerts"]
        return next((alert for alert in alerts if alert["labels"]["alertname"] == name), None)

    def firing(self, name: str) -> dict[str, Any] | None:
        """The alert of this name, if it fires: somebody would be woken."""
        alert = self.alert(name)
        return alert if alert and alert["state"] == "firing" else None


def queries_of(dashboard: Path) -> list[str]:
    """What the panels ask, with an interval in the place of Grafana's own."""
    panels = json.loads(dashboard.read_text(encoding="utf-8"))["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    return [expression.replace("$__rate_interval", "1m") for expression in asked]


def metrics_in(expression: str) -> set[str]:
    """The names of the metrics that an expression is made of."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    bare = re.sub(r"\b(?:by|on|ignoring|without)\s*\([^)]*\)|\{[^}]*\}|\[[^\]]*\]", " ", bare)
    return set(re.findall(r"(?<![\w.:])[a-zA-Z_:][\w:]*\b(?!\s*\()", bare)) - WORDS
