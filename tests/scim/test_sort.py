# ruff: noqa: E501 (tables: one row, one line)
"""The order of lists (RFC 7644 3.4.2.3)."""

import pytest

from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath
from gateway.scim.names import ENTERPRISE
from gateway.scim.schema import Resource, standard
from gateway.scim.sort import sort_resources

RT = standard("User")


def order(resources: dict[str, Resource], by: AttrPath, descending: bool = False) -> str:
    named = [resource | {"id": name} for name, resource in resources.items()]
    return "".join(each["id"] for each in sort_resources(named, by, descending, RT))


def by(attr: str, sub: str | None = None, urn: str | None = None) -> AttrPath:
    return AttrPath(urn, attr, sub)


ROWS: list[tuple[AttrPath, dict[str, Resource], str, str]] = [
    (by("USERNAME"), {"a": {"userName": "b"}, "b": {"userName": "A"}, "c": {"userName": "C"}}, "bac", "cab"),
    (by("externalId"), {"a": {"externalId": "b"}, "b": {"externalId": "C"}, "c": {"externalId": "a"}}, "bca", "acb"),
    (by("title"), {"a": {}, "b": {"title": "x"}, "c": {"title": ""}, "d": {"title": "w"}}, "dbac", "acbd"),
    (by("title"), {"a": {"title": "x"}, "b": {"title": "X"}, "c": {"title": "x"}}, "abc", "abc"),
    (by("name", "familyName"), {"a": {"name": {"familyName": "Z"}}, "b": {"name": {"familyName": "É"}}, "c": {"name": {}}}, "abc", "cba"),
    (by("emails"), {"a": {"emails": [{"value": "a"}, {"value": "z", "primary": True}]}, "b": {"emails": [{"value": "m"}, {"value": "a"}]}, "c": {"emails": []}}, "bac", "cab"),
    (by("emails", "type"), {"a": {"emails": [{"type": "work"}]}, "b": {"emails": [{"type": "home"}]}}, "ba", "ab"),
    (by("active"), {"a": {"active": True}, "b": {"active": False}}, "ba", "ab"),
    (by("meta", "created"), {"a": {"meta": {"created": "2020-01-01T00:00:00+01:00"}}, "b": {"meta": {"created": "2019-12-31T23:30:00Z"}}, "c": {"meta": {"created": "soon"}}}, "abc", "cba"),
    (by("department", None, ENTERPRISE), {"a": {ENTERPRISE: {"department": "x"}}, "b": {ENTERPRISE: {"department": "d"}}, "c": {}}, "bac", "cab"),
    (by("title"), {"a": {"title": 5}, "b": {"title": "x"}, "c": {"title": ["q"]}, "d": {"title": {"x": 1}}}, "acbd", "dbca"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "resources", "ascending", "descending"), ROWS)
def test_resources_stand_in_order_both_ways(
    path: AttrPath, resources: dict[str, Resource], ascending: str, descending: str
) -> None:
    assert order(resources, path) == ascending
    assert order(resources, path, descending=True) == descending


@pytest.mark.parametrize("path", [by("nosuch"), by("name"), by("emails", "nosuch"), AttrPath(ENTERPRISE, None, None)])
def test_what_has_no_order_is_refused(path: AttrPath) -> None:
    with pytest.raises(ScimError) as refused:
        order({"a": {}}, path)
    assert refused.value.scim_type == "invalidPath"
