# ruff: noqa: E501 (tables: one row, one line)
"""Attributes of one's own that are lists of plain values: out, in, onto a record, in filters, in the schema."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.ability import FilterAbility
from gateway.lens.advertise import advertise
from gateway.lens.changes import difference
from gateway.lens.filters import carry_filter, offered
from gateway.lens.lens import Lens, LensError
from gateway.lens.losses import losses
from gateway.scim.filter import format_filter, parse_filter
from gateway.scim.names import PATCH_OP
from gateway.scim.patch import apply_patch, parse_patch
from gateway.scim.schema import render_schema

Mini = Callable[..., Lens]
HR = "urn:example:params:scim:schemas:extension:hr:2.0:User"
BLOCKS = f"""
urns: {{ hr: {{ scim: "{HR}" }} }}
scim: {{ 'hr:tags[]': string, 'hr:skills[]': string, 'hr:rights[]': enum(read|write), 'hr:floors[]': int, 'hr:mottos[] ro': string }}
shape:
  id: string ro
  login: string! key
  on: bool
  tags[..3]: string(..8)
  skills[]: {{ name: string!, since: string }}
  rights[]: enum(r|w)
  floors[]: int
  mottos[] ro: string
map:
  userName: login
  active: on
  hr:tags: {{ to: tags, each: {{ value: {{ via: [trim, lower] }} }}, limit: {{ max: 3, over: reject }}, fill: "{{title}}" }}
  hr:skills: {{ to: skills, each: {{ value: name }} }}
  hr:rights: {{ to: rights, each: {{ value: {{ values: {{ read: r, write: w }}, limit: {{ over: reject }} }} }} }}
  hr:floors: floors
  hr:mottos: mottos
drop: [title]
"""
ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("texts", {"tags": ["a", "b"]}, {"tags": ["a", "b"]}),
    ("texts in another order", {"tags": ["b", "a"]}, {"tags": ["b", "a"]}),
    ("numbers", {"floors": [0, 7]}, {"floors": [0, 7]}),
    ("through a table", {"rights": ["write", "read"]}, {"rights": ["w", "r"]}),
    ("as a part of objects", {"skills": ["yaml"]}, {"skills": [{"name": "yaml"}]}),
    ("nothing", {}, {}),
]


@pytest.fixture
def lens(mini: Mini) -> Lens:
    return mini(BLOCKS, dialect="json")


@pytest.mark.parametrize(("what", "own", "record"), ROWS, ids=[row[0] for row in ROWS])
def test_plain_values_go_both_ways(lens: Lens, what: str, own: dict[str, Any], record: dict[str, Any]) -> None:
    resource = {"userName": "b"} | ({HR: own} if own else {})
    assert lens.out(resource, None) == {"login": "b", **record}
    assert lens.into({"id": "7", "login": "b", **record}) == {"id": "7", **resource}
    assert losses(lens, resource, anew=True) == ()


ONTO: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("what is unknown in an item stays", {"skills": [{"name": "a", "since": "1"}]}, {"skills": ["b", "a"]}, {"skills": [{"name": "b"}, {"name": "a", "since": "1"}]}),
    ("a spelling that means the same stays", {"tags": ["a", "b"]}, {"tags": ["a ", "c"]}, {"tags": ["a", "c"]}),
    ("another number", {"floors": [1]}, {"floors": [0]}, {"floors": [0]}),
    ("none is left", {"tags": ["a"], "floors": [0]}, {}, {}),
    ("what only the backend sets stays", {"mottos": ["x"]}, {"mottos": ["y"]}, {"mottos": ["x"]}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "before", "own", "after"), ONTO, ids=[row[0] for row in ONTO])
def test_plain_values_are_written_onto_a_record(
    lens: Lens, what: str, before: dict[str, Any], own: dict[str, Any], after: dict[str, Any]
) -> None:
    common = {"id": "7", "login": "b"}
    assert lens.out({"userName": "b", HR: own}, common | before) == common | after


def test_an_empty_list_is_filled_in(lens: Lens) -> None:
    assert lens.out({"userName": "b", "title": "Boss"}, None)["tags"] == ["boss"]


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("a text too long", {"tags": ["123456789"]}, "tags", "longer than the 8"),
    ("too many", {"tags": ["a", "b", "c", "d"]}, "tags", "more than the 3"),
    ("a value that no table lists", {"rights": ["own"]}, "rights", "no value at the backend"),
]


@pytest.mark.parametrize(("what", "own", "name", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused_is_called_by_the_lists_name(
    lens: Lens, what: str, own: dict[str, Any], name: str, reason: str
) -> None:
    with pytest.raises(LensError, match=reason) as refusal:
        lens.out({"userName": "b", HR: own}, None)
    assert refusal.value.attribute == f"{HR}:{name}"


# what it shows, the operation, the tags afterwards
PATCHES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("one more", {"op": "add", "path": f"{HR}:tags", "value": ["c"]}, ["a", "b", "c"]),
    ("one that is there", {"op": "add", "path": f"{HR}:tags", "value": ["a"]}, ["a", "b"]),
    ("a lone value", {"op": "add", "path": f"{HR}:tags", "value": "c"}, ["a", "b", "c"]),
    ("one goes", {"op": "remove", "path": f'{HR}:tags[value eq "a"]'}, ["b"]),
    ("one goes by its value", {"op": "remove", "path": f"{HR}:tags", "value": ["a"]}, ["b"]),
    ("one becomes another", {"op": "replace", "path": f'{HR}:tags[value eq "a"]', "value": "c"}, ["c", "b"]),
    ("all of them", {"op": "replace", "path": f"{HR}:tags", "value": ["c"]}, ["c"]),
    ("in an extension's object", {"op": "add", "value": {HR: {"tags": ["c"]}}}, ["a", "b", "c"]),
    ("none is left", {"op": "remove", "path": f"{HR}:tags"}, []),
]


@pytest.mark.parametrize(("what", "operation", "tags"), PATCHES, ids=[row[0] for row in PATCHES])
def test_operations_on_plain_values(lens: Lens, what: str, operation: dict[str, Any], tags: list[str]) -> None:
    record = {"id": "7", "login": "b", "tags": ["a", "b"]}
    message = {"schemas": [PATCH_OP], "Operations": [operation]}
    patched = apply_patch(lens.into(record), parse_patch(message, lens.type), lens.type)
    made = lens.out(patched, record)
    assert made.get("tags", []) == tags
    changed = [(one.path, one.value) for one in difference(lens, record, made)]
    assert changed == ([] if tags == ["a", "b"] else [("tags", tags or None)])


ASKED = {"tags": ("eq", "sw", "pr"), "skills.name": ("eq",), "rights": ("eq",)}
ABILITY = FilterAbility("scim", connect_or=True, allow={field: frozenset(ops) for field, ops in ASKED.items()})
# what is asked, what is pushed
FILTERS: list[tuple[str, str | None]] = [
    (f'{HR}:tags eq "a"', 'tags eq "a"'),
    (f'{HR}:tags.value eq "a"', 'tags eq "a"'),
    (f'{HR}:tags[value eq "a"]', 'tags eq "a"'),
    (f"{HR}:tags pr", "tags pr"),
    (f'{HR}:tags co "a"', None),
    (f'{HR}:skills eq "yaml"', 'skills.name eq "yaml"'),
    (f'{HR}:rights eq "read"', 'rights eq "r"'),
    (f"{HR}:floors eq 7", None),
]


@pytest.mark.parametrize(("asked", "pushed"), FILTERS, ids=[row[0].removeprefix(HR) for row in FILTERS])
def test_filters_over_plain_values_ask_the_field(lens: Lens, asked: str, pushed: str | None) -> None:
    plan = carry_filter(lens, parse_filter(asked, lens.type.urns), ABILITY)
    assert (plan.pushed and format_filter(plan.pushed)) == pushed


def test_the_schema_shows_a_list_without_parts(lens: Lens) -> None:
    shown = advertise(lens.type, lens.rules).extension_by_urn[HR.casefold()]
    found = {one["name"]: one for one in render_schema(shown)["attributes"]}
    assert all(one["multiValued"] and not one.get("subAttributes") for one in found.values())
    assert {name: one["type"] for name, one in found.items()} == dict.fromkeys(found, "string") | {"floors": "integer"}
    assert found["rights"]["canonicalValues"] == ["read", "write"]
    assert [name for name, one in found.items() if one["mutability"] == "readOnly"] == ["mottos"]


def test_what_can_be_asked_is_told_by_the_lists_name(lens: Lens) -> None:
    assert [one.removeprefix(f"{HR}:") for one in offered(lens, ABILITY)] == [
        "tags eq",
        "tags sw",
        "tags pr",
        "skills eq",
        "rights eq",
    ]
