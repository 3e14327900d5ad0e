"""`CRDS=folder python -m tests.kubernetes.record`: record the fields that the operators' schemas accepted.

Without the operators' schemas, the tests compare what the chart renders with this record.
"""

import sys
from pathlib import Path

from tests.kubernetes.manifests import errors, fields, is_custom, own_schemas
from tests.kubernetes.variants import VARIANTS, render

RECORD = Path(__file__).parent / "accepted_fields.txt"


def main() -> int:
    """Validate every custom resource of every variant, and write the record if all are valid."""
    schemas = own_schemas()
    resources = [document for variant in VARIANTS for document in render(variant) if is_custom(document)]
    found = [
        error
        for resource in resources
        for error in errors(resource, schemas[resource["apiVersion"], resource["kind"]])
    ]
    if found:
        sys.stdout.writelines(f"{error}\n" for error in found)
        return 1
    RECORD.write_text("\n".join(sorted(set().union(*map(fields, resources)))) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
