"""Getting RabbitMQ onto a Debian machine, where that is allowed."""

import os
import shutil
import subprocess
from collections.abc import Callable

from native.rabbitmq import find_server
from native.settings import ROOT
from runtime.errors import ServiceUnavailable

PACKAGE = "rabbitmq-server"
SCRIPT = ROOT / "scripts" / "apt.sh"


def ensure_rabbitmq(announce: Callable[[str], None]) -> None:
    """Install RabbitMQ unless it is there. Raises ServiceUnavailable if it may not, saying what to do."""
    if _installed():
        return
    become_root = may_install()
    if become_root is None:
        raise ServiceUnavailable(
            "RabbitMQ is not installed, and this user may not install it. "
            f"Ask an administrator for: apt-get install {PACKAGE}"
        )
    announce(f"RabbitMQ is not installed: installing Debian's {PACKAGE}, without starting it as a service …")
    done = subprocess.run([*become_root, "bash", str(SCRIPT), PACKAGE], check=False)
    if done.returncode or not _installed():
        raise ServiceUnavailable(f"apt-get could not install {PACKAGE}; its messages above tell why.")


def may_install() -> list[str] | None:
    """The words before a command that make it root's; None where apt-get or that right is missing."""
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


def _installed() -> bool:
    try:
        find_server()
    except ServiceUnavailable:
        return False
    return True
