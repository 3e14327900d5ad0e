"""Doubles of the systems that readings come from, by their documentation; they answer over HTTP.

Those of Home Assistant and InfluxDB follow what the real servers answered to the same requests. The others
are public services without a server to run, so their doubles are from the documentation alone.
"""

import json
import math
import re
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tests.source_server import Reply, Request, json_reply

Tags = tuple[tuple[str, str], ...]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Stored(NamedTuple):
    """A value that a system keeps; `value` is as it writes it."""

    at: datetime
    value: Any


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


MAX_REQUEST_LINE = 8190  # of aiohttp, on which it is built, unless it sets another


class HomeAssistant:
    """Home Assistant 2024.3.3: a state is within a range if it is after its start and before its end."""

    def __init__(self, states: dict[str, list[Stored]], unit: str | None = "°C") -> None:
        self.states = states
        self.unit = unit

    def __call__(self, request: Request) -> Reply:
        if request.path.startswith("/api/states/"):
            return self._current(request.path.removeprefix("/api/states/"))
        if len(request.target) > MAX_REQUEST_LINE:
            return Reply(status=400, body=b"Got more than 8190 bytes when reading Status line.")
        start = datetime.fromisoformat(request.path.removeprefix("/api/history/period/"))
        end = datetime.fromisoformat(request.params["end_time"])
        assert request.headers["Authorization"] == "Bearer token"
        assert request.params["significant_changes_only"] == "0"
        assert "+" not in request.target, "an offset must be percent-encoded"
        lists = [
            self._list(entity, start, end, initial="skip_initial_state" not in request.params)
            for entity in request.params["filter_entity_id"].split(",")
        ]
        return json_reply([states for states in lists if states])

    def _current(self, entity: str) -> Reply:
        stored = self.states.get(entity)
        if stored is None:
            return json_reply({"message": "Entity not found."}, status=404)
        return json_reply(self._state(entity, stored[-1]))

    def _list(self, entity: str, start: datetime, end: datetime, *, initial: bool) -> list[dict[str, Any]]:
        stored = self.states.get(entity, [])
        within = [each for each in stored if start < each.at < end]
        earlier = [Stored(start, each.value) for each in stored if each.at < start][-1:] if initial else []
        return [self._state(entity, each) for each in (*earlier, *within)]

    def _state(self, entity: str, stored: Stored) -> dict[str, Any]:
        attributes = {"unit_of_measurement": self.unit, "friendly_name": "Attic"} if self.unit else {}
        at = iso(stored.at)
        return {
            "entity_id": entity,
            "state": stored.value,
            "attributes": attributes,
            "last_changed": at,
            "last_updated": at,
        }


class InfluxDB:
    """InfluxDB 1.6.7, for the queries of one field with tags; `series` has the values by the tags."""

    def __init__(self, series: dict[Tags, list[Stored]]) -> None:
        self.series = series

    def __call__(self, request: Request) -> Reply:
        assert request.path == "/query"
        assert (request.params["db"], request.params["epoch"]) == ("home", "u")
        results = [self._select(query, request) for query in request.params["q"].split("; ")]
        if len(results) == 1:
            return results[0]
        answers = [json.loads(reply.body) for reply in results]
        return json_reply({"results": [result for answer in answers for result in answer["results"]]})

    def _select(self, query: str, request: Request) -> Reply:
        low, high = (datetime.fromisoformat(text) for text in re.findall(r"time >?=?<? ?'(\S+)'", query))
        conditions = set(re.findall(r'"(\w+)" = \'(\w+)\'', query))
        found = {
            tags: [each for each in values if low <= each.at < high]
            for tags, values in self.series.items()
            if conditions <= set(tags)
        }
        found = {tags: values for tags, values in found.items() if values}
        if "GROUP BY *" in query:
            return json_reply({"results": [self._result([(t, v[:1]) for t, v in found.items()])]})
        merged = sorted((each for values in found.values() for each in values), key=lambda each: each.at)
        size = int(request.params["chunk_size"])
        return self._chunks([merged[i : i + size] for i in range(0, len(merged), size)])

    def _chunks(self, parts: list[list[Stored]]) -> Reply:
        lines = [
            json_reply({"results": [self._result([((), part)]) | {"partial": i < len(parts) - 1}]}).body
            for i, part in enumerate(parts)
        ]
        return Reply(body=b"\n".join(lines or [b'{"results":[{"statement_id":0}]}']) + b"\n")

    def _result(self, found: Iterable[tuple[tuple[tuple[str, str], ...], list[Stored]]]) -> dict[str, Any]:
        series = [
            {
                "name": "temperature",
                "tags": dict(tags),
                "columns": ["time", "value"],
                "values": [[(each.at - EPOCH) // timedelta(microseconds=1), each.value] for each in values],
            }
            for tags, values in found
        ]
        return {"statement_id": 0, **({"series": series} if series else {})}


class OpenMeteo:
    """The archive of Open-Meteo, from its documentation: whole days, an hourly value or null."""

    def __init__(self, values: dict[datetime, float], unit: str = "°C") -> None:
        self.values = values
        self.unit = unit

    def __call__(self, request: Request) -> Reply:
        assert request.path == "/v1/archive"
        assert request.params["hourly"] == "temperature_2m"
        first, last = (
            datetime.fromisoformat(request.params[name]).replace(tzinfo=UTC)
            for name in ("start_date", "end_date")
        )
        days = (last - first).days + 1
        assert 1 <= days <= 14, "a longer range counts as several requests"
        moments = [first + timedelta(hours=hour) for hour in range(24 * days)]
        unix = request.params.get("timeformat") == "unixtime"
        times = [int(each.timestamp()) if unix else each.strftime("%Y-%m-%dT%H:%M") for each in moments]
        return json_reply(
            {
                "utc_offset_seconds": 0,
                "timezone": "GMT",
                "hourly_units": {"time": "unixtime" if unix else "iso8601", "temperature_2m": self.unit},
                "hourly": {"time": times, "temperature_2m": [self.values.get(each) for each in moments]},
            }
        )


class ThingSpeak:
    """A channel of ThingSpeak, from its documentation: whole seconds, the newest 8,000 entries of a range."""

    def __init__(self, entries: list[Stored], name: str = "Outside temperature") -> None:
        self.entries = sorted(entries, key=lambda each: each.at)
        self.name = name

    def __call__(self, request: Request) -> Reply:
        assert request.path == "/channels/9/feeds.json"
        start, end = (
            datetime.strptime(request.params[name], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            for name in ("start", "end")
        )
        numbered = [
            {"created_at": each.at.strftime("%Y-%m-%dT%H:%M:%SZ"), "entry_id": i, "field1": each.value}
            for i, each in enumerate(self.entries, start=1)
            if start <= each.at <= end
        ]
        feeds = numbered[-int(request.params["results"]) :]
        return json_reply({"channel": {"id": 9, "field1": self.name}, "feeds": feeds})


class OpenSenseMap:
    """A sensor of openSenseMap, from its documentation: a month at most, the newest 10,000 rows first."""

    def __init__(self, rows: list[Stored], unit: str = "°C") -> None:
        self.rows = sorted(rows, key=lambda each: each.at)
        self.unit = unit
        self._times = [each.at for each in self.rows]

    def __call__(self, request: Request) -> Reply:
        if "/sensors/" in request.path:
            return json_reply({"_id": "1", "title": "Temperatur", "unit": self.unit})
        start, end = (datetime.fromisoformat(request.params[name]) for name in ("from-date", "to-date"))
        assert end - start <= timedelta(days=31), "a longer range is refused"
        rows = self.rows[bisect_left(self._times, start) : bisect_left(self._times, end)]
        newest = rows[: -(10_000 + 1) : -1]
        return json_reply([{"createdAt": f"{iso(row.at)[:23]}Z", "value": row.value} for row in newest])


def wave(moment: datetime) -> float:
    """Return a temperature that differs from hour to hour."""
    return round(10 + 5 * math.sin(moment.timestamp() / 7000), 2)
