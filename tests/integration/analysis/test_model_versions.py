"""The models of running sensors: forecasts, evaluations, versions and rolling back."""

from contextlib import closing

from analysis.following import Following
from analysis.parameters import Parameters
from analysis.sensor_analysis import SensorAnalysis
from db.analysis.models import NewModel
from db.analysis.store import AnalysisStore
from tests.database import Database
from tests.integration.analysis.analysing import catch_up, follow
from tests.waiting import DEADLINE_SECONDS, eventually

SENSOR = "fridge"
# Half hours of earlier days, counted from the start of this one, and a daily cycle. Those of the last two
# days could be read before the others, which would be learned again then.
INSERT = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
SELECT gen_random_uuid(), %(sensor)s, at, 5 + sin(extract(epoch FROM at) * 2 * pi() / 86400)
FROM date_trunc('day', now(), 'UTC') AS today,
     generate_series(today - %(since)s::interval, today - %(until)s::interval, '30 minutes') AS at
"""
ROLL_BACK = "SELECT roll_back_model('anna', %(sensor)s, 'seasonal', 1)"
ROLL_FORWARD = "SELECT roll_back_model('anna', %(sensor)s, 'seasonal', 2)"
MODELS = "SELECT version, active, reason, requested_at FROM model WHERE kind = 'seasonal' ORDER BY version"


def learn(database: Database, store: AnalysisStore) -> Following:
    """Analyse everything from what is saved on, and save it."""
    following = follow(store)
    catch_up(database, following)
    following.checkpoint()  # finishes days, so that versions are due
    # A step that is behind, for example because of other tests, makes no versions.
    eventually(lambda: not following.step(), DEADLINE_SECONDS, "the versions are made")
    following.checkpoint()
    return following


def test_a_model_has_versions_and_is_rolled_back(database: Database, store: AnalysisStore) -> None:
    with closing(store):
        # given two days, then two more
        database.query("INSERT INTO sensor (sensor_id) VALUES (%s)", SENSOR)
        database.query(INSERT, sensor=SENSOR, since="7 days", until="4 days 12 hours")
        learn(database, store)
        assert [row["reason"] for row in database.query(MODELS)] == ["first day learned"]
        database.query(INSERT, sensor=SENSOR, since="4 days 11 hours", until="2 days")
        following = learn(database, store)
        first, second = database.query(MODELS)
        assert (first["active"], second["active"]) == (False, True)
        assert second["reason"] == "daily season learned"

        # then there are forecasts of the newest version, and it is known how good they were
        [forecast] = database.query("SELECT *, cardinality(mean) AS steps FROM sensor_forecast")
        assert (forecast["sensor_id"], forecast["steps"]) == (SENSOR, 48)
        [days] = database.query(
            "SELECT count(DISTINCT day) AS days FROM model_skill WHERE horizon = '6h' AND kind = 'seasonal'"
        )
        assert days["days"] >= 4

        # when it is rolled back, then it continues from the first version, also after a restart
        database.query(ROLL_BACK, sensor=SENSOR)
        following.refresh()
        assert [(row["active"], row["requested_at"]) for row in database.query(MODELS)] == [
            (True, None),
            (False, None),
        ]
        [saved] = store.load().states.values()
        sensor = SensorAnalysis(Parameters())
        sensor.restore(saved)
        assert sensor.forecaster.versions["seasonal"] == 1

        # when another version is requested that cannot be used, then the running one stays active
        database.query("UPDATE model SET state = 'x' WHERE version = 2")
        database.query(ROLL_FORWARD, sensor=SENSOR)
        following.refresh()
        assert [(row["active"], row["requested_at"]) for row in database.query(MODELS)] == [
            (True, None),
            (False, None),
        ]


def test_a_version_that_was_stored_but_not_installed_is_installed_by_the_next_process(
    database: Database, store: AnalysisStore
) -> None:
    with closing(store):
        database.query("INSERT INTO sensor (sensor_id) VALUES (%s)", SENSOR)
        database.query(INSERT, sensor=SENSOR, since="7 days", until="2 days")
        learn(database, store)
        [state] = store.load().states.values()
        first = store.active_models()[0]
        # given a better version whose process ends before it saves the states
        sensor = SensorAnalysis(Parameters())
        sensor.restore(state)
        better = sensor.forecaster.model(first.kind).state()
        new = NewModel(
            SENSOR, first.kind, first.trained_to, first.parameters, better, "test", is_running=False
        )
        version = store.save_model(new, kept=3)
        # when another one continues
        follow(store).refresh()
        # then that runs the version
        [state] = store.load().states.values()
        sensor.restore(state)
        assert sensor.forecaster.versions[first.kind] == version
        assert store.requested_models() == []
