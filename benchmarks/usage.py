"""CPU and memory usage of processes and their descendants."""

from collections.abc import Iterator, Mapping

import psutil

MEGABYTE = 1_000_000


class Usage:
    """Measures the process trees with these roots."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = {name: psutil.Process(pid) for name, pid in roots.items()}

    def cpu_seconds(self) -> dict[str, float]:
        """Return the CPU time so far; that of exited children counts once their parent has reaped them."""
        return {name: sum(map(_cpu_seconds, _tree(root))) for name, root in self._roots.items()}

    def megabytes(self) -> dict[str, float]:
        """Return the current memory; shared memory counts once (PSS) where the system reports it."""
        return {name: sum(map(_bytes, _tree(root))) / MEGABYTE for name, root in self._roots.items()}


def machine_seconds() -> float:
    """Return the CPU time of the whole machine so far, of all processes and the kernel."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq")))


def resident_megabytes(pid: int) -> float:
    """Return the resident memory (RSS) of a process, as `ps` and `top` show it."""
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
