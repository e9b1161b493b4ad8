# ruff: noqa: E501 (tables: one row, one line)
"""One of several rules for an attribute: which field it goes to, what is found again, what is cleared and refused."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.ability import FilterAbility
from gateway.lens.advertise import advertise
from gateway.lens.changes import carry_operations
from gateway.lens.filters import carry_filter
from gateway.lens.lens import Lens, LensError
from gateway.lens.losses import losses
from gateway.scim.filter import AttrPath, format_filter, parse_filter
from gateway.scim.names import PATCH_OP
from gateway.scim.patch import parse_patch

Mini = Callable[..., Lens]
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
BODY = """
shape:
  id: string ro
  login: string! key
  state: enum(on|off|locked)
  kind: string
  ours: string
  theirs: string
  rank: enum(a|b)
  grade: enum(x|y)
  guest: string
map:
  userName: login
  userType: kind
  active: { to: state, values: { true: on, false: off }, also: { locked: false } }
  nickName:
    choose:
      - { when: 'userType eq "Contractor"', to: theirs }
      - { to: ours, via: 'prefix("E-")' }
  title:
    choose:
      - { when: "active eq false", to: rank, values: { Lead: a, Member: b }, limit: { over: reject } }
      - { when: "active eq true", to: grade, values: { Lead: x, Chief: y }, limit: { over: reject } }
"""

# what it shows, the resource, the record sent
ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("the first that holds", {"userType": "Contractor", "nickName": "7"}, {"kind": "Contractor", "theirs": "7"}),
    ("letters of either case", {"userType": "CONTRACTOR", "nickName": "7"}, {"kind": "CONTRACTOR", "theirs": "7"}),
    ("all the rest", {"userType": "Employee", "nickName": "7"}, {"kind": "Employee", "ours": "E-7"}),
    ("without what decides", {"nickName": "7"}, {"ours": "E-7"}),
    ("by a truth", {"active": False, "title": "Lead"}, {"state": "off", "rank": "a"}),
    ("by the other truth", {"active": True, "title": "Chief"}, {"state": "on", "grade": "y"}),
    ("no branch and no value", {"userType": "x"}, {"kind": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "resource", "record"), ROWS, ids=[row[0] for row in ROWS])
def test_a_branch_goes_both_ways(mini: Mini, what: str, resource: dict[str, Any], record: dict[str, Any]) -> None:
    lens = mini(BODY)
    made = lens.out({"userName": "bjensen", **resource}, None)
    assert made == {"schemas": [CORE], "login": "bjensen", **record}
    assert lens.into({"id": "7", **made}) == {"id": "7", "userName": "bjensen", **resource}


# what it shows, the record, the resource, the record written
ONTO: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("the old branch is cleared", {"kind": "Contractor", "theirs": "7"}, {"userType": "Employee", "nickName": "7"}, {"kind": "Employee", "ours": "E-7"}),
    ("the old branch is cleared without a value", {"kind": "Contractor", "theirs": "7"}, {"userType": "Employee"}, {"kind": "Employee"}),
    ("what decides is taken away", {"kind": "Contractor", "theirs": "7"}, {"nickName": "8"}, {"ours": "E-8"}),
    ("what another branch holds stays", {"kind": "Contractor", "theirs": "7", "ours": "E-1"}, {"userType": "Contractor", "nickName": "8"}, {"kind": "Contractor", "theirs": "8", "ours": "E-1"}),
    ("by what the record then shows", {"state": "locked", "rank": "a"}, {"active": False, "title": "Member"}, {"state": "locked", "rank": "b"}),
    ("no branch any more", {"state": "on", "grade": "x"}, {}, {}),
    ("a record that cannot be read is mended", {"state": "odd", "grade": "x"}, {"active": True, "title": "Chief"}, {"state": "on", "grade": "y"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "record", "resource", "written"), ONTO, ids=[row[0] for row in ONTO])
def test_a_branch_is_written_onto_a_record(
    mini: Mini, what: str, record: dict[str, Any], resource: dict[str, Any], written: dict[str, Any]
) -> None:
    common = {"schemas": [CORE], "id": "7", "login": "bjensen"}
    made = mini(BODY).out({"userName": "bjensen", **resource}, {**common, **record})
    assert made == {**common, **written}


def test_a_field_of_another_branch_is_not_shown(mini: Mini) -> None:
    shown = mini(BODY).into({"id": "7", "login": "b", "kind": "Contractor", "ours": "E-1"})
    assert shown == {"id": "7", "userName": "b", "userType": "Contractor"}


def test_a_value_without_a_branch_is_refused(mini: Mini) -> None:
    with pytest.raises(LensError, match="title has no field at the backend for a resource like this") as caught:
        mini(BODY).out({"userName": "b", "title": "Lead"}, None)
    assert caught.value.scim_type == "invalidValue"


@pytest.mark.parametrize("path", ["nickName", "userType", "title", "active"])
def test_an_operation_on_a_choice_or_on_what_decides_is_folded(mini: Mini, path: str) -> None:
    lens = mini(BODY)
    value: Any = True if path == "active" else "Lead"
    request = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": path, "value": value}]}
    assert carry_operations(lens, parse_patch(request, lens.type)) is None


def test_what_a_choice_carries_is_not_lost(mini: Mini) -> None:
    assert losses(mini(BODY), {"userName": "b", "nickName": "x", "profileUrl": "y"}, anew=True) == (
        ("profileUrl", "dropped"),
    )


FIELDS = ("kind", "ours", "theirs", "state", "rank", "grade")
ALL = FilterAbility(
    "scim", connect_and=True, connect_or=True, negate=True, allow=dict.fromkeys(FIELDS, frozenset({"eq"}))
)
FILTERS: list[tuple[str, FilterAbility, str | None, bool]] = [
    ('nickName eq "7"', ALL, 'theirs eq "7" and kind eq "Contractor" or ours eq "E-7" and not (kind eq "Contractor")', True),
    ('nickName ne "7"', ALL, 'not (theirs eq "7" and kind eq "Contractor" or ours eq "E-7" and not (kind eq "Contractor"))', True),
    ('nickName sw "7"', ALL, None, False),
    ('nickName eq "7"', FilterAbility("scim", connect_or=True, allow=ALL.allow), 'theirs eq "7" or ours eq "E-7"', False),
    ('nickName eq "7"', FilterAbility("scim", connect_and=True, allow=ALL.allow), None, False),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "able", "pushed", "exact"), FILTERS, ids=range(len(FILTERS)))
def test_each_branch_is_asked_along_with_its_condition(
    mini: Mini, asked: str, able: FilterAbility, pushed: str | None, exact: bool
) -> None:
    plan = carry_filter(mini(BODY), parse_filter(asked), able)
    assert (plan.pushed and format_filter(plan.pushed), plan.exact) == (pushed, exact)


def test_the_values_of_all_branches_are_advertised(mini: Mini) -> None:
    lens = mini(BODY)
    found = advertise(lens.type, lens.rules).find(AttrPath(None, "title"))
    assert found is not None
    assert found.canonical_values == ("Lead", "Member", "Chief")
