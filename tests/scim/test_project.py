# ruff: noqa: E501 (tables: one row, one line)
"""Projection: what `attributes` and `excludedAttributes` show, and what nobody may see or lose."""

import copy

import pytest

from gateway.scim.errors import ScimError
from gateway.scim.names import ENTERPRISE, USER
from gateway.scim.project import parse_projection, project
from gateway.scim.schema import Attribute, ResourceType, Schema, standard

RT = standard("User")
PERSON = {
    "schemas": [USER, ENTERPRISE],
    "id": "1",
    "userName": "bjensen",
    "password": "t1meMa$heen",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [{"value": "a@example.com", "type": "work"}, {"value": "b@example.com"}],
    ENTERPRISE: {"department": "Ops", "manager": {"value": "u", "displayName": "John"}},
    "meta": {"resourceType": "User", "version": "1"},
}
ALWAYS = {"schemas": [USER, ENTERPRISE], "id": "1"}
DEFAULT = {key: value for key, value in PERSON.items() if key != "password"}

INCLUDED = [
    ("userName", {"userName": "bjensen"}),
    ("USERNAME, Name.FamilyName", {"userName": "bjensen", "name": {"familyName": "Jensen"}}),
    (f"{USER}:name.familyName", {"name": {"familyName": "Jensen"}}),
    ("name,name.familyName", {"name": {"givenName": "Barbara", "familyName": "Jensen"}}),
    ("emails.type", {"emails": [{"type": "work"}]}),
    ('emails[type eq "a,b"]', {"emails": PERSON["emails"]}),
    (f"{ENTERPRISE}:department", {ENTERPRISE: {"department": "Ops"}}),
    (f"{ENTERPRISE}:manager.value", {ENTERPRISE: {"manager": {"value": "u"}}}),
    (ENTERPRISE, {ENTERPRISE: PERSON[ENTERPRISE]}),
    ("password", {}),
    ("title", {}),
    ("nosuch", {}),
    ("meta.version", {"meta": {"version": "1"}}),
    ("id", {}),
]


@pytest.mark.parametrize(("names", "expected"), INCLUDED)
def test_attributes_shows_what_is_named_and_what_is_always_shown(names: str, expected: dict[str, object]) -> None:
    before = copy.deepcopy(PERSON)
    assert project(PERSON, parse_projection(names, None, RT), RT) == ALWAYS | expected
    assert before == PERSON


EXCLUDED = [
    ("emails", {"emails": None}),
    ("id,schemas,EMAILS", {"emails": None}),
    ("name.familyName", {"name": {"givenName": "Barbara"}}),
    ("emails.type", {"emails": [{"value": "a@example.com"}, {"value": "b@example.com"}]}),
    ("emails.value", {"emails": [{"type": "work"}]}),
    (f"{ENTERPRISE}:department", {ENTERPRISE: {"manager": {"value": "u", "displayName": "John"}}}),
    (f"{ENTERPRISE}:manager.displayName", {ENTERPRISE: {"department": "Ops", "manager": {"value": "u"}}}),
    (ENTERPRISE, {ENTERPRISE: None}),
    ("nosuch", {}),
]


@pytest.mark.parametrize(("names", "changes"), EXCLUDED)
def test_excluded_attributes_hides_what_is_named_unless_it_is_always_shown(
    names: str, changes: dict[str, object]
) -> None:
    expected = {key: value for key, value in (DEFAULT | changes).items() if value is not None}
    assert project(PERSON, parse_projection(None, names, RT), RT) == expected


def test_without_a_projection_everything_is_shown_but_what_is_never_returned() -> None:
    assert parse_projection(None, None, RT) is None
    assert parse_projection("", "", RT) is None
    assert project(PERSON, None, RT) == DEFAULT


def test_both_parameters_at_once_are_refused() -> None:
    with pytest.raises(ScimError) as refused:
        parse_projection("id", "emails", RT)
    assert refused.value.scim_type == "invalidValue"


THING = ResourceType("Thing", "/Things", "", Schema("urn:example:Thing", attributes=(
    Attribute("key", returned="always"), Attribute("big", returned="request"), Attribute("plain"),
    Attribute("parts", "complex", multi_valued=True, sub_attributes=(
        Attribute("no", returned="always"), Attribute("blob", returned="request"), Attribute("pin", returned="never"), Attribute("text"))),
)))  # fmt: skip
PARTS = [{"no": "1", "blob": "B", "pin": "P", "text": "T"}]
DOC = {"id": "1", "key": "k", "big": "b", "plain": "p", "parts": PARTS}

RETURNED = [
    (None, None, {"plain": "p", "parts": [{"no": "1", "text": "T"}]}),
    ("big", None, {"big": "b", "parts": [{"no": "1"}]}),
    ("parts", None, {"parts": [{"no": "1", "text": "T"}]}),
    ("parts.blob", None, {"parts": [{"no": "1", "blob": "B"}]}),
    ("parts.pin", None, {"parts": [{"no": "1"}]}),
    (None, "parts.no,key,plain", {"parts": [{"no": "1", "text": "T"}]}),
    (None, "parts.text", {"plain": "p", "parts": [{"no": "1"}]}),
]


@pytest.mark.parametrize(("attributes", "excluded", "expected"), RETURNED)
def test_each_returned_characteristic_is_honoured(
    attributes: str | None, excluded: str | None, expected: dict[str, object]
) -> None:
    found = project(DOC, parse_projection(attributes, excluded, THING), THING)
    assert found == {"id": "1", "key": "k"} | expected
