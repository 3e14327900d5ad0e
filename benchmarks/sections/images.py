"""The sizes of the images, and of their common base image."""

from benchmarks.bench import Bench
from benchmarks.environment import CONTAINERS, Compose, docker
from benchmarks.plan import IMAGES

BASE = "python:3.13-slim"
IMAGE_SERVICES = {
    "sensors-bench-sensor": "sensor-1",
    "sensors-bench-pipeline": "pipeline-processor",
    "sensors-bench-tools": "setup",
}
MEGABYTE = 1_000_000


def measure(bench: Bench) -> None:
    """Build the images from this checkout, measure their sizes, and remove them."""
    if bench.environment.name != CONTAINERS:
        bench.results.add_note(IMAGES, "They were not measured: the servers do not run in containers.")
        return
    task = bench.progress.add_task("images", total=1)
    try:
        Compose(bench.processes.directory)("build", *IMAGE_SERVICES.values())
        for image in (BASE, *IMAGE_SERVICES):
            title = f"{image.removeprefix('sensors-bench-')}, MB"
            bench.results.add(IMAGES, image, megabytes(image), title)
    finally:
        docker("image", "rm", *IMAGE_SERVICES)
    bench.progress.advance(task)


def megabytes(image: str) -> float:
    """Return the size of an image including its base, as `docker images` shows it."""
    return int(docker("image", "inspect", "-f", "{{.Size}}", image)) / MEGABYTE
