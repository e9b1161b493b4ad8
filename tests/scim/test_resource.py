# ruff: noqa: E501 (tables: one row, one line)
"""Resources at the door: each kindness and each refusal, by the client that needs it."""

import copy
from typing import Any

import pytest

from gateway.scim.errors import ScimError
from gateway.scim.names import ENTERPRISE, USER
from gateway.scim.resource import read_resource
from gateway.scim.schema import Attribute, ResourceType, Schema, standard

RT = standard("User")
NAMED = {"userName": "bjensen"}

ADMITTED: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    ("names in any letter case", {"USERNAME": "b", "Name": {"GivenName": "B"}}, {"userName": "b", "name": {"givenName": "B"}}, ()),
    ("dotted keys", {"name.givenName": "B", "name": {"familyName": "J"}}, {"name": {"givenName": "B", "familyName": "J"}}, ()),
    ("full URN keys", {f"{ENTERPRISE}:department": "D"}, {ENTERPRISE: {"department": "D"}}, ()),
    ("full URN keys beside the object", {f"{ENTERPRISE}:department": "D", ENTERPRISE: {"division": "V"}}, {ENTERPRISE: {"department": "D", "division": "V"}}, ()),
    ("core URN keys", {f"{USER}:title": "T"}, {"title": "T"}, ()),
    ("core URN as a container", {USER: {"title": "T"}}, {"title": "T"}, ()),
    ("URN in another case", {ENTERPRISE.upper(): {"Department": "D"}}, {ENTERPRISE: {"department": "D"}}, ()),
    ("blanks are absent", {"title": "", "nickName": None, "emails": [], "name": {}, "roles": [{}], "ims": [{"value": None}]}, {}, ()),
    ("a blank extension", {ENTERPRISE: {"manager": {"value": ""}, "department": None}}, {}, ()),
    ("readOnly falls away", {"id": "1", "meta": {"resourceType": "User"}, "groups": [{"value": "g"}]}, {}, ()),
    ("a readOnly sub-attribute falls away", {ENTERPRISE: {"manager": {"value": "u", "displayName": "D"}}}, {ENTERPRISE: {"manager": {"value": "u"}}}, ()),
    ("string booleans (Entra, OneLogin)", {"active": "True", "emails": [{"value": "a", "primary": "false"}]}, {"active": True, "emails": [{"value": "a", "primary": False}]}, ()),
    ("false is a value", {"active": False}, {"active": False}, ()),
    ("one object for a list", {"emails": {"value": "a"}}, {"emails": [{"value": "a"}]}, ()),
    ("bare texts for a list of objects", {"roles": ["admin", "user"]}, {"roles": [{"value": "admin"}, {"value": "user"}]}, ()),
    ("a bare text for the manager (Entra)", {ENTERPRISE: {"manager": "u-9"}}, {ENTERPRISE: {"manager": {"value": "u-9"}}}, ()),
    ("capitals inside the manager (Entra)", {ENTERPRISE: {"Manager": {"Value": "u-9"}}}, {ENTERPRISE: {"manager": {"value": "u-9"}}}, ()),
    ("a role as JSON in a text (Entra)", {"roles": [{"primary": True, "value": '{"id":"4","value":"crew.admin","displayName":"Crew"}'}]}, {"roles": [{"primary": True, "value": "crew.admin", "display": "Crew"}]}, ()),
    ("a text that only looks like JSON", {"roles": [{"value": "{crew}"}]}, {"roles": [{"value": "{crew}"}]}, ()),
    ("unknown names are left out and told", {"x": 1, "name": {"y": 2, "givenName": "B"}, "emails": [{"z": 3, "value": "a"}], ENTERPRISE: {"w": 1}}, {"name": {"givenName": "B"}, "emails": [{"value": "a"}]}, ("x", "name.y", "emails.z", f"{ENTERPRISE}:w")),
    ("an unknown extension (Entra lists it nowhere)", {"urn:ietf:params:scim:schemas:extension:fjord:2.0:User": {"berth": "7B"}}, {}, ("urn:ietf:params:scim:schemas:extension:fjord:2.0:User",)),
    ("a sub-attribute of a list names no value", {"emails.value": "a"}, {}, ("emails.value",)),
    ("schemas are checked and removed", {"schemas": [USER, "http://schemas.microsoft.com/2006/11/x"]}, {}, ()),
    ("externalId is the client's own", {"externalId": "e1"}, {"externalId": "e1"}, ()),
    ("text from everywhere", {"title": "é漢🙂 o'neil \"q\""}, {"title": "é漢🙂 o'neil \"q\""}, ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("doc", "expected", "ignored"), [row[1:] for row in ADMITTED], ids=[row[0] for row in ADMITTED]
)
def test_a_document_becomes_canonical(doc: dict[str, Any], expected: dict[str, Any], ignored: tuple[str, ...]) -> None:
    before = copy.deepcopy(doc)
    admission = read_resource(doc, RT, partial=True)
    assert admission.resource == expected
    assert admission.ignored == ignored
    assert doc == before
    assert read_resource(admission.resource, RT, partial=True).resource == expected


REFUSED: list[tuple[str, object, str, str]] = [
    ("no object", [], "invalidSyntax", "JSON object"),
    ("text", "x", "invalidSyntax", "JSON object"),
    ("null", None, "invalidSyntax", "JSON object"),
    ("required is missing", {"title": "x"}, "invalidValue", "`userName`"),
    ("required is blank", {"userName": ""}, "invalidValue", "`userName`"),
    ("schemas is text", {**NAMED, "schemas": USER}, "invalidSyntax", "`schemas`"),
    ("schemas holds a number", {**NAMED, "schemas": [1]}, "invalidSyntax", "`schemas`"),
    ("two primaries", {**NAMED, "emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]}, "invalidValue", "`emails`"),
    ("a number for text", {"userName": 5}, "invalidValue", "`userName`"),
    ("a boolean for text", {**NAMED, "title": True}, "invalidValue", "`title`"),
    ("an object for text", {**NAMED, "title": {"value": "x"}}, "invalidValue", "`title`"),
    ("a list for text", {**NAMED, "title": ["x"]}, "invalidValue", "`title`"),
    ("a number for a boolean", {**NAMED, "active": 1}, "invalidValue", "`active`"),
    ("a word for a boolean", {**NAMED, "active": "yes"}, "invalidValue", "`active`"),
    ("text for an object without value", {**NAMED, "name": "Barbara"}, "invalidValue", "`name`"),
    ("a list for an object", {**NAMED, "name": [{"givenName": "B"}]}, "invalidValue", "`name`"),
    ("a number in a list of objects", {**NAMED, "emails": [5]}, "invalidValue", "`emails`"),
    ("a mistyped sub-attribute", {**NAMED, "name": {"givenName": 5}}, "invalidValue", "`name.givenName`"),
    ("a mistyped extension attribute", {**NAMED, ENTERPRISE: {"department": 5}}, "invalidValue", "department"),
    ("an extension that is no object", {**NAMED, ENTERPRISE: "x"}, "invalidValue", ENTERPRISE),
    ("NUL in text", {"userName": "a\x00b"}, "invalidValue", "NUL"),
    ("one name in two spellings", {"userName": "a", "username": "b"}, "invalidSyntax", "twice"),
    ("a sub-attribute in two spellings", {**NAMED, "name": {"givenName": "a", "GivenName": "b"}}, "invalidSyntax", "twice"),
    ("a sub-attribute dotted and nested", {**NAMED, "name.givenName": "a", "name": {"givenName": "b"}}, "invalidSyntax", "twice"),
    ("a list element in two spellings", {**NAMED, "emails": [{"value": "a", "Value": "b"}]}, "invalidSyntax", "twice"),
]  # fmt: skip


@pytest.mark.parametrize(("doc", "scim_type", "word"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_document_that_breaks_the_schema_is_refused_by_name(doc: object, scim_type: str, word: str) -> None:
    with pytest.raises(ScimError) as refused:
        read_resource(doc, RT)
    assert refused.value.scim_type == scim_type
    assert word in refused.value.detail


def test_a_group_needs_a_display_name_and_keeps_its_members() -> None:
    group = standard("Group")
    read = read_resource(
        {"displayName": "Crew", "members": [{"value": "u1", "$ref": None, "type": "User"}, "u2"]}, group
    )
    assert read.resource == {"displayName": "Crew", "members": [{"value": "u1", "type": "User"}, {"value": "u2"}]}
    with pytest.raises(ScimError, match="displayName"):
        read_resource({"members": []}, group)


THING = ResourceType("Thing", "/Things", "", Schema("urn:example:Thing", attributes=(
    Attribute("size", "integer"), Attribute("weight", "decimal"), Attribute("tags", multi_valued=True),
    Attribute("born", "dateTime"), Attribute("fixed", "complex", mutability="readOnly", sub_attributes=(Attribute("a"),)),
)))  # fmt: skip


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ({"size": "42"}, {"size": 42}),
        ({"size": 42}, {"size": 42}),
        ({"weight": "1.5"}, {"weight": 1.5}),
        ({"weight": 3}, {"weight": 3}),
        ({"tags": "red"}, {"tags": ["red"]}),
        ({"tags": ["red", None, ""]}, {"tags": ["red"]}),
        ({"born": "2024-03-02T08:15:00.1234567Z"}, {"born": "2024-03-02T08:15:00.1234567Z"}),
        ({"fixed": {"a": "x"}}, {}),
    ],
)
def test_values_take_the_type_of_their_attribute(doc: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read_resource(doc, THING).resource == expected


@pytest.mark.parametrize(
    "doc",
    [{"size": True}, {"size": 1.5}, {"size": "1.5"}, {"size": "9" * 30}, {"weight": "x"}, {"weight": True},
     {"tags": [1]}, {"tags": [["a"]]}, {"born": "yesterday"}, {"born": 5}],
)  # fmt: skip
def test_values_of_another_type_are_refused(doc: dict[str, Any]) -> None:
    with pytest.raises(ScimError) as refused:
        read_resource(doc, THING)
    assert refused.value.scim_type == "invalidValue"
