# ruff: noqa: E501 (tables: one row, one line)
"""Codecs and tables for the parts of a list's items: what goes out, what comes back, what stays as it is spelled."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.ability import FilterAbility
from gateway.lens.advertise import advertise
from gateway.lens.filters import carry_filter
from gateway.lens.lens import Lens, LensError
from gateway.scim.filter import AttrPath, format_filter, parse_filter

Mini = Callable[..., Lens]
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
BODY = """
shape:
  id: string ro
  login: string! key
  on: string
  mails[]: { address: string!, kind: enum(W|H|O), main: string, note: string }
  rights[]: enum(r|w|x)
  calls[]: string
map:
  userName: login
  active: { to: on, via: bool_text }
  emails:
    to: mails
    each:
      value: { to: address, via: lower }
      type: { to: kind, values: { work: W, home: H }, also: { O: home }, limit: { over: reject } }
      primary: { to: main, via: bool_text }
  roles: { to: rights, each: { value: { values: { read: r, write: w }, also: { x: write }, limit: { over: reject } } } }
  phoneNumbers: { to: calls, each: { value: { via: upper } } }
"""

# what it shows, the resource, the record sent, the resource read back
ROWS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("every part", {"emails": [{"value": "A@B.C", "type": "work", "primary": True}]}, {"mails": [{"address": "a@b.c", "kind": "W", "main": "true"}]}, {"emails": [{"value": "a@b.c", "type": "work", "primary": True}]}),
    ("some parts", {"emails": [{"value": "a@b.c"}]}, {"mails": [{"address": "a@b.c"}]}, {"emails": [{"value": "a@b.c"}]}),
    ("plain values through a table", {"roles": [{"value": "read"}, {"value": "write"}]}, {"rights": ["r", "w"]}, {"roles": [{"value": "read"}, {"value": "write"}]}),
    ("plain values through a codec", {"phoneNumbers": [{"value": "a"}]}, {"calls": ["A"]}, {"phoneNumbers": [{"value": "A"}]}),
    ("a truth in words", {"active": False}, {"on": "false"}, {"active": False}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "resource", "record", "shown"), ROWS, ids=[row[0] for row in ROWS])
def test_a_part_goes_both_ways(
    mini: Mini, what: str, resource: dict[str, Any], record: dict[str, Any], shown: dict[str, Any]
) -> None:
    lens = mini(BODY)
    made = lens.out({"userName": "bjensen", **resource}, None)
    assert made == {"schemas": [CORE], "login": "bjensen", **record}
    assert lens.into({"id": "7", **made}) == {"id": "7", "userName": "bjensen", **shown}


# what it shows, the record, the resource, the record written
ONTO: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("a synonym stays", {"mails": [{"address": "a@b.c", "kind": "O", "main": "TRUE"}]}, {"emails": [{"value": "a@b.c", "type": "home", "primary": True}]}, {"mails": [{"address": "a@b.c", "kind": "O", "main": "TRUE"}]}),
    ("another type", {"mails": [{"address": "a@b.c", "kind": "O"}]}, {"emails": [{"value": "a@b.c", "type": "work"}]}, {"mails": [{"address": "a@b.c", "kind": "W"}]}),
    ("in other letters it is the same item", {"mails": [{"address": "a@b.c", "note": "kept"}]}, {"emails": [{"value": "A@b.c"}]}, {"mails": [{"address": "a@b.c", "note": "kept"}]}),
    ("plain synonyms stay", {"rights": ["x", "r"]}, {"roles": [{"value": "read"}, {"value": "write"}]}, {"rights": ["r", "x"]}),
    ("plain spellings stay", {"calls": ["a"]}, {"phoneNumbers": [{"value": "a"}, {"value": "b"}]}, {"calls": ["a", "B"]}),
    ("a word in capitals stays", {"on": "TRUE"}, {"active": True}, {"on": "TRUE"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "record", "resource", "written"), ONTO, ids=[row[0] for row in ONTO])
def test_parts_are_written_onto_the_items_there_are(
    mini: Mini, what: str, record: dict[str, Any], resource: dict[str, Any], written: dict[str, Any]
) -> None:
    common = {"schemas": [CORE], "id": "7", "login": "bjensen"}
    made = mini(BODY).out({"userName": "bjensen", **resource}, {**common, **record})
    assert made == {**common, **written}


def test_a_value_that_the_table_lacks_is_refused(mini: Mini) -> None:
    with pytest.raises(LensError, match="has no value at the backend"):
        mini(BODY).out({"userName": "b", "emails": [{"value": "a@b.c", "type": "pager"}]}, None)


@pytest.mark.parametrize("field", [{"on": "yes"}, {"on": 1}, {"mails": [{"address": "a", "main": "maybe"}]}])
def test_a_word_that_is_no_truth_is_no_record(mini: Mini, field: dict[str, Any]) -> None:
    with pytest.raises(LensError, match="is not written the way the mapping says"):
        mini(BODY).into({"id": "7", "login": "b", **field})


FILTERS: list[tuple[str, str | None, bool]] = [
    ("active eq true", None, False),  # a record may spell it in any letter case
    ('emails.type eq "home"', 'mails.kind eq "H" or mails.kind eq "O"', True),
    ('emails[type eq "work"]', 'mails.kind eq "W"', True),
    ('emails.value eq "A@B.C"', 'mails.address eq "A@B.C"', True),
    ('emails.type sw "h"', None, False),
]


@pytest.mark.parametrize(("asked", "pushed", "exact"), FILTERS, ids=[row[0] for row in FILTERS])
def test_a_filter_is_asked_in_the_backends_words(mini: Mini, asked: str, pushed: str | None, exact: bool) -> None:
    fields = ("on", "mails.kind", "mails.address", "mails.main")
    able = FilterAbility("scim", connect_or=True, allow=dict.fromkeys(fields, frozenset({"eq", "sw"})))
    plan = carry_filter(mini(BODY), parse_filter(asked), able)
    assert (plan.pushed and format_filter(plan.pushed), plan.exact) == (pushed, exact)


def test_the_words_of_a_table_are_advertised(mini: Mini) -> None:
    lens = mini(BODY)
    found = advertise(lens.type, lens.rules).find(AttrPath(None, "emails", "type"))
    assert found is not None
    assert found.canonical_values == ("work", "home")
