# ruff: noqa: E501 (tables: one row, one line)
"""Texts that `send` makes: held to their field, refused by name, and left alone where nobody asked for another."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.advertise import advertise
from gateway.lens.changes import carry_operations
from gateway.lens.lens import Lens, LensError
from gateway.lens.losses import losses
from gateway.scim.names import PATCH_OP
from gateway.scim.patch import parse_patch

Mini = Callable[..., Lens]
BLOCKS = """
shape: {{ id: string ro, login: string! key, on: bool, first: string, last: string, kind: string, field: {type} }}
map: {{ userName: login, active: on, name.givenName: first, name.familyName: last, userType: kind }}
send: {{ field: {value} }}
"""
FULL = '"{name.givenName} {name.familyName}"'
NAME = {"givenName": "Barbara", "familyName": "Jensen"}
LONG = {"givenName": "Bartholomew", "familyName": "Featherstonehaugh"}
OLD = {"id": "7", "login": "bjensen", "on": True, "first": "Bartholomew", "last": "Featherstonehaugh"}


def lens_of(mini: Mini, type_: str, value: str) -> Lens:
    return mini(BLOCKS.format(type=type_, value=value), dialect="json")


# what it shows, the field, the rule, the resource, what is sent
TAKEN: list[tuple[str, str, str, dict[str, Any], Any]] = [
    ("a text that fits", "string(..14)", FULL, {"name": NAME}, "Barbara Jensen"),
    ("a text that is long enough", "string(14..)", FULL, {"name": NAME}, "Barbara Jensen"),
    ("one of the values that are taken", "enum(red|blue)", '"{userType}"', {"userType": "red"}, "red"),
    ("another one, where the list is open", "enum~(red|blue)", '"{userType}"', {"userType": "green"}, "green"),
    ("a date-time", "datetime", '"{userType}"', {"userType": "2010-01-23T04:56:22Z"}, "2010-01-23T04:56:22Z"),
    ("a number", "int", '{ value: "{userType}", via: int_text }', {"userType": "7"}, 7),
    ("a text that is short enough once it is converted", "string(..2)", '{ value: "{userType}", via: digits }', {"userType": "+1 (2)"}, "12"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "type_", "value", "resource", "sent"), TAKEN, ids=[row[0] for row in TAKEN])
def test_what_the_field_takes_is_sent(
    mini: Mini, what: str, type_: str, value: str, resource: dict[str, Any], sent: Any
) -> None:
    lens = lens_of(mini, type_, value)
    for record in (None, OLD, OLD | {"field": "old"}):
        assert lens.out({"userName": "bjensen", **resource}, record)["field"] == sent


# what it shows, the field, the rule, the resource, the attribute that is named, the reason
REFUSED: list[tuple[str, str, str, dict[str, Any], str, str]] = [
    ("a text too long", "string(..13)", FULL, {"name": NAME}, "name.givenName", "makes, with name.familyName, a text that is longer than the 13 characters"),
    ("a text too short", "string(15..)", FULL, {"name": NAME}, "name.givenName", "shorter than the 15"),
    ("a hole that may be absent, and is", "string(..3)", '"{title?}{name.familyName}"', {"name": NAME}, "name.familyName", "^name.familyName makes a text"),
    ("a text of which nothing was given", "string(3..)", '"x{title?}"', {}, "title", "shorter than the 3"),
    ("none of the values", "enum(red|blue)", '"{userType}"', {"userType": "green"}, "userType", "none of the values the backend takes: red, blue"),
    ("no date-time", "datetime", '"{userType}"', {"userType": "green"}, "userType", "not a date-time"),
    ("no number", "int", '{ value: "{userType}", via: int_text }', {"userType": "green"}, "userType", "cannot be written"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "type_", "value", "resource", "attribute", "reason"), REFUSED, ids=[row[0] for row in REFUSED]
)
def test_what_the_field_does_not_take_is_refused_by_name(
    mini: Mini, what: str, type_: str, value: str, resource: dict[str, Any], attribute: str, reason: str
) -> None:
    lens = lens_of(mini, type_, value)
    for record in (None, OLD | {"title": None}) if resource else (None,):
        with pytest.raises(LensError, match=reason) as refusal:
            lens.out({"userName": "bjensen", **resource}, record)
        assert (refusal.value.attribute, refusal.value.scim_type) == (attribute, "invalidValue")


@pytest.mark.parametrize("field", [{}, {"field": "Bart"}, {"field": "Bartholomew Featherstonehaugh"}])
def test_who_is_longer_than_the_field_is_barred_all_the_same(mini: Mini, field: dict[str, Any]) -> None:
    lens = lens_of(mini, "string(..20)", FULL)
    record = OLD | field
    assert lens.out(lens.into(record) | {"active": False}, record) == record | {"on": False}
    assert lens.out(lens.into(record) | {"userType": "x"}, record) == record | {"kind": "x"}


def test_a_text_that_the_field_holds_already_is_no_news(mini: Mini) -> None:
    lens = lens_of(mini, "string(..20)", '"{name.familyName} of {userType}"')
    record = {"id": "7", "login": "bjensen", "field": "Featherstonehaugh of York of Kent", "last": "Featherstonehaugh"}
    wanted = {"userName": "bjensen", "name": {"familyName": "Featherstonehaugh"}, "userType": "York of Kent"}
    assert lens.out(wanted, record) == record | {"kind": "York of Kent"}


def test_a_record_that_cannot_be_read_excuses_nothing(mini: Mini) -> None:
    lens = lens_of(mini, "string(..20)", FULL)
    with pytest.raises(LensError, match="longer than the 20"):
        lens.out({"userName": "bjensen", "name": LONG}, OLD | {"on": "perhaps"})


# what it shows, the rule, the path and the value of the operation
SLOT = '{phoneNumbers[type eq "mobile" or primary eq true].value}'
NUMBERS = [{"type": "mobile"}, {"value": "+1 23", "type": "work", "primary": True}, {"value": "4", "type": "mobile"}]
# what it shows, the numbers, what is sent
SLOTS: list[tuple[str, list[dict[str, Any]], Any]] = [
    ("the first that the brackets hold of and that has the part", NUMBERS, "+1 23"),
    ("letters of either case are one", [{"value": "4", "type": "Mobile"}], "4"),
    ("none of them", [{"value": "4", "type": "work"}], None),
    ("no value at all", [], None),
]


@pytest.mark.parametrize(("what", "numbers", "sent"), SLOTS, ids=[row[0] for row in SLOTS])
def test_a_hole_may_be_one_value_of_a_list(mini: Mini, what: str, numbers: list[Any], sent: Any) -> None:
    lens = lens_of(mini, "string", f"'{SLOT}'")
    wanted = {"userName": "bjensen"} | ({"phoneNumbers": numbers} if numbers else {})
    assert lens.out(wanted, None).get("field") == sent


def test_a_value_of_a_list_is_refused_by_its_path(mini: Mini) -> None:
    lens = lens_of(mini, "string(..3)", f"'{SLOT}'")
    with pytest.raises(LensError, match="longer than the 3") as refusal:
        lens.out({"userName": "bjensen", "phoneNumbers": NUMBERS}, None)
    assert refusal.value.attribute == 'phoneNumbers[type eq "mobile" or primary eq true].value'


def test_what_stands_in_brackets_is_part_of_the_hole(mini: Mini) -> None:
    lens = lens_of(mini, "string", "'{emails[type eq \"a|b?\"].value|email}!'")
    wanted = {"userName": "bjensen", "emails": [{"value": "b@example.com", "type": "a|b?"}]}
    assert lens.out(wanted, None)["field"] == "b@example.com!"


REMADE: list[tuple[str, str, str, Any]] = [
    ("a part of the text", FULL, "name.givenName", "Mary"),
    ("all of its parts", FULL, "name", {"givenName": "Mary", "familyName": "Smith"}),
    ("what no rule carries", '"{title}"', "title", "Lead"),
    ("a value of a list", f"'{SLOT}'", 'phoneNumbers[type eq "mobile"].value', "5"),
    ("what it comes along with", "{ value: x, with: title }", "title", "Lead"),
    ("what its condition reads", '{ value: x, when: userType eq "b" }', "userType", "b"),
]


@pytest.mark.parametrize(("what", "value", "path", "given"), REMADE, ids=[row[0] for row in REMADE])
def test_a_patch_of_what_a_text_is_made_of_needs_the_rest_of_it(
    mini: Mini, what: str, value: str, path: str, given: Any
) -> None:
    operation = {"op": "replace", "path": path, "value": given}
    anew = value.replace("value:", "on: create, value:") if "value:" in value else f"{{ on: create, value: {value} }}"
    for rule, needs in ((value, True), (anew, False)):
        lens = lens_of(mini, "string", rule)
        message = {"schemas": [PATCH_OP], "Operations": [operation]}
        assert (carry_operations(lens, parse_patch(message, lens.type)) is None) is needs


# what it shows, the rule, what a client gives, what of it is lost when it is created, when it replaces
TOLD: list[tuple[str, str, dict[str, Any], set[str], set[str]]] = [
    ("what a text holds", '"{title}!"', {"title": "x"}, set(), set()),
    ("what a new record alone is told", '{ value: "{title}", on: create }', {"title": "x"}, set(), {"title"}),
    ("what a change alone tells", '{ value: "{title}", on: replace }', {"title": "x"}, {"title"}, set()),
    ("a text that is not complete", '"{title} {locale}"', {"title": "x"}, {"title"}, {"title"}),
    ("a hole that may be absent", '"{title} {locale?}"', {"title": "x"}, set(), set()),
    ("another class of text", '"a{title?|digits}"', {"title": "x"}, {"title"}, {"title"}),
    ("a text that another one stands before", '["{title}", "{locale}"]', {"title": "x", "locale": "en"}, {"locale"}, {"locale"}),
    ("a text that stands in", '["{title}", "{locale}"]', {"locale": "en"}, set(), set()),
    ("a condition that holds", '{ value: "{title}", when: locale pr }', {"title": "x", "locale": "en"}, {"locale"}, {"locale"}),
    ("a condition that does not", '{ value: "{title}", when: locale pr }', {"title": "x"}, {"title"}, {"title"}),
    ("what has to come along does", '{ value: "{title}", with: locale }', {"title": "x", "locale": "en"}, {"locale"}, {"locale"}),
    ("what has to come along does not", '{ value: "{title}", with: locale }', {"title": "x"}, {"title"}, {"title"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "value", "given", "anew", "later"), TOLD, ids=[row[0] for row in TOLD])
def test_what_a_text_takes_along_is_not_lost(
    mini: Mini, what: str, value: str, given: dict[str, Any], anew: set[str], later: set[str]
) -> None:
    lens = lens_of(mini, "string", value)
    found = [dict(losses(lens, {"userName": "b", **given}, anew=one)) for one in (True, False)]
    assert found == [dict.fromkeys(names, "dropped") for names in (anew, later)]


@pytest.mark.parametrize(
    ("value", "once", "shown"),
    [
        ('"{title}"', False, True),
        ('{ value: "{title}", on: create }', True, True),
        ('["{locale}", "{title}"]', False, False),
    ],
)
def test_what_only_a_text_takes_along_is_advertised_as_never_shown(
    mini: Mini, value: str, once: bool, shown: bool
) -> None:
    lens = lens_of(mini, "string", value)
    found = advertise(lens.type, lens.rules).schema.find("title")
    assert (found and (found.mutability, found.returned)) == (("writeOnly", "never") if shown else None)
    assert ("title" in lens.told_once) is once
