"""The `sensorctl` command against real servers."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from db.migrate import current_version, newest_version
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.management.policies import DELIVERY_LIMIT
from sensorctl.doctor import CHECKS
from tests.broker import DEAD_QUEUE, QUEUE, RabbitMQ, VirtualHost
from tests.database import Database
from tests.forked import run_module
from tests.processes import Processes, inherited_environment, with_http
from tests.readings import reading
from tests.services import ROOT
from tests.waiting import DEADLINE_SECONDS, eventually

Completed = subprocess.CompletedProcess[str]
Sensorctl = Callable[..., Completed]


def run_sensorctl(variables: Mapping[str, str], *arguments: str) -> Completed:
    return run_module(["sensorctl", *arguments], inherited_environment() | dict(variables))


@pytest.fixture
def variables(broker: VirtualHost, database: Database) -> dict[str, str]:
    return broker.environment | database.environment


@pytest.fixture
def sensorctl(variables: dict[str, str]) -> Sensorctl:
    return lambda *arguments, **more: run_sensorctl(variables | more, *arguments)


class TestSetup:
    def test_it_sets_up_empty_servers_and_can_be_repeated(
        self, rabbitmq: RabbitMQ, bare_database: Database
    ) -> None:
        with rabbitmq.virtual_host("quorum") as host:
            for _ in range(2):
                done = run_sensorctl(host.environment | bare_database.environment, "setup")
                assert done.returncode == 0, done.stdout + done.stderr
            assert current_version(bare_database.settings) == newest_version()
            assert bare_database.query("SELECT days FROM retention") == []
            host.publish(b"{}", exchange="sensors", routing_key="reading.1")
            assert (host.ready(QUEUE), host.ready(DEAD_QUEUE)) == (1, 0)
            policies = rabbitmq.api("GET", f"/api/policies/{host.name}")
            names = {f"{QUEUE}-last-net", f"{DEAD_QUEUE}-keep", "sensors-unroutable", "amq.topic-unroutable"}
            assert {policy["name"] for policy in policies} == names
            (policy,) = [policy for policy in policies if policy["name"] == f"{QUEUE}-last-net"]
            assert policy["pattern"] == f"^{QUEUE}$"
            assert policy["definition"] == {
                "dead-letter-exchange": "",
                "dead-letter-routing-key": DEAD_QUEUE,
                "dead-letter-strategy": "at-least-once",
                "delivery-limit": DELIVERY_LIMIT,
                "overflow": "reject-publish",
            }

    def test_it_stores_the_retention(self, sensorctl: Sensorctl, database: Database) -> None:
        for variable, rows in (("30", [{"days": 30}]), ("", [])):
            assert sensorctl("setup", RETENTION_DAYS=variable).returncode == 0
            assert database.query("SELECT days FROM retention") == rows

    def test_without_the_management_api_it_warns_and_continues(self, sensorctl: Sensorctl) -> None:
        done = sensorctl("setup", RABBITMQ_MANAGEMENT_URL="http://127.0.0.1:1")
        assert done.returncode == 0
        assert "policy not set" in done.stdout
        assert "topology is declared" in done.stdout

    def test_a_server_that_stays_down_is_exit_code_69(self, sensorctl: Sensorctl) -> None:
        unreachable = {
            "DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x",
            "CONNECT_TIMEOUT_SECONDS": "0.5",
        }
        done = sensorctl("setup", **unreachable)
        assert done.returncode == 69
        assert "doctor" in done.stderr
        assert "hunter2" not in done.stdout + done.stderr


class TestDoctor:
    def test_a_healthy_system_passes_every_check(self, sensorctl: Sensorctl, run: Processes) -> None:
        assert sensorctl("setup").returncode == 0
        run.start_consumer()
        done = eventually_succeeds(sensorctl, "doctor")
        assert done.stdout.count(" ok ") == len(CHECKS)
        assert "quorum, durable, arguments none" in done.stdout

    @pytest.mark.parametrize(
        ("more", "line"),
        [
            ({"QUEUE_NAME": "elsewhere"}, "elsewhere does not exist"),
            ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x"}, "is PostgreSQL running"),
            ({"RABBITMQ_URL": "amqp://u:hunter2@127.0.0.1:1/"}, "is the broker running"),
            ({"RABBITMQ_MANAGEMENT_URL": "http://127.0.0.1:1"}, "is RABBITMQ_MANAGEMENT_URL correct?"),
        ],
    )
    def test_a_failed_check_is_shown_with_a_hint(
        self, sensorctl: Sensorctl, more: dict[str, str], line: str
    ) -> None:
        done = sensorctl("doctor", **more)
        assert done.returncode == 1
        assert line in done.stdout
        assert "hunter2" not in done.stdout + done.stderr

    def test_a_queue_without_consumers_fails_the_check(self, sensorctl: Sensorctl) -> None:
        assert "no consumer is connected" in sensorctl("doctor").stdout

    def test_a_read_only_database_fails_the_check(self, sensorctl: Sensorctl, database: Database) -> None:
        database.query(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
        done = sensorctl("doctor")
        assert done.returncode == 1
        output = " ".join(done.stdout.split())
        assert "accepts no writes: default_transaction_read_only is on" in output
        assert "readings wait in the queue until it accepts writes" in output

    def test_a_session_whose_uncommitted_reading_stops_the_consumers_is_named(
        self, sensorctl: Sensorctl, broker: VirtualHost, database: Database, run: Processes
    ) -> None:
        port, body = with_http(), reading("1", 20.5)
        consumer = run.start_consumer(**port)
        with database.connect() as other, other.transaction():
            other.execute(
                "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
                "VALUES (%(reading_id)s, %(sensor_id)s, %(measured_at)s, %(temperature)s)",
                body,
            )
            broker.publish(body)
            consumer.wait_for_event("database unavailable")
            done = sensorctl("doctor", SERVICES=f"localhost:{port['HTTP_PORT']}")
            command = f"SELECT pg_terminate_backend({other.info.backend_pid});"
        assert done.returncode == 1
        output = " ".join(done.stdout.split())
        assert "database-down: No consumer can use the database, though it responds here" in output
        assert command in output

    def test_an_unmigrated_database(self, broker: VirtualHost, bare_database: Database) -> None:
        done = run_sensorctl(broker.environment | bare_database.environment, "doctor")
        assert f"version none, newest {newest_version()}" in done.stdout

    def test_a_queue_that_simple_clients_cannot_declare(
        self, sensorctl: Sensorctl, broker: VirtualHost
    ) -> None:
        broker.channel.queue_declare("odd", durable=True, arguments={"x-max-length": 10})
        broker.channel.queue_declare("odd.dead", durable=True)
        done = sensorctl("doctor", QUEUE_NAME="odd")
        assert "x-max-length" in done.stdout
        assert "simple clients cannot declare" in done.stdout

    def test_an_invalid_variable_is_exit_code_78(self, sensorctl: Sensorctl) -> None:
        done = sensorctl("doctor", RABBITMQ_PORT="many")
        assert done.returncode == 78
        assert "RABBITMQ_PORT is 'many'" in done.stderr


class TestStatus:
    def test_a_system_without_problems_is_exit_code_0(self, sensorctl: Sensorctl, run: Processes) -> None:
        port = with_http()
        run.start_consumer(**port)
        done = eventually_succeeds(sensorctl, "status", SERVICES=f"localhost:{port['HTTP_PORT']}")
        assert done.stdout.startswith("No problems")
        assert f"localhost:{port['HTTP_PORT']}" in done.stdout

    def test_a_problem_is_exit_code_1(self, sensorctl: Sensorctl) -> None:
        def only_no_consumers() -> Any:
            done = sensorctl("status", "--json")
            assert done.returncode == 1
            status = json.loads(done.stdout)
            assert status["services"] == []
            return [problem["kind"] for problem in status["problems"]] == ["no-consumers"]

        # A database that is too busy to respond in time is another problem.
        eventually(only_no_consumers, DEADLINE_SECONDS, "the only problem is that there is no consumer")

    def test_a_database_that_is_down_is_a_problem_and_not_an_error(self, sensorctl: Sensorctl) -> None:
        done = sensorctl("status", DATABASE_URL="postgresql://u:hunter2@127.0.0.1:1/x")
        assert done.returncode == 1
        assert "database-down" in done.stdout
        assert "hunter2" not in done.stdout + done.stderr


class TestSummary:
    def test_json_contains_the_rows_of_the_view(self, sensorctl: Sensorctl, database: Database) -> None:
        store_reading(database, "1", 20.5)
        store_reading(database, "2", 21.5)
        rows = json.loads(sensorctl("summary", "--json").stdout)
        for row, stored in zip(rows, database.query("SELECT * FROM last_hour_summary"), strict=True):
            row["last_measured_at"] = datetime.fromisoformat(row["last_measured_at"])
            assert row == stored

    def test_without_readings_json_is_an_empty_array(self, sensorctl: Sensorctl) -> None:
        assert json.loads(sensorctl("summary", "--json").stdout) == []

    def test_the_table_has_one_row_per_sensor_and_a_total(
        self, sensorctl: Sensorctl, database: Database
    ) -> None:
        store_reading(database, "kitchen", 20.5)
        store_reading(database, "cellar", 11.5)
        shown = sensorctl("summary").stdout
        assert all(word in shown for word in ("kitchen", "20.50", "cellar", "11.50", "all", "16.00"))

    def test_it_waits_for_the_first_reading(self, variables: dict[str, str], database: Database) -> None:
        waiting = subprocess.Popen(
            [sys.executable, "-m", "sensorctl", "summary", "--wait", "60"],
            cwd=ROOT, env=inherited_environment() | variables, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        session = (
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'summary'"
        )
        eventually(lambda: database.query(session), DEADLINE_SECONDS, "sensorctl queries the view")
        store_reading(database, "late", 19.25)
        out, _ = waiting.communicate(timeout=DEADLINE_SECONDS)
        assert "late" in out

    def test_an_unmigrated_database_is_exit_code_69(
        self, broker: VirtualHost, bare_database: Database
    ) -> None:
        done = run_sensorctl(broker.environment | bare_database.environment, "summary")
        assert done.returncode == 69
        assert 'relation "last_hour_summary" does not exist' in done.stderr


class TestStorage:
    def test_tables_and_days_are_shown(self, sensorctl: Sensorctl, database: Database) -> None:
        today = datetime.now(UTC)
        database.query(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
            "SELECT gen_random_uuid(), '1', %s, 20 FROM generate_series(1, 1000)",
            today,
        )
        database.query("ANALYZE reading")
        shown = sensorctl("storage")
        assert shown.returncode == 0, shown.stderr
        assert f"reading_{today:%Y%m%d}" in shown.stdout
        assert "RETENTION_DAYS is not set" in shown.stdout

    def test_json_contains_every_table_and_the_retention(
        self, sensorctl: Sensorctl, database: Database
    ) -> None:
        database.query("INSERT INTO retention VALUES (30, 90)")
        storage = json.loads(sensorctl("storage", "--json").stdout)
        assert storage["retention_days"] == 30
        assert storage["retention_minutes_days"] == 90
        assert storage["retention_hours_days"] is None
        tables = {table["name"]: table for table in storage["tables"]}
        today = datetime.now(UTC).date()
        assert tables[f"reading_{today:%Y%m%d}"]["day"] == today.isoformat()
        assert tables[f"reading_{today:%Y%m%d}"]["partition_of"] == "reading"
        assert tables["rollup_minute"]["bytes"] > 0
        assert "reading" not in tables, "only its partitions contain rows"


class TestDeadList:
    def test_an_empty_queue(self, sensorctl: Sensorctl) -> None:
        assert sensorctl("dead", "list").stdout == "No dead letters.\n"
        assert json.loads(sensorctl("dead", "list", "--json").stdout) == []

    def test_a_missing_queue_is_exit_code_69(self, sensorctl: Sensorctl) -> None:
        done = sensorctl("dead", "list", QUEUE_NAME="elsewhere")
        assert done.returncode == 69
        assert "no queue 'elsewhere.dead'" in done.stderr

    def test_reasons_and_bodies_are_shown(
        self, sensorctl: Sensorctl, broker: VirtualHost, run: Processes
    ) -> None:
        broker.publish(b"{broken")
        broker.publish(reading("x", temperature=-300.0))
        broker.publish(b"\xff\x1b[31m")
        consumer = run.start_consumer()
        consumer.wait_for_event("dead-lettered", times=3)
        records = json.loads(sensorctl("dead", "list", "--json").stdout)
        assert [record["reason"] for record in records] == ["not-json", "invalid-field", "not-json"]
        assert records[0]["body"] == "{broken"
        assert "temperature is -300.0" in records[1]["detail"]
        shown = sensorctl("dead", "list").stdout
        assert "invalid-field" in shown
        assert "\x1b[31m" not in shown

    def test_the_limit_shows_the_oldest(self, sensorctl: Sensorctl, broker: VirtualHost) -> None:
        for number in range(5):
            broker.publish(str(number).encode(), routing_key=DEAD_QUEUE)
        records = json.loads(sensorctl("dead", "list", "--limit", "2", "--json").stdout)
        assert [record["body"] for record in records] == ["0", "1"]
        eventually(lambda: broker.ready(DEAD_QUEUE) == 5, DEADLINE_SECONDS, "all messages are back")

    def test_listing_often_loses_nothing(self, variables: dict[str, str], broker: VirtualHost) -> None:
        """Without a policy, a quorum queue drops a message after 20 returns."""
        for number in range(3):
            broker.publish(str(number).encode(), routing_key=DEAD_QUEUE)
        for _ in range(30):
            eventually(lambda: broker.ready(DEAD_QUEUE) == 3, DEADLINE_SECONDS, "all messages are back")
            with open_dead_letter_queue(broker.settings) as dead_queue:
                assert len(list(dead_queue.peek(10))) == dead_queue.depth == 3
        assert {message.body for message in broker.drain(DEAD_QUEUE)} == {b"0", b"1", b"2"}


def eventually_succeeds(sensorctl: Sensorctl, *arguments: str, **more: str) -> Completed:
    """Repeat the command until it succeeds, since the management API counts consumers every few seconds."""
    attempts: list[Completed] = []

    def succeeds() -> bool:
        attempts.append(sensorctl(*arguments, **more))
        return attempts[-1].returncode == 0

    eventually(succeeds, DEADLINE_SECONDS, f"{arguments} ends with 0")
    return attempts[-1]


def store_reading(database: Database, sensor_id: str, temperature: float) -> None:
    database.query("INSERT INTO sensor (sensor_id) VALUES (%s)", sensor_id)
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "VALUES (gen_random_uuid(), %s, %s, %s)",
        sensor_id,
        datetime.now(UTC),
        temperature,
    )
