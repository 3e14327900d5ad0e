"""The specs of file jobs, and the options with which a file is read."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from jobs.kinds import dump_spec, parse_spec, plan_jobs
from readings.files.option_values import name_as_fields, parse_options
from readings.model import Unit
from runtime.errors import InvalidInput


def test_a_file_is_one_job_that_waits_long_for_its_servers() -> None:
    [job] = plan_jobs("file", {"file": "work/x.csv", "options": {"decimal": ","}})
    assert (job.kind, job.max_failures) == ("file", 20)
    assert job.spec["formats"] == ["pdf", "json"]
    assert dump_spec(parse_spec("file", job.spec)) == job.spec


def test_the_options_of_a_job_are_named_as_its_spec_has_them() -> None:
    text = "set --time-zone, or --value-column; name it .csv or set --format csv; -- 5"

    assert name_as_fields(text) == (
        "set the option time_zone, or the option value_column; name it .csv or set --format csv; -- 5"
    )


def test_what_a_look_requests_is_a_spec_of_a_file() -> None:
    spec = dump_spec(parse_spec("files", {"preset": "2-8", "sensor": "7"}))
    parse_spec("file", {**spec, "file": "work/x.csv", "version": '"1"'})


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({}, "spec.file"),
        ({"file": "../x"}, "spec.file"),
        ({"file": "x.csv", "options": {"colour": "red"}}, "spec.options"),
        ({"file": "x.csv", "options": {"time_zone": "Mars/Olympus"}}, "spec.options"),
        ({"file": "x.csv", "formats": ["doc"]}, "spec.formats.0"),
    ],
)
def test_a_spec_that_cannot_be_met_is_refused(spec: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_spec("file", spec)
    assert raised.value.field == field


def test_options_come_from_json_and_a_text_is_a_list_of_one() -> None:
    options = parse_options(
        {
            "sensors": "7", "value_columns": ["T1"], "units": "F", "time_zone": "Europe/Berlin",
            "scale": 0.1, "skip_lines": 3, "keep": [999.9], "where": [["type", "temperature"]],
        }
    )  # fmt: skip
    assert (options.sensors, options.value_columns, options.units) == (("7",), ("T1",), (Unit.FAHRENHEIT,))
    assert (options.time_zone, options.scale) == (ZoneInfo("Europe/Berlin"), Decimal("0.1"))
    assert (options.skip_lines, options.keep, options.where) == (3, (999.9,), (("type", "temperature"),))
