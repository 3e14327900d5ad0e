"""The JSON of a report is the same for the same request, and says what its figures are computed from."""

import json
from dataclasses import replace
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest

from reports.measures.report import make_report
from reports.model import (
    Acknowledgement,
    Cleaned,
    Input,
    Report,
    ReportCalibration,
    ReportLimit,
    ReportRequest,
    SensorInput,
)
from reports.render.json_report import document_digest, read_json, render_json
from reports.samples import Samples
from tests.unit.reports.readings_of_a_sensor import FRIDGE, START, at, every, request, samples

READINGS = every(10, [4, 6, 10.1, 6, 4])


def report(minutes_later: float = 0, **fields: object) -> Report:
    sensor = SensorInput(
        sensor_id="fridge",
        name="Kühlschrank 冷蔵庫",
        serial="SN-1",
        calibrations=(ReportCalibration(valid_from=START, slope=1, offset_kelvin=-0.4),),
        acknowledgements=(
            Acknowledgement(
                kind="high", start=at(16), end=None, acknowledged_by="ana", acknowledged_at=at(90)
            ),
        ),
        samples=samples(READINGS),
    )
    cleaned = Cleaned(reason="duplicate", count=2, lines=(7, 9))
    file = Input(name="a.csv", sha256="ab", bytes=120, readings=5, cleaned=(cleaned,))
    asked_for = request(60, preset=FRIDGE, **fields)
    return make_report(asked_for, [sensor], [file], at(100 + minutes_later))


def test_a_report_is_read_back_as_it_was() -> None:
    assert read_json(render_json(report())) == report()


def test_how_an_input_was_read_is_in_the_document_only_if_it_is_known() -> None:
    [file] = report().inputs
    read_as = replace(report(), inputs=(replace(file, program="HOBOware", time_zone="UTC-08:00"),))

    # Reports of earlier versions have neither, and keep their digests.
    assert {"program", "time_zone"}.isdisjoint(json.loads(render_json(report()))["inputs"][0])
    assert read_json(render_json(read_as)) == read_as
    assert document_digest(read_as) != report().document_sha256


def test_the_limit_of_an_acknowledgement_is_in_the_document_only_if_it_is_known() -> None:
    [sensor] = report().sensors
    [acknowledged] = sensor.acknowledgements
    with_limit = replace(sensor, acknowledgements=(replace(acknowledged, threshold=8.0),))
    known = replace(report(), sensors=(with_limit,))

    # Reports of earlier versions have none, and keep their digests.
    assert "threshold" not in json.loads(render_json(report()))["sensors"][0]["acknowledgements"][0]
    assert read_json(render_json(known)) == known


def test_the_same_request_gives_the_same_bytes_but_for_the_time_of_making() -> None:
    first, second = render_json(report()), render_json(report(5))

    assert first != second
    assert first.replace(b"2026-03-01T01:40:00.000000Z", b"2026-03-01T01:45:00.000000Z") == second
    assert json.loads(first)["document_sha256"] == json.loads(second)["document_sha256"]


def test_the_same_times_and_numbers_give_the_same_bytes_however_they_are_written() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    limit = ReportLimit(kind="high", threshold=9, source="request")
    plain = report(limits=(limit,))
    other = report(
        limits=(replace(limit, threshold=9.0),),
        start=START.astimezone(lisbon),
        end=at(60).astimezone(ZoneInfo("Asia/Tokyo")),
    )

    assert render_json(plain) == render_json(other)


def test_keys_are_sorted_and_names_are_readable() -> None:
    content = render_json(report())

    document = json.loads(content)
    assert list(document) == sorted(document)
    assert "Kühlschrank 冷蔵庫" in content.decode()
    assert content.endswith(b"}\n")
    assert document["sensors"][0]["samples"]["temperatures"] == [4.0, 6.0, 10.1, 6.0, 4.0]
    assert document["request"]["start"] == "2026-03-01T00:00:00.000000Z"


def test_the_parts_are_together_one_document_whatever_it_contains() -> None:
    inputs = [Input(name="a", readings=n) for n in range(2)]
    several = [
        SensorInput(sensor_id=str(size), samples=samples(every(0.001, [1.5] * size)))
        for size in (0, 1, 10_000, 10_001)
    ]
    for sensors in ([], several[:1], several):
        content = render_json(make_report(request(60), sensors, inputs, START))
        document = json.loads(content)
        text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert content.decode() == f"{text}\n"


def test_the_digests_can_be_computed_without_this_program() -> None:
    document = json.loads(render_json(report()))

    sensor = document["sensors"][0]
    columns = sensor["samples"]
    lines = [f"{us},{t:.10g}\n" for us, t in zip(columns["times"], columns["temperatures"], strict=True)]
    assert sha256("".join(lines).encode()).hexdigest() == sensor["samples_sha256"]
    digest = document.pop("document_sha256")
    del document["made_at"]
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"
    assert sha256(text.encode()).hexdigest() == digest


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "JSON"),
        (b"\xff", "JSON"),
        (b"[]", "must be an object"),
        (b"{}", "request: "),
        (b'{"request": 5}', "request: "),
    ],
)
def test_what_is_no_report_is_refused_with_the_first_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        read_json(content)

    assert "\n" not in str(refused.value)


def test_a_report_with_an_unknown_field_is_refused() -> None:
    document = json.loads(render_json(report()))
    document["sensors"][0]["verdict"] = "good"

    with pytest.raises(ValueError, match="verdict"):
        read_json(json.dumps(document).encode())


def test_a_period_that_does_not_end_after_its_start_is_refused() -> None:
    with pytest.raises(ValueError, match="end after its start"):
        ReportRequest(sensors=("1",), start=START, end=START)
    document = json.loads(render_json(report()))
    document["request"]["end"] = document["request"]["start"]
    with pytest.raises(ValueError, match="request: the period must end after its start"):
        read_json(json.dumps(document).encode())


@pytest.mark.parametrize("temperature", [float("nan"), float("inf")])
def test_a_temperature_that_is_no_number_is_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Samples.of([(0, temperature)])


def test_whole_degrees_are_written_as_other_programs_write_them() -> None:
    zero = make_report(
        request(60), [SensorInput(sensor_id="1", samples=samples([(0, -0.0), (9, 4.0)]))], [], START
    )

    assert b'"temperatures":[0,4]' in render_json(zero)
    assert read_json(render_json(zero)) == zero
