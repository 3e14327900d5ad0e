"""The WebDAV server of file jobs as an operator reaches it: by variables, or that of the running stack."""

import os

from runtime.env_file import read_env_file
from runtime.settings import load, read_file
from sensorctl.output import fail
from sensorctl.stack_variables import LOOPBACK, ROOT, Variables, native_variables
from webdav.settings import WebDavSettings

DEFAULTS = {"WEBDAV_USER": "sensors", "WEBDAV_PASSWORD": "sensors"}
FOLDERS = ("WEBDAV_WORK_FOLDER", "WEBDAV_DONE_FOLDER", "WEBDAV_ERROR_FOLDER")
VARIABLES = ("WEBDAV_URL", "WEBDAV_USER", "WEBDAV_PASSWORD", "WEBDAV_CA_FILE", *FOLDERS)


def discover_webdav() -> WebDavSettings:
    """Load the settings of the WebDAV server: WEBDAV_URL and its like first, then those of a stack.

    Raises:
        ConfigurationError: When a variable is invalid.
        typer.Exit: When there is none.
    """
    if os.environ.get("WEBDAV_URL"):
        return load(WebDavSettings)
    variables = _stack_variables()
    if "WEBDAV_URL" not in variables:
        fail("The running stack has no WebDAV server: start it with the profile reports, or set WEBDAV_URL.")
    return load(WebDavSettings, **{name.lower(): variables[name] for name in VARIABLES if name in variables})


def _stack_variables() -> Variables:
    """Return the variables of the running stack, or those of `.env` if a native stack has no such server."""
    native = native_variables()
    if native is not None and "WEBDAV_URL" in native:
        return native
    given = _env_file_variables()
    if native is not None:
        return given
    address = f"http://{LOOPBACK}:{given.get('WEBDAV_HOST_PORT', '8087')}"
    return {"WEBDAV_URL": address, **DEFAULTS, **given}


def _env_file_variables() -> Variables:
    """Return the variables of `.env` and the environment that are set, with the password."""
    values = read_env_file(ROOT / ".env", os.environ).values
    given = {name: value for name, value in {**values, **os.environ}.items() if value}
    password_file = given.get("WEBDAV_PASSWORD_FILE")
    if password_file:
        given["WEBDAV_PASSWORD"] = read_file("WEBDAV_PASSWORD_FILE", str(ROOT / password_file))
    return given
