"""Manifests as people render them, and their validation by the schemas of the API and of the operators."""

import json
import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from scripts.kubernetes.render import ROOT

TOOLS = ROOT / ".kubernetes"
KUBECTL = TOOLS / "kubectl" / "kubectl"
PYTHON = TOOLS / "venv" / "bin" / "python"
# The oldest version that the chart accepts, and the newest of which there are schemas.
VERSIONS = ("1.31", "1.37")
OPERATORS = {"rabbitmq.com", "postgresql.cnpg.io", "keda.sh", "monitoring.coreos.com"}
Document = dict[str, Any]


def parse(text: str) -> list[Document]:
    """Return the documents of a stream."""
    return [document for document in yaml.load_all(text, Loader=yaml.CSafeLoader) if document]


def kustomize(folder: Path) -> list[Document]:
    """Return what kubectl builds from a folder."""
    command = [str(KUBECTL), "kustomize", str(folder)]
    return parse(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def is_custom(document: Document) -> bool:
    """Return whether a document is for an operator."""
    return document["apiVersion"].partition("/")[0] in OPERATORS


def check(documents: list[Document]) -> str:
    """Return what the API of Kubernetes has against the documents; empty: nothing, in no version.

    Of custom resources only the jobs are checked that they start.
    """
    of_the_api = [document for document in documents if not is_custom(document)]
    of_the_api += [_job(document) for document in documents if document["kind"] == "ScaledJob"]
    texts = {json.dumps(document) for document in of_the_api}
    command = [str(PYTHON), str(Path(__file__).with_name("strict.py")), *VERSIONS]
    content = f"[{','.join(sorted(texts))}]"
    return subprocess.run(command, input=content, check=True, capture_output=True, text=True).stdout


def _job(scaled: Document) -> Document:
    spec = dict(scaled["spec"]["jobTargetRef"])
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": scaled["metadata"], "spec": spec}


def fields(document: Document) -> set[str]:
    """Return the kind, path and type of each field that a custom resource sets."""
    found = _fields({name: value for name, value in document.items() if name != "metadata"})
    return {f"{document['apiVersion']} {document['kind']} {line}" for line in found}


def _fields(value: object, path: str = "") -> Iterator[str]:
    if path.endswith("jobTargetRef.template"):  # a pod, which the API's schema describes
        return
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _fields(item, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list):
        for item in value:
            yield from _fields(item, f"{path}[]")
    else:
        yield f"{path} {type(value).__name__}"


@cache
def own_schemas() -> dict[tuple[str, str], Document]:
    """Return the operators' schemas by API version and kind: of the CRDs in the folder that CRDS names."""
    folder = Path(os.environ["CRDS"])
    files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    documents = [document for file in files for document in parse(file.read_text(encoding="utf-8"))]
    lists = [item for document in documents for item in document.get("items", [document])]
    return {
        (f"{crd['spec']['group']}/{version['name']}", crd["spec"]["names"]["kind"]): closed(
            version["schema"]["openAPIV3Schema"]
        )
        for crd in lists
        if crd["kind"] == "CustomResourceDefinition"
        for version in crd["spec"]["versions"]
    }


def closed(schema: Any) -> Any:
    """Return a schema of a CRD as JSON Schema that accepts no unknown field, as `kubectl apply` does."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: closed(item) for name, item in schema.items() if name not in {"format", "description"}}
    if isinstance(schema.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        result["properties"] = {name: closed(item) for name, item in schema["properties"].items()}
        result.setdefault("additionalProperties", False)
    if schema.get("nullable") and "type" in schema:
        result["type"] = [schema["type"], "null"]
    return result


def errors(document: Document, schema: Document) -> list[str]:
    """Return what an operator's schema has against a document."""
    # The API describes metadata itself.
    content = {**document, "metadata": {}}
    found = jsonschema.Draft202012Validator(schema).iter_errors(content)
    return [f"{document['kind']}: {error.json_path}: {error.message}" for error in found]
