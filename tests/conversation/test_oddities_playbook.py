"""Oddities of shipped vendors that a call shows: what a PATCH becomes, how ids travel, what a list may say."""

import pytest
from change_stage import ENTERPRISE, ok, patch

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ZOOM = "/Users/k%26KdKr6"
ZOOM_ID = "k&KdKr6"
KEPT = (f"recall kept {ZOOM_ID}", [None])
HELD, FREED = (f"hold {ZOOM_ID}", True), (f"release {ZOOM_ID}", None)


@pytest.fixture
def zoom(make_gateway):
    return make_gateway("zoom")


def test_an_id_with_an_ampersand_is_one_segment_for_the_vendor_and_a_safe_one_for_clients(play, user, zoom):
    played = play("GET /Users/k~26KdKr6", [(f"GET {ZOOM}", ok(user(ZOOM_ID))), KEPT], gateway=zoom)
    assert (played.status, played.body["id"]) == (200, "k~26KdKr6")
    assert played.body["meta"]["location"].endswith("/Users/k~26KdKr6")


def test_a_patch_becomes_a_put_of_what_changes_that_lists_its_schemas(play, user, zoom):
    steps = [(f"PUT {ZOOM}", ok(user(ZOOM_ID, active=False))), KEPT]
    body = patch(("replace", "active", False), ("replace", f"{ENTERPRISE}:department", "Tours"))
    played = play("PATCH /Users/k~26KdKr6", steps, body=body, gateway=zoom)
    assert played.calls[0].body == {
        "schemas": [CORE, ENTERPRISE],
        "active": False,
        ENTERPRISE: {"department": "Tours"},
    }
    assert (played.status, played.body["active"]) == (200, False)


def test_a_put_becomes_a_put_of_what_changes(play, user, zoom):
    steps = [
        HELD,
        (f"GET {ZOOM}", ok(user(ZOOM_ID, title="Guide", locale="en-US"))),
        KEPT,
        (f"PUT {ZOOM}", ok(user(ZOOM_ID, title="Driver"))),
        FREED,
    ]
    body = {"userName": "bjensen", "title": "Driver"}
    played = play("PUT /Users/k~26KdKr6", steps, body=body, gateway=zoom)
    assert played.calls[1].body == {"schemas": [CORE], "title": "Driver", "locale": None}
    assert played.status == 200


def test_a_licence_is_never_guessed(play, zoom):
    played = play("POST /Users", [], body={"userName": "bjensen", "userType": "Employee"}, gateway=zoom)
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
