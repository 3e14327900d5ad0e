"""Custom resources are valid by the operators' own schemas, in the folder that CRDS names."""

import pytest

from tests.kubernetes.manifests import errors, is_custom, own_schemas
from tests.kubernetes.variants import VARIANTS, render


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_operators_accept_what_the_chart_renders(variant: str) -> None:
    for document in filter(is_custom, render(variant)):
        schema = own_schemas()[document["apiVersion"], document["kind"]]
        assert errors(document, schema) == []


def test_an_unknown_field_is_found() -> None:
    [cluster] = [document for document in render("defaults") if document["kind"] == "RabbitmqCluster"]
    schema = own_schemas()[cluster["apiVersion"], cluster["kind"]]
    misspelled = {**cluster, "spec": {**cluster["spec"], "replica": 3}}
    assert len(errors(misspelled, schema)) == 1
