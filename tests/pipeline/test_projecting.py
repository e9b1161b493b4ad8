"""What the backend is asked to leave out is never what it takes to answer."""

import pytest
from msgspec.structs import replace

from gateway.lens.kinds import ShowRule
from gateway.mapping.load import load_dialect
from gateway.pipeline.projecting import field_pairs, looked_at
from gateway.scim.filter import AttrPath, parse_filter
from gateway.scim.names import ENTERPRISE
from gateway.scim.project import parse_projection

USER, GROUP = (load_dialect("scim2").resources[name] for name in ("User", "Group"))
CUBE = load_dialect("cube-cloud").resources["User"]

ROWS = [
    (USER, "both", "userName", "", "attributes=id,userName"),
    (USER, "both", "name.givenName,title", "", "attributes=id,name,title"),
    (USER, "both", f"{ENTERPRISE}:manager", "", f"attributes=id,{ENTERPRISE}:manager"),
    (USER, "both", "nonsense", "", "attributes=id"),
    (USER, "both", "", "emails.type", ""),
    (USER, "both", "", "userName,emails", "excludedAttributes=emails,userName"),
    (USER, "both", "", "id,nonsense", ""),
    (GROUP, "both", "", "members", "excludedAttributes=members"),
    (GROUP, "excluded", "", "members", "excludedAttributes=members"),
    (GROUP, "excluded", "displayName", "", "excludedAttributes=externalId,members,meta"),
    (GROUP, None, "displayName", "", ""),
    (GROUP, "both", "", "", ""),
]


@pytest.mark.parametrize(("resource", "can", "attributes", "excluded", "asked"), ROWS)
def test_the_client_s_names_become_the_backend_s(resource, can, attributes, excluded, asked) -> None:
    resource = replace(resource, can=replace(resource.can, project=can))
    pairs = field_pairs(resource, parse_projection(attributes, excluded, resource.type))
    assert "&".join("=".join(pair) for pair in pairs) == asked


LOOKED = [
    ("title", "", 'nickName eq "a" and emails[type eq "b"]', None, "attributes=emails,id,nickName,title"),
    ("title", "", None, "displayName", "attributes=displayName,id,title"),
    ("title", "", f'schemas eq "{ENTERPRISE}"', None, ""),
    ("", "emails,title", 'emails.value eq "a"', None, "excludedAttributes=title"),
    ("", "title", None, "title", ""),
]


@pytest.mark.parametrize(("attributes", "excluded", "wanted", "sort_by", "asked"), LOOKED)
def test_what_is_read_here_is_asked_for_although_nobody_sees_it(attributes, excluded, wanted, sort_by, asked) -> None:
    resource = replace(USER, can=replace(USER.can, project="both"))
    paths = looked_at(parse_filter(wanted) if wanted else None, AttrPath(None, sort_by) if sort_by else None)
    pairs = field_pairs(resource, parse_projection(attributes, excluded, USER.type), paths)
    assert "&".join("=".join(pair) for pair in pairs) == asked


def test_what_says_that_a_record_counts_is_always_asked_for() -> None:
    paging = replace(USER.can.paging, ignore=parse_filter('kind eq "sample"'))
    gone = parse_filter('lifecycle.state eq "DELETED"')
    resource = replace(USER, gone=gone, can=replace(USER.can, project="both", paging=paging))
    pairs = field_pairs(resource, parse_projection("title", None, USER.type))
    assert pairs == (("attributes", "id,kind,lifecycle,title"),)


def test_a_template_and_its_condition_bring_what_they_read() -> None:
    resource = replace(CUBE, can=replace(CUBE.can, project="both"))
    wanted = parse_projection("displayName", None, CUBE.type)
    assert field_pairs(resource, wanted) == (("attributes", "id,name"),)
    rules = tuple(
        replace(rule, when=parse_filter('state eq "on"')) if isinstance(rule, ShowRule) else rule
        for rule in CUBE.lens.rules
    )
    guarded = replace(resource, lens=replace(CUBE.lens, rules=rules))
    assert field_pairs(guarded, wanted) == (("attributes", "id,name,state"),)
