# ruff: noqa: E501 (tables: one row, one line)
"""Single values of lists with fields of their own: what goes out, what comes back, which operations and filters cross."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.ability import FilterAbility
from gateway.lens.advertise import advertise
from gateway.lens.changes import carry_operations, difference
from gateway.lens.filters import carry_filter
from gateway.lens.lens import Lens, LensError
from gateway.lens.losses import losses
from gateway.scim.filter import format_filter, parse_filter
from gateway.scim.names import PATCH_OP
from gateway.scim.patch import parse_patch

Mini = Callable[..., Lens]
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PHONES = """
'phoneNumbers[type eq "work"].value': { to: work, limit: { over: truncate } }
'phoneNumbers[type eq "mobile"].value': cell
"""
STRICT = PHONES.replace("truncate", "reject")
HOME = """
'addresses[type eq "home"].locality': { to: home.city, limit: { over: truncate } }
'addresses[type eq "home"].country': { to: home.land, via: upper }
"""
MAIL = "'emails[type eq \"work\" and primary eq true].value': { to: mail, pick: [match, primary, first], limit: { over: truncate } }"
ADMIN = "'roles[value eq \"admin\"]': { to: admin, limit: { over: truncate } }"
VIP = "'roles[value eq \"vip\"]': { to: vip, values: { true: Y, false: N }, also: { T: true }, limit: { over: truncate } }"
FILL = '\'phoneNumbers[type eq "work"].value\': { to: must, fill: "{userName}", limit: { over: truncate } }'


def body(map_: str) -> str:
    lines = ["shape:", "  id: string ro", "  login: string! key", "  on: bool", "  work: string(..8)", "  cell: string"]
    lines += ["  home: { city: string, land: string }", "  mail: string", "  admin: bool", "  vip: enum(Y|N|T)"]
    lines += ["  must: string!"] if "must" in map_ else []
    lines += ["map:", "  userName: login", "  active: on", *(f"  {line}" for line in map_.strip().splitlines())]
    return "\n".join(lines)


# what it shows, the rules, the resource, the record sent, the resource read back
ROWS: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("two slots", PHONES, {"phoneNumbers": [{"value": "2", "type": "mobile"}, {"value": "1", "type": "work"}]}, {"work": "1", "cell": "2"},
     {"phoneNumbers": [{"type": "work", "value": "1"}, {"type": "mobile", "value": "2"}]}),
    ("one slot of two", PHONES, {"phoneNumbers": [{"value": "2", "type": "mobile"}]}, {"cell": "2"}, {"phoneNumbers": [{"type": "mobile", "value": "2"}]}),
    ("a name in other letters", PHONES, {"phoneNumbers": [{"value": "1", "type": "WORK"}]}, {"work": "1"}, {"phoneNumbers": [{"type": "work", "value": "1"}]}),
    ("what no slot takes", PHONES, {"phoneNumbers": [{"value": "1", "type": "fax"}, {"value": "2"}]}, {}, {}),
    ("a second value of one name", PHONES, {"phoneNumbers": [{"value": "1", "type": "work"}, {"value": "2", "type": "work"}]}, {"work": "1"}, {"phoneNumbers": [{"type": "work", "value": "1"}]}),
    ("several fields of one value", HOME, {"addresses": [{"type": "home", "locality": "Bonn", "country": "de"}]}, {"home": {"city": "Bonn", "land": "DE"}},
     {"addresses": [{"type": "home", "locality": "Bonn", "country": "DE"}]}),
    ("some fields of one value", HOME, {"addresses": [{"type": "home", "country": "DE"}]}, {"home": {"land": "DE"}}, {"addresses": [{"type": "home", "country": "DE"}]}),
    ("pick: the one that matches", MAIL, {"emails": [{"value": "a@b"}, {"value": "c@d", "type": "work", "primary": True}]}, {"mail": "c@d"}, {"emails": [{"type": "work", "primary": True, "value": "c@d"}]}),
    ("pick: the primary one", MAIL, {"emails": [{"value": "a@b"}, {"value": "c@d", "primary": True}]}, {"mail": "c@d"}, {"emails": [{"type": "work", "primary": True, "value": "c@d"}]}),
    ("pick: the first one", MAIL, {"emails": [{"value": "a@b"}, {"value": "c@d"}]}, {"mail": "a@b"}, {"emails": [{"type": "work", "primary": True, "value": "a@b"}]}),
    ("a presence", ADMIN, {"roles": [{"value": "admin"}, {"value": "other"}]}, {"admin": True}, {"roles": [{"value": "admin"}]}),
    ("no presence", ADMIN, {}, {"admin": False}, {}),
    ("a presence through a table", VIP, {"roles": [{"value": "VIP"}]}, {"vip": "Y"}, {"roles": [{"value": "vip"}]}),
    ("no presence through a table", VIP, {}, {"vip": "N"}, {}),
    ("a slot filled in", FILL, {}, {"must": "bjensen"}, {"phoneNumbers": [{"type": "work", "value": "bjensen"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "resource", "record", "shown"), ROWS, ids=[row[0] for row in ROWS])
def test_a_slot_goes_both_ways(
    mini: Mini, what: str, text: str, resource: dict[str, Any], record: dict[str, Any], shown: dict[str, Any]
) -> None:
    lens = mini(body(text))
    made = lens.out({"userName": "bjensen", **resource}, None)
    assert made == {"schemas": [CORE], "login": "bjensen", **record}
    assert lens.into({"id": "7", **made}) == {"id": "7", "userName": "bjensen", **shown}


ONTO: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("a slot left out is cleared", PHONES, {"work": "1", "cell": "2"}, {"phoneNumbers": [{"type": "mobile", "value": "2"}]}, {"cell": "2"}),
    ("what the mapping does not know stays", HOME, {"home": {"city": "Bonn", "zip": 1}}, {"addresses": [{"type": "home", "country": "FR"}]}, {"home": {"land": "FR", "zip": 1}}),
    ("a synonym of yes stays", VIP, {"vip": "T"}, {"roles": [{"value": "vip"}]}, {"vip": "T"}),
    ("a presence taken away", VIP, {"vip": "T"}, {}, {"vip": "N"}),
    ("a presence never spoken of stays so", ADMIN, {}, {}, {}),
    ("a presence given", ADMIN, {"admin": False}, {"roles": [{"value": "admin"}]}, {"admin": True}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "record", "resource", "written"), ONTO, ids=[row[0] for row in ONTO])
def test_slots_are_written_onto_a_record(
    mini: Mini, what: str, text: str, record: dict[str, Any], resource: dict[str, Any], written: dict[str, Any]
) -> None:
    common = {"schemas": [CORE], "id": "7", "login": "bjensen"}
    assert mini(body(text)).out({"userName": "bjensen", **resource}, {**common, **record}) == {
        **common,
        **written,
    }


@pytest.mark.parametrize(
    ("phones", "reason"),
    [
        ([{"type": "fax", "value": "1"}], "phoneNumbers has a value that the backend has no field for"),
        ([{"type": "work", "value": "1"}, {"type": "work", "value": "2"}], "has no field for"),
        ([{"type": "work", "value": "too long a number"}], "phoneNumbers.value is longer than the 8"),
    ],
)
def test_a_value_that_cannot_cross_is_refused_by_name(mini: Mini, phones: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(LensError, match=reason):
        mini(body(STRICT)).out({"userName": "bjensen", "phoneNumbers": phones}, None)


def test_a_value_that_no_slot_takes_is_told(mini: Mini) -> None:
    lens = mini(body(PHONES))
    assert losses(lens, {"userName": "b", "phoneNumbers": [{"type": "fax", "value": "1"}]}, anew=True) == (
        ("phoneNumbers", "dropped"),
    )
    assert losses(lens, {"userName": "b", "phoneNumbers": [{"type": "work", "value": "1"}]}, anew=True) == ()


CARRIED: list[tuple[str, str, dict[str, Any], list[tuple[str, str, Any]] | None]] = [
    ("Entra's path", PHONES, {"op": "replace", "path": 'phoneNumbers[type eq "work"].value', "value": "1"}, [("replace", "work", "1")]),
    ("a part of several", HOME, {"op": "add", "path": 'addresses[type eq "home"].country', "value": "de"}, [("replace", "home.land", "DE")]),
    ("a removal", PHONES, {"op": "remove", "path": 'phoneNumbers[type eq "mobile"].value'}, [("remove", "cell", None)]),
    ("a name that no slot has", PHONES, {"op": "replace", "path": 'phoneNumbers[type eq "fax"].value', "value": "1"}, None),
    ("a whole value", PHONES, {"op": "replace", "path": 'phoneNumbers[type eq "work"]', "value": {"value": "1"}}, None),
    ("a presence", ADMIN, {"op": "remove", "path": 'roles[value eq "admin"]'}, None),
    ("the list", PHONES, {"op": "add", "path": "phoneNumbers", "value": [{"type": "work", "value": "1"}]}, None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "operation", "changes"), CARRIED, ids=[row[0] for row in CARRIED])
def test_an_operation_on_a_slot_crosses_or_is_folded(
    mini: Mini, what: str, text: str, operation: dict[str, Any], changes: list[tuple[str, str, Any]] | None
) -> None:
    lens = mini(body(text))
    carried = carry_operations(lens, parse_patch({"schemas": [PATCH_OP], "Operations": [operation]}, lens.type))
    assert (carried if carried is None else [(one.op, one.path, one.value) for one in carried]) == changes


def test_the_difference_names_the_fields_of_slots(mini: Mini) -> None:
    found = difference(mini(body(PHONES + ADMIN)), {"work": "1", "admin": True}, {"cell": "2", "admin": False})
    assert [(one.op, one.path, one.value) for one in found] == [
        ("remove", "work", None),
        ("add", "cell", "2"),
        ("replace", "admin", False),
    ]


ALL = frozenset({"eq", "sw", "pr"})
ABLE = FilterAbility(
    "scim", connect_and=True, connect_or=True, negate=True, allow={"work": ALL, "cell": ALL, "admin": ALL, "vip": ALL}
)
FILTERS: list[tuple[str, str, str | None, bool]] = [
    (PHONES, 'phoneNumbers[type eq "work" and value eq "1"]', 'work eq "1"', True),
    (PHONES, 'phoneNumbers[type eq "Mobile" and value sw "1"]', 'cell sw "1"', True),
    (PHONES, 'phoneNumbers[type eq "work" and value pr]', "work pr", True),
    (PHONES, 'phoneNumbers.value eq "1"', 'work eq "1" or cell eq "1"', True),
    (PHONES, 'phoneNumbers.value ne "1"', 'not (work eq "1" or cell eq "1")', True),
    (PHONES, 'phoneNumbers[type eq "fax" and value eq "1"]', None, False),
    (PHONES, 'phoneNumbers[type eq "work" and value ne "1"]', None, False),
    (PHONES, 'phoneNumbers.type eq "work"', "work pr", True),
    (PHONES, 'phoneNumbers[type eq "work"]', "work pr", True),
    (PHONES, "phoneNumbers pr", "work pr or cell pr", True),
    (PHONES, "not (phoneNumbers.type pr)", "not (work pr or cell pr)", True),
    (PHONES, 'phoneNumbers[value eq "1"]', 'work eq "1" or cell eq "1"', True),
    (PHONES, 'phoneNumbers[type ne "work" and value eq "1"]', 'cell eq "1"', True),
    (PHONES, 'phoneNumbers[not (type eq "work") and value sw "1"]', 'cell sw "1"', True),
    (PHONES, 'phoneNumbers[(type eq "work" or type eq "fax") and value sw "1"]', 'work sw "1"', True),
    (PHONES, 'phoneNumbers[(type eq "work" or value eq "1") and value sw "1"]', 'work sw "1" or cell sw "1"', False),
    (PHONES, 'phoneNumbers[type co "x"]', None, False),
    (ADMIN, 'roles[value eq "admin"]', "admin eq true", True),
    (ADMIN, 'roles.value eq "admin"', "admin eq true", True),
    (ADMIN, 'not (roles.value eq "admin")', "not (admin eq true)", True),
    (ADMIN, 'roles.value eq "other"', None, False),
    (VIP, 'roles.value eq "vip"', 'vip eq "Y" or vip eq "T"', True),
]


@pytest.mark.parametrize(("text", "asked", "pushed", "exact"), FILTERS, ids=[row[1] for row in FILTERS])
def test_a_filter_over_slots_is_asked_of_their_fields(
    mini: Mini, text: str, asked: str, pushed: str | None, exact: bool
) -> None:
    plan = carry_filter(mini(body(text)), parse_filter(asked), ABLE)
    assert (plan.pushed and format_filter(plan.pushed), plan.exact) == (pushed, exact)


def test_the_names_of_slots_are_advertised(mini: Mini) -> None:
    lens = mini(body(PHONES))
    phones = advertise(lens.type, lens.rules).schema.find("phoneNumbers")
    assert phones is not None
    assert {sub.name: sub.canonical_values for sub in phones.sub_attributes} == {
        "value": (),
        "type": ("work", "mobile"),
    }
