"""A part of a record is read as the whole is, and nothing else of it is looked at."""

from collections.abc import Callable

import pytest

from gateway.lens.lens import Lens, LensError
from gateway.lens.partial import into_part
from gateway.mapping.load import load_dialect
from gateway.scim.filter import AttrPath, parse_filter, walk

BODY = """
shape: { id: string ro, login: string! key, on: bool, first: string, last: string, nick: string, work: string,
  "mails[]": { address: string!, kind: string } }
map:
  userName: login
  active: { to: on, assume: true }
  name.givenName: first
  name.familyName: last
  nickName: nick
  emails: { to: mails, each: { value: address, type: kind } }
  'phoneNumbers[type eq "work"].value': { to: work, limit: { over: truncate } }
show:
  displayName: { value: ["{first} {last}", "{login}"], when: 'on eq true' }
  name.formatted: "{first} {last}"
"""
RECORD = {
    "id": "7", "login": "bj", "on": True, "first": "B", "last": "J", "nick": "bee", "work": "1",
    "mails": [{"address": "a@b", "kind": "work"}],
}  # fmt: skip
PARTS = [
    ('userName eq "a"', {"userName": "bj"}),
    ("active eq true", {"active": True}),
    ('name.givenName eq "a" and id eq "b"', {"name": {"givenName": "B"}}),
    ("name.formatted pr", {"name": {"formatted": "B J"}}),
    ('displayName sw "B"', {"displayName": "B J"}),
    ('emails.value eq "a" or emails[type eq "b"]', {"emails": [{"value": "a@b", "type": "work"}]}),
    ('not (phoneNumbers[type eq "home"])', {"phoneNumbers": [{"type": "work", "value": "1"}]}),
    ('id eq "7"', {}),
]


@pytest.mark.parametrize(("text", "shown"), PARTS)
def test_only_what_a_filter_looks_at_is_read(mini: Callable[..., Lens], text: str, shown: dict[str, object]) -> None:
    assert into_part(mini(BODY), walk(parse_filter(text)))(RECORD) == {"id": "7", **shown}


def test_a_filter_over_schemas_looks_at_everything(mini: Callable[..., Lens]) -> None:
    lens = mini(BODY)
    assert into_part(lens, [AttrPath(None, "schemas")]) is lens.into


def test_a_record_without_an_id_is_refused_in_part_as_well(mini: Callable[..., Lens]) -> None:
    into = into_part(mini(BODY), [AttrPath(None, "userName")])
    with pytest.raises(LensError):
        into({"login": "bj"})
    assert into({"id": "7", "login": "bj", "mails": "no list"}) == {"id": "7", "userName": "bj"}


def test_what_was_compiled_for_a_part_serves_again_and_is_bounded() -> None:
    lens = load_dialect("scim2").resources["User"].lens
    names = [str(path.attr) for path, _ in lens.type.attributes() if path.attr != "schemas"]
    one = [AttrPath(None, names[3]), AttrPath(None, names[4])]
    assert into_part(lens, one) is into_part(lens, one[::-1])
    for first in names[:9]:
        for second in names[:9]:
            into_part(lens, [AttrPath(None, first), AttrPath(None, second)])
    assert len(lens.parts) <= 64
