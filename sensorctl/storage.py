"""`sensorctl storage`: the size of each table and day, and the retention."""

from typing import Any

from rich.filesize import decimal
from rich.table import Table

from db.queries.storage import StorageReport, TableSize, read_storage
from runtime.text import quantity
from sensorctl.output import JsonOption, safe_text, show, show_json
from sensorctl.settings import discover_settings


def storage(as_json: JsonOption = False) -> None:
    """Show the rows (estimated) and bytes of each table and each day, and the retention."""
    report = read_storage(discover_settings())
    if as_json:
        show_json(storage_record(report))
    else:
        show(storage_table(report))
        print(retention_message(report))


def storage_record(report: StorageReport) -> dict[str, Any]:
    """Return the report as a JSON object."""
    tables = [size._asdict() for size in report.sizes]
    return {f"retention_{level}": days for level, days in report.retention._asdict().items()} | {
        "tables": tables
    }


def storage_table(report: StorageReport) -> Table:
    """Return tables and the partitions that contain rows; those of the coming days are empty."""
    table = Table(title="Size of the database", title_justify="left", show_footer=True)
    table.add_column("table", footer="all")
    table.add_column("day")
    table.add_column("rows, about", footer=_total_rows(report.sizes), justify="right")
    table.add_column("size", footer=_total_bytes(report.sizes), justify="right")
    parents = {size.partition_of for size in report.sizes if size.partition_of}
    for parent in sorted(parents):
        partitions = [size for size in report.sizes if size.partition_of == parent]
        table.add_row(
            safe_text(parent),
            quantity(len(partitions), "partition"),
            _total_rows(partitions),
            _total_bytes(partitions),
        )
        for size in partitions:
            if size.rows:
                day = str(size.day) if size.day else "days without a partition"
                table.add_row(safe_text(f"  {size.name}"), day, _total_rows([size]), _total_bytes([size]))
    for size in report.sizes:
        if not size.partition_of:
            table.add_row(safe_text(size.name), "", _total_rows([size]), _total_bytes([size]))
    return table


def retention_message(report: StorageReport) -> str:
    """Say how long readings, roll-ups and reports are kept."""
    days, minutes_days, hours_days, reports_days = report.retention
    reports = f" Reports are kept {_duration(reports_days)} (RETENTION_REPORTS_DAYS)." if reports_days else ""
    if days is None:
        return f"Readings are kept forever: RETENTION_DAYS is not set.{reports}"
    return (
        f"Readings are kept for {days} full days and the current one (RETENTION_DAYS), minutes "
        f"{_duration(minutes_days)} (RETENTION_MINUTES_DAYS), hours {_duration(hours_days)} "
        f"(RETENTION_HOURS_DAYS), and days forever.{reports}"
    )


def _duration(days: int | None) -> str:
    return "forever" if days is None else f"for {quantity(days, 'day')}"


def _total_rows(sizes: list[TableSize]) -> str:
    return f"{sum(size.rows for size in sizes):,}"


def _total_bytes(sizes: list[TableSize]) -> str:
    return decimal(sum(size.bytes for size in sizes))
