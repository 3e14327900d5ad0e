"""How sizes look: a row a table, and under `reading` a row a day."""

from typing import Any

from rich.filesize import decimal
from rich.table import Table

from db.queries.storage import StorageReport, TableSize
from sensorctl.views import safe


def storage_record(storage: StorageReport) -> dict[str, Any]:
    """Everything, for other programs."""
    tables = [size._asdict() for size in storage.sizes]
    return {"retention_days": storage.retention_days, "tables": tables}


def sizes_table(storage: StorageReport) -> Table:
    """Tables, and the days that hold readings; the days ahead are prepared and empty."""
    table = Table(title="What lies in the database", title_justify="left", show_footer=True)
    table.add_column("table", footer="all")
    table.add_column("day")
    table.add_column("rows, about", footer=_rows(storage.sizes), justify="right")
    table.add_column("size", footer=_bytes(storage.sizes), justify="right")
    parents = {size.partition_of for size in storage.sizes if size.partition_of}
    for parent in sorted(parents):
        parts = [size for size in storage.sizes if size.partition_of == parent]
        table.add_row(safe(parent), f"{len(parts)} partitions", _rows(parts), _bytes(parts))
        for size in parts:
            if size.rows:
                day = str(size.day) if size.day else "days without a partition"
                table.add_row(safe(f"  {size.name}"), day, _rows([size]), _bytes([size]))
    for size in storage.sizes:
        if not size.partition_of:
            table.add_row(safe(size.name), "", _rows([size]), _bytes([size]))
    return table


def retention_sentence(storage: StorageReport) -> str:
    """For how long readings are kept."""
    if storage.retention_days is None:
        return "Readings are kept for ever: RETENTION_DAYS is not set."
    return f"Readings are kept for {storage.retention_days} whole days and today (RETENTION_DAYS)."


def _rows(sizes: list[TableSize]) -> str:
    return f"{sum(size.rows for size in sizes):,}"


def _bytes(sizes: list[TableSize]) -> str:
    return decimal(sum(size.bytes for size in sizes))
