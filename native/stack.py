"""The programs of the native stack, each with its environment."""

import os
import sys
from collections.abc import Iterator

from native.ports import LOOPBACK
from native.postgres import PrivatePostgres
from native.program import Program
from native.rabbitmq import PrivateRabbitMQ
from native.secret import load_or_create_password, write_private
from native.services import Instance, service_instances
from native.settings import ROOT, StackSettings
from native.webdav import PrivateWebdav
from readings.payload import MAX_BODY_BYTES
from runtime.env_file import read_env_file
from runtime.services import BROKER_USERS, DATABASE_ROLES, REPORTS_PROFILE, Service, Stage

DEFAULT_QUEUE = "sensor_data"
# The secrets of sources, as in docker-compose.yml; only the worker gets them.
SOURCES_FILE = "sources.env"
# The stack sets these itself, whatever the shell exports.
OVERRIDDEN_PREFIXES = ("RABBITMQ_", "POSTGRES_", "AMQP_URL", "DATABASE_URL", "PG", "SERVICES")


class Stack:
    """The programs of one native directory.

    Raises:
        ServiceUnavailable: When the binaries of RabbitMQ or PostgreSQL are missing.
    """

    def __init__(self, settings: StackSettings) -> None:
        self.settings = settings
        self.layout = settings.layout
        self.postgres = PrivatePostgres(
            self.layout.postgres, port=settings.postgres_host_port, log=self.layout.log("postgres")
        )
        self.rabbitmq = PrivateRabbitMQ(
            self.layout.rabbitmq,
            port=settings.rabbitmq_host_port,
            management_port=settings.rabbitmq_management_host_port,
            mqtt_port=settings.mqtt_host_port,
            log=self.layout.log("rabbitmq"),
            max_message_bytes=MAX_BODY_BYTES,
        )
        self.webdav = self._webdav() if REPORTS_PROFILE in settings.profiles else None

    def _webdav(self) -> PrivateWebdav | None:
        if os.environ.get("WEBDAV_URL"):  # a server of the user's own
            return None
        return PrivateWebdav(
            self.layout.webdav,
            port=self.settings.webdav_host_port,
            password_file=self.layout.passwords / "webdav",
            log=self.layout.log("webdav"),
        )

    def client_variables(self) -> dict[str, str]:
        """Return the variables with which a client on this machine reaches the stack, named as in `.env`.

        They log in as the owner, and include the users and roles with fewer privileges.
        """
        return {
            **self._broker_variables(self.rabbitmq.user, self.rabbitmq.password),
            **self._database_variables(self.postgres.user, self.postgres.password),
            **self._monitoring_variables(),
            "MQTT_HOST_PORT": str(self.rabbitmq.mqtt_port),
            **self._webdav_variables(),
            **self._credentials(),
        }

    def environment(self) -> dict[str, str]:
        """Return the environment of setup and sensorctl, which log in as the owner."""
        return self._inherited() | self.client_variables()

    def service_environment(self, service: Service) -> dict[str, str]:
        """Return the environment of a service, which logs in as its own user."""
        user, role = service.broker_user, service.database_role
        variables: dict[str, str] = {}
        if user:
            variables |= self._broker_variables(user.name, self._password(user.name))
        if role:
            variables |= self._database_variables(role.name, self._password(role.name))
        if service.monitors:
            variables |= self._monitoring_variables()
        return self._inherited() | variables

    def _broker_variables(self, user: str, password: str) -> dict[str, str]:
        return {
            "RABBITMQ_HOST": LOOPBACK,
            "RABBITMQ_PORT": str(self.rabbitmq.port),
            "RABBITMQ_USER": user,
            "RABBITMQ_PASS": password,
            "RABBITMQ_VHOST": self.rabbitmq.vhost,
            "QUEUE_NAME": os.environ.get("QUEUE_NAME") or DEFAULT_QUEUE,
        }

    def _database_variables(self, user: str, password: str) -> dict[str, str]:
        return {
            "POSTGRES_HOST": LOOPBACK,
            "POSTGRES_PORT": str(self.postgres.port),
            "POSTGRES_USER": user,
            "POSTGRES_PASSWORD": password,
            "POSTGRES_DB": self.postgres.database,
        }

    def _monitoring_variables(self) -> dict[str, str]:
        return {
            "RABBITMQ_MANAGEMENT_URL": self.rabbitmq.management_url,
            "SERVICES": str(self.layout.state_file),
        }

    def _webdav_variables(self) -> dict[str, str]:
        return self.webdav.client_variables() if self.webdav else {}

    def _credentials(self) -> dict[str, str]:
        """Return the names and passwords of all users and roles that setup creates."""
        credentials = {}
        for account in (*BROKER_USERS, *DATABASE_ROLES):
            credentials[account.user_variable] = account.name
            credentials[account.password_variable] = self._password(account.name)
        return credentials

    def _password(self, name: str) -> str:
        return load_or_create_password(self.layout.passwords / name)

    def _inherited(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OVERRIDDEN_PREFIXES)}
        return kept | {"PYTHONUNBUFFERED": "1"}

    def instances(self, pipelines: int) -> Iterator[Instance]:
        """Yield the instances of all services, with `pipelines` consumers."""
        return service_instances(self.settings, pipelines)

    def service_program(self, instance: Instance) -> Program:
        """Return the program of an instance of a service."""
        service = instance.service
        variables = self.service_environment(service) | {"HTTP_PORT": str(instance.http_port)}
        if service.stage is Stage.SENSOR:
            variables |= self._sensor_variables(instance)
        if service.stage is Stage.WORKER:
            variables = read_env_file(ROOT / SOURCES_FILE, os.environ).values | variables
        if service.stage is Stage.REPORTER:
            variables |= self._webdav_variables()
        if service.stage is Stage.SCALER:
            variables |= {"SCALER_REPLICAS_FILE": str(self.layout.pipelines_file)}
        if service.stage is Stage.ALERTER:
            variables |= {"ALERTER_STATE_FILE": str(self.layout.alerter_state)}
        return Program(
            name=instance.name,
            command=(sys.executable, "-m", service.module),
            environment=variables,
            log=self.layout.log(instance.name),
            stage=service.stage,
            directory=ROOT,
            port=instance.http_port,
            restart=service.restart,
        )

    def _sensor_variables(self, instance: Instance) -> dict[str, str]:
        # SENSOR_3_SOURCE is the SENSOR_SOURCE of sensor 3, as in docker-compose.yml.
        source = os.environ.get(f"SENSOR_{instance.number}_SOURCE")
        return {
            "SENSOR_ID": str(instance.number),
            "OUTBOX_PATH": str(self.layout.outbox(instance.name)),
            **({"SENSOR_SOURCE": source} if source else {}),
        }

    def setup_program(self) -> Program:
        """Return the one-shot program that sets up the database and the broker."""
        return Program(
            name="setup",
            command=(sys.executable, "-m", "sensorctl", "setup"),
            environment=self.environment(),
            log=self.layout.log("setup"),
            stage=Stage.BROKER,
            directory=ROOT,
        )

    def requested_pipelines(self) -> int:
        """Return the number of consumers that `make up` or the scaler requested last."""
        file = self.layout.pipelines_file
        return int(file.read_text(encoding="ascii")) if file.exists() else 1

    def request_pipelines(self, count: int) -> None:
        """Request a number of consumers; a running supervisor starts and stops them."""
        write_private(self.layout.pipelines_file, f"{count}\n")
