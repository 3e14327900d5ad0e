"""Jobs that publish readings and kill their worker; their processes import this module."""

import os
import signal
from contextlib import closing
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from random import SystemRandom
from typing import Any
from unittest.mock import patch
from uuid import NAMESPACE_OID, uuid5

from db.workflows.worker_store import ClaimedJob, WorkerStore
from readings.model import Reading
from worker import child
from worker.context import JobContext, JobResult
from worker.publishing import ReadingPublisher, connect_to_broker
from worker.settings import JobSettings

POINT, EVERY, WORKER = "FAILPOINT", "FAILPOINT_EVERY", "FAILPOINT_WORKER"
READINGS_PER_CHECKPOINT = 10


def kill_sometimes(point: str) -> None:
    """Kill the worker and this process, if this is the point, once in so many times."""
    if point == os.environ.get(POINT) and SystemRandom().randrange(int(os.environ[EVERY])) == 0:
        os.kill(int(os.environ[WORKER]), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def reading(job: str, start: datetime, number: int) -> Reading:
    """Return a reading of a job: the same in each attempt."""
    identity = uuid5(NAMESPACE_OID, f"{job} {number}")
    return Reading(identity, f"job-{job}", start + timedelta(seconds=number), 20 + number / 100)


def publish_readings(context: JobContext) -> JobResult:
    """Publish the readings from the checkpoint on."""
    spec = context.spec
    start, total = datetime.fromisoformat(spec["start"]), int(spec["readings"])
    connect = connect_to_broker(context.settings.amqp_url, "job")
    with closing(ReadingPublisher(context, connect, queue=context.settings.queue_name)) as publisher:
        while (done := context.done) < total:
            chunk = [
                reading(spec["job"], start, number)
                for number in range(done, min(done + READINGS_PER_CHECKPOINT, total))
            ]
            publisher.publish(chunk[:5])
            kill_sometimes("publish")
            publisher.publish(chunk[5:])
            context.save({"at": done + len(chunk)}, done=done + len(chunk), total=total)
    return JobResult(counts={"published": total})


KINDS = {"dummy": publish_readings}


class KilledStore(WorkerStore):
    """The store of a job, whose worker dies before or after what it writes."""

    def save(self, *arguments: Any, **options: Any) -> Any:
        kill_sometimes("before-checkpoint")
        instruction = super().save(*arguments, **options)
        kill_sometimes("after-checkpoint")
        return instruction

    def finish(self, *arguments: Any, **options: Any) -> bool:
        kill_sometimes("before-finish")
        finished = super().finish(*arguments, **options)
        kill_sometimes("after-finish")
        return finished


def run_and_kill(
    job: ClaimedJob, settings: JobSettings, connection: Connection, *, kinds_module: str
) -> None:
    """Run the job in its process."""
    with patch.object(child, "WorkerStore", KilledStore):
        child.main(job, settings, connection, kinds_module=kinds_module)
