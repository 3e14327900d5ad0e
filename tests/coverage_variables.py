"""The variables with which processes that tests start measure coverage."""

import os

from coverage import Coverage

from tests.services import ROOT

COMMANDS = "COVERAGE_PROCESS_CONFIG"
NATIVE_STACK = "COVERAGE_NATIVE_STACK_CONFIG"
# Its services run elsewhere too. To measure all their lines would double their processor time.
NATIVE_STACK_FILES = ("native/*", "*/__main__.py")


def export() -> None:
    """Let commands measure coverage, if this process does, without looking for files that nothing executes.

    The workers do so for the report; in each of many hundred short processes it takes longer than their work.
    """
    measuring = Coverage.current()
    if measuring is not None:
        os.environ[COMMANDS] = _configuration(measuring, "*")
        os.environ[NATIVE_STACK] = _configuration(measuring, *NATIVE_STACK_FILES)


def of_commands() -> dict[str, str]:
    """Return the variables with which a command measures all files."""
    return {COMMANDS: os.environ[COMMANDS]} if COMMANDS in os.environ else {}


def of_native_stack() -> dict[str, str]:
    """Return the variables with which the native stack measures what runs only there."""
    return {COMMANDS: os.environ[NATIVE_STACK]} if NATIVE_STACK in os.environ else {}


def _configuration(measuring: Coverage, *patterns: str) -> str:
    config = measuring.config.copy()
    config.source = None
    config.run_include = [f"{ROOT}/{pattern}" for pattern in patterns]
    config.run_omit = [*config.run_omit, f"{ROOT}/.venv/*"]
    return config.serialize()
