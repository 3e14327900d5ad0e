"""Installing RabbitMQ on a Debian machine, if this user may do so, and the packages of profiles."""

import os
import shutil
import subprocess
from collections.abc import Callable, Collection

from native.rabbitmq import find_server
from native.settings import ROOT
from runtime.errors import ServiceUnavailable
from runtime.services import REPORTS_PROFILE

PACKAGE = "rabbitmq-server"
SCRIPT = ROOT / "scripts" / "apt.sh"
PACKAGES_SCRIPT = ROOT / "scripts" / "venv.sh"
# The files in requirements/ with what a profile needs on top of the others.
REQUIREMENTS = {REPORTS_PROFILE: ("reporter", "webdav")}


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


def ensure_packages(profiles: Collection[str]) -> None:
    """Install the Python packages that only services of these profiles need, unless they are installed.

    Raises:
        ServiceUnavailable: When that fails.
    """
    for name in [name for profile, names in REQUIREMENTS.items() if profile in profiles for name in names]:
        if subprocess.run(["bash", str(PACKAGES_SCRIPT), name], check=False).returncode:
            raise ServiceUnavailable(
                f"requirements/{name}.txt could not be installed; see the messages above."
            )


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
