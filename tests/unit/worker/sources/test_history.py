"""Each client of history against a double of its system."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.source import Source
from tests.source_server import Answer, Reply, SourceServer, json_reply, source_server
from tests.unit.worker.sources.clocks import FakeClock
from tests.unit.worker.sources.doubles import (
    HomeAssistant,
    InfluxDB,
    OpenMeteo,
    OpenSenseMap,
    Stored,
    Tags,
    ThingSpeak,
    wave,
)
from worker.sources.history import open_history
from worker.sources.model import HistorySource, Skipped, SourceRefused, SourceUnavailable, SourceValue

START = datetime(2026, 10, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BOX = f"{1:024}/{2:024}"
ATTIC = (("room", "attic"),)
FIELDS: dict[str, dict[str, Any]] = {
    "home-assistant": {"secret_name": "SOURCE_TOKEN", "remote": "sensor.attic"},
    "influxdb": {"options": {"database": "home"}, "remote": "temperature,room=attic value"},
    "open-meteo": {"remote": "52.52,13.41"},
    "thingspeak": {"remote": "9/field1"},
    "opensensemap": {"remote": BOX},
}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_TOKEN", "token")


@contextmanager
def reading(kind: str, answer: Answer, **fields: Any) -> Iterator[tuple[HistorySource, SourceServer]]:
    """Serve a double, and open the client of its kind."""
    with source_server(answer) as server:
        values = {
            "name": "house",
            "kind": kind,
            "address": server.url,
            "unit": "celsius",
            **FIELDS[kind],
            **fields,
        }
        remotes = values.pop("remote").split("|")
        values["sensors"] = [{"remote": remote, "sensor_id": remote} for remote in remotes]
        with open_history(Source.model_validate(values), FakeClock().pace()) as history:
            yield history, server


def read(history: HistorySource, start: datetime, end: datetime) -> list[tuple[datetime, float]]:
    """Return the values of a range, in the order of time."""
    items = list(history.read(start, end))
    return sorted((item.measured_at, item.temperature) for item in items if isinstance(item, SourceValue))


def hourly(count: int, *, text: bool = False) -> list[Stored]:
    """Return values that are not at the limits of any range."""
    moments = [START + n * HOUR for n in range(count)]
    return [Stored(at, str(wave(at)) if text else wave(at)) for at in moments]


def double(kind: str, stored: list[Stored], **options: Any) -> Answer:
    """Return a double of this kind that keeps these values."""
    as_text = [Stored(each.at, str(each.value)) for each in stored]
    match kind:
        case "home-assistant":
            return HomeAssistant({"sensor.attic": as_text}, **options)
        case "influxdb":
            return InfluxDB({ATTIC: stored})
        case "open-meteo":
            return OpenMeteo({each.at: each.value for each in stored}, **options)
        case "thingspeak":
            return ThingSpeak(as_text, **options)
    return OpenSenseMap(as_text, **options)


@pytest.mark.parametrize("kind", FIELDS)
@settings(max_examples=8, deadline=None)
@given(cuts=st.sets(st.integers(0, 16 * 24 * 4), max_size=5))
def test_any_chunks_of_a_range_have_the_same_values(kind: str, cuts: set[int]) -> None:
    stored = hourly(16 * 24)
    expected = [(each.at, each.value) for each in stored[24:-24]]
    start, end = START + DAY, START + 15 * DAY
    limits = sorted({start, end, *(c for c in (START + cut * HOUR / 4 for cut in cuts) if start < c < end)})

    with reading(kind, double(kind, stored)) as (history, _):
        chunks = [read(history, *limits[i : i + 2]) for i in range(len(limits) - 1)]

    assert [value for chunk in chunks for value in chunk] == expected


@pytest.mark.parametrize("kind", FIELDS)
def test_a_missing_value_is_skipped_and_no_zero(kind: str) -> None:
    missing = {"home-assistant": "unavailable", "thingspeak": "nan", "opensensemap": "unknown"}.get(kind)
    stored = [Stored(START, 1.5), Stored(START + HOUR, missing), Stored(START + 2 * HOUR, -2.5)]
    answer = double(kind, stored)

    with reading(kind, answer) as (history, _):
        items = list(history.read(START, START + 3 * HOUR))

    assert sorted(item.temperature for item in items if isinstance(item, SourceValue)) == [-2.5, 1.5]
    assert [item for item in items if isinstance(item, Skipped)] == [Skipped(missing or "no value")]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("home-assistant", {"unit": "°F"}),
        ("home-assistant", {"unit": "%"}),
        ("open-meteo", {"unit": "°F"}),
        ("thingspeak", {"name": "Outside (°F)"}),
        ("thingspeak", {"name": "Temp (0.1 °C)"}),
        ("opensensemap", {"unit": "hPa"}),
    ],
)
def test_values_in_another_unit_than_the_sources_are_refused(kind: str, options: dict[str, Any]) -> None:
    with (
        reading(kind, double(kind, hourly(3), **options)) as (history, _),
        pytest.raises(SourceRefused, match=r"unit of the source is celsius|scaled unit"),
    ):
        list(history.read(START, START + DAY))


@pytest.mark.parametrize("kind", FIELDS)
def test_an_answer_of_another_program_is_refused(kind: str) -> None:
    with (
        reading(kind, lambda _: json_reply(["something else"])) as (history, _),
        pytest.raises(SourceRefused),
    ):
        list(history.read(START, START + DAY))


def test_home_assistant_reads_a_state_at_the_start_and_none_that_it_invents() -> None:
    states = [Stored(START - HOUR, "1.5"), Stored(START, "2.5"), Stored(START + DAY, "3.5")]

    with reading("home-assistant", HomeAssistant({"sensor.attic": states})) as (history, server):
        assert read(history, START, START + DAY) == [(START, 2.5)]
    assert "skip_initial_state" in server.requests[0].params


def test_home_assistant_does_not_count_a_change_of_attributes() -> None:
    answer = HomeAssistant({"sensor.attic": [Stored(START, "2.5"), Stored(START, "2.5")]}, unit=None)

    with reading("home-assistant", answer) as (history, _):
        assert list(history.read(START, START + DAY)) == [
            SourceValue("sensor.attic", START, 2.5, history._source.unit)  # type: ignore[attr-defined]
        ]


def test_home_assistant_reports_an_entity_that_does_not_exist_once() -> None:
    states = {"sensor.attic": [Stored(START, "1.5")], "sensor.quiet": [Stored(START - DAY, "2.5")]}

    with reading("home-assistant", HomeAssistant(states), remote="sensor.attic|sensor.atic|sensor.quiet") as (
        history,
        server,
    ):
        items = list(history.read(START, START + 3 * DAY))
    assert [item for item in items if isinstance(item, Skipped)] == [
        Skipped("Home Assistant has no sensor.atic")
    ]
    assert len(server.requests) == 3 + 2


def test_home_assistant_reads_many_states_in_shorter_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.sources.http.MAX_BODY_BYTES", 10_000)
    stored = [Stored(START + n * HOUR / 20, str(n)) for n in range(400)]

    with reading("home-assistant", HomeAssistant({"sensor.attic": stored})) as (history, _):
        assert [value for _, value in read(history, START, START + DAY)] == list(range(400))


def test_influxdb_logs_in_with_a_token_or_as_a_user() -> None:
    answer = double("influxdb", hourly(3))
    for options, expected in (
        ({"database": "home"}, "Token token"),
        ({"database": "home", "user": "reader", "retention_policy": "year"}, "Basic cmVhZGVyOnRva2Vu"),
    ):
        with reading("influxdb", answer, secret_name="SOURCE_TOKEN", options=options) as (history, server):
            assert len(read(history, START, START + DAY)) == 3
        assert server.requests[0].headers["Authorization"] == expected
        assert server.requests[0].params.get("rp") == options.get("retention_policy")


def test_influxdb_does_not_mix_series() -> None:
    series: dict[Tags, list[Stored]] = {(*ATTIC, ("host", host)): hourly(3) for host in "ab"}

    with (
        reading("influxdb", InfluxDB(series)) as (history, _),
        pytest.raises(
            SourceRefused, match=r"matches 2 series, such as room=attic,host=a and room=attic,host=b"
        ),
    ):
        next(history.read(START, START + DAY))


def test_influxdb_counts_the_series_of_all_sensors_by_one_request() -> None:
    rooms = [(("room", room),) for room in ("attic", "hall")]
    series: dict[Tags, list[Stored]] = {tags: hourly(3) for tags in rooms}
    remotes = "|".join(f"temperature,room={room} value" for room in ("attic", "hall"))
    with reading("influxdb", InfluxDB(series), remote=remotes) as (history, server):
        assert len(read(history, START, START + DAY)) == 6
        assert len(server.requests) == 3
        # when one of them matches two series
        series[(*rooms[1], ("host", "b"))] = hourly(3)
        with pytest.raises(SourceRefused, match=r"room=hall value matches 2 series"):
            next(history.read(START, START + DAY))


def test_influxdb_continues_after_the_last_value_of_a_response_that_was_cut_off() -> None:
    stored = hourly(12_000)
    answer = InfluxDB({ATTIC: stored})
    cut_offs = iter([200_000, 50_000])

    def cut(request: Any) -> Reply:
        reply = answer(request)
        if "chunked" not in request.params:
            return reply
        return Reply(body=reply.body, cut_at=next(cut_offs, None))

    with reading("influxdb", cut) as (history, server):
        assert read(history, START, START + 12_000 * HOUR) == [(each.at, each.value) for each in stored]
    assert len(server.requests) == 4


def test_influxdb_gives_up_when_each_response_ends_before_its_last_part() -> None:
    with (
        reading("influxdb", lambda _: Reply(body=b'{"results":[{"partial":true}]}')) as (
            history,
            server,
        ),
        pytest.raises(SourceUnavailable, match="ends before its last part"),
    ):
        list(history.read(START, START + DAY))
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "answer", [{"error": "database not found: home"}, {"results": [{"error": "database not found: home"}]}]
)
def test_influxdb_refuses_a_query_with_its_reason(answer: dict[str, Any]) -> None:
    with (
        reading("influxdb", lambda _: json_reply(answer)) as (history, _),
        pytest.raises(SourceRefused, match="the query is refused: database not found: home"),
    ):
        list(history.read(START, START + DAY))


@pytest.mark.parametrize("remote", ["°F,room=attic value", "weather,room=attic temp_f"])
def test_influxdb_refuses_a_series_that_is_named_after_another_unit(remote: str) -> None:
    with (
        pytest.raises(
            SourceRefused, match="is named after fahrenheit, but the unit of the source is celsius"
        ),
        reading("influxdb", double("influxdb", []), remote=remote),
    ):
        pass


def test_influxdb_quotes_names() -> None:
    remote = r"""te"mp\ 1,ro\,om=at'tic va\=lue"""
    with reading("influxdb", lambda _: json_reply({"results": []}), remote=remote) as (history, server):
        assert list(history.read(START, START + DAY)) == []

    query = server.requests[1].params["q"]
    assert query.startswith(r"""SELECT "va=lue" FROM "te\"mp 1" WHERE "ro,om" = 'at\'tic' AND time >= '""")


def test_open_meteo_is_requested_for_days_that_have_passed_only() -> None:
    with reading("open-meteo", double("open-meteo", hourly(24 * 90))) as (history, server):
        assert len(read(history, START, START + 90 * DAY)) == 57 * 24 + 12
    assert server.requests[-1].params["end_date"] == "2026-11-27"


def test_open_meteo_without_the_time_notation_that_was_requested_is_refused() -> None:
    def answer(request: Any) -> Reply:
        request.params.pop("timeformat")
        return double("open-meteo", hourly(3))(request)

    with (
        reading("open-meteo", answer) as (history, _),
        pytest.raises(SourceRefused, match=r"not of the form|instead of seconds"),
    ):
        list(history.read(START, START + DAY))


@pytest.mark.parametrize("time", [None, "2026-10-01T00:00", 1e300, True, 10**20, {}])
def test_a_time_of_open_meteo_that_is_no_number_of_seconds_is_refused(time: Any) -> None:
    answer = {
        "utc_offset_seconds": 0,
        "hourly_units": {"time": "unixtime", "temperature_2m": "°C"},
        "hourly": {"time": [time], "temperature_2m": [20.5]},
    }
    with (
        reading("open-meteo", lambda _: json_reply(answer)) as (history, _),
        pytest.raises(SourceRefused, match="of the answer is no number of seconds since 1970"),
    ):
        list(history.read(START, START + DAY))


def test_thingspeak_reads_pages_backwards_and_each_entry_once() -> None:
    stored = [Stored(START + timedelta(seconds=n // 2), str(n)) for n in range(20_000)]

    with reading("thingspeak", ThingSpeak(stored)) as (history, server):
        assert [value for _, value in read(history, START, START + DAY)] == list(range(20_000))
    assert len(server.requests) == 3


@pytest.mark.parametrize("answer", [-1, "-1"])
def test_thingspeak_without_the_right_to_read_says_so(answer: Any) -> None:
    with (
        reading("thingspeak", lambda _: json_reply(answer)) as (history, _),
        pytest.raises(SourceRefused, match="channel 9 may not be read: set secret_name"),
    ):
        list(history.read(START, START + DAY))


def test_opensensemap_reads_pages_backwards_and_each_row_once() -> None:
    stored = [Stored(START + timedelta(seconds=60 * n), str(n)) for n in range(25_000)]

    with reading("opensensemap", OpenSenseMap(stored)) as (history, server):
        assert [value for _, value in read(history, START, START + 20 * DAY)] == list(range(25_000))[
            : 20 * 1440
        ]
    assert len(server.requests) == 4  # one for the unit


@pytest.mark.parametrize("kind", ["thingspeak", "opensensemap"])
def test_a_source_that_repeats_the_same_page_is_refused(kind: str) -> None:
    stored = [Stored(START + HOUR, str(n)) for n in range(10_000)]
    page = double(kind, stored)

    with (
        reading(kind, page) as (history, _),
        pytest.raises(SourceRefused, match="or answers for other times"),
    ):
        list(history.read(START, START + DAY))


def test_what_is_outside_of_the_range_is_dropped_also_when_time_goes_back() -> None:
    values = [[1, 5.0], [3_600_000_000 * 24, 6.0], [-7_200_000_000, 7.0], [7_200_000_000, 8.0], [1, 5.0]]
    microseconds = int(START.timestamp()) * 1_000_000
    series = {"columns": ["time", "value"], "values": [[microseconds + at, value] for at, value in values]}

    with reading("influxdb", lambda _: json_reply({"results": [{"series": [series]}]})) as (history, _):
        assert [value for _, value in read(history, START, START + DAY)] == [5.0, 5.0, 8.0]


def test_a_kind_without_history_is_refused() -> None:
    with source_server(lambda _: Reply()) as server:
        source = Source.model_validate(
            {
                "name": "n",
                "kind": "shelly",
                "address": server.url,
                "sensors": [{"remote": "t", "sensor_id": "1"}],
            }
        )
        with (
            pytest.raises(SourceRefused, match="the kind shelly keeps no history"),
            open_history(source, FakeClock().pace()),
        ):
            pass


def test_the_history_of_many_entities_is_requested_in_lines_that_home_assistant_reads() -> None:
    entities = [f"sensor.building_seven_room_{number:03}_temperature" for number in range(300)]
    states = {entity: [Stored(START + HOUR, str(number))] for number, entity in enumerate(entities)}

    with reading("home-assistant", HomeAssistant(states), remote="|".join(entities)) as (history, server):
        found = read(history, START, START + DAY)

    assert found == [(START + HOUR, float(number)) for number in range(300)]
    assert len(server.requests) < 5
