"""What is left of a filter over resources of one type, and that what is left finds the same resources."""

import pytest

from gateway.scim.bind import bind_filter
from gateway.scim.filter import format_filter, parse_filter
from gateway.scim.match import compile_match
from gateway.scim.reduce import reduce_filter
from gateway.scim.schema import standard

ROWS = [
    # filter, what is left for a User, what is left for a Group
    ('meta.resourceType eq "User"', True, False),
    ('META.RESOURCETYPE EQ "Group"', False, True),
    ('meta[resourceType eq "User"]', True, False),
    ('meta.resourceType ne "User"', False, True),
    ("meta.resourceType pr", True, True),
    ('meta.resourceType sw "G" or userName eq "b"', 'userName eq "b"', True),
    ('meta.resourceType eq "User" and userName eq "b"', 'userName eq "b"', False),
    ('not (meta.resourceType eq "User") and displayName eq "b"', False, 'displayName eq "b"'),
    ('not (members pr or displayName sw "b")', 'not (displayName sw "b")', 'not (members pr or displayName sw "b")'),
    ("members pr", False, "members pr"),
    ('userName eq "b"', 'userName eq "b"', False),
    ('userName ne "b"', 'userName ne "b"', True),
    ('not (userName eq "b")', 'not (userName eq "b")', True),
    ('emails[value sw "b"]', 'emails[value sw "b"]', False),
    ("shoeSize pr", False, False),
    ('displayName eq "b"', 'displayName eq "b"', 'displayName eq "b"'),
    ('displayName eq "b" and (userName pr or members pr)', 'displayName eq "b" and userName pr',
     'displayName eq "b" and members pr'),
    ("meta.created pr and meta.resourceType pr", "meta.created pr", "meta.created pr"),
]  # fmt: skip
RESOURCES = {
    "User": [{"userName": "b", "emails": [{"value": "b@x"}]}, {"userName": "c", "displayName": "b"}],
    "Group": [{"displayName": "b", "members": [{"value": "1"}]}, {"displayName": "c"}],
}


@pytest.mark.parametrize(("text", "user", "group"), ROWS, ids=[row[0] for row in ROWS])
def test_what_a_type_decides_is_decided(text, user, group):
    for name, wanted in (("User", user), ("Group", group)):
        rt = standard(name)
        bound = bind_filter(parse_filter(text), rt, unknown_is_absent=True)
        rest = reduce_filter(bound, rt)
        assert (rest if isinstance(rest, bool) else format_filter(rest)) == wanted
        whole = compile_match(bound, rt)
        left = (lambda one, rest=rest: rest) if isinstance(rest, bool) else compile_match(rest, rt)
        for one in RESOURCES[name]:
            resource = {**one, "meta": {"resourceType": name, "created": "2026-01-05T09:00:00Z"}}
            assert left(resource) is whole(resource)
