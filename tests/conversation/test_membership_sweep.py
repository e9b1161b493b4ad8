"""Every effect is failed in turn where members and states come and go by calls, and where a PATCH goes in several.

The request still ends, with the right blame and no lock left; no write is repeated blindly; a repetition settles it.
"""

from itertools import count

import pytest
from change_stage import patch
from sweep_stage import FAULTS, World, ask, is_known, repeat

from gateway.conversation.effects import Reply
from gateway.lens.ability import Modify
from gateway.mapping.load import load_dialect


def named(*members):
    return [{"value": one} for one in members]


def group(title, *members):
    return {"displayName": title, "members": named(*members)}


class Witness(World):
    """A world that refuses to see one write twice in one request."""

    def __init__(self, at=None, fault=None):
        super().__init__(at, fault)
        self.writes = []

    def call(self, call, strikes):
        if call.method != "GET" and not (strikes and self.fault == "never sent"):
            line = (call.method, call.path, repr(call.body))
            assert line not in self.writes, line
            self.writes.append(line)
        return super().call(call, strikes)


class Clubs(Witness):
    """People who are suspended and resumed by calls; clubs and teams that list their people apart or hold them."""

    def serve(self, call):
        kind, _, rest = call.path.strip("/").partition("/")
        native, _, below = rest.partition("/")
        record = self.records.get(native)
        if call.method == "POST" and not below and record is None:
            return self.make(kind, native, call.body or {"title": native})
        if kind == "people" and below.startswith("clubs/"):
            return self.move(below.removeprefix("clubs/"), [native], call.method == "PUT")
        if below == "users":
            return self.move(native, call.body["users"], call.method == "POST")
        if not native:
            shown = [self.show(one, kind) for one in self.records.values()]
            return Reply(200, {}, {kind if kind == "people" else "clubs": shown, "count": len(shown)})
        if record is None:
            return Reply(404)
        if below == "people":
            begin = int(dict(call.query)["from"])
            return Reply(200, {}, {"people": [{"person": one} for one in record["people"][begin : begin + 2]]})
        if call.method == "DELETE":
            del self.records[native]
            return Reply(204)
        if below in ("suspend", "resume"):
            record["status"] = {"suspend": "SUSPENDED", "resume": "ACTIVE"}[below]
            return Reply(204)
        if call.method == "PUT":
            record = self.records[native] = {**call.body, "id": native, "status": record["status"]}
        return Reply(200, {}, self.show(record | (call.body if call.method == "PATCH" else {}), kind, keep=call))

    def make(self, kind, native, body):
        names = ("login", "title")
        if any(one.get(key) and one.get(key) == body.get(key) for one in self.records.values() for key in names):
            return Reply(409)
        more = {"status": "ACTIVE"} if kind == "people" else {"people": []}
        self.records["g"] = {**body, **more, "id": "g"}
        return Reply(201, {}, self.show(self.records["g"], kind))

    def move(self, native, people, come):
        record = self.records.get(native)
        if record is None:
            return Reply(404)
        rest = [one for one in record["people"] if one not in people]
        record["people"] = [*rest, *people] if come else rest
        return Reply(204)

    def show(self, record, kind, keep=None):
        if keep is not None and keep.method == "PATCH":
            self.records[record["id"]] = record
        return {key: value for key, value in record.items() if key != "people" or kind == "teams"}

    def members(self):
        return set(self.records["g"]["people"])


class Groups(Witness):
    """A SCIM server whose groups hold their members."""

    kind, key = "Group", "displayName"

    def members(self):
        return {one["value"] for one in self.records["1"].get("members", [])}


class Blind(Groups):
    """A SCIM server that takes members and shows an empty list instead; `members.value` is all that can be asked."""

    def serve(self, call):
        reply = super().serve(call)
        shown = {**reply.body, "members": []} if isinstance(reply.body, dict) and "id" in reply.body else reply.body
        return Reply(reply.status, {}, shown)


CLUB, PERSON = "/Groups/g", "/Users/g"
ADD, REMOVE = patch(("add", "members", named("c", "d", "e"))), patch(("remove", "members", named("a", "c")))
MEMBERS = (
    (("POST", "/Groups", "", group("Guides", "a", "b")), {"a", "b"}),
    (("PATCH", CLUB, "", ADD), {"a", "b", "c", "d", "e"}),
    (("GET", CLUB, "", None), {"a", "b", "c", "d", "e"}),
    (("PATCH", CLUB, "", REMOVE), {"b", "d", "e"}),
    (("PATCH", CLUB, "", patch(("replace", "members", named("b", "f")))), {"b", "f"}),
    (("PUT", CLUB, "", group("Guides", "b", "x", "y")), {"b", "x", "y"}),
)


def one_group(step, native):
    (method, path, query, body), members = step
    return (method, path.replace("/g", f"/{native}"), query, body), members


@pytest.fixture(params=["club-vendor", "team-vendor", "values", "put"])
def stage(request, make_gateway):
    """A gateway, its world, and the id of the group there."""
    if request.param.endswith("vendor"):
        return make_gateway(request.param), Clubs, "g"
    ops = load_dialect("scim2").resources["Group"].ops
    kept = ops if request.param == "put" else {name: op for name, op in ops.items() if name != "replace"}
    return make_gateway(kind="Group", can_modify=Modify(values=2), ops=kept), Groups, "1"


@pytest.mark.parametrize("fault", FAULTS)
def test_members_are_settled_by_a_repetition_whatever_fails(stage, fault):
    gateway, make_world, native = stage
    for at in count():
        world = make_world(at, fault)
        for step, members in (one_group(one, native) for one in MEMBERS):
            carry_out(world, gateway, step, at)
            assert not world.locks, (at, step)
            assert len(world.records) == 1, "one group is never made twice"
            if step[0] == "POST" and world.struck:
                complete_group(world, gateway, step, native)
            assert world.members() == members, (at, step)
        if not world.struck:
            return


CROWD = [chr(ord("a") + number) for number in range(7)]
UNSEEN = (
    (("POST", "/Groups", "", group("Guides", "a", "b")), {"a", "b"}),
    (("PATCH", "/Groups/1", "", patch(("add", "members", named(*CROWD)))), set(CROWD)),
    (("PATCH", "/Groups/1", "", patch(*((("remove", f'members[value eq "{one}"]')) for one in "ac"))), set("bdefg")),
    (("PUT", "/Groups/1", "", {"displayName": "Scouts"}), set("bdefg")),
    (("PATCH", "/Groups/1", "", patch(("add", "members", named("a", "z")))), set("abdefgz")),
)


@pytest.mark.parametrize("fault", FAULTS)
def test_members_that_nobody_is_shown_are_settled_by_a_repetition(make_gateway, fault):
    gateway = make_gateway("blind-groups", kind="Group")
    for at in count():
        world = Blind(at, fault)
        for step, members in UNSEEN:
            carry_out(world, gateway, step, at)
            assert not world.locks, (at, step)
            if step[0] == "POST" and world.struck:
                add = patch(("add", "members", step[3]["members"]))  # it is there already: what is wanted is added
                carry_out(world, gateway, ("PATCH", "/Groups/1", "", add), at)
            assert world.members() == members, (at, step)
        if not world.struck:
            assert world.records["1"]["displayName"] == "Scouts"
            return


def complete_group(world, gateway, step, native):
    """What an identity provider does when it finds the group there already: it writes what it wants of it."""
    world.writes = []
    response = ask(world, gateway, ("PUT", f"/Groups/{native}", "", step[3]))
    assert response.status < 300, response.body


def carry_out(world, gateway, step, at):
    """One step; after a failure it is repeated once, which must settle it."""
    world.writes = []
    response = ask(world, gateway, step)
    if response.status < 300:
        return
    assert world.struck, (at, step, response.body)
    assert response.status in (400, 404, 409, 429, 502, 503), (at, step, response.body)
    world.writes = []
    again = repeat(world, gateway, step)
    assert again.status < 300 or is_known(step, again), (at, step, again.body)


ADA = {"userName": "ada", "title": "Guide"}
STATES = (
    (("POST", "/Users", "", {**ADA, "active": True}), "ACTIVE"),
    (("PATCH", PERSON, "", patch(("replace", "active", False), ("replace", "title", "Driver"))), "SUSPENDED"),
    (("PUT", PERSON, "", {**ADA, "active": False}), "SUSPENDED"),
    (("PUT", PERSON, "", {**ADA, "active": True}), "ACTIVE"),
    (("PATCH", PERSON, "", patch(("replace", "active", False))), "SUSPENDED"),
)


@pytest.mark.parametrize("fault", FAULTS)
def test_states_are_settled_by_a_repetition_and_whoever_is_barred_stays_out(make_gateway, fault):
    gateway = make_gateway("club-vendor")
    for at in count():
        world = Clubs(at, fault)
        for step, status in STATES:
            carry_out(world, gateway, step, at)
            assert not world.locks, (at, step)
            assert world.records["g"]["status"] == status, (at, step)
        if not world.struck:
            return
