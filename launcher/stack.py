"""The native stack: which programs it has, and with which environment."""

import os
import sys

from launcher.ports import LOOPBACK
from launcher.postgres import PrivatePostgres
from launcher.program import Program, RetryPolicy, Stage
from launcher.rabbitmq import PrivateRabbitMQ
from launcher.services import Service, services
from launcher.settings import ROOT, StackSettings

DEFAULT_QUEUE = "sensor_data"
# Where the stack's own broker and database are is the stack's to say, whatever the shell exports.
OVERRIDDEN = ("RABBITMQ_", "POSTGRES_", "AMQP_URL", "DATABASE_URL", "PG")


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
            log=self.layout.log("rabbitmq"),
        )

    def client_variables(self) -> dict[str, str]:
        """The variables with which a client on this machine reaches the stack."""
        return {
            "RABBITMQ_HOST": LOOPBACK,
            "RABBITMQ_PORT": str(self.rabbitmq.port),
            "RABBITMQ_USER": self.rabbitmq.user,
            "RABBITMQ_PASS": self.rabbitmq.password,
            "RABBITMQ_VHOST": self.rabbitmq.vhost,
            "RABBITMQ_MANAGEMENT_URL": self.rabbitmq.management_url,
            "QUEUE_NAME": os.environ.get("QUEUE_NAME") or DEFAULT_QUEUE,
            "POSTGRES_HOST": LOOPBACK,
            "POSTGRES_PORT": str(self.postgres.port),
            "POSTGRES_USER": self.postgres.user,
            "POSTGRES_PASSWORD": self.postgres.password,
            "POSTGRES_DB": self.postgres.database,
        }

    def environment(self) -> dict[str, str]:
        """The environment of this project's own programs."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OVERRIDDEN)}
        return kept | self.client_variables() | {"PYTHONUNBUFFERED": "1"}

    def services(self, pipelines: int) -> tuple[Service, ...]:
        """The rows of the table that run."""
        settings = self.settings
        return services(
            pipelines, pipeline_port=settings.pipeline_http_port, sensor_port=settings.sensor_http_port
        )

    def service_program(self, row: Service) -> Program:
        """How a row of the table is started."""
        return Program(
            name=row.name,
            command=(sys.executable, "-m", row.module),
            environment={**self.environment(), **self._own_variables(row), **row.environment},
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
        return variables

    def setup_program(self) -> Program:
        """The one-shot: migrations and topology."""
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
