"""The native stack: which programs it has, and with which environment."""

import os
import sys

from native.ports import LOOPBACK
from native.postgres import PrivatePostgres
from native.program import Program, RetryPolicy, Stage
from native.rabbitmq import PrivateRabbitMQ
from native.secret import load_or_create_password
from native.services import Service, services
from native.settings import ROOT, StackSettings
from readings.payload import MAX_BODY_BYTES

DEFAULT_QUEUE = "sensor_data"
# The users and roles that setup makes beside the owners: the name's and the password's variable.
BROKER_USERS = {
    "sensor": ("RABBITMQ_SENSOR_USER", "RABBITMQ_SENSOR_PASS"),
    "pipeline": ("RABBITMQ_PIPELINE_USER", "RABBITMQ_PIPELINE_PASS"),
    "operator": ("RABBITMQ_OPERATOR_USER", "RABBITMQ_OPERATOR_PASS"),
    "alerter": ("RABBITMQ_ALERTER_USER", "RABBITMQ_ALERTER_PASS"),
}
DATABASE_ROLES = {
    "writer": ("POSTGRES_WRITER_USER", "POSTGRES_WRITER_PASSWORD"),
    "reader": ("POSTGRES_READER_USER", "POSTGRES_READER_PASSWORD"),
}
# Each service's user of the broker and role of the database.
LOGINS = {
    "sensor": ("sensor", None),
    "pipeline": ("pipeline", "writer"),
    "dashboard": ("operator", "reader"),
    "alerter": ("alerter", "reader"),
}
# Where the stack's own parts are is the stack's to say, whatever the shell exports.
OVERRIDDEN = ("RABBITMQ_", "POSTGRES_", "AMQP_URL", "DATABASE_URL", "PG", "SERVICES")


class Stack:
    """The programs of one native directory. Raises ServiceUnavailable when binaries are missing."""

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
            largest_message_bytes=MAX_BODY_BYTES,
        )

    def client_variables(self) -> dict[str, str]:
        """The variables with which a client on this machine reaches the stack, named as in `.env`.

        As the owner; the users and roles with fewer rights are named beside it, and where the services are.
        """
        return {
            **self._broker(self.rabbitmq.user, self.rabbitmq.password),
            "RABBITMQ_MANAGEMENT_URL": self.rabbitmq.management_url,
            **self._database(self.postgres.user, self.postgres.password),
            **self._others(),
            "SERVICES": str(self.layout.state_file),
        }

    def environment(self) -> dict[str, str]:
        """The environment of this project's tools: as the owner."""
        return self._inherited() | self.client_variables()

    def service_environment(self, module: str) -> dict[str, str]:
        """The environment of a service: as its own user, who may do no more than it needs."""
        user, role = LOGINS[module]
        variables = self._broker(user, self._password(user))
        if role:
            variables |= self._database(role, self._password(role))
        return self._inherited() | variables

    def _broker(self, user: str, password: str) -> dict[str, str]:
        return {
            "RABBITMQ_HOST": LOOPBACK,
            "RABBITMQ_PORT": str(self.rabbitmq.port),
            "RABBITMQ_USER": user,
            "RABBITMQ_PASS": password,
            "RABBITMQ_VHOST": self.rabbitmq.vhost,
            "QUEUE_NAME": os.environ.get("QUEUE_NAME") or DEFAULT_QUEUE,
        }

    def _database(self, user: str, password: str) -> dict[str, str]:
        return {
            "POSTGRES_HOST": LOOPBACK,
            "POSTGRES_PORT": str(self.postgres.port),
            "POSTGRES_USER": user,
            "POSTGRES_PASSWORD": password,
            "POSTGRES_DB": self.postgres.database,
        }

    def _others(self) -> dict[str, str]:
        pairs = (BROKER_USERS | DATABASE_ROLES).items()
        names = {user: name for name, (user, _) in pairs}
        return names | {password: self._password(name) for name, (_, password) in pairs}

    def _password(self, name: str) -> str:
        return load_or_create_password(self.layout.passwords / name)

    def _inherited(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OVERRIDDEN)}
        return kept | {"PYTHONUNBUFFERED": "1"}

    def services(self, pipelines: int) -> tuple[Service, ...]:
        """The rows of the table that run."""
        settings = self.settings
        return services(
            pipelines,
            pipeline_port=settings.pipeline_http_port,
            sensor_port=settings.sensor_http_port,
            alerter_port=settings.alerter_http_port,
            dashboard_port=settings.dashboard_host_port,
        )

    def service_program(self, row: Service) -> Program:
        """How a row of the table is started."""
        return Program(
            name=row.name,
            command=(sys.executable, "-m", row.module),
            environment={
                **self.service_environment(row.module),
                **self._own_variables(row),
                **row.environment,
            },
            log=self.layout.log(row.name),
            stage=row.stage,
            directory=ROOT,
            port=row.http_port,
            retry=RetryPolicy(row.retry_delay_seconds, row.maximum_retries, may_finish=row.may_finish),
        )

    def _own_variables(self, row: Service) -> dict[str, str]:
        """What no two programs may share."""
        variables = {"HTTP_PORT": str(row.http_port)}
        if row.stage is Stage.SENSOR:
            variables["OUTBOX_PATH"] = str(self.layout.outbox(row.name))
            # SENSOR_3_SOURCE is the SENSOR_SOURCE of sensor 3, as in the compose file.
            source = os.environ.get(f"SENSOR_{row.environment['SENSOR_ID']}_SOURCE")
            variables |= {"SENSOR_SOURCE": source} if source else {}
        if row.stage in (Stage.DASHBOARD, Stage.ALERTER):
            variables["RABBITMQ_MANAGEMENT_URL"] = self.rabbitmq.management_url
            variables["SERVICES"] = str(self.layout.state_file)
        return variables

    def setup_program(self) -> Program:
        """The one-shot: migrations, topology, users and roles."""
        return Program(
            name="setup",
            command=(sys.executable, "-m", "sensorctl", "setup"),
            environment=self.environment(),
            log=self.layout.log("setup"),
            stage=Stage.BROKER,
            directory=ROOT,
        )

    def wanted_pipelines(self) -> int:
        """How many consumers were last asked for."""
        file = self.layout.pipelines_file
        return int(file.read_text(encoding="ascii")) if file.exists() else 1


def dotenv(variables: dict[str, str]) -> str:
    """The variables as lines of a dotenv file; their values need no quotes."""
    return "".join(f"{name}={value}\n" for name, value in variables.items())
