"""The Kustomize base and its components, rendered from the chart, so that there is one source of both."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
HELM = ROOT / ".kubernetes" / "helm" / "helm"
KUBERNETES = ROOT / "deploy" / "kubernetes"
CHART = KUBERNETES / "chart"
NAMESPACE = RELEASE = "sensors"
HEADER = "# Rendered from deploy/kubernetes/chart by `make kubernetes`. Do not edit.\n"
# Reports need a WebDAV server of one's own, so they are in the chart only.
VALUES = {
    "passwords.existingSecret": "sensors-passwords",
    "workflows.enabled": "true",
    "worker.enabled": "true",
}


class Part(NamedTuple):
    """A folder of the base: the folder of the chart's templates that it comes from, and further values."""

    folder: str
    templates: str
    values: dict[str, str]


PARTS = (
    Part("base", "core", {}),
    Part("components/operators", "operators", {}),
    Part("components/monitoring", "monitoring", {"monitoring.enabled": "true"}),
    Part("components/keda", "keda", {"keda.enabled": "true"}),
)


def files() -> dict[Path, str]:
    """Return the content of each rendered file."""
    return {path: text for part in PARTS for path, text in _render(part)}


def _render(part: Part) -> Iterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory() as folder:
        template(VALUES | part.values, "--output-dir", folder)
        for file in sorted(Path(folder, "sensors", "templates", part.templates).iterdir()):
            yield KUBERNETES / part.folder / file.name, HEADER + tidy(file.read_text(encoding="utf-8"))


def template(values: dict[str, str], *options: str) -> str:
    """Return what Helm renders with these values.

    Raises:
        subprocess.CalledProcessError: When the chart refuses them.
    """
    settings = [
        option
        for name, value in values.items()
        for option in ("--set-string" if ".settings." in name else "--set", f"{name}={value}")
    ]
    command = [str(HELM), "template", RELEASE, str(CHART), "--namespace", NAMESPACE, *settings, *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 (it is Helm)


def tidy(text: str) -> str:
    """Remove the names of templates, and empty lines and documents, which templates leave behind."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("# Source:")]
    documents = "\n".join(lines).split("\n---\n")
    return "\n---\n".join(document.removeprefix("---\n") for document in documents) + "\n"
