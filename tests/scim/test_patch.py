# ruff: noqa: E501 (tables: one row, one line)
"""PATCH: the examples of RFC 7644 3.5.2, the shapes clients really send, and the law that a PATCH is atomic."""

import copy
from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.scim.amend import CREATES
from gateway.scim.errors import ScimError
from gateway.scim.names import ENTERPRISE, PATCH_OP, USER
from gateway.scim.operation import Op
from gateway.scim.patch import apply_patch, parse_patch
from gateway.scim.resource import read_resource
from gateway.scim.schema import Attribute, ResourceType, Schema, standard

RT, GROUP = standard("User"), standard("Group")

Doc = dict[str, Any]


def patch(*operations: Any) -> Doc:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def op(name: str, path: str | None = None, value: Any = ...) -> Doc:
    found = {"op": name} | ({} if path is None else {"path": path})
    return found | ({} if value is ... else {"value": value})


def run(resource: Doc, *operations: Any, rt: ResourceType = RT, creates: Collection[Op] = CREATES) -> Doc:
    """The patched resource; fails when the law of atomicity does."""
    before = copy.deepcopy(resource)
    request = patch(*operations)
    asked = copy.deepcopy(request)
    try:
        return apply_patch(resource, parse_patch(request, rt), rt, creates=creates)
    finally:
        assert resource == before
        assert request == asked


WORK = {"value": "bjensen@example.com", "type": "work", "primary": True}
HOME = {"value": "babs@jensen.org", "type": "home"}
USER_DOC: Doc = {
    "id": "2819c223",
    "userName": "bjensen",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "nickName": "Babs",
    "active": True,
    "emails": [WORK, HOME],
    "addresses": [{"type": "work", "locality": "Hollywood", "region": "CA"}, {"type": "home", "locality": "Oslo"}],
    "roles": [{"value": "a"}],
    ENTERPRISE: {"department": "Ops", "manager": {"value": "u-1", "$ref": "../Users/u-1", "displayName": "John"}},
}
B, J = {"display": "Babs Jensen", "value": "2819c223"}, {"display": "James Smith", "value": "08e1d05d"}
GROUP_DOC: Doc = {"id": "acbf3ae7", "displayName": "Employees", "members": [B, J]}


def but(resource: Doc, **changes: Any) -> Doc:
    """The resource with some attributes changed; None takes one away."""
    return {key: value for key, value in (resource | changes).items() if value is not None}


def ext(**changes: Any) -> Doc:
    return but(USER_DOC[ENTERPRISE], **changes)


RFC: list[tuple[str, Doc, list[Doc], Doc]] = [
    ("3.5.2.1 add a member", but(GROUP_DOC, members=[J]), [op("add", "members", [B])], but(GROUP_DOC, members=[J, B])),
    ("3.5.2.1 add without path, key in another case", USER_DOC, [op("add", None, {"emails": [{"value": "babs@example.com", "type": "other"}], "nickname": "Babsy"})], but(USER_DOC, emails=[WORK, HOME, {"value": "babs@example.com", "type": "other"}], nickName="Babsy")),
    ("3.5.2.1 add what is there", GROUP_DOC, [op("add", "members", [B])], GROUP_DOC),
    ("a member is there once, whatever is told of it", but(GROUP_DOC, members=[B | {"type": "User"}, J]), [op("add", "members", [B | {"type": "Person"}])], but(GROUP_DOC, members=[B | {"type": "User"}, J])),
    ("3.5.2.1 add to a complex attribute", USER_DOC, [op("add", "name", {"honorificPrefix": "Ms."})], but(USER_DOC, name={"givenName": "Barbara", "familyName": "Jensen", "honorificPrefix": "Ms."})),
    ("3.5.2.2 remove one member", GROUP_DOC, [op("remove", 'members[value eq "2819c223"]')], but(GROUP_DOC, members=[J])),
    ("3.5.2.2 remove all members", GROUP_DOC, [op("remove", "members")], but(GROUP_DOC, members=None)),
    ("3.5.2.2 remove with a compound filter", USER_DOC, [op("remove", 'emails[type eq "work" and value ew "example.com"]')], but(USER_DOC, emails=[HOME])),
    ("3.5.2.2 remove and add, no space in the filter", GROUP_DOC, [op("remove", 'members[value eq"2819c223"]'), op("add", "members", [{"value": "902c246b"}])], but(GROUP_DOC, members=[J, {"value": "902c246b"}])),
    ("3.5.2.2 remove a single value", USER_DOC, [op("remove", "nickName")], but(USER_DOC, nickName=None)),
    ("3.5.2.2 remove a sub-attribute of chosen values", USER_DOC, [op("remove", 'addresses[type eq "work"].region')], but(USER_DOC, addresses=[{"type": "work", "locality": "Hollywood"}, {"type": "home", "locality": "Oslo"}])),
    ("3.5.2.2 remove who is not there", GROUP_DOC, [op("remove", 'members[value eq "nobody"]')], GROUP_DOC),
    ("3.5.2.2 the last value takes the attribute along", USER_DOC, [op("remove", 'roles[value eq "a"]')], but(USER_DOC, roles=None)),
    ("3.5.2.3 replace all members", GROUP_DOC, [op("replace", "members", [J, {"value": "n"}])], but(GROUP_DOC, members=[J, {"value": "n"}])),
    ("3.5.2.3 replace chosen addresses whole", USER_DOC, [op("replace", 'addresses[type eq "work"]', {"type": "work", "country": "US"})], but(USER_DOC, addresses=[{"type": "work", "country": "US"}, {"type": "home", "locality": "Oslo"}])),
    ("3.5.2.3 what is replaced stays what the path calls it", USER_DOC, [op("replace", 'addresses[type eq "work"]', {"country": "US"})], but(USER_DOC, addresses=[{"type": "work", "country": "US"}, {"type": "home", "locality": "Oslo"}])),
    ("3.5.2.3 replace one sub-attribute of chosen values", USER_DOC, [op("replace", 'addresses[type eq "work"].streetAddress', "911 Universal")], but(USER_DOC, addresses=[{"type": "work", "locality": "Hollywood", "region": "CA", "streetAddress": "911 Universal"}, {"type": "home", "locality": "Oslo"}])),
    ("3.5.2.3 replace without path", USER_DOC, [op("replace", None, {"emails": [HOME], "nickName": "B"})], but(USER_DOC, emails=[HOME], nickName="B")),
    ("3.5.2.3 replace a complex attribute keeps what is not listed", USER_DOC, [op("replace", "name", {"givenName": "Bab"})], but(USER_DOC, name={"givenName": "Bab", "familyName": "Jensen"})),
    ("3.5.2.3 replace what is not there", USER_DOC, [op("replace", "locale", "en-US")], USER_DOC | {"locale": "en-US"}),
    ("3.5.2.3 replace on every value", USER_DOC, [op("replace", "emails[value pr].display", "x")], but(USER_DOC, emails=[WORK | {"display": "x"}, HOME | {"display": "x"}])),
    ("3.5.2 in order, each on the result before", USER_DOC, [op("add", "phoneNumbers", [{"type": "work", "value": "1"}]), op("replace", 'phoneNumbers[type eq "work"].value', "2")], USER_DOC | {"phoneNumbers": [{"type": "work", "value": "2"}]}),
    ("3.5.2 a new primary demotes the old", USER_DOC, [op("replace", 'emails[type eq "home"].primary', True)], but(USER_DOC, emails=[WORK | {"primary": False}, HOME | {"primary": True}])),
    ("3.5.2 an added primary demotes the old", USER_DOC, [op("add", "emails", [{"value": "n", "primary": True}])], but(USER_DOC, emails=[WORK | {"primary": False}, HOME, {"value": "n", "primary": True}])),
    ("2.4 the same value under another type is another value", USER_DOC, [op("add", "emails", [{"value": "babs@jensen.org", "type": "other"}])], but(USER_DOC, emails=[WORK, HOME, {"value": "babs@jensen.org", "type": "other"}])),
    ("3.10 a path under the core URN", USER_DOC, [op("replace", f"{USER}:nickName", "B")], but(USER_DOC, nickName="B")),
    ("3.10 a path under an extension", USER_DOC, [op("replace", f"{ENTERPRISE}:department", "IT")], USER_DOC | {ENTERPRISE: ext(department="IT")}),
    ("3.5.2 an extension comes into being", {"userName": "b"}, [op("add", f"{ENTERPRISE}:employeeNumber", "7")], {"userName": "b", ENTERPRISE: {"employeeNumber": "7"}}),
    ("remove an extension", USER_DOC, [op("remove", ENTERPRISE)], but(USER_DOC, **{ENTERPRISE: None})),
    ("an extension whose last attribute goes, goes", {"userName": "b", ENTERPRISE: {"department": "x"}}, [op("remove", f"{ENTERPRISE}:department")], {"userName": "b"}),
    ("add to an extension by its URN", USER_DOC, [op("add", ENTERPRISE, {"division": "V"})], USER_DOC | {ENTERPRISE: ext(division="V")}),
    ("a complex attribute whose last part goes, goes", {"userName": "b", "name": {"givenName": "x"}}, [op("remove", "name.givenName")], {"userName": "b"}),
    ("schemas follow the attributes", USER_DOC, [op("add", "schemas", [ENTERPRISE])], USER_DOC),
]  # fmt: skip

CLIENTS: list[tuple[str, Doc, list[Doc], Doc]] = [
    ("Entra: capitals and text for a boolean", USER_DOC, [op("Replace", "active", "False")], but(USER_DOC, active=False)),
    ("Entra: a value that is not there yet", USER_DOC, [op("Add", 'phoneNumbers[type eq "mobile"].value', "+1")], USER_DOC | {"phoneNumbers": [{"type": "mobile", "value": "+1"}]}),
    ("Entra: the same by replace", USER_DOC, [op("Replace", 'emails[type eq "other"].value', "o")], but(USER_DOC, emails=[WORK, HOME, {"type": "other", "value": "o"}])),
    ("Entra: text for a boolean inside brackets", USER_DOC, [op("Replace", 'roles[primary eq "True"].value', "crew")], but(USER_DOC, roles=[{"value": "a"}, {"primary": True, "value": "crew"}])),
    ("Entra's validator: a label on what is not there makes nothing and demotes nobody", USER_DOC, [op("Replace", 'phoneNumbers[type eq "pager"].primary', "True"), op("Add", 'emails[type eq "other"].primary', True)], USER_DOC),
    ("Entra's validator: a label first, the value after it", USER_DOC, [op("Add", 'emails[type eq "other"].primary', True), op("Add", 'emails[type eq "other"].display', "O"), op("Add", 'emails[type eq "other"].value', "o")], but(USER_DOC, emails=[WORK | {"primary": False}, HOME, {"type": "other", "primary": True, "display": "O", "value": "o"}])),
    ("a label that was there stays", but(USER_DOC, emails=[{"type": "other"}]), [op("add", 'phoneNumbers[type eq "fax"].display', "F"), op("add", 'emails[type eq "other"].display', "O")], but(USER_DOC, emails=[{"type": "other", "display": "O"}])),
    ("Entra: dotted and URN keys without path", USER_DOC, [op("replace", None, {"name.givenName": "N", "name.familyName": "E", f"{ENTERPRISE}:department": "H", "active": False})], but(USER_DOC, name={"givenName": "N", "familyName": "E"}, active=False) | {ENTERPRISE: ext(department="H")}),
    ("Entra: a value path as a key", USER_DOC, [op("replace", None, {'emails[type eq "home"].value': "n"})], but(USER_DOC, emails=[WORK, {"value": "n", "type": "home"}])),
    ("Entra: remove with a value", USER_DOC, [op("Remove", 'emails[type eq "work"].value', "bjensen@example.com")], but(USER_DOC, emails=[HOME])),
    ("Entra: add a member with an empty $ref", GROUP_DOC, [op("Add", "members", [{"$ref": None, "value": "u-7"}])], but(GROUP_DOC, members=[B, J, {"value": "u-7"}])),
    ("Entra: remove members by a list", GROUP_DOC, [op("Remove", "members", [{"$ref": None, "value": "08e1d05d"}])], but(GROUP_DOC, members=[B])),
    ("Entra: remove several members by a list", GROUP_DOC, [op("Remove", "members", [{"value": "08e1d05d"}, {"value": "2819c223"}, {"value": "x"}])], but(GROUP_DOC, members=None)),
    ("a list of bare ids", GROUP_DOC, [op("remove", "members", ["08e1d05d"])], but(GROUP_DOC, members=[B])),
    ("one object instead of a list", GROUP_DOC, [op("remove", "members", {"value": "08e1d05d"})], but(GROUP_DOC, members=[B])),
    ("an empty list removes nobody", GROUP_DOC, [op("remove", "members", [])], GROUP_DOC),
    ("remove addresses by what is told of them", USER_DOC, [op("remove", "addresses", [{"type": "home", "locality": "Oslo"}])], but(USER_DOC, addresses=USER_DOC["addresses"][:1])),
    ("Entra: the manager as text", USER_DOC, [op("Replace", f"{ENTERPRISE}:manager", "u-9")], USER_DOC | {ENTERPRISE: ext(manager={"value": "u-9"})}),
    ("the manager as an object", USER_DOC, [op("replace", f"{ENTERPRISE}:manager", {"$ref": "../Users/u-9", "value": "u-9"})], USER_DOC | {ENTERPRISE: ext(manager={"value": "u-9", "$ref": "../Users/u-9"})}),
    ("the same manager again keeps what is known", USER_DOC, [op("replace", f"{ENTERPRISE}:manager.value", "u-1")], USER_DOC),
    ("the manager leaves", USER_DOC, [op("Replace", f"{ENTERPRISE}:manager", {"value": ""})], USER_DOC | {ENTERPRISE: ext(manager=None)}),
    ("the manager leaves by an empty text", USER_DOC, [op("Replace", f"{ENTERPRISE}:manager", "")], USER_DOC | {ENTERPRISE: ext(manager=None)}),
    ("Entra: a role as JSON in a text", USER_DOC, [op("Add", "roles", [{"value": '{"id":"4","value":"crew","displayName":"Crew"}'}])], but(USER_DOC, roles=[{"value": "a"}, {"value": "crew", "display": "Crew"}])),
    ("Entra: an old key in the operation", GROUP_DOC, [op("Add", "members", [{"value": "u-7"}]) | {"name": "addMember"}], but(GROUP_DOC, members=[B, J, {"value": "u-7"}])),
    ("Okta: deactivate without path", USER_DOC, [op("replace", None, {"active": False})], but(USER_DOC, active=False)),
    ("Okta: rename with the id inside", GROUP_DOC, [op("replace", None, {"id": "acbf3ae7", "displayName": "North"})], but(GROUP_DOC, displayName="North")),
    ("Okta: remove and add in one request", GROUP_DOC, [op("remove", 'members[value eq "08e1d05d"]'), op("add", "members", [{"value": "u-7", "display": "n"}])], but(GROUP_DOC, members=[B, {"value": "u-7", "display": "n"}])),
    ("Okta: an empty group", GROUP_DOC, [op("replace", "members", [])], but(GROUP_DOC, members=None)),
    ("Keycloak: remove with null clears", GROUP_DOC, [op("remove", "members", None)], but(GROUP_DOC, members=None)),
    ("ForgeRock: the whole object without path", GROUP_DOC, [op("replace", None, {"schemas": ["x"], "id": "y", "meta": {"version": "1"}, "displayName": "Crew", "members": [B]})], but(GROUP_DOC, displayName="Crew", members=[B])),
    ("RSA: paths in lower case", USER_DOC, [op("replace", "nickname", "B")], but(USER_DOC, nickName="B")),
    ("ICE: a compound filter", but(GROUP_DOC, members=[B | {"type": "User"}, J]), [op("remove", 'members[value eq "2819c223" and type eq "User"]')], but(GROUP_DOC, members=[J])),
    ("null takes away", USER_DOC, [op("replace", "nickName", None)], but(USER_DOC, nickName=None)),
    ("null inside a value takes away", USER_DOC, [op("replace", None, {"nickName": None, "name": {"givenName": None}})], but(USER_DOC, nickName=None, name={"familyName": "Jensen"})),
    ("empty text takes away", USER_DOC, [op("replace", "nickName", "")], but(USER_DOC, nickName=None)),
    ("adding nothing to a list leaves it", GROUP_DOC, [op("add", "members", None), op("add", "members", []), op("add", None, {"members": []})], GROUP_DOC),
    ("a list of one for a chosen value", USER_DOC, [op("replace", 'emails[type eq "home"]', [{"type": "home", "value": "n"}])], but(USER_DOC, emails=[WORK, {"type": "home", "value": "n"}])),
    ("add merges into a chosen value", USER_DOC, [op("add", 'emails[type eq "home"]', {"display": "n"})], but(USER_DOC, emails=[WORK, HOME | {"display": "n"}])),
    ("a sub-attribute of all values", USER_DOC, [op("replace", "emails.display", "n")], but(USER_DOC, emails=[WORK | {"display": "n"}, HOME | {"display": "n"}])),
    ("an unknown attribute inside a value is left out", USER_DOC, [op("replace", None, {"x": 1, "nickName": "B"})], but(USER_DOC, nickName="B")),
    ("readOnly inside a value is left out", USER_DOC, [op("add", None, {"groups": [{"value": "g"}], "meta": {}, "nickName": "B"})], but(USER_DOC, nickName="B")),
    ("an immutable attribute set to what it is", GROUP_DOC, [op("replace", 'members[value eq "2819c223"].value', "2819c223")], GROUP_DOC),
    ("a member leaves and comes back", GROUP_DOC, [op("remove", 'members[value eq "2819c223"]'), op("add", "members", [{"value": "2819c223"}])], but(GROUP_DOC, members=[J, {"value": "2819c223"}])),
]  # fmt: skip


def rt_of(resource: Doc) -> ResourceType:
    return RT if "userName" in resource else GROUP


@pytest.mark.parametrize(
    ("before", "operations", "after"), [row[1:] for row in RFC + CLIENTS], ids=[row[0] for row in RFC + CLIENTS]
)
def test_a_patch_leads_from_one_resource_to_the_next(before: Doc, operations: list[Doc], after: Doc) -> None:
    assert run(before, *operations, rt=rt_of(before)) == after


@pytest.mark.parametrize("verb", ["add", "replace"])
def test_a_sub_attribute_of_a_list_that_is_not_there_needs_no_match(verb: str) -> None:
    assert run({"userName": "b"}, op(verb, "emails.value", "n"), creates=()) == {
        "userName": "b",
        "emails": [{"value": "n"}],
    }


REFUSED: list[tuple[str, Doc, list[Any], str]] = [
    ("remove without path", USER_DOC, [op("remove")], "noTarget"),
    ("remove without path but a value", USER_DOC, [op("remove", None, {"nickName": 1})], "noTarget"),
    ("add without value", USER_DOC, [op("add", "title")], "invalidValue"),
    ("replace without value", USER_DOC, [op("replace")], "invalidValue"),
    ("a list without path", USER_DOC, [op("add", None, [1])], "invalidValue"),
    ("an unknown op", USER_DOC, [op("move", "title", "x")], "invalidSyntax"),
    ("an op that is no text", USER_DOC, [{"op": 1, "path": "title", "value": "x"}], "invalidSyntax"),
    ("an operation that is no object", USER_DOC, ["x"], "invalidSyntax"),
    ("a path that is no text", USER_DOC, [op("add", None, "x") | {"path": 5}], "invalidPath"),
    ("a broken path", USER_DOC, [op("add", "emails[type eq", "x")], "invalidPath"),
    ("a broken filter in the path", USER_DOC, [op("add", 'emails[type regex "x"]', "x")], "invalidFilter"),
    ("an unknown attribute in the filter", USER_DOC, [op("add", 'emails[nosuch eq "x"]', "x")], "invalidFilter"),
    ("an unknown attribute", USER_DOC, [op("add", "nosuch", "x")], "invalidPath"),
    ("an unknown sub-attribute (RFC 7644 figure 8)", GROUP_DOC, [op("replace", 'members[value eq "2819c223"].displayName', "x")], "invalidPath"),
    ("a filter on a single value", USER_DOC, [op("add", 'name[givenName eq "x"]', {"givenName": "y"})], "invalidPath"),
    ("the id", USER_DOC, [op("replace", "id", "x")], "mutability"),
    ("meta", USER_DOC, [op("replace", "meta.version", "x")], "mutability"),
    ("groups", USER_DOC, [op("add", "groups", [{"value": "g"}])], "mutability"),
    ("remove groups", USER_DOC, [op("remove", 'groups[value eq "g"]')], "mutability"),
    ("the manager's display name", USER_DOC, [op("replace", f"{ENTERPRISE}:manager.displayName", "x")], "mutability"),
    ("an immutable sub-attribute", GROUP_DOC, [op("replace", 'members[value eq "2819c223"].value', "x")], "mutability"),
    ("an immutable sub-attribute removed", GROUP_DOC, [op("remove", 'members[value eq "2819c223"].value')], "mutability"),
    ("an immutable sub-attribute by add", GROUP_DOC, [op("add", 'members[value eq "2819c223"]', {"value": "x"})], "mutability"),
    ("a required attribute removed", USER_DOC, [op("remove", "userName")], "mutability"),
    ("a required attribute blanked", USER_DOC, [op("replace", "userName", "")], "mutability"),
    ("a required attribute nulled without path", GROUP_DOC, [op("replace", None, {"displayName": None})], "mutability"),
    ("two primaries in one value", USER_DOC, [op("replace", "emails", [WORK, HOME | {"primary": True}])], "invalidValue"),
    ("two primaries by one filter", USER_DOC, [op("replace", "emails[value pr].primary", True)], "invalidValue"),
    ("a mistyped value", USER_DOC, [op("replace", "active", "maybe")], "invalidValue"),
    ("a mistyped value without path", USER_DOC, [op("replace", None, {"title": 5})], "invalidValue"),
    ("a mistyped sub-value", USER_DOC, [op("replace", 'emails[type eq "work"].value', 5)], "invalidValue"),
    ("two values for one", USER_DOC, [op("replace", 'emails[type eq "work"]', [WORK, HOME])], "invalidValue"),
    ("members replaced by nothing we know", GROUP_DOC, [op("replace", "members", [{"$ref": None}])], "invalidValue"),
    ("members removed by nothing we know", GROUP_DOC, [op("remove", "members", [{"$ref": None}])], "invalidValue"),
    ("a member who is not there gets a name", GROUP_DOC, [op("replace", 'members[value eq "nobody"].display', "x")], "noTarget"),
    ("a filter that leaves the new value open", USER_DOC, [op("replace", 'emails[type sw "x"].value', "x")], "noTarget"),
    ("a filter of alternatives", USER_DOC, [op("add", 'emails[type eq "x" or type eq "y"].value', "x")], "noTarget"),
    ("a filter that contradicts itself", USER_DOC, [op("add", 'emails[type eq "x" and type eq "y"].value', "x")], "noTarget"),
    ("a new value that is not what its path names", USER_DOC, [op("add", 'emails[type eq "x"]', {"type": "y", "value": "a"})], "noTarget"),
    ("a good operation before a bad one", USER_DOC, [op("replace", "nickName", "x"), op("remove", 'emails[type eq "work"]'), op("replace", "id", "x")], "mutability"),
    ("a good operation before one that fails on the resource", USER_DOC, [op("remove", 'emails[type eq "work"]'), op("add", "name.givenName", "x"), op("remove", "userName")], "mutability"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "operations", "scim_type"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_patch_that_cannot_be_is_refused_and_changes_nothing(
    before: Doc, operations: list[Any], scim_type: str
) -> None:
    with pytest.raises(ScimError) as refused:
        run(before, *operations, rt=rt_of(before))
    assert refused.value.scim_type == scim_type


@pytest.mark.parametrize("verb", ["add", "replace"])
def test_a_value_path_that_matches_nothing_is_no_target_for_strict_clients(verb: str) -> None:
    with pytest.raises(ScimError) as refused:
        run(USER_DOC, op(verb, 'emails[type eq "other"].value', "x"), creates=())
    assert refused.value.scim_type == "noTarget"


FIXED = ResourceType("Thing", "/Things", "", Schema("urn:example:Thing", attributes=(
    Attribute("code", mutability="immutable"), Attribute("tags", multi_valued=True), Attribute("kinds", multi_valued=True, required=True),
    Attribute("name", "complex", required=True, sub_attributes=(Attribute("first"), Attribute("last", required=True))),
)))  # fmt: skip

THINGS: list[tuple[str, Doc, Doc, Doc | str]] = [
    ("immutable is set once", {}, op("add", "code", "x"), {"code": "x"}),
    ("immutable is set again", {"code": "x"}, op("replace", "code", "x"), {"code": "x"}),
    ("immutable is changed", {"code": "x"}, op("replace", "code", "y"), "mutability"),
    ("immutable is removed", {"code": "x"}, op("remove", "code"), "mutability"),
    ("plain values are added once", {"tags": ["a"]}, op("add", "tags", ["a", "B"]), {"tags": ["a", "B"]}),
    ("plain values compare without case", {"tags": ["a"]}, op("add", "tags", "A"), {"tags": ["a"]}),
    ("plain values are removed by filter", {"tags": ["a", "b"]}, op("remove", 'tags[value eq "a"]'), {"tags": ["b"]}),
    ("plain values are removed by list", {"tags": ["a", "b"]}, op("remove", "tags", ["b"]), {"tags": ["a"]}),
    ("plain values are replaced by filter", {"tags": ["a", "b"]}, op("replace", 'tags[value eq "a"]', "c"), {"tags": ["c", "b"]}),
    ("a required list keeps one", {"kinds": ["a"]}, op("remove", 'kinds[value eq "a"]'), "mutability"),
    ("a required list is not cleared", {"kinds": ["a"]}, op("replace", "kinds", []), "mutability"),
    ("a required part stays", {"name": {"first": "a", "last": "b"}}, op("remove", "name.last"), "mutability"),
    ("a required whole keeps a part", {"name": {"first": "a"}}, op("remove", "name.first"), "mutability"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "operation", "after"), [row[1:] for row in THINGS], ids=[row[0] for row in THINGS])
def test_mutability_and_plain_lists(before: Doc, operation: Doc, after: Doc | str) -> None:
    if isinstance(after, dict):
        assert run(before, operation, rt=FIXED) == after
        return
    with pytest.raises(ScimError) as refused:
        run(before, operation, rt=FIXED)
    assert refused.value.scim_type == after


def test_a_thousand_operations_on_members_come_to_the_same_as_one_by_one() -> None:
    group = {"displayName": "g", "members": [{"value": f"u{at}"} for at in range(40)]}
    operations = [op("remove", "members", [{"value": f"u{at}"}]) for at in range(0, 40, 2)]
    operations += [op("add", "members", [{"value": f"n{at % 15}"}]) for at in range(30)]
    operations += [op("add", "members", [{"value": "p", "type": "User"}]), op("remove", 'members[value eq "n3"]')]
    stepwise = group
    for operation in operations:
        stepwise = run(stepwise, operation, rt=GROUP)
    assert run(group, *operations, rt=GROUP) == stepwise


PIECES = st.sampled_from(
    [
        op("replace", "nickName", "x"),
        op("add", "emails", [{"value": "n", "primary": True}]),
        op("replace", 'emails[type eq "home"].primary', True),
        op("remove", 'emails[type eq "work"]'),
        op("remove", 'addresses[type eq "work"].region'),
        op("add", 'addresses[type eq "other"].country', "US"),
        op("replace", f"{ENTERPRISE}:manager", "u-9"),
        op("remove", ENTERPRISE),
        op("replace", None, {"name": {"familyName": "x"}, "roles": []}),
        op("remove", "userName"),
        op("replace", "emails[value pr].primary", True),
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6))
def test_a_patch_equals_its_operations_one_by_one_and_never_touches_what_came_in(operations: list[Doc]) -> None:
    def fold_all() -> Doc | str:
        resource = USER_DOC
        try:
            for operation in operations:
                resource = run(resource, operation)
        except ScimError as refused:
            return str(refused.scim_type)
        return resource

    try:
        at_once: Doc | str = run(USER_DOC, *operations)
    except ScimError as refused:
        at_once = str(refused.scim_type)
    assert at_once == fold_all()
    if isinstance(at_once, dict):
        assert read_resource(at_once, RT).resource.keys() <= at_once.keys()
