"""The names that the values of the chart may set: the variables of each service, without the chart's own.

Helm refuses every other name, since a service would ignore it.
"""

import json
from collections import Counter
from pathlib import Path

from pydantic import SecretStr

from runtime.settings import Settings
from scripts.docs.variables import READERS, variable_names

SCHEMA = Path(__file__).resolve().parents[2] / "deploy" / "kubernetes" / "chart" / "values.schema.json"
SHARED = "shared"
# Programs that are no pod of the chart; on Kubernetes KEDA scales.
ELSEWHERE = ("native", "scaler")
# Where the servers are, who logs in, and what the rest of the chart depends on.
SET_BY_THE_CHART = {
    "AMQP_URL", "DATABASE_URL", "HTTP_HOST", "HTTP_PORT", "QUEUE_NAME", "SERVICES",
    "ALERTER_STATE_FILE", "OUTBOX_PATH", "SENSOR_ID", "SENSOR_IDS", "WEBDAV_CA_FILE", "WEBDAV_USER",
    "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "WORKER_IDLE_EXIT_SECONDS",
    "REPLAY_EXIT", "XDG_STATE_HOME",
}  # fmt: skip
SERVERS = ("RABBITMQ_", "POSTGRES_")


def names() -> dict[str, list[str]]:
    """Return the names by service; SHARED are those that more than one service reads."""
    readers = {reader: _free(settings) for reader, settings in READERS.items() if reader not in ELSEWHERE}
    counts = Counter(name for found in readers.values() for name in found)
    shared = {name for name, count in counts.items() if count > 1}
    return {SHARED: sorted(shared), **{reader: sorted(found) for reader, found in readers.items()}}


def _free(settings: type[Settings]) -> set[str]:
    return {
        name
        for field, info in settings.model_fields.items()
        if SecretStr.__name__ not in str(info.annotation)
        for name in variable_names(field, info)
        if name not in SET_BY_THE_CHART and not name.startswith(SERVERS)
    }


def schema() -> str:
    """Return the schema of the values with these names."""
    document = json.loads(SCHEMA.read_text(encoding="utf-8"))
    definitions = document["$defs"]["settings"]
    for reader, found in names().items():
        definitions[reader] = {
            "type": "object",
            "patternProperties": {f"^({'|'.join(found)})$": {"type": "string"}},
            "additionalProperties": False,
        }
    return json.dumps(document, indent=2) + "\n"
