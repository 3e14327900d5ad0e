"""`python -m db upgrade` migrates the schema to the newest version; `python -m db version` prints it."""

import argparse
import sys

import structlog

from db.migrate import current_version, newest_version, upgrade
from db.settings import DatabaseSettings
from runtime.lifecycle import ShutdownSignal, run
from runtime.logs import configure_logging
from runtime.retry import retry
from runtime.settings import ServiceSettings, load


class MigrationSettings(DatabaseSettings, ServiceSettings):
    """The settings of `python -m db`."""


def main(stop: ShutdownSignal) -> None:
    """Upgrade the schema once the database answers, or print its version."""
    parser = argparse.ArgumentParser(prog="python -m db", description=__doc__)
    parser.add_argument("command", choices=["upgrade", "version"])
    settings = load(MigrationSettings)
    configure_logging(settings.log_level, settings.log_format)
    if parser.parse_args().command == "version":
        print(f"{current_version(settings)} (newest: {newest_version()})")  # noqa: T201 (the command's output)
        return
    log = structlog.get_logger()
    with_retries = retry(
        sleep=stop.sleep,
        on_failure=lambda error, seconds: log.warning(
            "database unavailable", reason=str(error), retry_seconds=round(seconds, 1)
        ),
        max_elapsed_seconds=settings.connect_timeout_seconds,
    )
    log.info("schema is current", version=with_retries(upgrade, settings))


if __name__ == "__main__":
    sys.exit(run(main))
