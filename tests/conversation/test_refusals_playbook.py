"""Refusals that no client of the stories meets: a strict tenant's, and a conflict that is not about uniqueness."""

import pytest
from change_stage import patch
from msgspec.structs import replace

from gateway.conversation.effects import Reply
from gateway.mapping.dialect import ErrorRule
from gateway.scim.filter import parse_filter


def test_a_strict_tenant_is_told_what_the_standard_has(play, make_gateway):
    body = patch(("Replace", "active", True))
    played = play("PATCH /Users/2819c223", gateway=make_gateway(client="strict"), body=body)
    assert played.status == 400
    assert played.detail.endswith("(SG240)")


@pytest.mark.parametrize(("scim_type", "code"), [("mutability", "SG510"), ("uniqueness", "SG204"), (None, "SG204")])
def test_a_conflict_is_told_as_what_the_mapping_calls_it(play, make_gateway, scim_type, code):
    gateway = make_gateway()
    tenant = gateway.tenants["acme"]
    rule = ErrorRule(parse_filter("status eq 409"), 409, scim_type)
    errors = replace(tenant.dialect.errors, table=(rule, *tenant.dialect.errors.table))
    tenants = {"acme": replace(tenant, dialect=replace(tenant.dialect, errors=errors))}
    steps = [("DELETE /Users/2819c223", Reply(409, {}, {"detail": "still has groups"}))]
    played = play("DELETE /Users/2819c223", steps, gateway=replace(gateway, tenants=tenants))
    assert played.status == 409
    assert '"still has groups"' in played.detail
    assert played.detail.endswith(f"({code})")
