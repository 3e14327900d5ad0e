"""The registry of services: one row for each service of this project, and the users that they log in as.

The native stack, discovery, `sensorctl setup` and the tests read it; a test checks docker-compose.yml, the
Dockerfiles, the Prometheus configuration and the documentation against it. To add a service, follow
docs/development/adding-a-service.md.
"""

from dataclasses import dataclass, field
from enum import IntEnum

DEFAULT_HTTP_PORT = 9100


class Stage(IntEnum):
    """The order in which the native stack starts its processes; it stops them in the reverse order."""

    DATABASE = 1
    WEBDAV = 2
    EPMD = 3  # the broker registers with it
    BROKER = 4  # the last of the servers
    PIPELINE = 5
    SENSOR = 6
    DASHBOARD = 7
    ANALYSIS = 8
    WORKFLOWS = 9
    WORKER = 10
    REPORTER = 11
    SCALER = 12
    ALERTER = 13  # last, so that an orderly stop raises no alert


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """A user of the broker that setup creates; messaging.management.permissions says what it may do.

    `name` is its default name and its default password in Docker Compose.
    """

    name: str

    @property
    def user_variable(self) -> str:
        """The variable of its name."""
        return f"RABBITMQ_{self.name.upper()}_USER"

    @property
    def password_variable(self) -> str:
        """The variable of its password."""
        return f"RABBITMQ_{self.name.upper()}_PASS"


@dataclass(frozen=True, slots=True)
class DatabaseRole:
    """A role of the database that setup creates; its name is an access level of db.roles."""

    name: str

    @property
    def user_variable(self) -> str:
        """The variable of its name."""
        return f"POSTGRES_{self.name.upper()}_USER"

    @property
    def password_variable(self) -> str:
        """The variable of its password."""
        return f"POSTGRES_{self.name.upper()}_PASSWORD"


SENSOR, PIPELINE, OPERATOR, ALERTER, WORKFLOWS, WORKER, SCALER = map(
    BrokerUser, ("sensor", "pipeline", "operator", "alerter", "workflows", "worker", "scaler")
)
WRITER, READER, MANAGER, EVALUATOR, ANALYST, WORKER_ROLE = map(
    DatabaseRole, ("writer", "reader", "manager", "evaluator", "analyst", "worker")
)
# Everything that setup creates besides the owners. The operator is sensorctl's user, too.
BROKER_USERS = (SENSOR, PIPELINE, OPERATOR, ALERTER, WORKFLOWS, WORKER, SCALER)
DATABASE_ROLES = (WRITER, READER, MANAGER, EVALUATOR, ANALYST, WORKER_ROLE)


WORKFLOWS_PROFILE = "workflows"
REPORTS_PROFILE = "reports"
SCALER_PROFILE = "scaler"
COMPOSE_FILE = "docker-compose.yml"
SWARM_FILE = "deploy/swarm/compose.yml"


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When a process that exited is restarted by the native stack.

    The delay doubles with each consecutive retry, up to `max_delay_seconds`; after `stable_seconds` of
    running the count starts from zero. `max_retries` None: no limit. `may_exit`: exit code 0 means that its
    work is done.
    """

    delay_seconds: float = 1.0
    max_retries: int | None = None
    max_delay_seconds: float = 30.0
    stable_seconds: float = 60.0
    may_exit: bool = False

    def delay(self, retries: int) -> float:
        """Return the seconds to wait after `retries` consecutive retries."""
        return min(self.max_delay_seconds, self.delay_seconds * 2.0 ** min(retries, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of this project: a package that `python -m MODULE` runs."""

    module: str
    image: str
    """The image that Docker Compose builds for it."""
    stage: Stage
    broker_user: BrokerUser | None = None
    database_role: DatabaseRole | None = None
    native_port: int
    """The default port of its first instance in the native stack; the other instances follow."""
    container_port: int = DEFAULT_HTTP_PORT
    """The port of health checks and metrics in its container."""
    compose_file: str = COMPOSE_FILE
    """The file that runs it in containers."""
    compose_name: str = ""
    """Its name in that file; the module's where it is empty. Instances are numbered."""
    instances: int = 1
    """How many of it run, each with a configuration of its own."""
    scales: bool = False
    """Whether any number of identical replicas may run: PIPELINES, `docker compose --scale`."""
    published: bool = False
    """Whether Docker Compose publishes its port on 127.0.0.1."""
    profiles: tuple[str, ...] = ()
    """The profiles of which each enables it (COMPOSE_PROFILES); none: it always runs."""
    monitors: bool = False
    """Whether it monitors the others, and so needs SERVICES and RABBITMQ_MANAGEMENT_URL."""
    restart: RestartPolicy = field(default_factory=lambda: RestartPolicy(max_retries=20))

    @property
    def port_variable(self) -> str:
        """The variable that sets the port of its first native instance, and the published port."""
        return f"{self.module.upper()}_{'HOST' if self.published else 'HTTP'}_PORT"

    @property
    def compose_names(self) -> tuple[str, ...]:
        """Its names in `compose_file`: one for each instance."""
        name = self.compose_name or self.module
        return (name,) if self.instances == 1 else tuple(f"{name}-{n + 1}" for n in range(self.instances))


SERVICES = (
    Service(
        module="pipeline",
        compose_name="pipeline-processor",
        image="sensors-pipeline",
        stage=Stage.PIPELINE,
        broker_user=PIPELINE,
        database_role=WRITER,
        native_port=9121,
        scales=True,
    ),
    Service(
        module="sensor",
        image="sensors-sensor",
        stage=Stage.SENSOR,
        broker_user=SENSOR,
        native_port=9111,
        instances=3,
        restart=RestartPolicy(max_retries=20, may_exit=True),
    ),
    Service(
        module="dashboard",
        image="sensors-dashboard",
        stage=Stage.DASHBOARD,
        broker_user=OPERATOR,
        database_role=MANAGER,
        native_port=8085,
        container_port=8085,
        published=True,
        monitors=True,
    ),
    Service(
        module="analysis",
        image="sensors-analysis",
        stage=Stage.ANALYSIS,
        database_role=ANALYST,
        native_port=9141,
    ),
    Service(
        module="workflows",
        image="sensors-workflows",
        stage=Stage.WORKFLOWS,
        broker_user=WORKFLOWS,
        database_role=MANAGER,
        native_port=8086,
        container_port=8086,
        published=True,
        profiles=(WORKFLOWS_PROFILE, REPORTS_PROFILE),  # it sends the tickets, and fires the schedules
    ),
    Service(
        module="worker",
        image="sensors-worker",
        stage=Stage.WORKER,
        broker_user=WORKER,
        database_role=WORKER_ROLE,
        native_port=9161,
        scales=True,
        profiles=(WORKFLOWS_PROFILE,),
    ),
    Service(
        module="reporter",
        image="sensors-reporter",
        stage=Stage.REPORTER,
        broker_user=WORKER,
        database_role=WORKER_ROLE,
        native_port=9171,
        scales=True,
        profiles=(REPORTS_PROFILE,),
    ),
    Service(
        module="scaler",
        image="sensors-tools",
        stage=Stage.SCALER,
        broker_user=SCALER,
        native_port=9181,
        compose_file=SWARM_FILE,
        profiles=(SCALER_PROFILE,),
    ),
    Service(
        module="alerter",
        image="sensors-tools",
        stage=Stage.ALERTER,
        broker_user=ALERTER,
        database_role=EVALUATOR,
        native_port=9131,
        monitors=True,
    ),
)
