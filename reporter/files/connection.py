"""What the jobs that use the WebDAV server share: opening it, and how its errors end a job."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from reporter.settings import settings_of
from webdav.client import WebDav
from webdav.model import FileChanged, WebDavRefused, WebDavUnavailable
from webdav.requests import Waits
from worker.context import JobContext, JobFailed

# A file that changes is being written: it is read again when that may be over.
CHANGED_SECONDS = 15.0


@contextmanager
def open_webdav(context: JobContext) -> Iterator[WebDav]:
    """Open the WebDAV server for the block; its waits raise JobInterrupted when the job has to stop.

    Raises:
        JobFailed: When the server refuses or does not answer; with `retry`, as long as that may pass.
    """
    waits = Waits(sleep=context.sleep, progress=context.progress)
    try:
        with closing(WebDav(settings_of(context), waits)) as webdav:
            yield webdav
    except WebDavUnavailable as error:
        raise JobFailed(str(error), retry_after=error.retry_after) from error
    except FileChanged as error:
        raise JobFailed(str(error), retry_after=CHANGED_SECONDS) from error
    except WebDavRefused as error:
        raise JobFailed(str(error), retry=False) from error
