# ruff: noqa: E501 (tables: one row, one line)
"""A plan remembered by its form is the plan that would have been made: right before fast."""

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.lens.ability import FilterAbility, Question
from gateway.lens.filters import carry_filter
from gateway.lens.lens import Lens
from gateway.lens.plans import Memory, plan_filter
from gateway.scim.errors import ScimError
from gateway.scim.filter import parse_filter
from gateway.scim.forms import read_filter
from gateway.scim.lenience import ANY
from gateway.scim.match import bind_filter

BODY = (
    "shape: { id: string ro, login: string! key, on: bool, mail: string, nick: string, number: int, state: enum(A|S|L),\n"
    "  kind: string, boss: ref(User), work: string, made: datetime ro, 'mails[]': { value: string } }\n"
    "map:\n  userName: login\n  active: on\n  displayName: mail\n  nickName: { to: nick, assume: none }\n"
    "  externalId: { keep: gateway }\n  title: { to: number, via: int_text }\n"
    "  userType: { to: state, values: { one: A, two: S }, also: { L: two } }\n"
    "  enterprise:manager.value: boss\n  meta.created: made\n"
    "  'phoneNumbers[type eq \"work\"].value': { to: work, limit: { over: truncate } }\n"
    "  emails: { to: mails, each: { value: value, type: { assume: work } } }"
)
NAMES = ("id", "login", "on", "mail", "nick", "number", "state", "boss", "work", "made", "mails.value")
OPS = frozenset(["eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"])
RICH = FilterAbility(language="scim", connect_and=True, connect_or=True, negate=True, allow=dict.fromkeys(NAMES, OPS))
BARE = FilterAbility(language="scim", quote=False, connect_and=True, allow=dict.fromkeys(NAMES, OPS))
PARAMS = FilterAbility(
    language="params",
    connect_and=True,
    allow={"login": frozenset(["eq", "sw"]), "mail": frozenset(["eq"])},
    asked={
        ("login", "eq"): Question((("login", "{value}"),)),
        ("login", "sw"): Question((("q", "{value}"),), exact=False),
        ("mail", "eq"): Question((("mail", "{value}"),), kind="email"),
    },
)
LOOSE = FilterAbility(language="scim", unknown="ignored", allow=dict.fromkeys(NAMES, OPS))
ABILITIES = {"rich": RICH, "bare": BARE, "params": PARAMS, "loose": LOOSE}

MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"
ATTRIBUTES = [
    "userName",
    "displayName",
    "nickName",
    "externalId",
    "title",
    "userType",
    "id",
    "emails",
    "emails.type",
    "phoneNumbers.value",
    MANAGER,
]
TEXTS = st.sampled_from(
    ["", "a", "b", "none", "one", "two", "7", "true", "work", "a b", "x@y.z", 'q"q', "é", "\x01", "\x010", "and", "~2F"]
).map(json.dumps)
COMPARED = st.tuples(st.sampled_from(ATTRIBUTES), st.sampled_from(["eq", "ne", "sw", "gt"]), TEXTS).map(" ".join)
OTHERS = st.sampled_from(["title pr", "active eq true", 'active eq "True"', "displayName eq null", 'meta.created gt "2020-01-01T00:00:00Z"', 'meta.created sw "\\u00010"', "externalId eq bare"])  # fmt: skip
WITHIN = st.tuples(st.sampled_from(["emails", "phoneNumbers"]), st.sampled_from(["type", "value"]), TEXTS, TEXTS).map(
    lambda one: f"{one[0]}[{one[1]} eq {one[2]} and value co {one[3]}]"
)
FILTERS = st.recursive(
    st.one_of(COMPARED, OTHERS, WITHIN),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" and ".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        inner.map("not ({})".format),
    ),
    max_leaves=4,
)


@pytest.fixture
def lens(mini: Callable[..., Lens]) -> Lens:
    return mini(BODY)


@pytest.mark.parametrize("name", ABILITIES)
def test_a_remembered_plan_is_the_plan_that_would_be_made(lens: Lens, name: str) -> None:
    @settings(max_examples=80, deadline=None)
    @given(texts=st.lists(FILTERS, min_size=2, max_size=8))
    def planned_alike(texts: list[str]) -> None:
        memory: Memory = {}
        for text in texts + texts:
            compare(lens, ABILITIES[name], text, memory)

    planned_alike()


def compare(lens: Lens, ability: FilterAbility, text: str, memory: Memory) -> None:
    reading = read_filter(text, lens.type, lenience=ANY)
    assert reading.filter == bind_filter(parse_filter(text, lens.type.urns, lenience=ANY), lens.type)
    try:
        plain = carry_filter(lens, reading.filter, ability)
    except ScimError as error:
        with pytest.raises(ScimError, match=re.escape(str(error))):
            plan_filter(lens, reading.filter, reading.form, ability, memory)
        return
    assert plan_filter(lens, reading.filter, reading.form, ability, memory) == plain


def test_filters_of_one_form_are_planned_once(lens: Lens) -> None:
    memory: Memory = {}
    for number in range(500):
        reading = read_filter(f'userName eq "user{number}" and nickName eq "x{number % 3}"', lens.type)
        plan_filter(lens, reading.filter, reading.form, RICH, memory)
    (forms,) = memory.values()
    assert (forms.free, len(forms.made)) == ((True, False), 3)


def test_what_is_remembered_is_bounded(lens: Lens) -> None:
    memory: Memory = {}
    for number in range(400):
        for text in (
            f'userName eq "a"{" and title pr" * (number % 20)}',
            f'nickName eq "{number}"',
            f"title eq a{number}",
        ):
            reading = read_filter(text, lens.type, lenience=ANY)
            plan_filter(lens, reading.filter, reading.form, RICH, memory)
    assert len(memory) <= 256
    assert len(lens.type.forms) <= 256
    assert max(len(forms.made) for forms in memory.values()) <= 16


def test_a_text_too_long_is_refused_whatever_its_form(lens: Lens) -> None:
    read_filter('userName eq "a"', lens.type)
    with pytest.raises(ScimError):
        read_filter(f'userName eq "{"a" * 9000}"', lens.type)


@pytest.mark.parametrize(
    ("ability", "first", "second"),
    [
        ("bare", 'userName eq "a"', 'userName eq "a b"'),
        ("params", 'userName eq "a"', 'userName eq ""'),
        ("params", 'displayName eq "x@y.z"', 'displayName eq "a"'),
        ("rich", 'nickName eq "a"', 'nickName eq "none"'),
        ("rich", 'userType eq "one"', 'userType eq "two"'),
        ("rich", 'title eq "7"', 'title eq "seven"'),
        ("rich", 'emails[type eq "work" and value eq "a"]', 'emails[type eq "home" and value eq "a"]'),
        ("rich", 'id eq "a" or id eq "b"', 'id eq "a" or id eq "~"'),
    ],
)
def test_a_text_that_has_a_say_in_the_plan_is_part_of_its_form(
    lens: Lens, ability: str, first: str, second: str
) -> None:
    memory: Memory = {}
    for text in (first, second, first):
        compare(lens, ABILITIES[ability], text, memory)
