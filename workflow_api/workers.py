"""The workers, and what each executes."""

from fastapi import APIRouter

from runtime.access import Role
from web.auth import requires
from workflow_api.models import WorkerList
from workflow_api.resources import Shared

router = APIRouter(prefix="/api/workers")


@router.get("", **requires(Role.VIEWER))
def list_workers(resources: Shared) -> WorkerList:
    """Return the workers that were seen within a day, with the jobs that each executes."""
    return WorkerList.model_validate({"workers": resources.queries.workers()})
