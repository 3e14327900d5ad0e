"""Bodies of known devices and in other encodings: what the detail says, and a body that is accepted."""

import base64
import gzip
import json
import re
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readings.errors import DeadLetterReason, InvalidReading
from readings.parsing import ParseContext, parse_reading
from readings.payload import MqttDefaults
from tests.unit.bodies import CONTEXT, with_fields, with_raw

MAX_DETAIL_CHARACTERS = 300
MQTT = replace(CONTEXT, mqtt_defaults=MqttDefaults("hall", "2026-11-22T05:29:00Z"))
VALID = with_fields()
NOT_JSON = [
    (gzip.compress(VALID, mtime=0), "is compressed with gzip: send the JSON itself in UTF-8"),
    (zlib.compress(VALID), "is compressed with zlib"),
    (b"\xef\xbb\xbf" + VALID, "is JSON behind a byte-order mark: send it without the mark"),
    (VALID.decode().encode("utf-16"), "is in UTF-16: send the JSON itself in UTF-8"),
    (VALID.decode().encode("utf-16-be"), "is in UTF-16"),
    (VALID.decode().encode("utf-32"), "is in UTF-32"),
    (VALID + b"\r\n" + VALID + b"\n", "is newline-delimited JSON with 2 values: send each as a message"),
    (VALID + VALID, "is a sequence of JSON with 2 values"),
    (b"21.5\n22\n", "is newline-delimited JSON with 2 values"),
    (base64.b64encode(VALID), "is JSON in Base64"),
    (b"21,5", "is a number with a decimal comma: send a decimal point"),
    (b"021.5", "is a number in another notation than JSON's: send it as in"),
    (b"21 {}", "is a sequence of JSON with 2 values"),
    (b"+21.5", "is a number in another notation than JSON's: send it as in"),
    ('{"unit": "°C"}'.encode("latin-1"), "is JSON, but not in UTF-8, perhaps in Latin-1: send"),
    ("70.7 °F".encode(), "is a number with its unit, fahrenheit: send JSON"),
    (b"nan", "is the state of a sensor without a measurement: send nothing then"),
    (b"unavailable", "is the state of a sensor"),
    (b"<reading>21.5</reading>", "is XML or HTML"),
    (str(json.loads(VALID)).encode(), "is in Python's notation: send it as JSON (json.dumps)"),
    (b"[object Object]", "is an object of JavaScript as text: send JSON.stringify of it, as in"),
    (b'{:sensor_id=>"attic", :temperature=>21.5}', "is a map of Ruby or Java as text: send JSON, as in"),
    (b'{"sensor_id" => "attic"}', "is a map of Ruby or Java as text"),
    (b"{sensor_id=attic, temperature=21.5}", "is a map of Ruby or Java as text"),
    (b"temp,room=attic value=21.5 1700000000", "is in the line protocol of InfluxDB"),
    (b"id=1&temp=21.5", "is a form of a web page"),
    (b"\xa3\x61t\xf9\x4d\x60", "is binary, perhaps CBOR"),
    (b"\x00Sw\xa0\x7f" + VALID, "is a value of AMQP 1.0: send bytes (a data section) that are JSON, as in"),
    (b"\x00Sw\xa1\x7f" + VALID, "is a value of AMQP 1.0"),
    (VALID + b"\0", "is JSON that ends with a NUL byte: send it without that, as in"),
    (
        with_raw("temperature", "21,5"),
        "is JSON whose numbers have a decimal comma: send a decimal point, as in",
    ),
    (b"kitchen;2026-11-22;21.5", "is not JSON: expected value at line 1 column 1; send JSON, as in"),
    (b"", "is not JSON: EOF while parsing a value at line 1 column 0; send JSON, as in"),
]
SHAPES = [
    (
        '{"Time":"2024-01-01T12:00:00","DS18B20":{"Id":"01","Temperature":70.7},"TempUnit":"F"}',
        "a message of Tasmota",
    ),
    (
        '{"StatusSNS":{"Time":"2024-01-01T12:00:00","AM2301":{"Temperature":21.5},"TempUnit":"C"}}',
        "a message of Tasmota",
    ),
    ('{"_id":"70:ee","dashboard_data":{"time_utc":1767268800,"Temperature":21.5}}', "a module of Netatmo"),
    ('{"fields":{"value":21.5},"name":"temp","tags":{},"timestamp":1767268800}', "a metric of Telegraf"),
    ('{"state":{"reported":{"temperature":21.5}},"timestamp":1767268800}', "a device shadow of AWS IoT"),
    ('{"state":{"desired":{"temperature":21.5}}}', "a device shadow without a measurement"),
    ('{"state":"21.5","attributes":{"unit_of_measurement":"°C"}}', "a state of Home Assistant"),
    ('{"Value":{"Type":10,"Body":21.5},"SourceTimestamp":"2026-01-01T12:00:00Z"}', "a data value of OPC UA"),
    ('{"battery":97,"humidity":45.1,"linkquality":120}', "a device's state of Zigbee2MQTT"),
    ('{"id":0,"tC":21.5,"tF":70.7}', "a status of Shelly"),
    (
        '{"src":"shelly-1","method":"NotifyStatus","params":{"ts":1.7e9,"temperature:0":{"tC":19.8}}}',
        "a status of Shelly",
    ),
    (
        '{"wifi_sta":{"connected":true},"tmp":{"value":21.5,"units":"C","tC":21.5,"tF":70.7}}',
        "a status of Shelly",
    ),
    (
        '{"end_device_ids":{"device_id":"eui-1"},"uplink_message":{"decoded_payload":{"temperature":21.5}}}',
        "an uplink of The Things Stack",
    ),
    ('{"deviceInfo":{"deviceName":"attic"},"object":{"temperature":21.5}}', "an uplink of ChirpStack"),
    ('{"ts":1700000000000,"values":{"temperature":21.5}}', "telemetry of ThingsBoard"),
    ('[{"bn":"urn:dev:1:","bt":1.7e9,"n":"temp","u":"Cel","v":21.5}]', "a SenML pack"),
    ('{"n":"temp","u":"Cel","v":21.5}', "a SenML record"),
    (
        '{"model":"Acurite-Tower","channel":1234,"temperature_F":70.7}',
        "a number under the name 'temperature_F'",
    ),
    (
        '{"entity_id":"sensor.attic","state":"70.7","attributes":{"unit_of_measurement":"°F"}}',
        "a state of Home Assistant",
    ),
    ('{"value":21.5}', "a number under the name 'value'"),
    ('{"dev":"x","t":21.5,"ts":1700000000}', "a number under the name 't'"),
    ('{"temperature":{"value":70.7,"unit":"F"}}', "an object whose temperature is inside 'temperature'"),
    ('{"sensor":{"temperature":21.5}}', "an object whose temperature is inside 'sensor'"),
    (
        '[{"sensor_id": "a", "temperature": 21.5}, {"sensor_id": "b"}]',
        "an array of 2, of which each is a message",
    ),
    ("[21.5, 21.6]", "an array of 2: send"),
    (json.dumps(VALID.decode()), "JSON encoded twice"),
]


def parse_invalid(body: bytes, context: ParseContext) -> InvalidReading:
    with pytest.raises(InvalidReading) as caught:
        parse_reading(body, context)
    assert caught.value.detail.isprintable()
    assert len(caught.value.detail) <= MAX_DETAIL_CHARACTERS
    return caught.value


def example_in(detail: str) -> bytes:
    match = re.search(r"(?:send|as in) (\{.*\})$", detail)
    assert match
    return match[1].encode()


@pytest.mark.parametrize("context", [CONTEXT, MQTT], ids=["AMQP", "MQTT"])
@pytest.mark.parametrize(("body", "fragment"), NOT_JSON)
def test_what_is_not_json_is_named_with_an_example_that_is_accepted(
    body: bytes, fragment: str, context: ParseContext
) -> None:
    error = parse_invalid(body, context)

    assert error.reason is DeadLetterReason.NOT_JSON
    assert fragment in error.detail
    assert parse_reading(example_in(error.detail), context).temperature == 21.5


@pytest.mark.parametrize("context", [CONTEXT, MQTT], ids=["AMQP", "MQTT"])
@pytest.mark.parametrize(("body", "fragment"), SHAPES)
def test_a_message_of_a_known_device_is_named_with_an_example_that_is_accepted(
    body: str, fragment: str, context: ParseContext
) -> None:
    error = parse_invalid(body.encode(), context)

    assert error.reason is DeadLetterReason.INVALID_FIELD
    assert f"is {fragment}" in error.detail
    assert parse_reading(example_in(error.detail), context).temperature in {21.5, 19.8}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            b'{"sensor_id": "a", "Timestamp": 5, "temperature": 1}',
            "measured_at is missing; Timestamp is not read: call it",
        ),
        (
            b'{"sensor_id": "a", "created_at": 5, "temperature": 1}',
            "measured_at is missing; created_at is not read: call it measured_at",
        ),
        (
            b'{"SensorID": "a", "timestamp": 5, "temperature": 1}',
            "sensor_id is missing; SensorID is not read: call it",
        ),
        (
            b'{"deviceId": "a", "ts": 5, "temperature": 1}',
            "sensor_id and measured_at are missing; deviceId is not read: call it sensor_id; ts is not",
        ),
        (
            b'{"topic": "a", "payload": 1}',
            "sensor_id, measured_at and temperature are missing",
        ),
        (
            b'{"topic": "a", "measured_at": 5, "temperature": 1}',
            "sensor_id is missing",
        ),
    ],
)
def test_a_field_with_another_name_is_named(body: bytes, detail: str) -> None:
    assert parse_invalid(body, CONTEXT).detail.startswith(detail)


def test_the_example_has_the_sensor_of_a_message_with_short_names() -> None:
    detail = parse_invalid(b'{"dev": "fridge-1", "t": 4.5, "ts": 1700000000}', CONTEXT).detail

    reading = parse_reading(example_in(detail), CONTEXT)
    assert (reading.sensor_id, reading.temperature) == ("fridge-1", 4.5)


def test_a_time_under_a_short_name_is_no_temperature() -> None:
    assert "under the name" not in parse_invalid(b'{"dev": "fridge-1", "t": 1700000000}', CONTEXT).detail


def test_a_number_without_mqtt_says_where_it_is_accepted() -> None:
    detail = parse_invalid(b"21.5", CONTEXT).detail

    assert detail.startswith(
        "the body 21.5 is not a JSON object, but a number, which is accepted by MQTT only: send {"
    )
    assert parse_reading(example_in(detail), CONTEXT).temperature == 21.5


KEYS = st.sampled_from(
    [
        "tC",
        "Temperature",
        "tmp",
        "params",
        "values",
        "ts",
        "linkquality",
        "uplink_message",
        "StatusSNS",
        "object",
        "deviceInfo",
        "v",
        "n",
        "u",
        "entity_id",
        "state",
        "temperature_F",
        "sensor_id",
        "unit",
        "method",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
CONTENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


@given(CONTENTS)
def test_any_message_like_those_of_devices_gets_a_detail(content: object) -> None:
    for context in (CONTEXT, MQTT):
        try:
            parse_reading(json.dumps(content).encode(), context)
        except InvalidReading as error:
            if example := re.search(r"(?:send|as in) (\{.*\})$", error.detail):
                parse_reading(example[1].encode(), context)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"value": 70, "unit": "F"}', '"temperature": 70, "unit": "fahrenheit"}'),
        (b'{"readings": [{"id": 1, "temperature": 20}]}', "is an object with an array of 1"),
        (b'{"device": "attic", "temperature": 20}', "device is not read: call it sensor_id"),
        (b'"21.5"', "is a number as text: send"),
        (b'{"sensor_id": null, "temperature": 20}', "sensor_id is null: must be a string"),
    ],
)
def test_what_to_send_in_its_place(body: bytes, detail: str) -> None:
    with pytest.raises(InvalidReading) as caught:
        parse_reading(body, CONTEXT)

    assert detail in caught.value.detail


@pytest.mark.parametrize(
    ("body", "temperature"), [(b".5", 0.5), (b"-.5", -0.5), (b"5.", 5.0), (b"-,5", -0.5)]
)
def test_a_number_without_digits_on_one_side_of_the_point_is_understood(
    body: bytes, temperature: float
) -> None:
    assert parse_reading(example_in(parse_invalid(body, MQTT).detail), MQTT).temperature == temperature
