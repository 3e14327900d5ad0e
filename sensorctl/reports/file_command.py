"""`sensorctl report file`: lets the reporter store the readings of a file, and make its report."""

from contextlib import closing
from pathlib import Path, PurePath
from typing import Annotated, Any
from urllib.parse import unquote
from uuid import uuid4

import typer

from jobs.file_paths import check_path, is_temporary
from jobs.files import FILE
from jobs.reports import ReportLanguage
from runtime.text import quote_name
from sensorctl.output import JsonOption, fail, print_message
from sensorctl.reports import options
from sensorctl.reports.webdav_server import discover_webdav
from sensorctl.workflows.options import Follow, parse_assignment
from sensorctl.workflows.request import request
from webdav.client import WebDav
from webdav.model import NotFound, PreconditionFailed, WebDavRefused, WebDavUnavailable
from webdav.settings import WebDavSettings

Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        parser=options.parse_format,
        metavar="FORMAT",
        help="pdf, xlsx, csv or json; if unset, pdf and json. Repeatable.",
    ),
]
Reading = Annotated[
    list[Any] | None,
    typer.Option(
        "--option",
        parser=parse_assignment,
        metavar="NAME=VALUE",
        help="How to read it, such as decimal=, or time_zone=Europe/Berlin. Repeatable.",
    ),
]


def file(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH|URL",
            help="A file here, which is uploaded first; or one on the WebDAV server: work/x.csv, or its URL.",
        ),
    ],
    sensor: Annotated[str | None, typer.Option(help="The sensor of all its readings.")] = None,
    reading: Reading = None,
    preset: options.PresetName = None,
    high: options.High = None,
    low: options.Low = None,
    zone: options.Zone = None,
    title: options.Title = None,
    language: Annotated[
        ReportLanguage | None, typer.Option(help="English or Portuguese; if unset, the reporter's.")
    ] = None,
    formats: Formats = None,
    follow: Follow = False,
    as_json: JsonOption = False,
) -> None:
    """Store the readings of a file, and make a report of them, by a job of the reporter.

    The report is in the folder of what is done, and `sensorctl report list` has it; or the folder for errors
    has a text that says why there is none.
    """
    settings = discover_webdav()
    fields = {
        "sensor": sensor, "options": dict(reading or ()), "preset": preset,
        "limits": options.limits_of(high, low), "time_zone": zone, "title": title, "language": language,
        "formats": formats,
    }  # fmt: skip
    spec = {name: value for name, value in fields.items() if value}
    spec["file"] = _locate(settings, path)
    request(FILE, spec, follows=follow, as_json=as_json)


def _locate(settings: WebDavSettings, path: str) -> str:
    """Return the path of the file below the root of the WebDAV server; a file here is uploaded.

    Raises:
        typer.BadParameter: When there is no such file, or a URL is that of another server.
        typer.Exit: When the WebDAV server refuses or does not answer.
    """
    try:
        with closing(WebDav(settings)) as webdav:
            if "://" in path:
                return _below_root(settings, path)
            if Path(path).is_file():
                return upload(webdav, settings.webdav_work_folder, Path(path))
            return _find(webdav, settings.webdav_work_folder, path)
    except (WebDavRefused, WebDavUnavailable) as error:
        fail(str(error))
    except ValueError as error:  # of a path that may lead out of the folder
        raise typer.BadParameter(f"{quote_name(path)} {error}") from None


def _below_root(settings: WebDavSettings, url: str) -> str:
    root = f"{settings.webdav_url}/"
    if not url.startswith(root):
        raise typer.BadParameter(
            f"{quote_name(url)} is not below {root}, which is WEBDAV_URL: download the file, and name it here"
        )
    return check_path(unquote(url.removeprefix(root)))


def _find(webdav: WebDav, work: str, path: str) -> str:
    candidates = [path] if path.startswith(f"{work}/") else [f"{work}/{path}"]
    for candidate in candidates:
        if webdav.find(check_path(candidate)) is not None:
            return candidate
    raise typer.BadParameter(
        f"there is neither a file {quote_name(path)} here, nor {candidates[0]} on the WebDAV server"
    )


def upload(webdav: WebDav, work: str, path: Path) -> str:
    """Upload a file into the folder for work, where it appears as a whole, and return its path there.

    Raises:
        typer.BadParameter: When its name is that of an unfinished file.
        NotFound: When somebody else has removed it meanwhile.
        typer.Exit: When there is a file of this name already.
    """
    name = PurePath(path).name
    if is_temporary(name):
        raise typer.BadParameter(f"{quote_name(name)} is the name of an unfinished file: rename it first")
    target = check_path(f"{work}/{name}")
    part = f"{work}/.part-{uuid4()}"
    try:
        with path.open("rb") as source:
            webdav.put(part, source)  # its name is its own, so that it can be repeated
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}") from None
    try:
        webdav.move(part, target)
    except NotFound:  # the answer of the move was lost
        if webdav.find(target) is None:
            raise
    except PreconditionFailed:
        webdav.remove(part)
        fail(
            f"There is a file {target} on the WebDAV server already: wait until it is processed (`sensorctl "
            "workflow list`), or give yours another name."
        )
    print_message(f"Uploaded {quote_name(str(path))} as {quote_name(target)}.")
    return target
