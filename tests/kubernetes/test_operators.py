"""Custom resources have the fields that the operators' schemas know."""

import os

import pytest

from tests.kubernetes.manifests import errors, fields, is_custom, own_schemas
from tests.kubernetes.record import RECORD
from tests.kubernetes.variants import VARIANTS, render

KINDS = {
    "Cluster", "PodMonitor", "RabbitmqCluster", "ScaledJob", "ScaledObject", "ServiceMonitor",
    "TriggerAuthentication",
}  # fmt: skip


def test_every_field_was_accepted_by_the_schema_of_its_operator() -> None:
    accepted = set(RECORD.read_text(encoding="utf-8").splitlines())
    set_fields = {
        field for variant in VARIANTS for document in render(variant) if is_custom(document)
        for field in fields(document)
    }  # fmt: skip
    assert set_fields - accepted == set(), "run: CRDS=folder .venv/bin/python -m tests.kubernetes.record"
    assert accepted - set_fields == set()


@pytest.mark.skipif(not os.environ.get("CRDS"), reason="CRDS names no folder with the operators' CRDs")
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_operators_accept_what_the_chart_renders(variant: str) -> None:
    for document in filter(is_custom, render(variant)):
        schema = own_schemas()[document["apiVersion"], document["kind"]]
        assert errors(document, schema) == []


def test_the_variants_have_every_kind_of_custom_resource() -> None:
    assert {document["kind"] for document in render("everything") if is_custom(document)} == KINDS
