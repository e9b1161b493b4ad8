"""What a split tenant says of itself: what its backends have, and of that what holds for all of them."""

import pytest
from acme_stage import load, together
from msgspec.structs import replace
from split_stage import EUROPE, split_gateway

from gateway.conversation.effects import Reply
from gateway.mapping.dialect import Paging
from gateway.observations import TranslationFailed

MIXED = split_gateway((("eu", "cube-cloud", EUROPE), ("us", "scim2", None)))
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def attributes(play, gateway):
    schema = play(f"GET /Schemas/{USER}", [], gateway=gateway).body
    return {one["name"]: one for one in schema["attributes"]}


def alone(mapping):
    return split_gateway((("eu", mapping, None),))


def test_the_types_and_schemas_of_all_branches_are_told_once(play):
    types = play("GET /ResourceTypes", [], gateway=MIXED).body
    assert [one["name"] for one in types["Resources"]] == ["User", "Group"]
    schemas = [one["id"] for one in play("GET /Schemas", [], gateway=MIXED).body["Resources"]]
    assert len(schemas) == len(set(schemas)) == 3


def test_every_attribute_of_any_branch_is_told_with_what_holds_for_all(play):
    cube, scim2 = load("cube-cloud").resources["User"].type, load("scim2").resources["User"].type
    joint = attributes(play, MIXED)
    assert joint.keys() == {one.name for one in (*cube.schema.attributes, *scim2.schema.attributes)}
    for name, told in joint.items():
        both = [one.schema.find(name) for one in (cube, scim2)]
        assert told["required"] == all(one is not None and one.required for one in both), name
        assert told["mutability"] in {one.mutability for one in both if one is not None}


@pytest.mark.parametrize("mapping", ["scim2", "cube-cloud"])
def test_branches_of_one_dialect_tell_what_one_would(play, mapping):
    two = split_gateway((("eu", mapping, EUROPE), ("us", mapping, None)))
    for document in ("Schemas", "ResourceTypes"):
        one_, other = (play(f"GET /{document}", [], gateway=one).body for one in (alone(mapping), two))
        assert one_ == other


@pytest.mark.parametrize(
    ("mappings", "supported"),
    [(("scim2", "scim2"), True), (("scim2", "cube-cloud"), None), (("cube-cloud", "cube-cloud"), None)],
)
def test_passwords_can_be_changed_where_every_branch_takes_them(play, mappings, supported):
    first, second = mappings
    gateway = split_gateway((("eu", first, EUROPE), ("us", second, None)))
    takes = all("password" in load(one).resources["User"].type.schema.by_name for one in mappings)
    told = play("GET /ServiceProviderConfig", [], gateway=gateway).body
    assert told["changePassword"]["supported"] is takes
    assert supported is None or takes is supported


def test_cursors_are_the_gateways_own_and_last_as_long_as_it_says(play):
    scim2 = load("scim2")
    people = scim2.resources["User"]
    people = replace(people, can=replace(people.can, paging=Paging(style="cursor", next=("nextCursor",))))
    gateway = split_gateway(dialects={"eu": replace(scim2, resources={**scim2.resources, "User": people})})
    paging = play("GET /ServiceProviderConfig", [], gateway=gateway).body["pagination"]
    assert (paging["cursor"], paging["index"], paging["cursorTimeout"]) == (True, True, 600)


def test_a_type_that_one_branch_has_is_offered_and_lives_there(play, user):
    scim2 = load("scim2")
    people_only = replace(scim2, resources={"User": scim2.resources["User"]})
    for key in ("eu", "us"):
        gateway = split_gateway(dialects={key: people_only})
        other = "us" if key == "eu" else "eu"
        types = play("GET /ResourceTypes", [], gateway=gateway).body["Resources"]
        assert [one["name"] for one in types] == ["User", "Group"]
        assert play(f"GET /Groups/{key}~~1", [], gateway=gateway).finished.code == "SG110"
        made = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "7", "displayName": "Guides"}
        steps = [("POST /Groups", Reply(201, {}, made))]
        played = play("POST /Groups", steps, gateway=gateway, body={"displayName": "Guides"})
        assert (played.status, played.body["id"]) == (201, f"{other}~~7")


def test_a_type_that_its_branch_lacks_cannot_be_created_there(play):
    scim2 = load("scim2")
    gateway = split_gateway(
        (("eu", "scim2", 'displayName sw "EU"'), ("us", "scim2", None)),
        dialects={"eu": replace(scim2, resources={"User": scim2.resources["User"]})},
    )
    played = play("POST /Groups", [], gateway=gateway, body={"displayName": "EU guides"})
    assert (played.status, played.finished.code) == (501, "SG115")


def test_what_cannot_be_translated_is_counted_with_the_mapping_that_it_came_up_in(play, page, user):
    broken = {"schemas": [USER], "userName": "b"}
    asked = "GET /Users?startIndex=1&count=100"
    played = play("GET /Users", together((asked, page()), (asked, page(broken))), gateway=MIXED)
    assert (played.status, played.noted(TranslationFailed)) == (502, [TranslationFailed("acme", "scim2", "in")])
    played = play("GET /Users/eu~~1", [("GET /Users/1", Reply(200, {}, broken))], gateway=MIXED)
    assert (played.status, played.noted(TranslationFailed)) == (502, [TranslationFailed("acme", "cube-cloud", "in")])
