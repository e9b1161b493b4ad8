"""What is translated is canonical, whichever way a client spells nothing: the code of new records rests on it."""

import pytest
from test_plan import patch, plan_for

from gateway.lens.absence import prune
from gateway.scim.patch import apply_patch

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BARBARA = {
    "userName": "bjensen",
    "externalId": "701984",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "displayName": "Barbara Jensen",
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
}
NOTHING = [None, "", [], {}]
EMPTY = {
    "title": None,
    "nickName": "",
    "phoneNumbers": [],
    "addresses": [{}],
    "roles": [{"value": None, "type": ""}],
    ENTERPRISE: {"department": None, "manager": {}, "costCenter": ""},
}
MAPPINGS = ["scim2", "rsa-unified-directory", "slack", "gitlab-group", "cube-cloud", "new-relic"]


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_new_record_is_the_same_with_and_without_what_is_empty(mapping):
    _, plain, _ = plan_for(mapping, "POST /Users", BARBARA)
    name = {**BARBARA["name"], "middleName": None, "honorificPrefix": ""}
    email = {**BARBARA["emails"][0], "display": None}
    intent, spelled, _ = plan_for(mapping, "POST /Users", {**BARBARA, **EMPTY, "name": name, "emails": [email, {}]})
    assert intent.resource == BARBARA
    assert spelled.record == plain.record


@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
@pytest.mark.parametrize("mapping", ["scim2", "gitlab-group", "new-relic"])
def test_a_put_is_canonical_with_and_without_a_put_at_the_vendor(mapping, nothing):
    body = {**BARBARA, "externalId": "701984", "name": {**BARBARA["name"], "middleName": nothing}, "title": nothing}
    intent, plan, _ = plan_for(mapping, "PUT /Users/2819c223", body)
    assert intent.resource == plan.resource == BARBARA


@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
def test_what_operations_leave_is_canonical(nothing):
    value = {"title": nothing, "emails": nothing, "name": {"familyName": "J", "givenName": nothing}}
    intent, _, tenant = plan_for("scim2", "PATCH /Users/1", patch(("replace", None, value)))
    left = apply_patch(BARBARA, intent.operations, tenant.dialect.resources["User"].type)
    assert left == prune(left)
    assert "title" not in left
