# ruff: noqa: E501 (tables: one row, one line)
"""Attributes joined into one field, an attribute split into several: what goes out, what comes back, what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.ability import FilterAbility
from gateway.lens.advertise import advertise
from gateway.lens.changes import carry_operations, difference
from gateway.lens.filters import carry_filter
from gateway.lens.lens import Lens, LensError
from gateway.lens.losses import losses
from gateway.scim.filter import AttrPath, format_filter, parse_filter
from gateway.scim.names import ENTERPRISE, PATCH_OP
from gateway.scim.patch import parse_patch

Mini = Callable[..., Lens]
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
JOIN = '"{name.givenName|word} {name.familyName}": full'
LONE = '"{name.givenName?|word} {name.familyName}": full'
MIDDLE = '"{name.givenName|word} {name.middleName?|word} {name.familyName}": full'
SPLIT = 'name.formatted: "{first|word} {last}"'
ADDRESS = 'nickName: "{account|local}@{domain|host}"'
PREFIX = '"emp-{enterprise:employeeNumber}": badge'
BOTH = '"{title|word} - {userType}": "{first|word} - {last}"'
FILL = '"{name.givenName|word} {name.familyName}": { to: must, fill: "The {userName}" }'
BRACES = '"{{{title|local}}} {userType}": full'
SHUT = '"{name.givenName|word} {name.familyName}": made'


def body(map_: str) -> str:
    lines = [
        "shape:",
        "  id: string ro",
        "  login: string! key",
        "  on: bool",
        "  full: string(..20)",
        "  badge: string im",
    ]
    lines += ["  first: string", "  last: string", "  account: string", "  domain: string", "  made: string ro"]
    lines += ["  must: string!"] if "must" in map_ else []
    return "\n".join([*lines, "map:", "  userName: login", "  active: on", f"  {map_}"])


def named(given: str | None = None, family: str | None = None, middle: str | None = None) -> dict[str, Any]:
    found = {"givenName": given, "middleName": middle, "familyName": family}
    return {"name": {key: value for key, value in found.items() if value is not None}}


# what it shows, the rule, the resource, the record sent
ROWS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("two in one", JOIN, named("Barbara", "Jensen"), {"full": "Barbara Jensen"}),
    ("the last hole takes all that is left", JOIN, named("Vincent", "van Gogh"), {"full": "Vincent van Gogh"}),
    ("neither", JOIN, {}, {}),
    ("one that may be absent", LONE, named(None, "Madonna"), {"full": "Madonna"}),
    ("one that may be absent is there", LONE, named("Barbara", "Jensen"), {"full": "Barbara Jensen"}),
    ("three in one", MIDDLE, named("Barbara", "Jensen", "J."), {"full": "Barbara J. Jensen"}),
    ("the one in the middle is absent", MIDDLE, named("Barbara", "Jensen"), {"full": "Barbara Jensen"}),
    ("one in two", SPLIT, {"name": {"formatted": "Mary Ann Smith"}}, {"first": "Mary", "last": "Ann Smith"}),
    ("an address in two", ADDRESS, {"nickName": "b.jensen@example.com"}, {"account": "b.jensen", "domain": "example.com"}),
    ("a text before one", PREFIX, {ENTERPRISE: {"employeeNumber": "7"}}, {"badge": "emp-7"}),
    ("two in two", BOTH, {"title": "Lead", "userType": "Employee, part time"}, {"first": "Lead", "last": "Employee, part time"}),
    ("braces", BRACES, {"title": "a", "userType": "b"}, {"full": "{a} b"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "resource", "record"), ROWS, ids=[row[0] for row in ROWS])
def test_a_text_goes_both_ways(
    mini: Mini, what: str, text: str, resource: dict[str, Any], record: dict[str, Any]
) -> None:
    lens = mini(body(text))
    made = lens.out({"userName": "bjensen", **resource}, None)
    assert made == {"schemas": [CORE], "login": "bjensen", **record}
    assert lens.into({"id": "7", **made}) == {"id": "7", "userName": "bjensen", **resource}


REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("it would split elsewhere", JOIN, named("Mary Ann", "Smith"), "name.givenName does not fit: .* of the class word"),
    ("its partner is missing", JOIN, named("Barbara"), "name.familyName is missing: the backend keeps '.*' as one text"),
    ("so is the other", JOIN, named(None, "Jensen"), "name.givenName is missing"),
    ("alone it would be two", LONE, named(None, "van Dyke"), "name.familyName would come back as another value"),
    ("without the middle it would be three", MIDDLE, named("Vincent", "van Gogh"), "name.givenName would come back as another value"),
    ("no address", ADDRESS, {"nickName": "babs"}, r"nickName is not of the form '\{account\|local\}@\{domain\|host\}'"),
    ("a text too long for the field", JOIN, named("Barbara", "Jensen-Huber of Passau"), "name.givenName is longer than the 20 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "resource", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_would_not_come_back_is_refused(
    mini: Mini, what: str, text: str, resource: dict[str, Any], reason: str
) -> None:
    with pytest.raises(LensError, match=reason) as caught:
        mini(body(text)).out({"userName": "bjensen", **resource}, None)
    assert caught.value.scim_type == "invalidValue"


SHOWN: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("of another form", JOIN, {"full": "Madonna"}, {}),
    ("of the shorter form", LONE, {"full": "Madonna"}, named(None, "Madonna")),
    ("half of it", SPLIT, {"first": "Mary"}, {}),
    ("split elsewhere", SPLIT, {"first": "Mary Ann", "last": "Smith"}, {"name": {"formatted": "Mary Ann Smith"}}),
    ("without the prefix", PREFIX, {"badge": "7"}, {}),
    ("a number", ADDRESS, {"account": 7, "domain": "x"}, {"nickName": "7@x"}),
    ("set by the backend", SHUT, {"made": "Barbara Jensen"}, named("Barbara", "Jensen")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "record", "shown"), SHOWN, ids=[row[0] for row in SHOWN])
def test_a_record_of_any_form_is_shown_and_stays(
    mini: Mini, what: str, text: str, record: dict[str, Any], shown: dict[str, Any]
) -> None:
    lens = mini(body(text))
    whole = {"schemas": [CORE], "id": "7", "login": "bjensen", **record}
    seen = lens.into(whole)
    assert seen == {"id": "7", "userName": "bjensen", **shown}
    assert lens.out(seen, whole) == whole


ONTO: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("one of two is changed", JOIN, {"full": "Barbara Jensen"}, named("Barbara", "Smith"), {"full": "Barbara Smith"}),
    ("both are taken away", JOIN, {"full": "Barbara Jensen"}, {}, {}),
    ("a last name gone to the shorter form", LONE, {"full": "Barbara Jensen"}, named(None, "Jensen"), {"full": "Jensen"}),
    ("a split is taken away", SPLIT, {"first": "Mary", "last": "Smith"}, {}, {}),
    ("what was shown as nothing is given", SPLIT, {"last": "Smith"}, {"name": {"formatted": "Mary Ann"}}, {"first": "Mary", "last": "Ann"}),
    ("set by the backend", SHUT, {"made": "Barbara Jensen"}, named("Mary", "Smith"), {"made": "Barbara Jensen"}),
    ("filled in again", FILL, {"must": "Barbara Jensen"}, {}, {"must": "The bjensen"}),
    ("not filled in where it is of another form", FILL, {"must": "Madonna"}, {}, {"must": "Madonna"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "record", "resource", "written"), ONTO, ids=[row[0] for row in ONTO])
def test_texts_are_written_onto_a_record(
    mini: Mini, what: str, text: str, record: dict[str, Any], resource: dict[str, Any], written: dict[str, Any]
) -> None:
    common = {"schemas": [CORE], "id": "7", "login": "bjensen"}
    made = mini(body(text)).out({"userName": "bjensen", **resource}, {**common, **record})
    assert made == {**common, **written}


def test_a_text_is_filled_in(mini: Mini) -> None:
    lens = mini(body(FILL))
    made = lens.out({"userName": "bjensen"}, None)
    assert made["must"] == "The bjensen"
    assert lens.into({"id": "7", **made})["name"] == {"givenName": "The", "familyName": "bjensen"}


def test_a_field_that_is_set_once_is_not_changed(mini: Mini) -> None:
    lens = mini(body(PREFIX))
    resource = {"userName": "bjensen", ENTERPRISE: {"employeeNumber": "8"}}
    with pytest.raises(LensError, match="employeeNumber cannot be changed any more") as caught:
        lens.out(resource, {"id": "7", "login": "bjensen", "badge": "emp-7"})
    assert caught.value.scim_type == "mutability"


@pytest.mark.parametrize("path", ["name.givenName", "name", None])
def test_an_operation_on_a_part_of_a_text_is_folded(mini: Mini, path: str | None) -> None:
    lens = mini(body(JOIN))
    value: Any = "Barbara" if path == "name.givenName" else {"givenName": "Barbara"}
    operation = {"op": "replace", "value": value if path else {"name": value}} | ({"path": path} if path else {})
    assert carry_operations(lens, parse_patch({"schemas": [PATCH_OP], "Operations": [operation]}, lens.type)) is None


def test_the_difference_names_the_fields_of_texts(mini: Mini) -> None:
    found = difference(mini(body(SPLIT)), {"first": "Mary", "last": "Smith"}, {"first": "Mary", "last": "Jones"})
    assert [(one.op, one.path, one.value) for one in found] == [("replace", "last", "Jones")]


def test_what_a_text_carries_is_not_lost(mini: Mini) -> None:
    told = losses(
        mini(body(JOIN)), {"userName": "b", "name": {"givenName": "x", "familyName": "y", "middleName": "z"}}, anew=True
    )
    assert told == (("name.middleName", "dropped"),)


EQ = frozenset({"eq"})
FIELDS = ("full", "first", "last", "account", "domain", "badge")
FILTERS: list[tuple[str, str, str | None, bool]] = [
    (ADDRESS, 'nickName eq "a@b.c"', 'account eq "a" and domain eq "b.c"', True),
    (ADDRESS, 'nickName ne "a@b.c"', 'not (account eq "a" and domain eq "b.c")', True),
    (ADDRESS, 'nickName eq "a"', None, False),
    (ADDRESS, 'nickName sw "a@"', None, False),
    (SPLIT, 'name.formatted eq "Mary Smith"', 'first eq "Mary" and last eq "Smith"', True),
    (SPLIT, 'name.formatted eq "Mary Ann Smith"', None, False),  # a record may hold Mary Ann and Smith
    (PREFIX, f'{ENTERPRISE}:employeeNumber eq "7"', 'badge eq "emp-7"', False),
    (JOIN, 'name.givenName eq "Barbara"', None, False),
    (JOIN, 'name.givenName eq "Barbara" and name.familyName eq "Jensen"', None, False),
]


@pytest.mark.parametrize(("text", "asked", "pushed", "exact"), FILTERS, ids=[row[1] for row in FILTERS])
def test_a_filter_is_asked_of_the_pieces_where_nothing_else_makes_the_text(
    mini: Mini, text: str, asked: str, pushed: str | None, exact: bool
) -> None:
    able = FilterAbility("scim", connect_and=True, connect_or=True, negate=True, allow=dict.fromkeys(FIELDS, EQ))
    plan = carry_filter(mini(body(text)), parse_filter(asked), able)
    assert (plan.pushed and format_filter(plan.pushed), plan.exact) == (pushed, exact)


def test_without_and_one_piece_is_asked_and_the_rest_is_checked(mini: Mini) -> None:
    able = FilterAbility("scim", allow=dict.fromkeys(FIELDS, EQ))
    plan = carry_filter(mini(body(ADDRESS)), parse_filter('nickName eq "a@b.c"'), able)
    assert plan.pushed is not None
    assert (format_filter(plan.pushed), plan.exact) == ('account eq "a"', False)
    assert plan.residual is not None


ADVERTISED = [
    (JOIN, AttrPath(None, "name", "givenName"), "readWrite"),
    (SHUT, AttrPath(None, "name", "familyName"), "readOnly"),
    (PREFIX, AttrPath(ENTERPRISE, "employeeNumber"), "immutable"),
]


@pytest.mark.parametrize(("text", "path", "mutability"), ADVERTISED, ids=[str(row[1]) for row in ADVERTISED])
def test_the_attributes_of_a_text_are_advertised(mini: Mini, text: str, path: AttrPath, mutability: str) -> None:
    lens = mini(body(text))
    found = advertise(lens.type, lens.rules).find(path)
    assert found is not None
    assert found.mutability == mutability
