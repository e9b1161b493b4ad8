"""How resources are shown: references of ours, nothing that is never returned, and the input left as it was."""

from copy import deepcopy

import pytest

from gateway.mapping.load import load_dialect
from gateway.pipeline.present import make_view, present
from gateway.scim.names import ENTERPRISE, USER
from gateway.scim.project import parse_projection

URL = "https://gateway.example/acme/scim/v2"
SERVED = load_dialect("scim2").resources
VIEWS = {name: make_view(resource, SERVED) for name, resource in SERVED.items()}
SHOWN_ALWAYS = {"schemas", "id", "meta"}


def show(resource, kind="User", *, attributes=None, excluded=None):
    return present(resource, VIEWS[kind], URL, parse_projection(attributes, excluded, SERVED[kind].type))


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        ({"value": "u-1", "type": "User"}, f"{URL}/Users/u-1"),
        ({"value": "g-1", "type": "Group"}, f"{URL}/Groups/g-1"),
        ({"value": "u-1", "type": "User", "$ref": "https://vendor.example/Users/u-1"}, f"{URL}/Users/u-1"),
        ({"value": "d-1", "type": "Device", "$ref": "https://vendor.example/Devices/d-1"}, None),
        ({"value": "x-1"}, None),
    ],
    ids=["a user", "a group", "the vendor's is replaced", "a type not served", "a type nobody says"],
)
def test_a_member_points_at_our_resources_or_nowhere(value, reference):
    shown = show({"id": "g-9", "displayName": "Tour Guides", "members": [value]}, "Group")
    assert shown["members"][0].get("$ref") == reference
    assert shown["members"][0]["value"] == value["value"]


@pytest.mark.parametrize(
    ("said", "shown"), [("user", "User"), ("GROUP", "Group"), ("User", "User"), ("machine", "machine")]
)
def test_a_members_type_is_spelled_as_the_resource_type_is(said, shown):
    group = show({"id": "g-9", "displayName": "Tour Guides", "members": [{"value": "x-1", "type": said}]}, "Group")
    assert group["members"][0]["type"] == shown
    assert ("$ref" in group["members"][0]) is (shown != "machine")


def test_a_manager_points_at_a_user_and_the_resource_given_stays_as_it_was():
    resource = {"id": "u-1", "userName": "bjensen", ENTERPRISE: {"manager": {"value": "u-26"}, "division": "Park"}}
    before = deepcopy(resource)
    shown = show(resource)
    manager = {"value": "u-26", "$ref": f"{URL}/Users/u-26"}
    assert shown[ENTERPRISE] == {"manager": manager, "division": "Park"}
    assert shown["schemas"] == [USER, ENTERPRISE]
    assert resource == before


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, {"userName", "displayName"}),
        ({"attributes": "userName"}, {"userName"}),
        ({"excluded": "displayName"}, {"userName"}),
        ({"attributes": "password"}, set()),
    ],
)
def test_a_password_is_shown_to_nobody_whatever_is_asked_for(asked, shown):
    resource = {"id": "u-1", "userName": "bjensen", "displayName": "Babs", "password": "t1meMa$heen"}
    assert set(show(resource, **asked)) - SHOWN_ALWAYS == shown


def test_a_long_list_is_shown_without_projecting_what_nothing_restrains():
    assert VIEWS["User"].restrained == {"password"}
    assert VIEWS["Group"].restrained == frozenset()
