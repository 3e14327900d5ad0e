"""Turn the output of `docker compose config --format json` into a stack for `docker stack deploy`.

Both read Compose files, but a stack knows fewer keys, and its tasks run on nodes without this folder. It runs
on a manager, so it uses the standard library alone. The stack is JSON, which is YAML too.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

# The engine refuses larger configs.
MAX_CONFIG_BYTES = 500 * 1024
MAX_NAME = 32  # of 64, with the name of the stack and the digest
SECRETS_FOLDER = "/run/secrets/"
SHARED_MEMORY = "/dev/shm"  # noqa: S108 (in a container, which nothing else uses)
OWN_IMAGES = "sensors-"
# What a stack does not know, or what Swarm decides by `deploy` instead.
DROPPED = (
    "build", "container_name", "depends_on", "extra_hosts", "mem_limit", "networks", "pids_limit", "profiles",
    "restart", "security_opt", "shm_size", "tmpfs",
)  # fmt: skip
UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}


class StackError(Exception):
    """The project cannot be a stack; the message says why and what to do."""


class Files:
    """Files of this folder that tasks read: they become configs and secrets, named after their content.

    A config never changes, so a changed file is another config, and with it the services that use it change.
    """

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self.configs: dict[str, dict[str, str]] = {}
        self.secrets: dict[str, dict[str, str]] = {}

    def add(self, file: Path, *, secret: bool) -> str:
        """Return the name of the config or secret with this file's content.

        Raises:
            StackError: When the file is too large for a config.
        """
        content = file.read_bytes()
        if len(content) > MAX_CONFIG_BYTES:
            raise StackError(
                f"{file} has {len(content)} bytes, and a config of Swarm at most {MAX_CONFIG_BYTES}: put the "
                "file on a volume instead"
            )
        digest = hashlib.sha256(content).hexdigest()[:12]
        name = "".join(c if c.isalnum() or c in "-_." else "-" for c in file.name)[:MAX_NAME]
        key = f"{name}-{digest}"
        listed = self.secrets if secret else self.configs
        listed[key] = {"name": f"{self._stack}_{key}", "file": str(file)}
        return key


def render(project: dict[str, Any], stack: str, registry: str) -> dict[str, Any]:
    """Return the stack of a Compose project; images of this project get the prefix `registry`."""
    files = Files(stack)
    services = {
        name: _service(service, files, registry) for name, service in sorted(project["services"].items())
    }
    used = {secret["source"] for service in services.values() for secret in service.get("secrets", [])}
    secrets = {name: secret for name, secret in project.get("secrets", {}).items() if name in used}
    volumes = {
        volume["source"]
        for service in services.values()
        for volume in service.get("volumes", [])
        if volume["type"] == "volume"
    }
    return {
        "version": "3.9",
        "services": services,
        "volumes": {name: {} for name in sorted(volumes)},
        "configs": files.configs,
        "secrets": {**secrets, **files.secrets},
    }


def _service(service: dict[str, Any], files: Files, registry: str) -> dict[str, Any]:
    kept = {name: value for name, value in service.items() if name not in DROPPED and value is not None}
    volumes, configs, secrets = _mounts(service, files)
    kept |= {
        "image": registry + service["image"] if service["image"].startswith(OWN_IMAGES) else service["image"],
        "environment": _environment(service.get("environment", {})),
        "deploy": _deploy(service),
        "volumes": volumes,
        "configs": configs,
        "secrets": [*service.get("secrets", []), *secrets],
        "ports": _ports(service.get("ports", [])),
    }
    return {name: value for name, value in kept.items() if value not in ([], {})}


def _environment(variables: dict[str, str | None]) -> dict[str, str]:
    """Drop a secret that comes from a file."""
    files = {name for name, value in variables.items() if value and name.endswith("_FILE")}
    from_file = {name.removesuffix("_FILE") for name in files}
    return {name: value for name, value in variables.items() if value is not None and name not in from_file}


def _deploy(service: dict[str, Any]) -> dict[str, Any]:
    """Return the section `deploy` with the limits, which Compose has as keys of the service."""
    deploy = dict(service.get("deploy", {}))
    limits: dict[str, Any] = {}
    if "mem_limit" in service:
        limits["memory"] = str(service["mem_limit"])
    if "pids_limit" in service:
        limits["pids"] = int(service["pids_limit"])
    deploy["resources"] = {"limits": limits} if limits else {}
    return deploy


def _ports(ports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep what is published for other machines; Swarm cannot publish on 127.0.0.1 alone."""
    return [{**port, "published": int(port["published"])} for port in ports if not port.get("host_ip")]


Mounts = list[dict[str, Any]]


def _mounts(service: dict[str, Any], files: Files) -> tuple[Mounts, Mounts, Mounts]:
    """Return volumes, configs and secrets: files of this folder are on no other node."""
    volumes: Mounts = []
    configs: Mounts = []
    secrets: Mounts = []
    own = {secret["target"] for secret in service.get("secrets", [])}
    for volume in service.get("volumes", []):
        source, target = Path(volume.get("source", "")), str(volume["target"])
        if volume["type"] != "bind" or source.suffix == ".sock":
            volumes.append({name: value for name, value in volume.items() if name not in {"bind", "volume"}})
        elif source == Path(os.devnull) or target in own:
            continue
        elif target.startswith(SECRETS_FOLDER):
            secrets.append({"source": files.add(source, secret=True), "target": target})
        else:
            configs += _configs(source, target, files)
    volumes += [_in_memory(*text.partition(":")[::2]) for text in service.get("tmpfs", [])]
    if "shm_size" in service:
        volumes.append(_in_memory(SHARED_MEMORY, f"size={service['shm_size']}"))
    return volumes, configs, secrets


def _configs(source: Path, target: str, files: Files) -> Mounts:
    """Return a config for the file, or for each file in the folder."""
    found = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    return [
        {
            "source": files.add(path, secret=False),
            "target": str(Path(target) / path.relative_to(source)),
        }
        for path in found
    ]


def _in_memory(target: str, options: str) -> dict[str, Any]:
    """Return a mount in memory, of the size in the options."""
    size = dict(option.partition("=")[::2] for option in options.split(",")).get("size", "")
    mount: dict[str, Any] = {"type": "tmpfs", "target": target}
    if size:
        number, unit = (size[:-1], size[-1]) if size[-1].isalpha() else (size, "")
        mount["tmpfs"] = {"size": int(number) * UNITS.get(unit.lower(), 1)}
    return mount


def main() -> None:
    """Read the project from the input, and print the stack."""
    try:
        stack = render(
            json.load(sys.stdin), os.environ.get("STACK") or "sensors", os.environ.get("SENSORS_REGISTRY", "")
        )
    except (StackError, OSError) as error:
        sys.exit(str(error))
    print(json.dumps(stack, indent=1))


if __name__ == "__main__":
    main()
