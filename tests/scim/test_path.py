"""PATCH paths: what names one, what is no path, and that writing one down loses nothing."""

import pytest

from gateway.scim.errors import ScimError
from gateway.scim.filter import And, AttrPath, Compare, Present
from gateway.scim.lenience import ANY
from gateway.scim.names import ENTERPRISE, USER
from gateway.scim.path import Path, format_path, parse_path

URNS = (USER, ENTERPRISE)
WORK = Compare(AttrPath(None, "type", None), "eq", "work")

PATHS = [
    ("members", Path(AttrPath(None, "members", None))),
    ("name.familyName", Path(AttrPath(None, "name", "familyName"))),
    (
        'addresses[type eq "work"]',
        Path(AttrPath(None, "addresses", None), WORK),
    ),
    ('emails[type eq "work"].value', Path(AttrPath(None, "emails", "value"), WORK)),
    (
        'members[value eq"2819c223"]',
        Path(AttrPath(None, "members", None), Compare(AttrPath(None, "value", None), "eq", "2819c223")),
    ),
    (
        'members[value pr and type eq "work"].display',
        Path(AttrPath(None, "members", "display"), And((Present(AttrPath(None, "value", None)), WORK))),
    ),
    (f"{ENTERPRISE}:department", Path(AttrPath(ENTERPRISE, "department", None))),
    (f"{ENTERPRISE}:manager.value", Path(AttrPath(ENTERPRISE, "manager", "value"))),
    (ENTERPRISE, Path(AttrPath(ENTERPRISE, None, None))),
    (f"{USER}:userName", Path(AttrPath(USER, "userName", None))),
]


@pytest.mark.parametrize(("text", "expected"), PATHS)
def test_a_path_reads_as_the_grammar_says_and_survives_being_written_down(text: str, expected: Path) -> None:
    found = parse_path(text, URNS)
    assert found == expected
    assert parse_path(format_path(found), URNS) == found


def test_the_value_in_brackets_may_lack_quotes_when_lenient() -> None:
    assert parse_path("emails[primary eq True]", lenience=ANY).where == Compare(
        AttrPath(None, "primary", None), "eq", True
    )


REFUSED = [
    ("", "invalidPath"),
    (" ", "invalidPath"),
    ("a b", "invalidPath"),
    ("/name", "invalidPath"),
    ("a.b.c", "invalidPath"),
    ("a[", "invalidPath"),
    ("emails[type eq", "invalidPath"),
    ('emails[type eq "work"]value', "invalidPath"),
    ('emails[type eq "work"].', "invalidPath"),
    ('emails[type eq "work"].a.b', "invalidPath"),
    ('emails[type eq "work"] .value', "invalidPath"),
    ('emails.value[type eq "work"]', "invalidPath"),
    ("[a pr]", "invalidPath"),
    ('"a"', "invalidPath"),
    ("a\x00", "invalidPath"),
    ("a" * 9000, "invalidPath"),
    ('emails[type regex "work"]', "invalidFilter"),
    ("emails[]", "invalidFilter"),
    ("emails[value[type pr]]", "invalidFilter"),
    (f"{ENTERPRISE}[a pr]", "invalidPath"),
]


@pytest.mark.parametrize(("text", "scim_type"), REFUSED)
def test_what_is_no_path_is_refused_by_the_word_of_table_9(text: str, scim_type: str) -> None:
    with pytest.raises(ScimError) as refused:
        parse_path(text, URNS)
    assert refused.value.scim_type == scim_type
