"""A resource type beside the standard's is served like any other: from discovery to delete, filters and references."""

from hashlib import sha256
from pathlib import Path

import pytest
from acme_stage import SEAL

from gateway.conversation.effects import Lost, Reply
from gateway.mapping.load import load_dialect
from gateway.pipeline.request import Caller, Gateway, Tenant

VENDORS = Path(__file__).parents[1] / "mapping" / "vendors"
CORE = "urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"
UNIT = "urn:example:params:scim:schemas:extension:unit:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
HERE = "https://scim.example.com/acme/scim/v2"
NEW = {"schemas": [CORE], "applicationId": "app-1", "displayName": "Builder", "externalId": "e-1"}


def robot(native="77", **more):
    return {"schemas": [CORE], "id": native, "applicationId": "app-1", "displayName": "Builder", **more}


def held(*steps):
    return [("hold 77", True), *steps, ("release 77", None)]


@pytest.fixture
def ask(play):
    dialect = load_dialect("principals", (VENDORS,))
    tenant = Tenant(name="acme", backend="acme-prod", dialect=dialect, seal=SEAL)
    callers = {sha256(b"secret-token-of-acme").hexdigest(): Caller("acme")}
    gateway = Gateway(tenants={"acme": tenant}, callers=callers)
    return lambda line, steps=(), **more: play(line, steps, gateway=gateway, **more)


def test_discovery_shows_the_type_its_schema_and_its_endpoint(ask):
    listed = {one["name"]: one for one in ask("GET /ResourceTypes").body["Resources"]}
    assert list(listed) == ["User", "Group", "ServicePrincipal"]
    own = listed["ServicePrincipal"]
    assert (own["endpoint"], own["schema"]) == ("/ServicePrincipals", CORE)
    assert own == ask("GET /ResourceTypes/ServicePrincipal").body
    schema = ask(f"GET /Schemas/{CORE}").body
    assert (schema["id"], schema["name"]) == (CORE, "ServicePrincipal")
    assert [one["name"] for one in schema["attributes"] if one["required"]] == ["applicationId", "displayName"]


def test_a_create_goes_to_the_types_own_call_and_is_located_at_its_endpoint(ask):
    played = ask("POST /ServicePrincipals", [("POST /ServicePrincipals", Reply(201, {}, robot()))], body=NEW)
    assert played.calls[0].body == NEW
    assert (played.status, played.headers["Location"]) == (201, f"{HERE}/ServicePrincipals/sp-77")
    location, version = f"{HERE}/ServicePrincipals/sp-77", played.headers["ETag"]
    assert played.body["meta"] == {"resourceType": "ServicePrincipal", "location": location, "version": version}
    assert (played.body["id"], played.body["schemas"]) == ("sp-77", [CORE])


def test_a_create_whose_answer_was_lost_is_found_again_by_what_correlates(ask, page):
    steps = [
        ("POST /ServicePrincipals", Lost("unknown", "timeout")),
        ('GET /ServicePrincipals?filter=applicationId eq "app-1"&startIndex=1&count=2', page(robot(externalId="e-1"))),
    ]
    assert ask("POST /ServicePrincipals", steps, body=NEW).status == 201


@pytest.mark.parametrize(
    ("missing", "told"),
    [("applicationId", "applicationId"), ("displayName", "displayName")],
)
def test_what_the_type_requires_is_asked_for(ask, missing, told):
    played = ask("POST /ServicePrincipals", body={key: value for key, value in NEW.items() if key != missing})
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
    assert told in played.detail


def test_its_references_are_ours(ask):
    record = robot(groups=[{"value": "9", "display": "Makers"}])
    shown = ask("GET /ServicePrincipals/sp-77", [("GET /ServicePrincipals/77", Reply(200, {}, record))]).body
    assert shown["groups"] == [{"value": "9", "display": "Makers", "$ref": f"{HERE}/Groups/9"}]


def test_a_reference_to_it_bears_its_prefix_and_its_endpoint(ask):
    record = {"id": "1", "userName": "bjensen", "robots": [{"id": "77", "name": "Builder"}], "city": "Bath"}
    shown = ask("GET /Users/1", [("GET /Users/1", Reply(200, {}, record))]).body
    robots = [{"value": "sp-77", "display": "Builder", "$ref": f"{HERE}/ServicePrincipals/sp-77"}]
    assert shown[UNIT] == {"robots": robots, "home": {"city": "Bath"}}


def test_ids_of_another_type_are_nobodys(ask):
    assert ask("GET /ServicePrincipals/77").finished.code == "SG110"


def test_a_filter_is_asked_of_the_backend_where_it_may_and_answered_here_where_not(ask, page):
    pushed = 'GET /ServicePrincipals?filter=displayName sw "Bu"&startIndex=1&count=100'
    found = ask('GET /ServicePrincipals?filter=displayName sw "Bu"', [(pushed, page(robot()))])
    assert [one["id"] for one in found.body["Resources"]] == ["sp-77"]
    scanned = [("GET /ServicePrincipals?startIndex=1&count=100", page(robot(), robot("78", active=False)))]
    found = ask("GET /ServicePrincipals?filter=active eq false", scanned)
    assert [one["id"] for one in found.body["Resources"]] == ["sp-78"]


def test_a_patch_is_one_call_of_the_backends(ask):
    operations = [
        {"op": "replace", "path": "active", "value": False},
        {"op": "replace", "path": "displayName", "value": "Sleeper"},
    ]
    steps = [("PATCH /ServicePrincipals/77", Reply(200, {}, robot(active=False)))]
    body = {"schemas": [PATCH], "Operations": operations}
    played = ask("PATCH /ServicePrincipals/sp-77", steps, body=body)
    assert played.calls[0].body["Operations"] == operations
    assert (played.status, played.body["active"]) == (200, False)


def test_a_put_and_a_delete_reach_the_record(ask):
    read, put = "GET /ServicePrincipals/77", "PUT /ServicePrincipals/77"
    steps = held((read, Reply(200, {}, robot())), (put, Reply(200, {}, robot(rate=1.5))))
    played = ask("PUT /ServicePrincipals/sp-77", steps, body={**NEW, "rate": 1.5})
    assert (played.status, played.calls[1].body["rate"]) == (200, 1.5)
    gone = [("DELETE /ServicePrincipals/77", Reply(204))]
    assert ask("DELETE /ServicePrincipals/sp-77", gone).status == 204


@pytest.mark.parametrize(
    ("path", "code"),
    [("/ServicePrincipal", "SG106"), ("/serviceprincipals", "SG106"), ("/Schemas/urn:example:none", "SG112")],
)
def test_what_is_not_declared_is_not_there(ask, path, code):
    assert ask(f"GET {path}").finished.code == code
