"""What `explain` prints: each call that is known before any answer, with its body, in its order."""

import json

import pytest
from change_stage import patch

from gateway.conversation.planned import awaited_calls, planned_calls
from gateway.pipeline.parse import parse
from gateway.pipeline.plan import make_plan
from gateway.pipeline.request import Caller, Request
from gateway.pipeline.route import find_route
from gateway.pipeline.target import find_target

GUIDES = {"id": "g", "title": "Guides"}
SCIM_GROUP = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
PEOPLE = "GET /clubs/g/people?from=0&limit=2"
ALL_PEOPLE = "GET /clubs/{id}/people?from=0&limit=2"
OFF = patch(("replace", "active", False))
ADA = {"id": "7", "login": "ada"}


def named(*members):
    return [{"value": one} for one in members]


def group(*members):
    return {"displayName": "Guides", "members": named(*members)}


@pytest.fixture
def planned(make_gateway):
    """`planned("club-vendor", "GET /Groups/g")`: lines of calls, those that have a body with it."""

    def plan_of(mapping, line, body, headers=None):
        tenant = make_gateway(mapping).tenants["acme"]
        method, _, where = line.partition(" ")
        path, _, query = where.partition("?")
        raw = b"" if body is None else json.dumps(body).encode()
        asked = query.replace(" ", "%20")
        request = Request(method=method, path=f"/acme/scim/v2{path}", query=asked, headers=headers or {}, body=raw)
        return make_plan(parse(request, find_route(method, request.path, Caller("acme")), tenant), tenant), tenant

    def run(mapping, line, body=None, record=None, **headers):
        plan, tenant = plan_of(mapping, line, body, headers)
        return [show(one) for one in planned_calls(plan, tenant, record)]

    def run_awaited(mapping, line, body):
        plan, tenant = plan_of(mapping, line, body)
        return [show(one) for one in awaited_calls(plan, find_target(tenant, plan.type))]

    run.awaited = run_awaited
    return run


def show(call):
    query = "&".join(f"{name}={value}" for name, value in call.query)
    line = f"{call.method} {call.path}{'?' if query else ''}{query}"
    return line if call.body is None else (line, call.body)


READS = [
    ("club-vendor", "GET /Groups/g", ["GET /clubs/g", PEOPLE]),
    ("club-vendor", "GET /Groups/g?excludedAttributes=members", ["GET /clubs/g"]),
    ("club-vendor", 'GET /Groups?filter=id eq "g"', ["GET /clubs/g", PEOPLE]),
    ("club-vendor", "GET /Groups?count=2", ["GET /clubs?from=0&limit=2", ALL_PEOPLE]),
    ("club-vendor", 'GET /Groups?filter=members.value eq "a"', ["GET /clubs?from=0&limit=50", ALL_PEOPLE]),
    ("club-vendor", "GET /Groups?attributes=displayName", ["GET /clubs?from=0&limit=50"]),
    ("team-vendor", "GET /Groups/g", ["GET /teams/g"]),
    ("blind-groups", "GET /Groups/g", ["GET /Groups/g"]),
    ("stepwise", "GET /Users/7", ["GET /users/7"]),
    ("tombstones", "GET /Users/7", ["GET /users/7"]),
    ("anchor-vendor", "GET /Users/ada", ["GET /people/ada"]),
    ("anchor-vendor", 'GET /Users?filter=id eq "ada"', ["GET /people/ada"]),
]


@pytest.mark.parametrize(("mapping", "line", "calls"), READS)
def test_reads_are_printed_with_those_of_the_lists_that_are_shown(planned, mapping, line, calls):
    assert planned(mapping, line) == calls


CREATES = [
    ("club-vendor", "POST /Groups", group("a", "b"), [
        ("POST /clubs", {"title": "Guides"}), "PUT /people/a/clubs/{id}", "PUT /people/b/clubs/{id}",
        "GET /clubs/{id}", ALL_PEOPLE]),
    ("team-vendor", "POST /Groups", group("a", "b"), ["POST /teams/Guides", "GET /teams/{id}"]),
    ("blind-groups", "POST /Groups", group("a", "b", "c", "d"), [
        ("POST /Groups", {"schemas": SCIM_GROUP, **group("a", "b", "c")}),
        ("PATCH /Groups/{id}", patch(("add", "members", named("d"))))]),
    ("stepwise", "POST /Users", {"userName": "ada"}, [
        ("POST /users?activate=false", {"data": {"user": {"login": "ada"}}}), "POST /users/{id}/activate",
        ("POST /invitations", {"user": "{id}", "admin": False, "tags": ["new"], "note": "for ada"}),
        "GET /users/{id}"]),
    ("barless", "POST /Users", {"userName": "ada", "active": False}, [
        ("POST /users", {"login": "ada"}), "DELETE /users/{id}"]),
    ("tombstones", "POST /Users", {"userName": "ada"}, [("POST /users", {"login": "ada"})]),
    ("name-vendor", "POST /Users", {"userName": "ada"}, [("POST /people", {"handle": "ada"})]),
    ("anchor-vendor", "POST /Users", {"userName": "ada"}, [
        "GET /people?origin=ada&from=0&limit=50", ("POST /people", {"handle": "ada", "origin": "ada"})]),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "line", "body", "calls"), CREATES)
def test_creates_are_printed_with_all_that_needs_the_new_id(planned, mapping, line, body, calls):
    assert planned(mapping, line, body) == calls


def test_calls_that_the_answer_to_a_create_may_spare_are_told_apart(planned):
    body = {"userName": "ada", "active": True}
    resume = ("POST /people/{id}/resume", {"by": "scim", "person": "{id}"})
    assert planned("club-vendor", "POST /Users", body) == [("POST /people", {"login": "ada"})]
    assert planned.awaited("club-vendor", "POST /Users", body) == [resume]


CHANGES = [
    ("club-vendor", "PUT /Groups/g", group("b", "c"), {**GUIDES, "people": [{"person": "a"}, {"person": "b"}]}, [
        "GET /clubs/g", PEOPLE, "DELETE /people/a/clubs/g", "PUT /people/c/clubs/g", "GET /clubs/g", PEOPLE]),
    ("club-vendor", "PUT /Groups/g", group("b", "c"), None, ["GET /clubs/g", PEOPLE]),
    ("club-vendor", "PATCH /Groups/g", patch(("add", "members", named("a"))), None, ["PUT /people/a/clubs/g"]),
    ("club-vendor", "PATCH /Groups/g?attributes=members", patch(("add", "members", named("a"))), None, [
        "PUT /people/a/clubs/g", "GET /clubs/g", PEOPLE]),
    ("club-vendor", "PATCH /Groups/g", patch(("replace", "members", named("b"))),
     {**GUIDES, "people": [{"person": "a"}]}, [
        "GET /clubs/g", PEOPLE, "DELETE /people/a/clubs/g", "PUT /people/b/clubs/g"]),
    ("club-vendor", "PATCH /Users/7", OFF, {**ADA, "status": "ACTIVE"}, [
        "GET /people/7", "POST /people/7/suspend"]),
    ("team-vendor", "PATCH /Groups/g", patch(("add", "members", named("a", "b", "c"))), None, [
        ("POST /teams/g/users", {"users": ["a", "b"]}), ("POST /teams/g/users", {"users": ["c"]})]),
    ("team-vendor", "PUT /Groups/g", group("b"), {**GUIDES, "people": ["a", "b"]}, [
        "GET /teams/g", ("DELETE /teams/g/users", {"users": ["a"]}), "GET /teams/g"]),
    ("blind-groups", "PATCH /Groups/g", patch(("add", "members", named("a", "b", "c", "d"))), None, [
        ("PATCH /Groups/g", patch(("add", "members", named("a", "b", "c")))),
        ("PATCH /Groups/g", patch(("add", "members", named("d"))))]),
    ("stepwise", "PATCH /Users/7", patch(("replace", "title", "Guide")), None, [
        ("PATCH /users/7", {"data": {"user": {"job": "Guide"}}}), "GET /users/7"]),
    ("stepwise", "PUT /Users/7", {"userName": "ada", "title": "Guide"}, ADA, [
        "GET /users/7", ("PUT /users/7", {"login": "ada", "job": "Guide"}), "POST /users/7/publish",
        "GET /users/7"]),
    ("barless", "PATCH /Users/7", OFF, ADA, ["GET /users/7", "DELETE /users/7"]),
    ("anchor-vendor", "PATCH /Users/ada", OFF, None, ["GET /people/ada", ("PATCH /people/ada", {"on": False})]),
    ("anchor-vendor", "DELETE /Users/ada", None, None, ["GET /people/ada", "DELETE /people/ada"]),
    ("anchor-vendor", "PATCH /Users/ada", patch(("replace", "userName", "eva")), {"handle": "bea", "origin": "ada"}, [
        "GET /people/bea", ("PATCH /people/bea", {"handle": "eva"})]),
    ("tombstones", "PATCH /Users/7", OFF, {**ADA, "status": "ACTIVE"}, [
        "GET /users/7", ("PATCH /users/7", {"status": "DELETED"})]),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "line", "body", "record", "calls"), CHANGES)
def test_changes_are_printed_with_their_reads_and_their_writes(planned, mapping, line, body, record, calls):
    assert planned(mapping, line, body, record) == calls


DELETES = [
    ("club-vendor", "DELETE /Groups/g", None, ["DELETE /clubs/g"]),
    ("stepwise", "DELETE /Users/7", None, ["POST /users/7/deactivate", ("POST /users/purge", {"ids": ["7"]})]),
    ("tombstones", "DELETE /Users/7", None, ["GET /users/7"]),
    ("tombstones", "DELETE /Users/7", {**ADA, "status": "ACTIVE"}, [
        "GET /users/7", ("PATCH /users/7", {"status": "DELETED", "kind": "leaver"})]),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "line", "record", "calls"), DELETES)
def test_deletions_are_printed_step_by_step(planned, mapping, line, record, calls):
    assert planned(mapping, line, record=record) == calls


CONDITIONS = [
    ("club-vendor", "GET /Groups/g?excludedAttributes=members", None, None, ["GET /clubs/g", PEOPLE]),
    ("club-vendor", "DELETE /Groups/g", None, None, ["GET /clubs/g", PEOPLE, "DELETE /clubs/g"]),
    ("club-vendor", "PATCH /Groups/g", patch(("add", "members", named("a"))), None, [
        "GET /clubs/g", PEOPLE, "PUT /people/a/clubs/g"]),
    ("club-vendor", "PATCH /Users/7", patch(("replace", "title", "Guide")), None, [
        "GET /people/7", ("PATCH /people/7", {"job": "Guide"})]),
    ("club-vendor", "PATCH /Users/7", OFF, {**ADA, "status": "ACTIVE"}, [
        "GET /people/7", "POST /people/7/suspend"]),
    ("tombstones", "DELETE /Users/7", None, None, ["GET /users/7", "GET /users/7"]),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "line", "body", "record", "calls"), CONDITIONS)
def test_a_version_that_is_to_be_compared_is_read_whole_first(planned, mapping, line, body, record, calls):
    assert planned(mapping, line, body, record, **{"if-match": 'W/"x"'}) == calls
