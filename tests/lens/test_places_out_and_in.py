# ruff: noqa: E501 (tables: one row, one line)
"""One item of the record's list as a field: one by its number or its labels; the others stay as they are."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from gateway.lens.ability import Replace
from gateway.lens.absence import read_at, write_at
from gateway.lens.changes import carry_operations, difference, replacement
from gateway.lens.lens import Lens, LensError
from gateway.lens.meaning import say_out
from gateway.lens.places import FIRST, Place
from gateway.scim.names import PATCH_OP
from gateway.scim.patch import parse_patch

Mini = Callable[..., Lens]
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
BODY = """
shape:
  id: string ro
  login: string! key
  on: bool
  extra: { 'titles[]': string }
  keys[..2]: { type: string!, value: string, hint: string }
map:
  userName: login
  active: on
  title: extra.titles[0]
  userType: extra.titles[1]
  nickName: 'keys[type eq "nick"].value'
  displayName: 'keys[type eq "shown"].value'
"""

NEW: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("the first", {"title": "Boss"}, {"extra": {"titles": ["Boss"]}}),
    ("the first and the next", {"title": "Boss", "userType": "Driver"}, {"extra": {"titles": ["Boss", "Driver"]}}),
    ("by a label", {"nickName": "Babs"}, {"keys": [{"value": "Babs", "type": "nick"}]}),
    (
        "two labels",
        {"nickName": "B", "displayName": "D"},
        {"keys": [{"value": "B", "type": "nick"}, {"value": "D", "type": "shown"}]},
    ),
    ("nothing", {}, {}),
]


@pytest.mark.parametrize(("what", "resource", "record"), NEW, ids=[row[0] for row in NEW])
def test_a_place_goes_both_ways(mini: Mini, what: str, resource: dict[str, Any], record: dict[str, Any]) -> None:
    lens = mini(BODY)
    made = lens.out({"userName": "bjensen", **resource}, None)
    assert made == {"schemas": [CORE], "login": "bjensen", **record}
    assert lens.into({"id": "7", **made}) == {"id": "7", "userName": "bjensen", **resource}


ONTO: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("further items stay", {"extra": {"titles": ["a", "b", "z"]}}, {"title": "c", "userType": "b"}, {"extra": {"titles": ["c", "b", "z"]}}),
    ("without the next all behind it go", {"extra": {"titles": ["a", "b", "z"]}}, {"title": "a"}, {"extra": {"titles": ["a"]}}),
    ("the next joins the first", {"extra": {"titles": ["a"]}}, {"title": "a", "userType": "b"}, {"extra": {"titles": ["a", "b"]}}),
    ("without the first the list goes", {"extra": {"titles": ["a", "b"], "x": 1}}, {}, {"extra": {"x": 1}}),
    ("what is unknown in an item stays", {"keys": [{"type": "other"}, {"type": "nick", "value": "B", "hint": "h"}]}, {"nickName": "C"},
     {"keys": [{"type": "other"}, {"type": "nick", "value": "C", "hint": "h"}]}),
    ("an item that still says something stays", {"keys": [{"type": "nick", "value": "B", "hint": "h"}]}, {}, {"keys": [{"type": "nick", "hint": "h"}]}),
    ("an item of labels goes", {"keys": [{"type": "other"}, {"type": "nick", "value": "B"}]}, {}, {"keys": [{"type": "other"}]}),
    ("an item of labels that was so stays", {"keys": [{"type": "nick"}]}, {}, {"keys": [{"type": "nick"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "record", "resource", "written"), ONTO, ids=[row[0] for row in ONTO])
def test_a_place_is_written_onto_a_record(
    mini: Mini, what: str, record: dict[str, Any], resource: dict[str, Any], written: dict[str, Any]
) -> None:
    common = {"schemas": [CORE], "id": "7", "login": "bjensen"}
    before = {**common, **record}
    assert mini(BODY).out({"userName": "bjensen", **resource}, before) == {**common, **written}
    assert before == {**common, **record}, "the record read must stay as it was"


@pytest.mark.parametrize("record", [None, {}, {"extra": {"titles": ["a", "b"]}}])
def test_a_list_has_no_gaps(mini: Mini, record: dict[str, Any] | None) -> None:
    before = None if record is None else {"schemas": [CORE], "id": "7", "login": "b", **record}
    with pytest.raises(LensError, match="is a list with a gap"):
        mini(BODY).out({"userName": "b", "userType": "Driver"}, before)


TEXTS = """
shape: { id: string ro, login: string! key, on: bool, 'titles[]': string }
map:
  userName: login
  active: on
  "{name.givenName|word} {name.familyName}": 'titles[1]'
  title: titles[0]
  'phoneNumbers[type eq "work"].value': { to: 'titles[3]', limit: { over: truncate } }
send: { 'titles[2]': "{nickName}" }
"""
NAME = {"givenName": "Barbara", "familyName": "Jensen"}
WORK = [{"type": "work", "value": "1"}]
# what it shows, the titles before, the resource, the titles after (None: refused)
GAPS: list[tuple[str, list[str] | None, dict[str, Any], list[str] | None]] = [
    ("one after the other", None, {"title": "a", "name": NAME, "nickName": "c", "phoneNumbers": WORK}, ["a", "Barbara Jensen", "c", "1"]),
    ("a text without the first", None, {"name": NAME}, None),
    ("the first taken away from before a text", ["a", "Barbara Jensen"], {"name": NAME}, None),
    ("the first and the text taken away", ["a", "Barbara Jensen"], {}, []),
    ("what is sent behind no text", None, {"title": "a", "nickName": "c"}, None),
    ("a text taken away from before what was sent", ["a", "Barbara Jensen", "c"], {"title": "a"}, None),
    ("a slot behind what is not sent", ["a", "Barbara Jensen"], {"title": "a", "name": NAME, "phoneNumbers": WORK}, None),
    ("a slot behind what was sent", ["a", "Barbara Jensen", "c"], {"title": "a", "name": NAME, "phoneNumbers": WORK}, ["a", "Barbara Jensen", "c", "1"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "before", "resource", "after"), GAPS, ids=[row[0] for row in GAPS])
def test_texts_and_values_of_lists_stand_in_line_too(
    mini: Mini, what: str, before: list[str] | None, resource: dict[str, Any], after: list[str] | None
) -> None:
    lens, wanted = mini(TEXTS, dialect="json"), {"userName": "b", **resource}
    record = None if before is None else {"id": "7", "login": "b", "titles": before}
    for write in (lens.out, partial(say_out, lens)):  # and the yardstick of the laws says the same
        if after is None:
            with pytest.raises(LensError, match=r"gap|behind a value"):
                write(wanted, record)
        else:
            assert write(wanted, record).get("titles", []) == after


def test_a_list_that_is_full_takes_no_further_item(mini: Mini) -> None:
    record = {"id": "7", "login": "b", "keys": [{"type": "a", "value": "1"}, {"type": "b", "value": "2"}]}
    with pytest.raises(LensError, match="nickName has more than the 2"):
        mini(BODY).out({"userName": "b", "nickName": "B"}, record)


def test_a_record_without_the_list_it_should_have_is_refused(mini: Mini) -> None:
    with pytest.raises(LensError, match="keys is not a list"):
        mini(BODY).into({"id": "7", "login": "b", "keys": "x"})


def test_an_operation_on_a_place_is_folded_and_the_list_is_sent(mini: Mini) -> None:
    lens = mini(BODY)
    message = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "nickName", "value": "C"}]}
    assert carry_operations(lens, parse_patch(message, lens.type)) is None
    old, new = (
        {"keys": [{"type": "nick", "value": "B"}]},
        {"keys": [{"type": "nick", "value": "C"}, {"type": "shown", "value": "D"}]},
    )
    assert [(one.op, one.path, one.value) for one in difference(lens, old, new)] == [("replace", "keys", new["keys"])]
    body = replacement(lens, old, {}, Replace("kept", "null"))
    assert body["keys"] is None


def test_an_address_reads_and_writes_one_item() -> None:
    document: dict[str, Any] = {"a": [{"t": "x", "v": 1}]}
    write_at(document, ("a", Place('[t eq "y"]'), "v"), 2)
    write_at(document, ("b", FIRST), "z")
    write_at(document, ("a", Place('[t eq "x"]'), "v"), None)
    assert document == {"a": [{"v": 2, "t": "y"}], "b": ["z"]}
    assert (read_at(document, ("a", FIRST, "v")), read_at(document, ("b", FIRST)), read_at(document, ("c", FIRST))) == (
        2,
        "z",
        None,
    )
