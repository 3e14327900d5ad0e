"""Tests without a running stack: private servers, and starts that fail immediately."""

from pathlib import Path

import pika
import psycopg
import pytest

from native.postgres import PrivatePostgres
from native.rabbitmq import PrivateRabbitMQ
from runtime.errors import ServiceUnavailable
from tests.e2e.native import NativeStack, require_rabbitmq


def test_private_servers_run_in_an_inaccessible_folder_and_keep_their_data(tmp_path: Path) -> None:
    # given a folder that other users cannot access, such as /root
    require_rabbitmq()
    tmp_path.chmod(0o700)
    with PrivatePostgres(tmp_path / "postgres") as database, PrivateRabbitMQ(tmp_path / "rabbitmq") as broker:
        with psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("create table kept ()")
        # when a plain client declares its queue twice
        for _ in range(2):
            declare_and_count(broker.url, b"kept")
    # then both have their data after a restart, and the password is the same
    again = PrivatePostgres(tmp_path / "postgres")
    assert again.password == database.password
    with again, psycopg.connect(again.url.replace("+psycopg", "")) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
    with PrivateRabbitMQ(tmp_path / "rabbitmq") as broker:
        assert declare_and_count(broker.url) == 2


def test_a_failed_initdb_is_reported(tmp_path: Path) -> None:
    server = PrivatePostgres(tmp_path)
    with pytest.raises(ServiceUnavailable, match="failed with exit code"):
        server._run("initdb", "--pgdata", "/proc/unknown")


def test_an_invalid_port_exits_with_78_and_names_the_variable(tmp_path: Path) -> None:
    stack = NativeStack(tmp_path)
    done = stack.run("native", "up", POSTGRES_HOST_PORT="seventy")
    assert done.returncode == 78
    assert "POSTGRES_HOST_PORT is 'seventy'" in done.stderr


def test_there_are_no_logs_before_the_first_start(tmp_path: Path) -> None:
    done = NativeStack(tmp_path).run("native", "logs")
    assert done.returncode == 69
    assert "no logs yet" in done.stderr


def declare_and_count(url: str, *bodies: bytes) -> int:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        count = channel.queue_declare("plain", durable=True).method.message_count
        for body in bodies:
            channel.basic_publish("", "plain", body, pika.BasicProperties(delivery_mode=2))
        return int(count)
    finally:
        connection.close()
