"""Readings that a real Node-RED publishes by MQTT, read back from the database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.broker import DEAD_QUEUE, VirtualHost
from tests.database import Database
from tests.processes import Processes
from tests.sources.node_red import node_red, publishing_flow
from tests.waiting import DEADLINE_SECONDS, eventually

START = datetime(2026, 11, 26, 12, tzinfo=UTC)
READINGS = 500
# Node-RED encodes an object as JSON, as most flows have it.
SCRIPT = f"""
const start = Date.parse("{START.isoformat()}");
for (let number = 0; number < {READINGS}; number++) {{
    const timestamp = new Date(start + number * 1000).toISOString();
    node.send({{ payload: {{ timestamp, temperature: 2000 / 100 + number / 100 }} }});
}}
"""


def test_what_a_flow_publishes_is_stored_exactly_once(
    broker: VirtualHost, database: Database, run: Processes, tmp_path: Path
) -> None:
    run.start_consumer()
    flow = publishing_flow("sensors/node-red/temperature", broker.server.mqtt_url, SCRIPT)

    with node_red(tmp_path, flow, f"{broker.name}:{broker.name}", broker.name):
        eventually(lambda: database.count() >= READINGS, DEADLINE_SECONDS, "every reading is stored")

    stored = {
        (row["sensor_id"], row["measured_at"], round(row["temperature"], 10)) for row in database.readings()
    }
    assert stored == {
        ("node-red", START + timedelta(seconds=number), round(20 + number / 100, 10))
        for number in range(READINGS)
    }
    assert database.count() == READINGS
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0
