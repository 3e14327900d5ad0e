"""The operations that the broker, its API and the database must reject, by user or role."""

from collections.abc import Callable

from pika.adapters.blocking_connection import BlockingChannel

from tests.broker import DEAD_QUEUE, QUEUE


def publish(exchange: str, key: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.basic_publish(exchange, key, b"{}", mandatory=True)


def consume(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.basic_consume(queue, lambda *_: None)


def get(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.basic_get(queue)


def declare(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.queue_declare(queue, durable=True)


def delete(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.queue_delete(queue)


def subscribe(exchange: str) -> Callable[[BlockingChannel], object]:
    def bind(channel: BlockingChannel) -> None:
        channel.queue_declare("events.test", durable=True)
        channel.queue_bind("events.test", exchange, "#")

    return bind


REJECTED_BY_BROKER: list[tuple[str, str, Callable[[BlockingChannel], object]]] = [
    ("sensor", "publish directly to the queue", publish("", QUEUE)),
    ("sensor", "publish to another exchange", publish("amq.topic", "reading.1")),
    ("sensor", "publish to another topic", publish("amq.topic", "sensors.a.b.temperature")),
    ("sensor", "consume", consume(QUEUE)),
    ("sensor", "read the dead-letter queue", get(DEAD_QUEUE)),
    ("sensor", "declare the queue", declare(QUEUE)),
    ("sensor", "declare the exchange", lambda c: c.exchange_declare("sensors", "topic", durable=True)),
    ("sensor", "bind a queue", lambda c: c.queue_bind(QUEUE, "sensors", "reading.#")),
    ("sensor", "purge the queue", lambda c: c.queue_purge(QUEUE)),
    ("sensor", "delete the queue", delete(QUEUE)),
    ("pipeline", "publish readings", publish("sensors", "reading.1")),
    ("pipeline", "publish as MQTT does", publish("amq.topic", "sensors.1.temperature")),
    ("pipeline", "read dead letters", get(DEAD_QUEUE)),
    ("pipeline", "declare another queue", declare("other")),
    ("pipeline", "declare a queue with its queue's name as a prefix", declare(f"{QUEUE}s")),
    ("pipeline", "bind to another exchange", lambda c: c.queue_bind(QUEUE, "amq.fanout", "#")),
    ("pipeline", "bind other MQTT topics", lambda c: c.queue_bind(QUEUE, "amq.topic", "#")),
    ("operator", "publish as MQTT does", publish("amq.topic", "sensors.1.temperature")),
    ("operator", "consume readings", consume(QUEUE)),
    ("operator", "purge the queue", lambda c: c.queue_purge(QUEUE)),
    ("operator", "delete the dead-letter queue", delete(DEAD_QUEUE)),
    ("operator", "declare", declare(DEAD_QUEUE)),
    ("operator", "publish events", publish("events", "x")),
    ("operator", "bind readings to its queues", subscribe("sensors")),
    ("operator", "declare a queue with another name", declare("events")),
    ("sensor", "publish events", publish("events", "x")),
    ("sensor", "subscribe to events", subscribe("events")),
    ("pipeline", "publish events", publish("events", "x")),
    ("pipeline", "subscribe to events", lambda c: c.queue_bind(QUEUE, "events", "#")),
    ("alerter", "publish readings", publish("sensors", "reading.1")),
    ("alerter", "publish directly to a queue", publish("", QUEUE)),
    ("alerter", "publish as MQTT does", publish("amq.topic", "sensors.1.temperature")),
    ("alerter", "read the dead-letter queue", get(DEAD_QUEUE)),
    ("alerter", "consume readings", consume(QUEUE)),
    ("alerter", "declare a queue", declare("events.mine")),
    ("alerter", "delete the readings' exchange", lambda c: c.exchange_delete("sensors")),
    ("workflows", "publish readings", publish("sensors", "reading.1")),
    ("workflows", "publish directly to a queue", publish("", "jobs.dummy")),
    ("workflows", "publish commands", publish("control", "stop.x")),
    ("workflows", "take the tickets of workers", get("jobs.dummy")),
    ("workflows", "declare a queue for events", declare("events.mine")),
    ("worker", "publish tickets", publish("jobs", "dummy")),
    ("worker", "publish commands", publish("control", "stop.x")),
    ("worker", "take commands for workflows", get("control.workflows")),
    ("worker", "consume readings", consume(QUEUE)),
    ("worker", "delete a queue of tickets", delete("jobs.dummy")),
    ("operator", "publish tickets", publish("jobs", "dummy")),
    ("operator", "take the tickets of workers", get("jobs.dummy")),
    ("sensor", "publish commands", publish("control", "stop.x")),
]
REJECTED_BY_API = [
    ("sensor", "GET", "/api/overview", None),
    ("pipeline", "GET", "/api/overview", None),
    ("operator", "GET", "/api/users", None),
    ("alerter", "GET", "/api/users", None),
    ("alerter", "DELETE", "/api/queues/{vhost}/sensor_data", None),
    ("operator", "PUT", "/api/users/another", {"password": "x", "tags": "administrator"}),
    ("operator", "PUT", "/api/vhosts/another", {}),
    ("operator", "DELETE", "/api/queues/{vhost}/sensor_data", None),
]
REJECTED_BY_DATABASE = [
    ("writer", "SELECT * FROM reading"),
    ("writer", "SELECT * FROM last_hour_summary"),
    ("writer", "UPDATE reading SET temperature = 0"),
    ("writer", "DELETE FROM reading"),
    ("writer", "TRUNCATE reading"),
    ("writer", "UPDATE sensor SET name = 'x'"),
    ("writer", "DROP TABLE reading"),
    ("writer", "SELECT * FROM last_hour()"),
    ("writer", "SELECT * FROM sensor_states()"),
    ("writer", "SELECT * FROM sensor_status"),
    ("writer", "SELECT * FROM reading_minute"),
    ("writer", "UPDATE rollup_minute SET readings = 0"),
    ("writer", "INSERT INTO reading_default SELECT * FROM reading_default"),
    ("writer", "INSERT INTO retention VALUES (1)"),
    ("writer", "SELECT create_missing_partitions(1)"),
    ("writer", "SELECT create_partition('2020-01-01')"),
    ("writer", "SELECT rebuild_rollups(now(), now())"),
    ("writer", "INSERT INTO calibration VALUES ('1', now(), 1, 1, now(), 'x')"),
    ("writer", "SELECT change_sensor('x', '1', '{}')"),
    ("writer", "SELECT merge_sensor('x', '1', '2')"),
    ("writer", "CREATE TABLE mine ()"),
    ("reader", "SELECT change_sensor('x', '1', '{}')"),
    ("reader", "SELECT merge_sensor('x', '1', '2')"),
    ("manager", "UPDATE calibration SET slope = 2"),
    ("manager", "SELECT calibrate('x', '1', 1, 1, null)"),
    ("writer", "CREATE ROLE another"),
    ("reader", "SELECT * FROM reading"),
    ("reader", "SELECT * FROM sensor"),
    ("reader", "SELECT * FROM reading_default"),
    ("reader", "SELECT * FROM rollup_minute"),
    ("reader", "SELECT create_partitions()"),
    ("reader", "SELECT drop_expired()"),
    ("reader", "SELECT roll_up_hours()"),
    ("reader", "UPDATE rollup_state SET time_zone = 'UTC'"),
    ("writer", "SELECT * FROM reading_day"),
    ("writer", "INSERT INTO stale_hour_mark VALUES (now(), '1')"),
    ("reader", "INSERT INTO sensor (sensor_id) VALUES ('x')"),
    ("reader", "DELETE FROM reading"),
    ("reader", "DELETE FROM acknowledged_loss"),
    ("reader", "INSERT INTO acknowledged_loss VALUES ('1', gen_random_uuid(), 1, 1, 'x')"),
    ("writer", "SELECT acknowledge_loss('1', gen_random_uuid(), 1, 1, 'x')"),
    ("reader", "UPDATE alembic_version SET version_num = 'x'"),
    ("reader", "CREATE VIEW mine AS SELECT 1"),
    ("reader", "DROP VIEW last_hour_summary"),
    ("reader", "SELECT rolpassword FROM pg_authid"),
    *(
        (role, statement)
        for role in ("writer", "reader")
        for statement in (
            "SELECT * FROM audit",
            "SELECT * FROM api_key",
            "SELECT * FROM login_session",
            "SELECT create_api_key('x', 'x', 'admin', sha256('x'))",
            "SELECT revoke_api_key('x', 'x')",
            "SELECT open_session(sha256('x'), 1, 1)",
            "SELECT record_dead_letter_change('x', 'replay', '{x}', '{null}', null)",
        )
    ),
    ("manager", "SELECT record_audit('x', 'x', 'x', 'x', null, null)"),
    ("manager", "INSERT INTO audit (actor, action, object_kind, object_id) VALUES ('x', 'x', 'x', 'x')"),
    ("manager", "DELETE FROM audit"),
    ("manager", "ALTER TABLE audit DISABLE TRIGGER audit_append_only"),
    ("manager", "UPDATE api_key SET role = 'admin'"),
    ("manager", "INSERT INTO login_session VALUES (sha256('x'), 1, now(), now())"),
    ("manager", "SELECT * FROM reading"),
    ("manager", "INSERT INTO sensor (sensor_id) VALUES ('x')"),
    ("manager", "SELECT create_partitions()"),
    ("manager", "CREATE TABLE mine ()"),
    *(
        (role, statement)
        for role in ("writer", "reader", "evaluator", "analyst")
        for statement in (
            "SELECT set_limits('x', '[]')",
            "SELECT remove_limit('x', 1)",
            "SELECT acknowledge_excursion('x', 1, 'x')",
            "SELECT create_silence('x', '{}', now(), 'x')",
            "SELECT end_silence('x', 1)",
            "SELECT mark_anomaly('x', 1, 'right', null)",
            "SELECT roll_back_model('x', '1', 'x', 1)",
            "SELECT request_rebuild('x', null, null)",
        )
    ),
    ("evaluator", "INSERT INTO reading DEFAULT VALUES"),
    ("evaluator", "UPDATE limit_rule SET threshold = 1"),
    ("evaluator", "SELECT * FROM audit"),
    ("evaluator", "UPDATE detected_anomaly SET score = 1"),
    ("analyst", "INSERT INTO reading DEFAULT VALUES"),
    ("analyst", "UPDATE reading SET temperature = 1"),
    ("analyst", "UPDATE anomaly_mark SET verdict = 'right'"),
    ("analyst", "UPDATE limit_rule SET threshold = 1"),
    ("analyst", "SELECT * FROM audit"),
    ("manager", "UPDATE detected_anomaly SET score = 1"),
    ("manager", "UPDATE anomaly_mark SET verdict = 'right'"),
    ("manager", "SELECT * FROM analysis_state"),
    ("manager", "SELECT lock_analysis()"),
    ("manager", "UPDATE limit_excursion SET peak = 1"),
    ("manager", "UPDATE limit_rule SET threshold = 1"),
    *(
        (role, statement)
        for role in ("writer", "reader", "evaluator", "analyst", "worker")
        for statement in (
            "SELECT request_workflow('x', 'dummy', '{}', '[{}]', '{}')",
            "SELECT cancel_workflow('x', gen_random_uuid())",
            "SELECT pause_workflow('x', gen_random_uuid())",
            "SELECT resume_workflow('x', gen_random_uuid())",
            "SELECT retry_workflow('x', gen_random_uuid())",
            "SELECT answer_workflow('x', gen_random_uuid(), '{}')",
            "SELECT put_schedule('x', 'x', '{}', null)",
            "SELECT remove_schedule('x', 'x')",
            "SELECT fire_schedule('x', now(), now(), now(), 'x', '[]')",
            "SELECT put_source('x', 'x', '{}')",
            "SELECT remove_source('x', 'x')",
            "SELECT delete_report('x', gen_random_uuid())",
            "SELECT put_report_preset('x', 'x', '{}')",
            "SELECT remove_report_preset('x', 'x')",
            "SELECT confirm_events('{1}')",
        )
    ),
    *(
        (role, statement)
        for role in ("writer", "reader", "manager", "evaluator", "analyst")
        for statement in (
            "SELECT report_worker('x', '{}', 'x')",
            "SELECT claim_job('x', '{dummy}', 30)",
            "SELECT renew_lease(gen_random_uuid(), 1, 30)",
            "SELECT save_checkpoint(gen_random_uuid(), 1, '{}', 1, 1, '{}', 'x')",
            "SELECT finish_job(gen_random_uuid(), 1, '{}', 'x')",
            "SELECT fail_job(gen_random_uuid(), 1, 'x', true, 1)",
            "SELECT release_job(gen_random_uuid(), 1, 'shutdown')",
            "SELECT ask_job(gen_random_uuid(), 1, '{}')",
            "SELECT cover_source(gen_random_uuid(), 1, 'x', 'empty', now())",
            "SELECT store_report(gen_random_uuid(), 1, '{}', 'x')",
        )
    ),
    *(
        (role, statement)
        for role in ("writer", "reader", "manager", "analyst", "worker")
        for statement in (
            "SELECT claim_report_email(1)",
            "SELECT report_email_sent(1)",
            "SELECT report_email_failed(1, 1, 'x', 1, 1)",
        )
    ),
    *(
        (role, statement)
        for role in ("manager", "worker")
        for statement in (
            "UPDATE workflow SET state = 'succeeded'",
            "UPDATE job SET state = 'succeeded'",
            "DELETE FROM job",
            "INSERT INTO workflow_event (workflow_id, event, actor) VALUES (gen_random_uuid(), 'x', 'x')",
            "DELETE FROM workflow_outbox",
            "UPDATE schedule SET next_at = now()",
            "UPDATE source SET cursor = now()",
            "DELETE FROM source_coverage",
            "UPDATE report_file SET name = 'x'",
            "UPDATE report_email SET sent_at = now()",
            "DELETE FROM report_preset",
            "UPDATE worker SET seen_at = now()",
            "SELECT settle_workflow(gen_random_uuid(), 'x')",
            "SELECT record_workflow_event(gen_random_uuid(), null, 'x', null, null, 'x', null)",
        )
    ),
    ("reader", "SELECT * FROM workflow_outbox"),
    ("worker", "SELECT * FROM workflow_outbox"),
    ("worker", "SELECT * FROM audit"),
    ("worker", "SELECT * FROM sensor"),
    ("worker", "INSERT INTO reading DEFAULT VALUES"),
    *(
        (role, statement)
        for role in ("writer", "reader", "manager", "evaluator", "analyst", "worker")
        for statement in (
            "CREATE TEMPORARY TABLE mine ()",
            "SELECT lo_create(0)",
            "SELECT lo_creat(-1)",
            "SELECT lo_from_bytea(0, 'x')",
            "SELECT pg_advisory_lock(5675001)",
            "SELECT pg_try_advisory_xact_lock_shared(1, 2)",
            "SELECT move_invalid_readings('reading_default')",
            "SELECT set_time_zone('UTC')",
            "SELECT reset_hours()",
            "SELECT * FROM invalid_reading",
        )
    ),
]
