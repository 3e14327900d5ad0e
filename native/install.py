"""Installing RabbitMQ on a Debian machine, if this user may do so."""

import os
import shutil
import subprocess
from collections.abc import Callable

from native.rabbitmq import find_server
from native.settings import ROOT
from runtime.errors import ServiceUnavailable

PACKAGE = "rabbitmq-server"
SCRIPT = ROOT / "scripts" / "apt.sh"


def ensure_rabbitmq(report: Callable[[str], None]) -> None:
    """Install RabbitMQ unless it is installed.

    Raises:
        ServiceUnavailable: When this user may not install it, or the installation fails.
    """
    if _is_installed():
        return
    prefix = root_command_prefix()
    if prefix is None:
        raise ServiceUnavailable(
            "RabbitMQ is not installed, and this user may not install it. "
            f"Ask an administrator to run: apt-get install {PACKAGE}"
        )
    report(f"RabbitMQ is not installed: installing Debian's {PACKAGE}, without starting it as a service …")
    done = subprocess.run([*prefix, "bash", str(SCRIPT), PACKAGE], check=False)
    if done.returncode or not _is_installed():
        raise ServiceUnavailable(f"apt-get could not install {PACKAGE}; see its messages above.")


def root_command_prefix() -> list[str] | None:
    """Return the prefix that runs apt-get as root; None where it is missing or this user may not run it."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    allowed = (
        shutil.which("sudo")
        and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0
    )
    return sudo if allowed else None


def _is_installed() -> bool:
    try:
        find_server()
    except ServiceUnavailable:
        return False
    return True
