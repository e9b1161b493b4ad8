"""Every effect of every conversation is failed in turn: the request still ends, with the right blame and no lock left.

The backend is a few lines of memory that speak SCIM; a fault strikes one effect and then the world is well again.
"""

from itertools import count

import pytest
from msgspec.structs import replace
from sweep_stage import FAULTS, World, ask, is_known, repeat

from gateway.mapping.load import load_dialect

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
WORK = [{"value": "bjensen@example.com", "type": "work", "primary": True}]
NEW = {"userName": "bjensen", "title": "Guide", "externalId": "701984", "emails": WORK}
TITLE = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "title", "value": "Driver"}]}
EMAIL = {
    "schemas": [PATCH_OP],
    "Operations": [{"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@example.com"}],
}
STORY = [
    ("POST", "/Users", "", NEW),
    ("GET", "/Users", 'filter=userName%20eq%20"bjensen"', None),
    ("GET", "/Users", 'filter=externalId%20eq%20"701984"', None),
    ("GET", "/Users", 'filter=userName%20sw%20"b"', None),
    ("GET", "/Users/1", "", None),
    ("PATCH", "/Users/1", "", TITLE),
    ("PATCH", "/Users/1", "", EMAIL),
    ("PUT", "/Users/1", "", {**NEW, "title": "Captain"}),
    ("DELETE", "/Users/1", "", None),
]


@pytest.fixture(params=["scim2", "rsa-unified-directory", "huawei-identity-center", "cube-cloud"])
def gateway(request, make_gateway):
    """Every ability once; lists here always hold all, so a filter is checked by the gateway."""
    can = load_dialect(request.param).resources["User"].can
    return make_gateway(request.param, can_filter=replace(can.filter, allow={}, language="none"))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_effect_is_survived_blamed_and_repaired_by_a_repetition(gateway, fault):
    huawei = "huawei" in gateway.tenants["acme"].dialect.name
    extra = {"displayName": "Babs", "name": {"givenName": "Barbara", "familyName": "Jensen"}} if huawei else {}
    story = [(verb, path, query, {**body, **extra} if body and "userName" in body else body)
             for verb, path, query, body in STORY]  # fmt: skip
    for at in count():
        world = World(at, fault)
        for step in story:
            response = ask(world, gateway, step)
            if response.status >= 400:
                assert world.struck, (at, step, response.body)
                assert response.status in (400, 404, 429, 502, 503), (at, step, response.body)
                assert b'"detail":' in response.body
                response = repeat(world, gateway, step)
                gone = step[0] == "DELETE" and response.status == 404
                assert response.status in (200, 201, 204) or gone or is_known(step, response), (at, step, response.body)
            assert not world.locks, (at, step)
            assert len(world.records) <= 1, "one person is never made twice"
        assert world.records == {}
        if not world.struck:
            return
