"""What the files in deploy/rabbitmq configure, as far as a broker of another version would refuse it."""

import re
from pathlib import Path

from readings.payload import MAX_BODY_BYTES

DEPLOY = Path(__file__).parents[3] / "deploy" / "rabbitmq"
SETTING = re.compile(r"^([\w.]+) = (\S+)$", re.MULTILINE)


def test_mqtt_accepts_no_packet_above_the_maximum_size_of_a_message() -> None:
    limits = dict(SETTING.findall((DEPLOY / "limits.conf").read_text()))

    assert limits["max_message_size"] == str(MAX_BODY_BYTES)
    # Without it the MQTT plugin of RabbitMQ 4.1 and later, and with it the broker, does not start.
    assert int(limits["mqtt.max_packet_size_authenticated"]) <= MAX_BODY_BYTES
