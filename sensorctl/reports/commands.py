"""`sensorctl report`: make, list, save, delete and verify reports."""

from typing import Annotated, ClassVar
from uuid import UUID

import typer

from db.queries.statements import Row
from db.reports.report_store import Reports
from readings.ids import sensor_id_forms
from reports.verification import Difference, verify_report
from runtime.text import escape_unprintable, quantity
from sensorctl.actor import current_actor
from sensorctl.files import STDIO, check_new, open_binary_input, write_output
from sensorctl.history.default_command import DefaultCommandGroup
from sensorctl.output import JsonOption, fail, print_message, show, show_json
from sensorctl.reports import options, presets
from sensorctl.reports.file_command import file
from sensorctl.reports.make import make
from sensorctl.reports.presets import reports
from sensorctl.reports.schedule import schedule
from sensorctl.reports.views import report_table
from sensorctl.workflows.answer import answer

MAKE = "make"
MAX_DIFFERENCES = 20


class ReportCommands(DefaultCommandGroup):
    """A group in which arguments that start with no command's name are those of `make`."""

    default_command: ClassVar[str] = MAKE


app = typer.Typer(
    cls=ReportCommands,
    help="Make, list, save and verify reports of sensors for a period.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(MAKE)(make)
app.command("file")(file)
app.command("schedule")(schedule)
app.add_typer(presets.app, name="preset")
app.command()(answer)  # the questions of jobs about files


def parse_report_id(text: str) -> UUID:
    """Return the ID of a report.

    Raises:
        typer.BadParameter: When it is no UUID.
    """
    try:
        return UUID(text.strip())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not the UUID of a report: `sensorctl report list` shows them"
        ) from None


ReportId = Annotated[
    UUID, typer.Argument(metavar="REPORT", parser=parse_report_id, help="The ID of the report's file.")
]


@app.command("list")
def list_(
    sensors: Annotated[
        list[str] | None, typer.Option("--sensor", help="Only those of this sensor. Repeatable.")
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            parser=options.parse_format,
            metavar="FORMAT",
            help="Only pdf, xlsx, csv or json. Repeatable.",
        ),
    ] = None,
    before: Annotated[
        UUID | None,
        typer.Option(
            parser=parse_report_id,
            metavar="REPORT",
            help="Only those made before this one, such as the last of the previous list.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Maximum number of reports.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show the newest reports that jobs have made, such as those of schedules."""
    with reports() as store:
        rows = store.read_all(
            limit,
            sensors=sensor_id_forms(sensors) if sensors else None,
            formats=formats or None,
            before=before,
        )
    if as_json:
        show_json(rows)
    elif rows:
        show(report_table(rows))
    else:
        print("No reports. `sensorctl report --sensor ID --period last-month` makes one in this folder.")


@app.command()
def save(
    report_id: ReportId,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="A new file, or - for standard output; if unset, its name."),
    ] = None,
) -> None:
    """Save a report that a job has made."""
    with reports() as store:
        row = _require(store, report_id)
        name = file or str(row["name"])
        check_new(name)
        content = store.content(report_id)
    if content is None:
        fail(f"The report {report_id} was deleted meanwhile.")
    write_output(name, content)
    if name != STDIO:
        print_message(f"Wrote {escape_unprintable(name)}: {quantity(len(content), 'byte')}.")


@app.command()
def delete(report_id: ReportId, as_json: JsonOption = False) -> None:
    """Delete a report that a job has made. The readings that it was made of stay."""
    with reports(manages=True) as store:
        row = _require(store, report_id)
        store.delete(current_actor(), report_id)
    if as_json:
        show_json(row)
    else:
        print(escape_unprintable(f"Deleted {row['name']} ({report_id})."))


@app.command()
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE.json", help="The JSON of a report; - for input.")],
    as_json: JsonOption = False,
) -> None:
    """Compute every figure of a report again from the readings in its JSON; exit code 1 if one differs."""
    with open_binary_input(file) as source:
        content = source.read()
    differences = _verify(content, file)
    if as_json:
        show_json([difference._asdict() for difference in differences])
    for difference in differences[:MAX_DIFFERENCES] if not as_json else []:
        print(escape_unprintable(str(difference)))
    if differences:
        fail(f"{quantity(len(differences), 'value')} of the report are not what its readings give.")
    if not as_json:
        print("Every figure of the report is what its readings give.")


def _verify(content: bytes, file: str) -> list[Difference]:
    try:
        return verify_report(content)
    except ValueError as error:
        reason = escape_unprintable(str(error).split("\n", 1)[0])
        raise typer.BadParameter(f"{file} is not the JSON of a report: {reason}") from None


def _require(store: Reports, report_id: UUID) -> Row:
    row = store.read(report_id)
    if row is None:
        fail(f"There is no report {report_id}: `sensorctl report list` shows them.")
    return row
