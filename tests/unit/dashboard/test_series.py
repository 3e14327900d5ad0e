"""`/api/series`: ranges, refusals, JSON and CSV; and the step that is selected for a range."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from db.queries.series import MAX_POINTS, Bucket, Kept, choose_bucket
from tests.unit.dashboard.dashboard_server import DashboardServer
from tests.unit.openapi import check_response

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ALL_KEPT = Kept(NOW, None, None)


def test_the_points_of_each_sensor(dashboard: DashboardServer) -> None:
    response = dashboard.send("/api/series?sensor=1&sensor=none&from=1795348800&to=2026-11-23T12:00:00Z")
    assert response.json == {
        "from": 1795348800,
        "to": 1795435200,
        "bucket": "minute",
        "bucket_seconds": 60,
        "time_zone": "Europe/Berlin",
        "sensors": {"1": [[1795348800, 20.0, 21.0, 22.0, 60]], "none": []},
    }
    check_response(dashboard.openapi, "/api/series", response)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        (
            "from=2026-11-22T06:28:37%2B01:00&to=2026-11-23T00:00Z",
            "2026-11-22T05:28:37",
            "2026-11-23T00:00:00",
        ),
        ("from=2026-11-22T06:28:37+01:00&to=2026-11-23", "2026-11-22T05:28:37", "2026-11-22T23:00:00"),
        ("from=2026-10-25&to=2026-10-26", "2026-10-24T22:00:00", "2026-10-25T23:00:00"),
        ("from=2026-10-25&to=2026-10-26&time_zone=UTC", "2026-10-25T00:00:00", "2026-10-26T00:00:00"),
        ("to=1795348800", "2026-11-22T11:00:00", "2026-11-22T12:00:00"),
    ],
)
def test_times_have_an_offset_or_are_dates_of_a_zone(
    dashboard: DashboardServer, query: str, since: str, until: str
) -> None:
    assert dashboard.send(f"/api/series?sensor=1&{query}").status == 200
    assert dashboard.series.requests == [
        (["1"], datetime.fromisoformat(f"{since}Z"), datetime.fromisoformat(f"{until}Z"))
    ]


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        (
            "sensor=1&from=2026-11-23&to=2026-11-22",
            "from",
            "which is not before `to`, 2026-11-21T23",
        ),
        ("sensor=1&from=2026-11-23&to=2026-11-23", "from", "not before"),
        ("sensor=1&from=1900-01-01", "from", "more than 38 years before `to`"),
        (
            "sensor=1&from=2026-11-22T06:28",
            "from",
            "a time without an offset: use a date",
        ),
        ("sensor=1&to=yesterday", "to", "is 'yesterday', which is not a time: use"),
        ("sensor=1&to=2026-02-30", "to", "not a time"),
        ("sensor=1&to=9999-12-31T23:59-05:00", "to", "out of range"),
        ("sensor=1&to=999999999999", "to", "not a time"),
        (
            "sensor=1&time_zone=Mars",
            "time_zone",
            "is 'Mars', which is no time zone: must be",
        ),
        ("&".join(f"sensor={n}" for n in range(11)), "sensor", "at most 10"),
        ("from=2026-11-22", "sensor", "is missing"),
        ("sensor=1&format=xml", "format", "json"),
        ("sensor=%00", "sensor", "U+0000"),
    ],
)
def test_what_is_refused_names_the_field(
    dashboard: DashboardServer, query: str, field: str, message: str
) -> None:
    response = dashboard.send(f"/api/series?{query}")
    assert response.status == 422
    assert response.json["field"] == field
    assert message in response.json["detail"]
    assert dashboard.series.requests == []
    check_response(dashboard.openapi, "/api/series", response)


@pytest.mark.parametrize(("query", "headers"), [("&format=csv", {}), ("", {"Accept": "text/csv"})])
def test_csv_has_the_times_of_the_zone(
    dashboard: DashboardServer, query: str, headers: dict[str, str]
) -> None:
    dashboard.series.points["=1+1"] = "[[1795348800,1,2,3,4]]"
    response = dashboard.send(f"/api/series?sensor=1&sensor={quote('=1+1')}{query}", **headers)
    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.body.decode().splitlines() == [
        "sensor_id,starts_at,min_temperature,mean_temperature,max_temperature,readings,unit",
        "1,2026-11-22T13:00:00+01:00,20.0,21.0,22.0,60,celsius",
        "'=1+1,2026-11-22T13:00:00+01:00,1.0,2.0,3.0,4,celsius",
    ]


@pytest.mark.parametrize(
    ("unit", "row"), [("fahrenheit", "68.0,69.8,,60,fahrenheit"), ("kelvin", "293.15,294.15,,60,kelvin")]
)
def test_csv_is_in_the_unit_that_is_requested_and_says_so(
    dashboard: DashboardServer, unit: str, row: str
) -> None:
    dashboard.series.points["1"] = "[[1795348800,20.0,21.0,null,60]]"
    response = dashboard.send(f"/api/series?sensor=1&format=csv&unit={unit}")
    assert response.body.decode().splitlines()[1] == f"1,2026-11-22T13:00:00+01:00,{row}"


def test_a_sensor_that_is_stored_under_two_forms_of_its_id_is_one(dashboard: DashboardServer) -> None:
    decomposed, composed = "u\N{COMBINING DIAERESIS}", "\N{LATIN SMALL LETTER U WITH DIAERESIS}"
    dashboard.series.points = {decomposed: "[[60,1.0,1.0,1.0,1]]", composed: "[[0,2.0,2.0,2.0,1]]"}
    response = dashboard.send(f"/api/series?sensor={quote(decomposed)}")
    assert response.json["sensors"] == {decomposed: [[0, 2.0, 2.0, 2.0, 1], [60, 1.0, 1.0, 1.0, 1]]}


@pytest.mark.parametrize(
    ("length", "bucket"),
    [
        (timedelta(hours=1), Bucket.FIVE_SECONDS),
        (timedelta(hours=2, seconds=1), Bucket.MINUTE),
        (timedelta(days=1), Bucket.MINUTE),
        (timedelta(days=7), Bucket.HOUR),
        (timedelta(days=31), Bucket.HOUR),
        (timedelta(days=366), Bucket.DAY),
        (timedelta(days=6 * 366), Bucket.WEEK),
    ],
)
def test_the_finest_step_with_few_enough_points_is_chosen(length: timedelta, bucket: Bucket) -> None:
    assert choose_bucket(NOW - length, NOW, ALL_KEPT) is bucket
    assert length / bucket.width <= MAX_POINTS


def test_a_step_that_is_not_kept_is_not_chosen() -> None:
    kept = Kept(NOW, NOW - timedelta(days=2), NOW - timedelta(days=30))
    hour = timedelta(hours=1)
    for days_ago, bucket in ((1, Bucket.MINUTE), (3, Bucket.HOUR), (31, Bucket.DAY)):
        since = NOW - timedelta(days=days_ago)
        assert choose_bucket(since, since + hour, kept) is bucket
