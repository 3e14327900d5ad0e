"""Every class that recognises the files of a program is registered, and the guide names the program."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from readings.files import loggers
from readings.files.loggers.logger_file import Logger
from readings.files.loggers.phone_apps import PHONE_APPS
from readings.files.loggers.registry import LOGGERS

FOLDER = Path(loggers.__path__[0])
GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "import-export.md"


def test_every_class_is_registered() -> None:
    modules = [
        import_module(f"{loggers.__name__}.{module.name}") for module in iter_modules(loggers.__path__)
    ]
    members = [member for module in modules for member in vars(module).values() if isinstance(member, type)]
    classes = {member for member in members if hasattr(member, "recognise") and member is not Logger}

    assert classes == {type(logger) for logger in LOGGERS}, (
        "add the class to LOGGERS in readings/files/loggers/registry.py"
    )


def test_the_guide_names_every_program() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in FOLDER.glob("*.py"))
    programs = set(re.findall(r'LoggerFile\(\s*"([^"]+)"', sources)) | {app.program for app in PHONE_APPS}
    table = GUIDE.read_text(encoding="utf-8").partition("### Files of loggers")[2]
    described = " ".join(re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE))

    assert "Tinytag Explorer" in programs
    assert {program for program in programs if program not in described} == set(), (
        "add a row for each to the table of programs in docs/guides/import-export.md"
    )
