"""The service for workflows, run by a test."""

from contextlib import AbstractContextManager
from functools import partial

from tests.integration.in_process import running
from workflows.__main__ import run_workflows
from workflows.settings import WorkflowsSettings


def service(settings: WorkflowsSettings) -> AbstractContextManager[None]:
    """Run the service in this process until the end of the block."""
    return running(partial(run_workflows, settings))
