"""The sizes of the images, and how much of each is the base that they share."""

from benchmarks.bench import Bench
from benchmarks.environment import CONTAINERS, Compose, docker
from benchmarks.plan import IMAGES

BASE = "python:3.13-slim"
SERVICES = {
    "sensors-bench-sensor": "sensor-1",
    "sensors-bench-pipeline": "pipeline-processor",
    "sensors-bench-tools": "setup",
}
MEGABYTE = 1_000_000


def measure(bench: Bench) -> None:
    """Built from this very tree, and removed again."""
    if bench.site.name != CONTAINERS:
        bench.results.note("Image sizes were not measured: no Docker engine is used.")
        return
    task = bench.progress.add_task("images", total=1)
    try:
        Compose(bench.processes.directory)("build", *SERVICES.values())
        for image in (BASE, *SERVICES):
            title = f"{image.removeprefix('sensors-bench-')}, MB"
            bench.results.add(IMAGES, image, megabytes(image), title)
    finally:
        docker("image", "rm", *SERVICES)
    bench.progress.advance(task)


def megabytes(image: str) -> float:
    """As `docker images` tells it, with the base."""
    return int(docker("image", "inspect", "-f", "{{.Size}}", image)) / MEGABYTE
