"""The page of metrics and alerts, generated from the services' registries and from Prometheus's rules."""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

from scripts.docs import services
from scripts.docs.markdown import code, codes, punctuate, table

ROOT = Path(__file__).resolve().parents[2]
RULES_FILE = ROOT / "deploy" / "prometheus" / "alerts.yml"
# Prometheus's client adds these suffixes to the names of its families.
SUFFIXES = {"counter": "_total", "info": "_info"}
HEADINGS = ("Metric", "Type", "Labels", "Meaning")
# It is imported, and so registers its metrics, only where traces are on.
TRACES_MODULE = "runtime.span_export"
TRACES_PREFIX = "traces_"
TRACES_INTRODUCTION = """
## Traces

Services that record [traces](../operations/traces.md) have these, too.

"""
METRICS_INTRODUCTION = """# Metrics

Every service serves its metrics at `/metrics` on its `HTTP_PORT`, in the text format of Prometheus. No
label holds a sensor's ID or anything else that a message contains, so the number of time series is fixed.
Besides these, each service exports the `process_*` and `python_*` metrics of Prometheus's Python client.
"""
ALERTS_INTRODUCTION = """# Prometheus alerts

The rules are in `deploy/prometheus/alerts.yml`; `promtool` tests them. See
[Prometheus and Grafana](../guides/prometheus.md) for how to start Prometheus.
"""


def metrics_page() -> str:
    """Return the page of metrics, a section per service."""
    names = services.telemetry_modules()
    importlib.import_module(TRACES_MODULE)
    families = list(_families())
    parts = [METRICS_INTRODUCTION]
    for service in names:
        rows = [_row(family, labels) for family, labels in families if family.name.startswith(f"{service}_")]
        parts.append(f"\n## {service.capitalize()}\n\n{table(HEADINGS, rows)}")
    traces = [_row(family, labels) for family, labels in families if family.name.startswith(TRACES_PREFIX)]
    return "".join([*parts, TRACES_INTRODUCTION, table(HEADINGS, traces)])


def alerts_page() -> str:
    """Return the page of alerts and recording rules."""
    groups = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))["groups"]
    rules: list[Mapping[str, Any]] = [rule for group in groups for rule in group["rules"]]
    recorded = ((code(rule["record"]), code(rule["expr"])) for rule in rules if "record" in rule)
    alerts = [rule for rule in rules if "alert" in rule]
    overview = table(
        ("Alert", "Severity", "For", "Summary"),
        (
            (
                f"[`{rule['alert']}`](#{rule['alert'].lower()})",
                rule["labels"]["severity"],
                rule.get("for", "0m"),
                code(rule["annotations"]["summary"]),
            )
            for rule in alerts
        ),
    )
    recordings = table(("Series", "Expression"), recorded)
    return "".join(
        [ALERTS_INTRODUCTION, "\n", overview, *map(_alert, alerts), "\n## Recording rules\n\n", recordings]
    )


def _families() -> Iterator[tuple[Metric, Iterable[str]]]:
    # The registry has no public way to list its collectors, nor a metric its label names.
    for collector in REGISTRY._collector_to_names:  # noqa: SLF001
        labels = getattr(collector, "_labelnames", ())
        for family in collector.collect():
            yield family, labels or _info_labels(family)


def _info_labels(family: Metric) -> Iterable[str]:
    return family.samples[0].labels if family.type == "info" and family.samples else ()


def _row(family: Metric, labels: Iterable[str]) -> tuple[str, ...]:
    name = family.name + SUFFIXES.get(family.type, "")
    return code(name), family.type, codes(labels), punctuate(family.documentation)


def _alert(rule: Mapping[str, Any]) -> str:
    expression = str(rule["expr"]).strip()
    return (
        f"\n## {rule['alert']}\n\n{punctuate(rule['annotations']['description'])}\n\n"
        f"```promql\n{expression}\n```\n"
    )
