# ruff: noqa: E501 (tables: one row, one line)
"""Operations that cross whole, and the difference of two records, in the backend's own words."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.ability import Replace
from gateway.lens.changes import carry_operations, difference, fields_by_path, replacement
from gateway.lens.edit import apply_changes
from gateway.lens.lens import FieldChange, Lens, LensError
from gateway.mapping.load import load_dialect
from gateway.scim.names import ENTERPRISE, PATCH_OP
from gateway.scim.patch import parse_patch

Mini = Callable[..., Lens]
USER = load_dialect("scim2").resources["User"].lens
GROUP = load_dialect("scim2").resources["Group"].lens
CUBE = load_dialect("cube-cloud").resources["User"].lens

CARRIED: list[tuple[str, Lens, dict[str, Any], list[tuple[str, str, Any]] | None]] = [
    ("a leaf", USER, {"op": "replace", "path": "name.givenName", "value": "B"}, [("replace", "name.givenName", "B")]),
    ("an extension", USER, {"op": "add", "path": f"{ENTERPRISE}:department", "value": "S"}, [("replace", f"{ENTERPRISE}:department", "S")]),
    ("a removal", USER, {"op": "remove", "path": "title"}, [("remove", "title", None)]),
    ("a complex value part by part", USER, {"op": "replace", "path": "name", "value": {"givenName": "B", "familyName": "J"}},
     [("replace", "name.givenName", "B"), ("replace", "name.familyName", "J")]),
    ("no path", USER, {"op": "replace", "value": {"title": "T", "active": False}}, [("replace", "title", "T"), ("replace", "active", False)]),
    ("what is dropped", CUBE, {"op": "replace", "path": "nickName", "value": "B"}, []),
    ("what is only shown", CUBE, {"op": "replace", "path": "name.formatted", "value": "B"}, []),
    ("a list", USER, {"op": "add", "path": "emails", "value": [{"value": "a@b"}]}, None),
    ("a value of a list", USER, {"op": "replace", "path": 'emails[type eq "work"].value', "value": "a@b"}, None),
    ("a whole complex attribute removed", USER, {"op": "remove", "path": "name"}, None),
    ("a required attribute removed", USER, {"op": "remove", "path": "userName"}, None),
    ("members added", GROUP, {"op": "add", "path": "members", "value": [{"value": "a~2Fb"}]}, [("add", "members", [{"value": "a/b"}])]),
    ("members replaced", GROUP, {"op": "replace", "path": "members", "value": [{"value": "u"}]}, [("replace", "members", [{"value": "u"}])]),
    ("a member removed", GROUP, {"op": "remove", "path": 'members[value eq "a~2Fb"]'}, [("remove", "members", [{"value": "a/b"}])]),
    ("members removed by value", GROUP, {"op": "remove", "path": "members", "value": [{"value": "u"}, {"value": "w"}]},
     [("remove", "members", [{"value": "u"}, {"value": "w"}])]),
    ("a member that nobody can be", GROUP, {"op": "remove", "path": 'members[value eq "a/b"]'}, []),
    ("members by something else", GROUP, {"op": "remove", "path": 'members[type eq "User"]'}, None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "lens", "operation", "changes"), CARRIED, ids=[row[0] for row in CARRIED])
def test_an_operation_crosses_whole_or_not_at_all(
    what: str, lens: Lens, operation: dict[str, Any], changes: list[tuple[str, str, Any]] | None
) -> None:
    operations = parse_patch({"schemas": [PATCH_OP], "Operations": [operation]}, lens.type)
    carried = carry_operations(lens, operations)
    assert (carried if carried is None else [(one.op, one.path, one.value) for one in carried]) == changes


def test_what_a_later_operation_replaces_is_not_sent() -> None:
    said = [
        ("replace", "active", False),
        ("replace", "title", "T"),
        ("remove", "title", None),
        ("replace", "active", True),
    ]
    operations = [{"op": op, "path": path, "value": value} for op, path, value in said]
    carried = carry_operations(USER, parse_patch({"schemas": [PATCH_OP], "Operations": operations}, USER.type))
    assert carried == (
        FieldChange("replace", "title", "T"),
        FieldChange("remove", "title"),
        FieldChange("replace", "active", True),
    )


def test_members_that_differ_only_in_what_is_assumed_are_added_once(mini: Mini) -> None:
    lens = mini(
        "shape:\n  id: string ro\n  login: string! key\n  who[]: { id: ref(User)! }\n"
        "map:\n  displayName: login\n  members: { to: who, each: { value: id, type: { assume: User } } }",
        kind="Group",
    )
    value = [{"value": "a~2Fb", "type": "User"}, {"value": "c"}, {"value": "a~2Fb", "type": "Group"}]
    operations = parse_patch(
        {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "members", "value": value}]}, lens.type
    )
    assert carry_operations(lens, operations) == (FieldChange("add", "who", [{"id": "a/b"}, {"id": "c"}]),)


def test_a_value_that_cannot_cross_is_refused_unless_a_later_one_may_take_it_back(mini: Mini) -> None:
    lens = mini(
        "shape: { id: string ro, login: string! key, on: bool, short: string(..3) }\nmap: { userName: login, active: on, title: short }"
    )
    long = {"op": "replace", "path": "title", "value": "long text"}
    with pytest.raises(LensError, match="longer than the 3"):
        carry_operations(lens, parse_patch({"schemas": [PATCH_OP], "Operations": [long]}, lens.type))
    both = parse_patch({"schemas": [PATCH_OP], "Operations": [long, {"op": "remove", "path": "title"}]}, lens.type)
    assert carry_operations(lens, both) is None


DIFFERENT: list[tuple[str, Lens, dict[str, Any], dict[str, Any], list[tuple[str, str, Any]]]] = [
    ("nothing", USER, {"title": "a"}, {"title": "a"}, []),
    ("an unknown field", USER, {"x": 1}, {"x": 2}, []),
    ("a new value", USER, {}, {"title": "a"}, [("add", "title", "a")]),
    ("another value", USER, {"title": "a"}, {"title": "b"}, [("replace", "title", "b")]),
    ("no value", USER, {"name": {"givenName": "a"}}, {}, [("remove", "name.givenName", None)]),
    ("a list", USER, {"emails": [{"value": "a"}]}, {"emails": [{"value": "b"}]}, [("replace", "emails", [{"value": "b"}])]),
    ("members come and go", GROUP, {"members": [{"value": "a"}, {"value": "b"}]}, {"members": [{"value": "b"}, {"value": "c"}]},
     [("remove", "members", [{"value": "a"}]), ("add", "members", [{"value": "c"}])]),
    ("a member is told otherwise", GROUP, {"members": [{"value": "a"}]}, {"members": [{"value": "a", "type": "User"}]},
     [("replace", "members", [{"value": "a", "type": "User"}])]),
    ("a member stands twice", GROUP, {"members": [{"value": "a", "type": "x"}, {"value": "a"}]}, {"members": [{"value": "a"}]},
     [("replace", "members", [{"value": "a"}])]),
    ("all members go", GROUP, {"members": [{"value": "a"}]}, {}, [("remove", "members", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "lens", "old", "new", "changes"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_the_difference_of_two_records_is_told_field_by_field(
    what: str, lens: Lens, old: dict[str, Any], new: dict[str, Any], changes: list[tuple[str, str, Any]]
) -> None:
    found = difference(lens, old, new)
    assert [(one.op, one.path, one.value) for one in found] == changes
    if what != "an unknown field":
        assert apply_changes(lens, old, found) == new or "name" in old


OLD = {
    "schemas": ["x"],
    "id": "7",
    "meta": {"version": "1"},
    "userName": "bj",
    "title": "T",
    "name": {"givenName": "B", "familyName": "J"},
    "y": 1,
}
NEW = {"schemas": ["x"], "id": "7", "meta": {"version": "1"}, "userName": "bj", "name": {"familyName": "J"}, "y": 1}
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.mark.parametrize(
    ("how", "body"),
    [
        (Replace("cleared"), {"userName": "bj", "name": {"familyName": "J"}, "y": 1}),
        (
            Replace("kept", "null"),
            {"userName": "bj", "title": None, "name": {"familyName": "J", "givenName": None}, "y": 1},
        ),
    ],
    ids=["what is left out is cleared", "what is left out is kept"],
)
def test_the_body_of_a_put_is_without_what_the_backend_sets_itself(how: Replace, body: dict[str, Any]) -> None:
    assert replacement(USER, OLD, NEW, how) == {"schemas": [CORE, "x"], **body}


def test_changes_of_unknown_paths_are_nobodys() -> None:
    with pytest.raises(KeyError):
        apply_changes(USER, {}, [FieldChange("replace", "nowhere", 1)])


def test_two_fields_that_are_printed_alike_are_named_by_neither(mini: Mini) -> None:
    lens = mini("""
shape: { id: string ro, login: string!, on: bool, x: { t: string }, x.t: string }
map: { userName: login, active: on, title: x.t, nickName: '"x.t"' }
""")
    assert fields_by_path(lens) == {"login": ("login",), "on": ("on",)}


def test_a_json_backend_gets_back_every_field_of_its_own_and_no_schemas(mini: Mini) -> None:
    lens = mini("""
shape: { id: string ro, login: string!, on: bool }
map: { userName: login, active: on }
""", dialect="json")  # fmt: skip
    old = {"id": "7", "login": "b", "on": True, "groups": ["x"], "meta": {"tag": 1}}
    new = lens.out({"userName": "b", "active": False}, old)
    assert replacement(lens, old, new, Replace()) == {"login": "b", "on": False, "groups": ["x"], "meta": {"tag": 1}}
    assert lens.out({"userName": "b", "active": True}, None) == {"login": "b", "on": True}
