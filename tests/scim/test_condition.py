"""Conditions over documents: paths of any depth, places in lists, odd names."""

import pytest

from gateway.lens.guards import holds, paths_read
from gateway.scim.condition import parse_condition
from gateway.scim.errors import ScimError
from gateway.scim.filter import format_filter
from gateway.scim.names import ENTERPRISE

RECORD = {
    "status": "DELETED",
    "profile": {"names": {"shown": "Babs"}},
    "keys": [{"type": "hr", "value": "7", "at": {"day": 1}}, {"type": "crm", "value": "8"}],
    "odd.name": {"x-y": True},
    "codes": ["a", "b"],
    ENTERPRISE: {"manager": {"value": "42"}},
}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ('status eq "deleted"', True),
        ('profile.names.shown sw "B" and not (profile.names.hidden pr)', True),
        ("keys[1].value eq 8", True),
        ('keys[0].value eq "8"', False),
        ('keys[type eq "hr"].value eq "7"', True),
        ('keys[type eq "hr" and at.day eq 1].value eq "7"', True),
        ('keys[type eq "crm"].at.day eq 1', False),
        ('"odd.name".x-y eq true', True),
        ('codes[1] eq "b"', True),
        ('codes eq "b"', True),
        ("codes[9] pr", False),
        (f'{ENTERPRISE}:manager.value eq "42"', True),
    ],
)
def test_a_condition_holds_of_a_record(text, held):
    condition = parse_condition(text, (ENTERPRISE,))
    assert holds(condition, RECORD) is held
    assert holds(parse_condition(format_filter(condition), (ENTERPRISE,)), RECORD) is held


def test_every_path_that_is_read_is_known():
    condition = parse_condition('a.b[0].c eq 1 or x[y eq 2].z pr or not ("u.v" pr)')
    assert set(paths_read(condition)) == {("a", "b", "0", "c"), ("x", "y"), ("x", "z"), ("u.v",)}


@pytest.mark.parametrize("text", ["a..b pr", "a. pr", ".a pr", "a[0 pr", "a[0]b pr", "a[x].b pr", "", "a", "a.b eq"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(ScimError):
        parse_condition(text)
