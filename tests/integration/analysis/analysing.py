"""The analysis in the process of a test, on the readings that are stored."""

from analysis.following import Following
from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from analysis.telemetry import AnalysisTelemetry
from db.analysis.store import AnalysisStore
from runtime.health import Health
from tests.database import Database
from tests.waiting import DEADLINE_SECONDS, eventually


def follow(store: AnalysisStore) -> Following:
    """Take the lock, and continue from what is saved."""
    assert store.lock()
    telemetry = AnalysisTelemetry(Health())
    return Following(store, store.load(), lambda: SensorAnalysis(Parameters()), telemetry, quiet_seconds=0)


def catch_up(database: Database, following: Following) -> bool:
    """Analyse everything, with the rebuilds that are requested."""
    database.await_older_transactions()
    [row] = database.query("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid")
    following.refresh()

    def is_done() -> bool:
        # A transaction of another test that is just ending can hold the horizon back once.
        is_behind = following.step()
        read_to = min(following._position.recent_xid, following._position.all_xid)
        return not (is_behind or following.is_rebuild_due) and read_to >= row["xid"]

    return eventually(is_done, DEADLINE_SECONDS, "all readings are analysed")
