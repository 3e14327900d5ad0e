"""CPU and memory of processes with everything that they started."""

from collections.abc import Iterator, Mapping

import psutil

MEGABYTE = 1_000_000


class Usage:
    """Watches the trees of processes under these."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = {name: psutil.Process(pid) for name, pid in roots.items()}

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time so far; that of ended children counts when their parent has waited for them."""
        return {name: sum(map(_cpu_seconds, _tree(root))) for name, root in self._roots.items()}

    def megabytes(self) -> dict[str, float]:
        """Memory at this moment; what processes share is counted once where the system tells it."""
        return {name: sum(map(_bytes, _tree(root))) / MEGABYTE for name, root in self._roots.items()}


def resident_megabytes(pid: int) -> float:
    """What one process has in memory, shared libraries included, as `ps` and `top` show it."""
    return float(psutil.Process(pid).memory_info().rss / MEGABYTE)


def _tree(root: psutil.Process) -> Iterator[psutil.Process]:
    try:
        yield root
        yield from root.children(recursive=True)
    except psutil.NoSuchProcess:
        return


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.AccessDenied, AttributeError):  # of another user, or not Linux
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
