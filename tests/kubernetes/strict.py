"""Validates manifests strictly: JSON documents on the standard input, versions of Kubernetes as arguments.

A program of its own, for the environment that contains kubernetes-validate (.kubernetes/venv).
"""

import json
import sys

from kubernetes_validate import SchemaNotFoundError, ValidationError, validate


def main() -> None:
    """Print what each version has against each document."""
    documents = json.load(sys.stdin)
    for version in sys.argv[1:]:
        for document in documents:
            try:
                validate(document, version, strict=True)
            except (SchemaNotFoundError, ValidationError) as error:
                name = f"{document['kind']} {document['metadata']['name']}"
                path = ".".join(map(str, getattr(error, "path", ())))
                sys.stdout.write(f"{version}: {name}: {path}: {error.message}\n")


if __name__ == "__main__":
    main()
