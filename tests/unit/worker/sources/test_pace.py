"""The log of a worker says why a source does not answer, long before its job has made all attempts."""

from contextlib import closing
from dataclasses import replace

from pydantic import SecretStr
from structlog.testing import capture_logs

from tests.source_server import Reply, json_reply, source_server
from tests.unit.fake_job import FakeJob
from tests.unit.worker.sources.test_http import ANY, SECRET, source_at
from worker.sources.http import Credentials, SourceClient
from worker.sources.pace import job_pace
from worker.sources.rate_limit import TokenBucket


def test_each_failed_attempt_is_logged_with_its_reason_and_without_the_secret() -> None:
    job = FakeJob()
    with source_server(lambda _: json_reply(1)) as server, capture_logs() as lines:
        server.script = [Reply(status=503), Reply(status=500, body=f"no {SECRET}".encode())]
        source = source_at(server.url)
        with job_pace(job, source) as pace:
            unlimited = replace(pace, limit=TokenBucket(6000))
            with closing(SourceClient(source, SecretStr(SECRET), Credentials(), unlimited)) as client:
                assert client.get(ANY, "/") == 1

    assert [(line["event"], line["source"], line["job"]) for line in lines] == [
        ("source unavailable", "house", str(job.job_id))
    ] * 2
    first, second = lines
    assert first["reason"] == f"{server.url} responds 503"
    assert second["reason"].startswith(f"{server.url} responds 500")
    assert SECRET not in str(lines)
    assert 1 <= first["retry_seconds"] <= 2 <= second["retry_seconds"] <= 3
