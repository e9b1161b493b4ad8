# ruff: noqa: E501 (tables: one row, one line)
"""What of a filter the backend is asked: never less than the answer, and never a negation of too much."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.ability import FilterAbility
from gateway.lens.asked import render_filter
from gateway.lens.filters import carry_filter
from gateway.lens.lens import Lens
from gateway.mapping.load import load_dialect
from gateway.scim.errors import ScimError
from gateway.scim.filter import format_filter, parse_filter

Mini = Callable[..., Lens]
LENS = load_dialect("scim2").resources["User"].lens
GROUP = load_dialect("scim2").resources["Group"].lens
CUBE = load_dialect("cube-cloud").resources["User"].lens
ALL = {name: frozenset(["eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"]) for name in (
    "userName", "externalId", "title", "active", "emails.value", "emails.type", "meta.created", "name.givenName", "members.value", "state", "level", "login")}  # fmt: skip
RICH = FilterAbility(language="scim", connect_and=True, connect_or=True, negate=True, allow=ALL)
POOR = FilterAbility(language="scim", allow={"userName": frozenset(["eq"]), "emails.value": frozenset(["eq"])})

ROWS: list[tuple[str, FilterAbility, str | None, bool]] = [
    ('userName eq "bj"', POOR, 'userName eq "bj"', True),
    ('userName sw "bj"', POOR, None, False),
    ('userName eq "bj" and title eq "x"', POOR, 'userName eq "bj"', False),
    ('userName eq "bj" or title eq "x"', POOR, None, False),
    ('not (userName eq "bj")', POOR, None, False),
    ('not (userName eq "bj")', RICH, 'not (userName eq "bj")', True),
    ('not (userName eq "bj" and nickName eq "x")', RICH, None, False),
    ('not (userName eq "bj" and title eq "x")', RICH, 'not (userName eq "bj" and title eq "x")', True),
    ('userName eq "bj" and title eq "x"', RICH, 'userName eq "bj" and title eq "x"', True),
    ('emails[type eq "work" and value eq "a@b"]', POOR, 'emails.value eq "a@b"', False),
    ('emails[value eq "a@b"]', POOR, 'emails.value eq "a@b"', True),
    ('emails[value ne "a@b"]', RICH, None, False),
    ('emails[not (value eq "a@b")]', RICH, None, False),
    ('emails.value ne "a@b"', RICH, 'emails.value ne "a@b"', True),
    ("title pr", RICH, "title pr", True),
    ("emails pr", RICH, None, False),
    ('meta.created gt "2020-01-01T00:00:00Z"', RICH, 'meta.created gt "2020-01-01T00:00:00Z"', True),
]


@pytest.mark.parametrize(("text", "ability", "pushed", "exact"), ROWS)
def test_a_filter_is_pushed_as_far_as_it_stays_a_superset(
    text: str, ability: FilterAbility, pushed: str | None, exact: bool
) -> None:
    plan = carry_filter(LENS, parse_filter(text), ability)
    assert (plan.pushed and format_filter(plan.pushed), plan.exact) == (pushed, exact)
    assert (plan.residual is None) is exact
    if plan.pushed is not None:
        assert render_filter(plan.pushed, ability) == (("filter", pushed),)


def test_a_backend_that_may_ignore_filters_is_always_checked_again() -> None:
    plan = carry_filter(
        LENS, parse_filter('userName eq "bj"'), FilterAbility(language="scim", unknown="ignored", allow=ALL)
    )
    assert plan.pushed is not None
    assert plan.residual is not None


def test_an_id_is_read_and_a_reference_is_asked_by_its_native_id() -> None:
    assert carry_filter(LENS, parse_filter('id eq "a~2Fb"'), RICH).id == "a~2Fb"
    plan = carry_filter(GROUP, parse_filter('members.value eq "a~2Fb"'), RICH)
    assert plan.pushed is not None
    assert format_filter(plan.pushed) == 'members.value eq "a/b"'


ASSUMED: list[tuple[str, str, str | None, bool]] = [  # of which items, filter, pushed, exact
    ("all", 'emails[type eq "work" and value eq "a@b"]', 'mails.value eq "a@b"', True),
    ("all", 'emails[type eq "home" and value eq "a@b"]', 'mails.value eq "a@b"', False),
    ("primary", 'emails[type eq "work" and value eq "a@b"]', 'mails.value eq "a@b"', False),
    ("primary", 'emails[type eq "home" and value eq "a@b"]', 'mails.value eq "a@b"', False),
    ("primary", 'not (emails[type eq "work" and value eq "a@b"])', None, False),
    ("primary", 'emails[type eq "work"]', None, False),
    ("primary", 'emails.type eq "work"', None, False),
    ("primary", 'emails[value eq "a@b"]', 'mails.value eq "a@b"', True),
]


@pytest.mark.parametrize(("of", "text", "pushed", "exact"), ASSUMED)
def test_what_is_assumed_need_not_be_asked_where_every_item_shows_it(
    mini: Mini, of: str, text: str, pushed: str | None, exact: bool
) -> None:
    lens = mini(
        "shape:\n  id: string ro\n  login: string! key\n  on: bool\n  mails[]: { value: string }\n"
        f"map: {{ userName: login, active: on, emails: {{ to: mails, each: {{ value: value, type: {{ assume: work, of: {of} }} }} }} }}"
    )
    ability = FilterAbility(language="scim", negate=True, allow={"mails.value": frozenset(["eq"])})
    plan = carry_filter(lens, parse_filter(text), ability)
    assert (plan.pushed and format_filter(plan.pushed), plan.exact) == (pushed, exact)
    assert (plan.residual is None) is exact


SHOWN: list[tuple[str, str, str | None]] = [  # what is shown, the filter, what is pushed
    ('"{id}"', 'externalId eq "7"', 'id eq "7"'),
    ('"{id}"', 'externalId sw "7"', None),
    ('"{login}"', 'externalId eq "7"', None),
    ('"{id?}"', 'externalId eq "7"', 'id eq "7"'),
    ('"x{id}"', 'externalId eq "7"', None),
    ('["{id}", "{login}"]', 'externalId eq "7"', None),
    ('"{id|digits}"', 'externalId eq "7"', None),
    ('{ value: "{id}", when: "on eq true" }', 'externalId eq "7"', None),
]


@pytest.mark.parametrize(("shown", "text", "pushed"), SHOWN)
def test_what_is_shown_as_one_field_is_asked_of_it(mini: Mini, shown: str, text: str, pushed: str | None) -> None:
    lens = mini(
        "shape: { id: string ro, login: string! key, on: bool }\n"
        f"map: {{ userName: login, active: on }}\nshow: {{ externalId: {shown} }}"
    )
    plan = carry_filter(lens, parse_filter(text), FilterAbility(language="scim", allow={"id": frozenset(["eq"])}))
    assert (plan.pushed and format_filter(plan.pushed), plan.exact) == (pushed, pushed is not None)


@pytest.mark.parametrize("text", ['nickName eq "x"', 'password eq "x"', 'phoneNumbers[value eq "1"]', "roles pr"])
def test_what_is_not_offered_is_refused_at_once(text: str) -> None:
    with pytest.raises(ScimError) as refusal:
        carry_filter(CUBE, parse_filter(text), RICH)
    assert refusal.value.scim_type == "invalidFilter"


TABLE: list[tuple[str, str, str, str | None, bool]] = [  # field's type, rule, filter, pushed, exact
    ("enum(A|S|L)", "active: { to: state, values: { true: A, false: S }, also: { L: false } }", "active eq false", 'state eq "S" or state eq "L"', True),
    ("enum(A|S|L)", "active: { to: state, values: { true: A, false: S }, also: { L: false } }", "active eq true", 'state eq "A"', True),
    ("string ci", "externalId: state", 'externalId eq "a"', 'state eq "a"', False),
    ("string ci", "externalId: state", 'externalId ne "a"', None, False),
    ("string ci", "externalId: state", 'not (externalId eq "a")', None, False),
    ("string ci", "externalId: state", 'externalId gt "a"', None, False),
    ("string ci", "externalId: state", 'externalId sw "a"', 'state sw "a"', False),
    ("string cs", "title: state", 'title eq "a"', None, False),
    ("string", "title: { to: state, assume: x }", 'title eq "x"', None, False),
    ("string", "title: { to: state, assume: x }", 'title eq "X"', None, False),
    ("string", "title: { to: state, assume: x }", 'title eq "y"', 'state eq "y"', True),
    ("int ro", "meta.created: { to: state, via: epoch_ms }", 'meta.created gt "1970-01-01T00:00:01Z"', "state gt 1000", True),
    ("int ro", "meta.created: { to: state, via: epoch_ms }", 'meta.created eq "1970-01-01T01:00:01+01:00"', "state eq 1000", True),
    ("int ro", "meta.created: { to: state, via: epoch_ms }", 'meta.created lt "1970-01-01T00:00:01.0004Z"', None, False),
    ("int ro", "meta.created: { to: state, via: epoch_ms }", 'meta.created eq "1970-01-01T00:00:01.0004Z"', "state eq 1000", False),
    ("int ro", "meta.created: { to: state, via: epoch_ms }", 'not (meta.created eq "1970-01-01T00:00:01.0004Z")', None, False),
    ("string", "title: { to: state, via: 'date(\"%d/%m/%Y\")' }", 'title eq "2010-01-23"', 'state eq "23/01/2010"', True),
    ("string", "title: { to: state, via: 'date(\"%d/%m/%Y\")' }", 'title gt "2010-01-23"', None, False),
    ("string", "title: { to: state, via: 'date(\"%d/%m/%Y\")' }", 'title eq "2010"', None, False),
    ("string", "title: { to: state, assume: x }", "title pr", None, False),
    ("int", "title: { to: state, via: int_text }", 'title eq "7"', "state eq 7", True),
    ("int", "title: { to: state, via: int_text }", 'title sw "7"', None, False),
    ("int", "title: { to: state, via: int_text }", 'title eq "seven"', None, False),
    ("string", 'title: { to: state, via: prefix("e#") }', 'title eq "7"', 'state eq "e#7"', True),
    ("string", "title: { to: state, via: lower }", 'title eq "Ab"', 'state eq "Ab"', True),
    ("string wo", "title: state", 'title eq "a"', "refused", False),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rule", "text", "pushed", "exact"), TABLE)
def test_values_are_asked_the_way_the_backend_holds_them(
    mini: Mini, kind: str, rule: str, text: str, pushed: str | None, exact: bool
) -> None:
    active = "" if rule.startswith("active") else "\n  active: on"
    lens = mini(
        f"shape: {{ id: string ro, login: string! key, on: bool, state: {kind} }}\nmap:\n  userName: login{active}\n  {rule}"
    )
    plan: Any = None
    try:
        plan = carry_filter(lens, parse_filter(text), RICH)
    except ScimError:
        assert pushed == "refused"
        return
    assert (plan.pushed and format_filter(plan.pushed), plan.exact) == (pushed, exact)
