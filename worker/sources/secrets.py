"""Secrets of sources: from environment variables or files only."""

import os
from collections.abc import Mapping

from pydantic import SecretStr

from runtime.errors import ConfigurationError
from runtime.settings import FILE_SUFFIX, read_file
from worker.sources.model import SourceRefused


def read_secret(name: str | None, environment: Mapping[str, str] = os.environ) -> SecretStr | None:
    """Return the secret in the variable, or in the file that the variable with `_FILE` names.

    Raises:
        SourceRefused: When neither is set, the file cannot be read, or the secret contains what no token has.
    """
    if name is None:
        return None
    file_variable = name + FILE_SUFFIX
    try:
        path = environment.get(file_variable)
        secret = read_file(file_variable, path) if path else environment.get(name, "")
    except ConfigurationError as error:
        raise SourceRefused(str(error)) from None
    if not secret:
        raise SourceRefused(
            f"{name} is not set for the worker: set it, or {file_variable} to the path of a file with it"
        )
    if not (secret.isascii() and secret.isprintable()) or secret != secret.strip():
        raise SourceRefused(
            f"{name} has blanks at its ends, or characters that no token has, as line breaks: set it again"
        )
    return SecretStr(secret)
