# ruff: noqa: E501 (tables: one row, one line)
"""Filters: every example of RFC 7644 figure 2, the grammar's edges, and that writing a filter down loses nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.scim.errors import ScimError
from gateway.scim.filter import (
    And,
    AttrPath,
    Compare,
    Filter,
    Not,
    Or,
    Present,
    Within,
    format_filter,
    parse_filter,
    walk,
)
from gateway.scim.lenience import ANY
from gateway.scim.names import ENTERPRISE, USER

CORE = (USER, ENTERPRISE)


def path(attr: str, sub: str | None = None, urn: str | None = None) -> AttrPath:
    return AttrPath(urn, attr, sub)


def eq(attr: str, value: str | bool | float | None) -> Compare:
    return Compare(path(attr), "eq", value)


A, B, C = (Present(path(name)) for name in "abc")

FIGURE_2 = [
    ('userName eq "bjensen"', eq("userName", "bjensen")),
    ('name.familyName co "O\'Malley"', Compare(path("name", "familyName"), "co", "O'Malley")),
    ('userName sw "J"', Compare(path("userName"), "sw", "J")),
    (f'{USER}:userName sw "J"', Compare(path("userName", urn=USER), "sw", "J")),
    ("title pr", Present(path("title"))),
    (
        'meta.lastModified gt "2011-05-13T04:42:34Z"',
        Compare(path("meta", "lastModified"), "gt", "2011-05-13T04:42:34Z"),
    ),
    (
        'meta.lastModified ge "2011-05-13T04:42:34Z"',
        Compare(path("meta", "lastModified"), "ge", "2011-05-13T04:42:34Z"),
    ),
    (
        'meta.lastModified lt "2011-05-13T04:42:34Z"',
        Compare(path("meta", "lastModified"), "lt", "2011-05-13T04:42:34Z"),
    ),
    (
        'meta.lastModified le "2011-05-13T04:42:34Z"',
        Compare(path("meta", "lastModified"), "le", "2011-05-13T04:42:34Z"),
    ),
    ('title pr and userType eq "Employee"', And((Present(path("title")), eq("userType", "Employee")))),
    ('title pr or userType eq "Intern"', Or((Present(path("title")), eq("userType", "Intern")))),
    (f'schemas eq "{ENTERPRISE}"', eq("schemas", ENTERPRISE)),
    (
        'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
        And(
            (
                eq("userType", "Employee"),
                Or(
                    (
                        Compare(path("emails"), "co", "example.com"),
                        Compare(path("emails", "value"), "co", "example.org"),
                    )
                ),
            )
        ),
    ),
    (
        'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
        And(
            (
                Compare(path("userType"), "ne", "Employee"),
                Not(
                    Or(
                        (
                            Compare(path("emails"), "co", "example.com"),
                            Compare(path("emails", "value"), "co", "example.org"),
                        )
                    )
                ),
            )
        ),
    ),
    (
        'userType eq "Employee" and (emails.type eq "work")',
        And((eq("userType", "Employee"), Compare(path("emails", "type"), "eq", "work"))),
    ),
    (
        'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
        And(
            (
                eq("userType", "Employee"),
                Within(path("emails"), And((eq("type", "work"), Compare(path("value"), "co", "@example.com")))),
            )
        ),
    ),
    (
        'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
        Or(
            (
                Within(path("emails"), And((eq("type", "work"), Compare(path("value"), "co", "@example.com")))),
                Within(path("ims"), And((eq("type", "xmpp"), Compare(path("value"), "co", "@foo.com")))),
            )
        ),
    ),
]

GRAMMAR = [
    ("a pr or b pr and c pr", Or((A, And((B, C))))),
    ("a pr and b pr or c pr", Or((And((A, B)), C))),
    ("(a pr or b pr) and c pr", And((Or((A, B)), C))),
    ("not (a pr) and b pr or c pr", Or((And((Not(A), B)), C))),
    ("not(a pr)", Not(A)),
    ("NOT (a PR) AND b pr OR c Pr", Or((And((Not(A), B)), C))),
    ("((a pr))", A),
    ("(a pr and b pr) and c pr", And((And((A, B)), C))),
    ('a Eq "x"', eq("a", "x")),
    ('a eq"x"', eq("a", "x")),
    ("  a   pr\t", A),
    ("a eq true", eq("a", True)),
    ("a eq null", eq("a", None)),
    ("a eq -1.5e3", eq("a", -1500.0)),
    ("a eq 42", eq("a", 42)),
    (r'a eq "bj\u0065nsen \"q\" \\ \n"', eq("a", 'bjensen "q" \\ \n')),
    ('a eq "é 漢 🙂"', eq("a", "é 漢 🙂")),
    ('a eq "(b) and [c] or not"', eq("a", "(b) and [c] or not")),
    ('members.$ref eq "x"', Compare(path("members", "$ref"), "eq", "x")),
    ('emails[type eq "work"].value eq "x"', Within(path("emails"), And((eq("type", "work"), eq("value", "x"))))),
    ("emails[not (type pr or value pr)]", Within(path("emails"), Not(Or((Present(path("type")), Present(path("value"))))))),
    (f'{ENTERPRISE}:manager.value eq "u"', Compare(path("manager", "value", ENTERPRISE), "eq", "u")),
    (f'{ENTERPRISE.upper()}:department eq "d"', Compare(path("department", urn=ENTERPRISE), "eq", "d")),
    ('urn:example:x:1.0:a.b eq "d"', Compare(path("a", "b", "urn:example:x:1.0"), "eq", "d")),
    ("not pr", Present(path("not"))),
    ('and eq "x" and or pr', And((eq("and", "x"), Present(path("or"))))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FIGURE_2 + GRAMMAR)
def test_a_filter_reads_as_the_grammar_says_and_survives_being_written_down(text: str, expected: Filter) -> None:
    found = parse_filter(text, CORE)
    assert found == expected
    assert parse_filter(format_filter(found), CORE) == found


def test_the_longest_declared_urn_wins_over_a_shorter_one_and_over_the_last_colon() -> None:
    urns = ("urn:x:profile", "urn:x:profile:1.0", "urn:x")
    assert parse_filter("urn:x:profile:1.0:a.b pr", urns) == Present(AttrPath("urn:x:profile:1.0", "a", "b"))
    assert parse_filter("urn:x:profile:a pr", urns) == Present(AttrPath("urn:x:profile", "a", None))
    assert parse_filter("URN:X:a pr", urns) == Present(AttrPath("urn:x", "a", None))


LENIENT = [
    ("externalId eq nekman", eq("externalId", "nekman")),
    ("active eq True", eq("active", True)),
    ("active eq FALSE", eq("active", False)),
    ("userName eq bjensen@example.com and title pr", And((eq("userName", "bjensen@example.com"), Present(path("title"))))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LENIENT)
def test_what_entra_writes_is_read_when_lenient_and_refused_when_not(text: str, expected: Filter) -> None:
    assert parse_filter(text, lenience=ANY) == expected
    with pytest.raises(ScimError) as refused:
        parse_filter(text)
    assert refused.value.scim_type == "invalidFilter"


REFUSED = [
    ("", 1),
    ("   ", 4),
    ("userName", 9),
    ("userName eq", 12),
    ('eq "x"', 4),
    ('userName regex "b"', 10),
    ("userName eq 'x'", 13),
    ('not userName eq "x"', 5),
    ('userName eq "x', 13),
    ('userName eq "x" "y"', 17),
    ('userName eq "x" title pr', 17),
    ('userName eq "x" and', 20),
    ("and", 4),
    ("(a pr", 6),
    ("a pr)", 5),
    ("()", 2),
    ("a[b pr", 7),
    ("a]b pr", 2),
    ("a[b[c pr]]", 4),
    ("a.b[c pr]", 4),
    ("a[]", 3),
    ("a[b pr] .c pr", 9),
    ("a[b pr].c", 10),
    ("a..b pr", 1),
    ("a.b.c pr", 1),
    ("1a pr", 1),
    ("a b", 3),
    ('a eq "\\x"', 6),
    ('a eq "\\ud800"', 6),
    ('a eq "tab\there"', 6),
    ('a eq "nul\x00"', 6),
    ("a\x00b pr", 2),
    ("a eq 01", 6),
    ("a eq +1", 6),
    ("a eq 1e999", 6),
    ("a eq NaN", 6),
    ("a eq [1]", 6),
    ("émail pr", 1),
    ("urn:a:b pr pr", 12),
    ("not not (a pr)", 5),
    ('a eq "\ud800"', 6),
]


@pytest.mark.parametrize(("text", "position"), REFUSED)
def test_a_filter_outside_the_grammar_is_refused_with_the_position(text: str, position: int) -> None:
    with pytest.raises(ScimError) as refused:
        parse_filter(text)
    assert refused.value.scim_type == "invalidFilter"
    assert f"position {position}:" in refused.value.detail


def test_twenty_levels_of_brackets_are_read_and_twenty_one_refused() -> None:
    assert parse_filter("(" * 20 + "a pr" + ")" * 20) == A
    for hostile in ("(" * 21 + "a pr" + ")" * 21, "not (" * 1000 + "a pr" + ")" * 1000, "(" * 8000):
        with pytest.raises(ScimError, match="20 levels"):
            parse_filter(hostile)


def test_a_filter_of_8192_characters_is_read_and_a_longer_one_refused() -> None:
    longest = 'a eq "' + "x" * (8192 - 7) + '"'
    assert parse_filter(longest) == eq("a", "x" * (8192 - 7))
    with pytest.raises(ScimError, match="8192"):
        parse_filter(longest + " ")


def test_a_refusal_never_repeats_a_value() -> None:
    with pytest.raises(ScimError) as refused:
        parse_filter('userName eq "bjensen" or nickName eq babs')
    assert "bjensen" not in refused.value.detail + refused.value.hint
    assert "babs" not in refused.value.detail + refused.value.hint


def test_walk_names_every_attribute_with_those_in_brackets_completed() -> None:
    found = walk(parse_filter('a.b pr and not (emails[type eq "x" or value pr]) or c eq 1'))
    assert [str(each) for each in found] == ["a.b", "emails.type", "emails.value", "c"]


NAMES = st.sampled_from(["userName", "name.givenName", "emails.type", f"{ENTERPRISE}:manager.value", "members.$ref"])
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
PATHS = NAMES.map(lambda text: next(walk(parse_filter(f"{text} pr", CORE))))
INNER = st.sampled_from(["type", "value", "primary"]).map(path)
OPS = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])


def filters(paths: st.SearchStrategy[AttrPath], *, within: bool) -> st.SearchStrategy[Filter]:
    leaves = st.builds(Present, paths) | st.builds(Compare, paths, OPS, VALUES)
    if within:
        leaves |= st.builds(Within, st.just(path("emails")), filters(INNER, within=False))

    def grow(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, parts)

    return st.recursive(leaves, grow, max_leaves=6)


@settings(max_examples=150, deadline=None)
@given(filters(PATHS, within=True))
def test_any_filter_written_down_reads_back_equal(f: Filter) -> None:
    assert parse_filter(format_filter(f), CORE) == f


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='ab.: "()[]\\eqprnotand\x00é1', max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_refused_as_an_invalid_filter(text: str) -> None:
    outcome = read(text)
    if isinstance(outcome, ScimError):
        assert outcome.scim_type == "invalidFilter"
    else:
        assert parse_filter(format_filter(outcome), CORE) == outcome


def read(text: str) -> Filter | ScimError:
    try:
        return parse_filter(text, CORE, lenience=ANY)
    except ScimError as refused:
        return refused
