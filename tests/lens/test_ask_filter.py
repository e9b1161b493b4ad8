# ruff: noqa: E501 (tables: one row, one line)
"""A filter in the words of backends that have no SCIM filters: parameters of their own, bare values, a size."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.ability import FilterAbility, Question
from gateway.lens.asked import render_filter
from gateway.lens.filters import carry_filter, offered
from gateway.lens.lens import Lens
from gateway.scim.filter import parse_filter

Mini = Callable[..., Lens]
BODY = (
    "shape: { id: string ro, login: string! key, on: bool, mail: string, nick: string, number: string, state: enum(A|S|L) }\n"
    "map:\n  userName: login\n  active: on\n  displayName: mail\n  nickName: nick\n  externalId: number\n"
    "  userType: { to: state, values: { one: A, two: S }, also: { L: two } }"
)
ASKED = {
    ("login", "eq"): Question((("login", "{value}"), ("exact", "true"))),
    ("login", "sw"): Question((("login", "{value}"),), exact=False),
    ("on", "eq"): Question((("enabled", "{value}"),)),
    ("mail", "eq"): Question((("mail", "{value}"), ("exact", "true"))),
    ("nick", "eq"): Question((("q", "nick:{value}"),), kind="word"),
    ("nick", "pr"): Question((("named", "true"),)),
    ("number", "eq"): Question((("q", "number:{value}"),), kind="digits", exact=False),
    ("state", "eq"): Question((("state", "{value}"),)),
}
ALLOW: dict[str, frozenset[str]] = {}
for field, op in ASKED:
    ALLOW[field] = ALLOW.get(field, frozenset()) | {op}


def able(*, both: bool = False) -> FilterAbility:
    return FilterAbility(language="params", connect_and=both, allow=ALLOW, asked=ASKED)


ROWS: list[tuple[str, bool, str, bool]] = [  # filter, with `and`, the query, exact
    ('userName eq "bj"', False, "login=bj&exact=true", True),
    ('userName sw "bj"', False, "login=bj", False),
    ('userName co "bj"', False, "", False),
    ('userName eq ""', False, "", False),
    ('userName eq "a&login=b{value}"', False, "login=a&login=b{value}&exact=true", True),
    ("active eq false", False, "enabled=false", True),
    ("active ne true", False, "", False),
    ('externalId eq "701984"', False, "q=number:701984", False),
    ('externalId eq "7 nick:x"', False, "", False),
    ('nickName eq "two words"', False, "", False),
    ("nickName pr", False, "named=true", True),
    ("not (nickName pr)", False, "", False),
    ('userType eq "one"', False, "state=A", True),
    ('userType eq "two"', False, "", False),
    ('userName eq "a" or displayName eq "b"', True, "", False),
    ('active eq true and userName eq "bj"', False, "login=bj&exact=true", False),
    ('active eq true and userName sw "bj"', False, "login=bj", False),
    ('nickName eq "x" and userName sw "bj"', True, "q=nick:x&login=bj", False),
    ('userName eq "a" and displayName eq "b"', True, "login=a&exact=true&mail=b", True),
    ('userName eq "a" and active eq true', True, "login=a&exact=true", False),
    ('nickName eq "a" and externalId eq "1"', True, "q=nick:a", False),
    ('userName eq "a" and userName eq "b"', True, "login=a&exact=true", False),
    ('nickName eq "a" and active eq true and userName co "x"', True, "q=nick:a&enabled=true", False),
]


@pytest.mark.parametrize(("text", "both", "query", "exact"), ROWS)
def test_parameters_are_asked_as_far_as_they_mean_the_same(
    mini: Mini, text: str, both: bool, query: str, exact: bool
) -> None:
    plan = carry_filter(mini(BODY), parse_filter(text), able(both=both))
    pairs = () if plan.pushed is None else render_filter(plan.pushed, able(both=both))
    assert ("&".join("=".join(pair) for pair in pairs), plan.exact) == (query, exact)
    assert (plan.residual is None) is exact


@pytest.mark.parametrize(
    ("value", "kind", "asked"), [(True, "word", True), (True, "digits", False), (7, "digits", True)]
)
def test_a_value_of_any_type_is_of_a_class_as_it_is_spelled(value: Any, kind: str, asked: bool) -> None:
    assert able().can_write(Question((("q", "{value}"),), kind), value) is asked


def test_a_value_never_becomes_a_parameter(mini: Mini) -> None:
    plan = carry_filter(mini(BODY), parse_filter('userName eq "a&admin=true#{value}"'), able())
    assert plan.pushed is not None
    assert render_filter(plan.pushed, able()) == (("login", "a&admin=true#{value}"), ("exact", "true"))


BARE: list[tuple[str, str | None]] = [
    ('userName eq "bj@x.com"', "login eq bj@x.com"),
    ('not (userName eq "bj")', "not (login eq bj)"),
    ('userName eq "two words"', None),
    ('userName eq "a)or(b"', None),
    ('userName eq ""', None),
    ('userName eq "a\\"b"', None),
    ('userName eq "TRUE"', None),
    ('userName eq "and"', None),
    ("active eq true", "on eq true"),
]


@pytest.mark.parametrize(("text", "asked"), BARE)
def test_a_bare_value_is_asked_only_where_it_ends_where_it_should(mini: Mini, text: str, asked: str | None) -> None:
    allow = {"login": frozenset(["eq"]), "on": frozenset(["eq"])}
    ability = FilterAbility(language="scim", quote=False, negate=True, allow=allow)
    plan = carry_filter(mini(BODY), parse_filter(text), ability)
    assert (plan.pushed and render_filter(plan.pushed, ability)[0][1]) == asked
    assert plan.exact is (asked is not None)


SIZES: list[tuple[str, str | None, bool]] = [
    ('userName eq "a" and nickName eq "b"', 'login eq "a" and nick eq "b"', True),
    ('userName eq "a" and nickName eq "b" and displayName eq "c"', 'login eq "a" and nick eq "b"', False),
    ('(userName eq "a" or nickName eq "b" or displayName eq "c") and userName eq "d"', 'login eq "d"', False),
    ('userName eq "a" or nickName eq "b" or displayName eq "c"', None, False),
]


@pytest.mark.parametrize(("text", "asked", "exact"), SIZES)
def test_a_filter_larger_than_the_backend_takes_is_not_asked_whole(
    mini: Mini, text: str, asked: str | None, exact: bool
) -> None:
    allow = {name: frozenset(["eq"]) for name in ("login", "nick", "mail")}
    ability = FilterAbility(language="scim", connect_and=True, connect_or=True, clauses=2, allow=allow)
    plan = carry_filter(mini(BODY), parse_filter(text), ability)
    assert (plan.pushed and render_filter(plan.pushed, ability)[0][1], plan.exact) == (asked, exact)


def test_a_backend_that_answers_more_than_was_asked_is_checked_here(mini: Mini) -> None:
    allow = {"login": frozenset(["eq", "co"])}
    ability = FilterAbility(language="scim", negate=True, allow=allow, asked={("login", "co"): Question(exact=False)})
    found = carry_filter(mini(BODY), parse_filter('userName co "a"'), ability)
    assert (found.pushed is not None, found.exact) == (True, False)
    assert carry_filter(mini(BODY), parse_filter('not (userName co "a")'), ability).pushed is None


def test_what_is_offered_is_told_in_the_clients_words(mini: Mini) -> None:
    assert offered(mini(BODY), able())[:3] == ("userName eq", "userName sw", "active eq")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('emails.value eq "a"', 'addresses eq "a"'),
        ('emails[value eq "a"]', 'addresses eq "a"'),
        ('not (emails eq "a")', 'not (addresses eq "a")'),
    ],
)
def test_a_list_of_texts_is_asked_by_its_own_name(mini: Mini, text: str, asked: str) -> None:
    lens = mini(
        "shape: { id: string ro, login: string! key, on: bool, 'addresses[]': string }\n"
        "map: { userName: login, active: on, emails: addresses }"
    )
    ability = FilterAbility(language="scim", negate=True, allow={"addresses": frozenset(["eq"])})
    plan = carry_filter(lens, parse_filter(text), ability)
    assert (plan.pushed and render_filter(plan.pushed, ability)[0][1], plan.exact) == (asked, True)
