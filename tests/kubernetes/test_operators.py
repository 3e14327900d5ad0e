"""Custom resources have the fields that the operators' schemas know."""

from tests.kubernetes.manifests import fields, is_custom
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


def test_the_variants_have_every_kind_of_custom_resource() -> None:
    assert {document["kind"] for document in render("everything") if is_custom(document)} == KINDS
