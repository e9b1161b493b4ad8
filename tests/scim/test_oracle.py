# ruff: noqa: E501 (tables: one row, one line)
"""Our engine against an independent one, scim2-models: same filters, same operations, same answers.

What the RFCs leave open and the two settle differently is kept out of the generators, each with its reason.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scim2_models import Context, EnterpriseUser, Group, PatchOp, SCIMException, ScimFilter, ScimPolicy, User

from gateway.scim.amend import CREATES
from gateway.scim.errors import ScimError
from gateway.scim.filter import parse_filter
from gateway.scim.match import compile_match
from gateway.scim.names import ENTERPRISE, GROUP, PATCH_OP, USER
from gateway.scim.patch import apply_patch, parse_patch
from gateway.scim.schema import Resource, ResourceType, standard

Person = User[EnterpriseUser]
RT, GROUPS = standard("User"), standard("Group")
ENTRA = ScimPolicy(unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create)

TEXT = st.sampled_from(["a", "A", "ab", "B b", "é", "É", "straße", "100%_x", 'q"q', "z"])
TYPE = st.sampled_from(["work", "home", "other"])  # in one letter case: the oracle rewrites canonical values


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def values(field: str = "value") -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to three values, each of another kind, at most one of them primary."""
    shown = {"display": TEXT} if field == "value" else {"region": TEXT}
    plain = st.fixed_dictionaries({field: TEXT, "type": TYPE}, optional=shown)
    several = st.lists(plain, min_size=1, max_size=3, unique_by=lambda each: str(each["type"]))
    primary = st.integers(0, 3)
    return st.builds(
        lambda found, at: [each | ({"primary": True} if at == where else {}) for where, each in enumerate(found)],
        several,
        primary,
    )


# e-mail addresses are left out: scim2-models takes none but deliverable ones, in resources and in literals alike
PERSONS = st.fixed_dictionaries(
    {"userName": TEXT},
    optional={
        "externalId": TEXT,
        "nickName": TEXT,
        "title": TEXT,
        "active": st.booleans(),
        "name": optional(givenName=TEXT, familyName=TEXT).filter(bool),
        "ims": values(),
        "roles": values(),
        "addresses": values("locality"),
        ENTERPRISE: optional(
            department=TEXT, manager=st.fixed_dictionaries({"value": TEXT}), employeeNumber=TEXT
        ).filter(bool),
        "meta": st.fixed_dictionaries(
            {"created": st.sampled_from(["2020-01-01T00:00:00Z", "2020-01-01T01:30:00.5+01:00"])}
        ),
    },
)  # fmt: skip

STRINGS = ["userName", "USERNAME", "externalId", "nickName", "name.givenName", "ims.value", "ims.type", "roles.display",
           "ims", "addresses.locality", f"{ENTERPRISE}:department", f"{ENTERPRISE}:manager.value", f"{USER}:title"]  # fmt: skip
QUOTED = TEXT.map(lambda text: '"' + text.replace('"', '\\"') + '"')
INSTANTS = st.sampled_from(['"2020-01-01T00:00:00Z"', '"2020-01-01T02:30:00.000+02:00"', '"2019-12-31T00:00:00Z"'])

EXPRESSIONS = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(STRINGS), st.sampled_from(["eq", "EQ", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]), QUOTED),
    st.builds("{} pr".format, st.sampled_from([*STRINGS, "active", "name", "addresses", "roles.primary", f"{ENTERPRISE}:manager"])),
    st.builds("{} {} {}".format, st.sampled_from(["active", "ims.primary"]), st.sampled_from(["eq", "ne"]), st.sampled_from(["true", "false"])),
    st.builds("meta.created {} {}".format, st.sampled_from(["eq", "gt", "ge", "lt", "le"]), INSTANTS),
    st.builds("{}[type {} {} {} value {} {}]".format, st.sampled_from(["ims", "roles"]), st.sampled_from(["eq", "co"]), QUOTED,
              st.sampled_from(["and", "or"]), st.sampled_from(["eq", "sw", "pr and value ew"]), QUOTED),
    st.builds("addresses[not (type eq {}) and locality pr]".format, QUOTED),
)  # fmt: skip
FILTERS = st.recursive(
    EXPRESSIONS,
    lambda inner: st.one_of(
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PERSONS, min_size=1, max_size=4), FILTERS)
def test_a_filter_selects_the_same_resources_as_the_oracle(persons: list[Resource], text: str) -> None:
    matches = compile_match(parse_filter(text, RT.urns), RT)
    judge = ScimFilter[Person](text)
    for person in persons:
        theirs = Person.model_validate({"schemas": RT.schema_of(person), "id": "1", **person})
        assert matches(person) == judge.match(theirs), person


PATHS_TEXT = ["nickName", "title", "name.givenName", f"{ENTERPRISE}:department", "externalId", "NICKNAME"]
LISTS = st.sampled_from(["ims", "roles"])
CHOSEN = st.builds('{}[type eq "{}"]'.format, LISTS, TYPE)


def op(verb: str, path: str | None, value: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = {"op": verb}
    if path is not None:
        found["path"] = path
    return found if value is None else found | {"value": value}


VERB = st.sampled_from(["add", "replace"])
# a value is added under a type nobody has yet: what makes two values the same is ours to say (RFC 7643 2.4).
# `primary` alone creates no value with us, and one without anything but labels with the oracle.
# a chosen value is replaced by a complete one: we put it in place whole, the oracle keeps what is not listed.
# `value` itself is not removed from a chosen value: we take the whole value away (Entra), the oracle leaves its type.
OPERATIONS = st.one_of(
    st.builds(op, VERB, st.sampled_from(PATHS_TEXT), TEXT),
    st.builds(op, VERB, st.just("active"), st.booleans()),
    st.builds(op, VERB, st.just("name"), optional(givenName=TEXT, familyName=TEXT).filter(bool)),
    st.builds(op, VERB, st.none(), optional(nickName=TEXT, title=TEXT, name=optional(givenName=TEXT).filter(bool)).filter(bool)),
    st.builds(op, VERB, st.just(ENTERPRISE), optional(department=TEXT, employeeNumber=TEXT).filter(bool)),
    st.builds(op, st.just("remove"), st.sampled_from([*PATHS_TEXT, "name", "ims", "active", "addresses", "userName", "addresses.region", "name.familyName"])),
    st.builds(op, st.just("remove"), st.one_of(CHOSEN, CHOSEN.map(lambda path: path + ".display"))),
    st.builds(op, st.just("remove"), st.just('ims[value eq "nobody" and type eq "work"]')),
    st.builds(op, st.just("replace"), LISTS, values()),
    st.builds(op, st.just("add"), LISTS, values().map(lambda found: [{"value": "new", "type": "brand-new"} | ({"primary": True} if "primary" in found[0] else {})])),
    st.builds(op, VERB, CHOSEN.map(lambda path: path + ".value"), TEXT),
    st.builds(op, st.just("replace"), CHOSEN, st.fixed_dictionaries({"value": TEXT, "type": st.just("fresh"), "display": TEXT, "primary": st.booleans()})),
    st.builds(op, st.just("replace"), st.just("nosuch"), TEXT),
    st.builds(op, st.just("replace"), st.just("id"), TEXT),
)  # fmt: skip

MADE_PRIMARY = st.builds(op, VERB, CHOSEN.map(lambda path: path + ".primary"), st.just(True))


def ours(person: Resource, operations: list[dict[str, Any]], rt: ResourceType, create: bool) -> Resource | str:
    try:
        parsed = parse_patch({"schemas": [PATCH_OP], "Operations": operations}, rt)
        return apply_patch(person, parsed, rt, creates=CREATES if create else ())
    except ScimError as refused:
        return str(refused.scim_type)


def theirs(model: Any, document: Resource, operations: list[dict[str, Any]], policy: ScimPolicy) -> Resource | str:
    try:
        resource = model.model_validate(document)
        message = PatchOp[model].model_validate(
            {"schemas": [PATCH_OP], "Operations": operations}, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=policy
        )  # fmt: skip
        message.patch(resource, scim_policy=policy)
    except SCIMException as refused:
        return str(refused.scim_type)
    except ValidationError as refused:
        found = refused.errors()[0].get("ctx", {})
        return str(found.get("scim_type") or refused.errors()[0]["type"].removeprefix("scim_"))
    dumped: Resource = resource.model_dump()
    dumped.pop("schemas")
    return dumped


def settled(outcome: Resource | str) -> Resource | str:
    """What both agree to be the same: `primary: false` says nothing, a value is there once, a refusal is a refusal."""
    if isinstance(outcome, str):
        return "refused"
    return {key: _plain(value) for key, value in outcome.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return _once([_plain(each) for each in value])
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if (key, each) != ("primary", False)}
    return value


def _once(values: list[Any]) -> list[Any]:
    """A value that stands twice, once: added again it is the same to us, for a pair of type and value SHOULD be there
    once (RFC 7643 2.4); the oracle compares whole values and keeps both where only `primary` differs."""
    found: dict[str, Any] = {}
    for each in values:
        pair = {key: part for key, part in each.items() if key != "primary"} if isinstance(each, dict) else each
        found[repr(pair)] = (found.get(repr(pair), {}) | each) if isinstance(each, dict) else each
    return list(found.values())


@pytest.mark.parametrize(("policy", "create"), [(ScimPolicy(), False), (ENTRA, True)], ids=["strict", "entra"])
def test_a_patch_leads_to_the_same_resource_as_the_oracles(policy: ScimPolicy, create: bool) -> None:
    @settings(max_examples=200, deadline=None)
    @given(
        PERSONS.map(lambda person: {k: v for k, v in person.items() if k != "meta"}),
        st.lists(OPERATIONS if create else st.one_of(OPERATIONS, MADE_PRIMARY), min_size=1, max_size=4),
    )
    def compare(person: Resource, operations: list[dict[str, Any]]) -> None:
        document = {"schemas": RT.schema_of(person), **person}
        assert settled(ours(person, operations, RT, create)) == settled(theirs(Person, document, operations, policy))

    compare()


MEMBER = st.sampled_from(["u1", "u2", "u3", "U1"])
MEMBER_OPERATIONS = st.one_of(
    st.builds(op, st.just("add"), st.just("members"), st.lists(st.builds(lambda value: {"value": value}, MEMBER), min_size=1, max_size=3, unique_by=str)),
    st.builds(op, st.just("remove"), MEMBER.map('members[value eq "{}"]'.format)),
    st.builds(op, st.just("replace"), st.just("members"), st.lists(st.builds(lambda value: {"value": value}, MEMBER), min_size=1, max_size=3, unique_by=str)),
    st.builds(op, st.just("remove"), st.just("members")),
    st.builds(op, st.just("replace"), MEMBER.map('members[value eq "{}"].value'.format), MEMBER),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(MEMBER, unique=True, max_size=3), st.lists(MEMBER_OPERATIONS, min_size=1, max_size=5))
def test_memberships_come_out_as_the_oracles(members: list[str], operations: list[dict[str, Any]]) -> None:
    group: Resource = {"displayName": "g"} | ({"members": [{"value": each} for each in members]} if members else {})
    document = {"schemas": [GROUP], **group}
    expected = theirs(Group, document, operations, ScimPolicy())
    assert settled(ours(group, operations, GROUPS, False)) == settled(expected)


@pytest.mark.parametrize("order", [(True, False), (False, True), (True, True), (False, False)])
def test_a_value_added_again_is_there_once_for_us_and_perhaps_twice_for_the_oracle(order: tuple[bool, bool]) -> None:
    value = {"value": "new", "type": "brand-new"}
    operations = [op("add", "ims", [value | ({"primary": True} if primary else {})]) for primary in order]
    person: Resource = {"userName": "a"}
    here = ours(person, operations, RT, False)
    there = theirs(Person, {"schemas": RT.schema_of(person), **person}, operations, ScimPolicy())
    assert isinstance(here, dict)
    assert len(here["ims"]) == 1
    assert settled(here) == settled(there)
