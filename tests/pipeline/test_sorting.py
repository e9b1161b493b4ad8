"""An order is left to the backend only where it is the attribute's own."""

from pathlib import Path

import pytest

from gateway.mapping.load import load_dialect
from gateway.pipeline.sorting import sorted_field
from gateway.scim.filter import AttrPath

TEXT = """
scimap: 1
name: sorted
extends: scim2-base
params: { url: ~ }
connect: { base: https://vendor.example }
resources:
  Group: ~
  User:
    can:
      filter: { language: none }
      sort: [login, made, day, state, nick, person.last]
    shape: { login: string! key, made: int ro, day: string, state: enum(A|S), nick: string, job: string,
             person: { last: string } }
    map:
      userName: login
      meta.created: { to: made, via: epoch_ms }
      title: { to: day, via: 'prefix("e#")' }
      active: { to: state, values: { true: A, false: S } }
      nickName: { to: nick, assume: none }
      displayName: job
      name.familyName: person.last
"""
ROWS = [
    ("userName", None, "login"),
    ("meta", "created", "made"),
    ("name", "familyName", "person.last"),
    ("title", None, None),
    ("active", None, None),
    ("nickName", None, None),
    ("displayName", None, None),
    ("userType", None, None),
]


@pytest.mark.parametrize(("attr", "sub", "field"), ROWS)
def test_a_field_is_sorted_by_where_its_order_is_the_attribute_s(
    tmp_path: Path, attr: str, sub: str | None, field: str | None
) -> None:
    (tmp_path / "sorted.yaml").write_text(TEXT, "utf-8")
    resource = load_dialect("sorted", (tmp_path,)).resources["User"]
    assert sorted_field(resource, AttrPath(None, attr, sub)) == field
