from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.kinds import plan_jobs
from jobs.source import Source
from messaging.errors import BrokerRefused
from tests.unit.fake_job import FakeJob
from tests.unit.fake_queue import FakeQueue
from worker.context import JobContext, JobFailed
from worker.kinds import KINDS, live
from worker.settings import WorkerSettings
from worker.sources.http import Pace
from worker.sources.model import SourceRefused
from worker.sources.rate_limit import TokenBucket

SOURCES: dict[str, dict[str, Any]] = {
    "simulated": {"kind": "simulated", "options": {"rate": 100}},
    "archive": {"kind": "open-meteo"},
    "house": {
        "kind": "home-assistant",
        "address": "http://127.0.0.1:1",
        "unit": "celsius",
        "secret_name": "SOURCE_HOUSE_TOKEN",
    },
}
REMOTES = {"open-meteo": "52.52,13.41", "home-assistant": "sensor.attic"}


def load_source(_settings: WorkerSettings, name: str, _application: str) -> Source:
    if name not in SOURCES:
        raise SourceRefused("there is no such source")
    fields = SOURCES[name]
    sensors = [{"remote": REMOTES.get(fields["kind"], "one"), "sensor_id": "attic"}]
    return Source.model_validate({"name": name, "sensors": sensors, **fields})


def unlimited_pace(_context: JobContext, _source: Source) -> AbstractContextManager[Pace]:
    return nullcontext(Pace(limit=TokenBucket(6000)))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> FakeQueue:
    queue = FakeQueue()
    monkeypatch.setattr(live, "load_source", load_source)
    monkeypatch.setattr(live, "job_pace", unlimited_pace)
    monkeypatch.setattr(live, "connect_to_broker", lambda _url, _name: queue.connect)
    return queue


def live_job(source: str, **spec: object) -> FakeJob:
    [job] = plan_jobs("live", {"source": source, **spec})
    return FakeJob(kind=job.kind, spec=job.spec)


def test_values_are_published_and_covered_until_the_time_is_over(queue: FakeQueue) -> None:
    before = datetime.now(UTC)
    job = live_job("simulated", seconds=0.3)
    result = KINDS["live"](job)
    assert result.message == f"published {queue.confirmed:,} values"
    assert result.counts["published"] == queue.confirmed > 0
    assert before <= job.covered[0].start <= job.covered[-1].end <= datetime.now(UTC)
    assert all(publisher.closed for publisher in queue.publishers)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("elsewhere", "elsewhere: there is no such source"),
        ("archive", "archive: the kind open-meteo has no live values; these have: home-assistant"),
        ("house", "house: SOURCE_HOUSE_TOKEN is not set"),
    ],
)
def test_what_a_person_has_to_change_is_no_loop(queue: FakeQueue, source: str, message: str) -> None:
    with pytest.raises(JobFailed, match=message) as raised:
        KINDS["live"](live_job(source))
    assert not raised.value.retry


def test_a_broker_that_refuses_is_tried_again_later(queue: FakeQueue) -> None:
    queue.connect_errors.append(BrokerRefused("access refused"))
    with pytest.raises(JobFailed, match="cannot publish: access refused") as raised:
        KINDS["live"](live_job("simulated", seconds=0.3))
    assert raised.value.retry
