"""The table of kindnesses: each row is read for the clients it reaches, and refused with help for all others."""

from typing import Any

import pytest
from msgspec import Struct

from gateway.mapping.load import load_dialect
from gateway.pipeline.intent import Modify
from gateway.pipeline.parse import parse
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Caller, Request, Tenant
from gateway.pipeline.route import find_route
from gateway.pipeline.spelling import place_flag, read_parameters
from gateway.scim.errors import ScimError
from gateway.scim.lenience import ANY, CLIENTS, KINDNESSES, LENIENCES, Habit, Strictness
from gateway.scim.messages import encode_json
from gateway.scim.names import ENTERPRISE, GROUP, PATCH_OP, USER
from gateway.scim.operation import creating
from gateway.scim.patch import apply_patch
from gateway.scim.schema import standard

DIALECT = load_dialect("scim2")
NORA = {"emails": [{"type": "home", "value": "n@home.example"}]}


class Sent(Struct, frozen=True):
    """One request below `/acme/scim/v2`."""

    line: str
    body: Any = None
    media: str = "application/scim+json"


def user(**more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": "nora", **more}


def create(**more: Any) -> Sent:
    return Sent("POST /Users", user(**more))


def patch(op: str, path: str | None = None, value: Any = ..., *, at: str = "/Users/1", **more: Any) -> Sent:
    said = {"op": op} | ({} if path is None else {"path": path}) | ({} if value is ... else {"value": value})
    return Sent(f"PATCH {at}", {"schemas": [PATCH_OP], "Operations": [said | more]})


MANAGER = f"{ENTERPRISE}:manager"
HABITS: list[tuple[Habit, Sent]] = [
    ("blank-as-plus", Sent('GET /Users?filter=userName+eq+"nora"')),
    ("no-content-type", Sent("POST /Users", user(), "")),
    ("flag-before-path", Sent("GET ?aadOptscim062020/Users?filter=userName%20eq%20%22nora%22")),
    ("flag-before-path", Sent("GET /Users?aadOptscim062020?filter=userName%20eq%20%22nora%22")),
    ("slashes", Sent("GET /Users/")),
    ("slashes", Sent("GET //Users")),
    ("plural-config", Sent("GET /ServiceProviderConfigs")),
    ("no-schemas", Sent("POST /Users", {"userName": "nora"})),
    ("other-schemas", create(schemas=["urn:scim:schemas:core:1.0"])),
    ("other-schemas", Sent("POST /Groups", {"schemas": [GROUP, "http://schemas.microsoft.com/x"], "displayName": "C"})),
    ("undeclared-extension", create(**{ENTERPRISE: {"department": "Harbour"}})),
    ("dotted-key", patch("replace", None, {"name.givenName": "Nora"})),
    ("dotted-key", create(**{"name.givenName": "Nora"})),
    ("urn-key", patch("replace", None, {f"{ENTERPRISE}:department": "Harbour"})),
    ("path-as-key", patch("add", None, {'emails[type eq "home"].value': "n@example.com"})),
    ("text-for-boolean", patch("replace", "active", "False")),
    ("text-for-boolean", create(active="true")),
    ("text-for-boolean", Sent('GET /Users?filter=active%20eq%20"True"')),
    ("text-for-boolean", patch("remove", 'roles[primary eq "True"]')),
    ("text-for-object", patch("replace", MANAGER, "u-900")),
    ("text-for-object", patch("add", "members", ["u-7"], at="/Groups/1")),
    ("one-for-list", patch("add", "members", {"value": "u-7"}, at="/Groups/1")),
    ("list-for-one", patch("add", MANAGER, [{"value": "u-900"}])),
    ("empty-text", patch("replace", "title", "")),
    ("empty-text", create(title="")),
    ("op-letter-case", patch("Replace", "title", "Guide")),
    ("operation-keys", patch("add", "members", [{"value": "u-7"}], at="/Groups/1", name="addMember")),
    ("empty-path", patch("replace", "", {"title": "Guide"})),
    ("read-only-in-value", patch("replace", None, {"id": "1", "title": "Guide"})),
    ("removal-by-value", patch("remove", "members", [{"value": "u-7"}], at="/Groups/1")),
    ("removal-with-value", patch("remove", 'emails[type eq "work"].value', "n@example.com")),
    ("add-creates", patch("add", 'emails[type eq "work"].value', "n@example.com")),
    ("replace-creates", patch("replace", 'emails[type eq "work"].value', "n@example.com")),
    ("bare-operation", Sent("PATCH /Users/1", {"op": "replace", "path": "active", "value": False})),
    ("partial-resource", Sent("PATCH /Users/1", {"schemas": [USER], "active": False})),
    ("unquoted-value", Sent("GET /Users?filter=externalId%20eq%20nekman")),
    ("constant-letter-case", Sent("GET /Users?filter=active%20eq%20True")),
    ("path-in-filter", Sent('GET /Users?filter=emails[type%20eq%20"work"].value%20eq%20"n@example.com"')),
    ("path-in-filter", Sent('GET /Users?filter=emails[type%20eq%20"work"]%20eq%20"n@example.com"')),
    ("filter-in-projection", Sent('GET /Users/1?attributes=emails[type%20eq%20"work"]')),
]
REFUSED_TO_NOBODY = {
    "json-in-text",
    "text-for-number",
    "whole-schema",
    "older-config",
    "own-versions",
}  # a role that looks like JSON is a role; no number is in RFC 7643; what is told is not sent


def read(sent: Sent, client: str, before: dict[str, Any] = NORA) -> Any:
    """What becomes of a request before anything is planned; a PATCH is applied to somebody with one address."""
    lenience = LENIENCES[client]
    tenant = Tenant(name="acme", backend="prod", dialect=DIALECT, lenience=lenience)
    method, _, where = sent.line.partition(" ")
    path, _, query = where.partition("?")
    body = b"" if sent.body is None else encode_json(sent.body)
    asked = Request(
        method=method, path=f"/acme/scim/v2{path}", query=query, headers={"content-type": sent.media}, body=body
    )
    request = place_flag(asked, lenience)
    intent = parse(request, find_route(method, request.path, Caller("acme")), tenant)
    if isinstance(intent, Modify):
        rt = standard(intent.type)
        return apply_patch(before, intent.operations, rt, creates=creating(lenience))
    return intent


def test_every_row_has_its_examples() -> None:
    assert {habit for habit, _ in HABITS} | REFUSED_TO_NOBODY == set(KINDNESSES)


@pytest.mark.parametrize(("habit", "sent"), HABITS, ids=[f"{habit} {sent.line}" for habit, sent in HABITS])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_habit_is_read_for_whom_its_row_reaches_and_refused_for_the_others(
    habit: Habit, sent: Sent, client: str
) -> None:
    if LENIENCES[client].allows(habit):
        read(sent, client)
        return
    with pytest.raises(ScimError) as refused:
        read(sent, client)
    assert refused.value.scim_type == KINDNESSES[habit].scim_type
    told = f"{refused.value.detail} {refused.value.hint}"
    assert KINDNESSES[habit].instead in told or "expected true, false, null, a number, or text in double quotes" in told


@pytest.mark.parametrize("habit", ["op-letter-case", "removal-by-value", "text-for-object"])
def test_the_refusal_names_the_rule_and_what_to_send_and_whom_it_is_allowed(habit: Habit) -> None:
    sent = next(sent for name, sent in HABITS if name == habit)
    with pytest.raises(Strictness) as refused:
        read(sent, "strict")
    problem = as_problem(refused.value)
    row = KINDNESSES[habit]
    assert (problem.code, problem.status, problem.scim_type) == ("SG240", 400, row.scim_type)
    assert row.section in problem.detail
    assert row.instead in problem.detail
    assert f"`{habit}`" in problem.detail


def test_strict_is_allowed_nothing_and_every_client_something() -> None:
    assert not LENIENCES["strict"].habits
    assert all(lenience.habits for client, lenience in LENIENCES.items() if client != "strict")


def test_what_contradicts_the_standard_is_for_the_named_alone() -> None:
    named = {habit for habit, row in KINDNESSES.items() if row.reach == "named"}
    assert named == {"replace-creates", "whole-schema", "older-config", "own-versions"}
    assert not ANY.habits & named


def test_a_role_that_looks_like_json_is_opened_for_its_sender_alone() -> None:
    sent = patch("add", "roles", [{"value": '{"value":"crew"}'}])
    assert read(sent, "entra") == read(sent, "any")
    assert read(sent, "any")["roles"] == [{"value": "crew"}]
    assert read(sent, "okta")["roles"] == [{"value": '{"value":"crew"}'}]


HOLLOW: list[tuple[dict[str, Any], list[dict[str, Any]] | None]] = [
    ({"type": "work", "value": ""}, None),
    ({"type": "work", "primary": True, "value": None}, None),
    ({"type": "work"}, [{"type": "work"}]),
    ({"display": "Office", "value": ""}, [{"display": "Office"}]),
    ({"type": "", "value": "n@example.com"}, [{"value": "n@example.com"}]),
]


@pytest.mark.parametrize(("item", "kept"), HOLLOW)
def test_an_item_that_was_sent_empty_but_for_its_labels_is_none(
    item: dict[str, Any], kept: list[dict[str, Any]] | None
) -> None:
    assert read(create(phoneNumbers=[item]), "onelogin").resource.get("phoneNumbers") == kept


WORK, HOME = {"type": "work", "value": "n@work.example"}, {"type": "home", "value": "n@home.example"}
EMPTY = {"type": "work", "value": ""}
EMPTIED: list[tuple[Sent, list[dict[str, Any]] | None]] = [
    (patch("replace", 'emails[type eq "work"]', EMPTY), [HOME]),
    (patch("replace", "emails", [EMPTY]), None),
    (patch("replace", "emails", [EMPTY, HOME]), [HOME]),
    (patch("replace", None, {"emails": [EMPTY]}), None),
    (patch("add", "emails", [EMPTY]), [WORK, HOME]),
    (patch("add", None, {"emails": [{"value": None}]}), [WORK, HOME]),
]


@pytest.mark.parametrize(("sent", "left"), EMPTIED)
def test_a_change_to_an_item_that_is_empty_takes_it_away_and_adds_none(
    sent: Sent, left: list[dict[str, Any]] | None
) -> None:
    assert read(sent, "onelogin", {"emails": [WORK, HOME]}).get("emails") == left


@pytest.mark.parametrize("member", [{"value": ""}, {"value": "", "type": "User"}, {"value": None}, {"$ref": None}])
def test_a_group_is_never_emptied_by_members_without_a_value(member: dict[str, Any]) -> None:
    group = {"schemas": [GROUP], "displayName": "Crew", "members": [member]}
    for sent in (patch("replace", "members", [member], at="/Groups/1"), Sent("PUT /Groups/1", group)):
        with pytest.raises(ScimError) as refused:
            read(sent, "onelogin", {"members": [{"value": "u-1"}]})
        assert refused.value.scim_type == "invalidValue"


PLUSES = [
    ("filter=userName+eq+%22EDU+All%22", 'userName eq "EDU All"'),
    ("filter=userName%20eq%20%22a+b@example.com%22", 'userName eq "a+b@example.com"'),
    ("filter=userName%20eq%20%22a%2Bb@example.com%22", 'userName eq "a+b@example.com"'),
    ("filter=userName+eq+%22a%2Bb@example.com%22", 'userName eq "a+b@example.com"'),
    ('filter=userName eq "a\\"b+c"', 'userName eq "a\\"b+c"'),
    ("Filter=userName%20eq+%22a+b%22", 'userName eq "a b"'),
    ("attributes=userName,+emails", "userName, emails"),
]


@pytest.mark.parametrize(("query", "value"), PLUSES)
def test_a_plus_is_a_blank_where_blanks_are_written_so_and_else_itself(query: str, value: str) -> None:
    assert read_parameters(query)[0][1] == value


REMOVALS = [
    {"schemas": [GROUP], "members": [{"value": "u-7", "operation": "delete"}]},
    {"schemas": ["urn:scim:schemas:core:1.0"], "meta": {"attributes": ["members"]}},
]


@pytest.mark.parametrize("part", REMOVALS)
def test_scim_1_1_removals_are_never_read_as_additions(part: dict[str, Any]) -> None:
    with pytest.raises(ScimError) as refused:
        read(Sent("PATCH /Groups/1", part), "any")
    assert refused.value.scim_type == "invalidSyntax"


def test_a_list_in_part_of_a_resource_is_added_and_nobody_leaves_by_it() -> None:
    intent = parse_part({"schemas": [GROUP], "members": [{"value": "u-7"}]})
    before = {"displayName": "Crew", "members": [{"value": "u-1"}]}
    assert apply_patch(before, intent.operations, standard("Group"))["members"] == [{"value": "u-1"}, {"value": "u-7"}]


def parse_part(part: dict[str, Any]) -> Modify:
    tenant = Tenant(name="acme", backend="prod", dialect=DIALECT)
    request = Request(method="PATCH", path="/acme/scim/v2/Groups/1", body=encode_json(part))
    intent = parse(request, find_route("PATCH", request.path, Caller("acme")), tenant)
    assert isinstance(intent, Modify)
    return intent


ODD = [
    "GET ?aadOptscim062020/../../Users",
    "GET ?aadOptscim062020/Users/..%2F..%2Fother",
    "GET ?aadOptscim062020/Users/..",
    "GET /Users?filter=%00userName+eq+%22a%00+b%22",
    "GET /Users?filter=+",
    "GET ?aadOptscim062020" + "/Users" * 2000,
]


@pytest.mark.parametrize("line", ODD)
def test_no_spelling_leads_past_the_routes_and_the_grammar(line: str) -> None:
    with pytest.raises((ScimError, Problem)) as refused:
        read(Sent(line), "entra")
    assert as_problem(refused.value).status in (400, 404)


def test_what_is_no_flag_is_no_path() -> None:
    request = Request(method="GET", path="/acme/scim/v2", query="other/Users?filter=x")
    assert place_flag(request, ANY) is request
