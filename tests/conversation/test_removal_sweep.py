"""Every effect is failed in turn where operations take several calls, delete by marking, or deactivate by deleting.

The request still ends, with the right blame and no lock left; a repetition settles it; whoever left stays out.
"""

from itertools import count

import pytest
from sweep_stage import FAULTS, World, ask, is_known, repeat

from gateway.conversation.effects import Reply

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NEW = {"userName": "bjensen", "title": "Guide"}


def patch(path, value):
    return {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": path, "value": value}]}


class JsonWorld(World):
    """A backend of plain JSON; `wraps`: its records stand below keys."""

    wraps = False

    def serve(self, call):
        below = call.path.removeprefix("/users").strip("/")
        native, _, action = below.partition("/")
        record, body = self.records.get(native), self.unwrapped(call.body)
        if call.path == "/users/purge":
            return Reply(204 if self.records.pop(body["ids"][0], None) else 404)
        if call.path == "/invitations" or action:
            return Reply(200 if record or not action else 404)
        if call.method == "POST":
            taken = any(one["login"] == body["login"] for one in self.records.values())
            return Reply(409) if taken else self.shown(self.save(str(len(self.records) + 1), body), 201)
        if not native:
            return Reply(200, {}, {"users": list(self.records.values())})
        if record is None:
            return Reply(404)
        if call.method == "DELETE":
            del self.records[native]
            return Reply(204)
        if call.method == "GET":
            return self.shown(record)
        merged = body if call.method == "PUT" else {**record, **body}
        return self.shown(self.save(native, {name: value for name, value in merged.items() if value is not None}))

    def unwrapped(self, body):
        return body["data"]["user"] if self.wraps and isinstance(body, dict) and "data" in body else body

    def shown(self, record, status=200):
        return Reply(status, {}, {"data": {"user": record}} if self.wraps else record)

    def save(self, native, body):
        self.records[native] = {**body, "id": native}
        return self.records[native]


CREATE, CHANGE = ("POST", "/Users", "", NEW), ("PATCH", "/Users/1", "", patch("title", "Driver"))
PUT, DELETE = ("PUT", "/Users/1", "", {**NEW, "title": "Captain"}), ("DELETE", "/Users/1", "", None)
OFF, READ = ("PATCH", "/Users/1", "", patch("active", False)), ("GET", "/Users/1", "", None)
STORIES = {
    "stepwise": (CREATE, CHANGE, PUT, DELETE, READ),
    "tombstones": (CREATE, CHANGE, DELETE, READ, CREATE, PUT, OFF, READ),
    "barless": (CREATE, CHANGE, OFF, READ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("mapping", STORIES)
def test_a_fault_at_any_effect_is_survived_and_whoever_left_stays_out(make_gateway, mapping, fault):
    gateway = make_gateway(mapping)
    for at in count():
        world = JsonWorld(at, fault)
        world.wraps = mapping == "stepwise"
        for step in STORIES[mapping]:
            carry_out(world, gateway, step, at)
            assert not world.locks, (at, step)
            assert len(world.records) <= 1, "one person is never made twice"
        world.at = None  # the world is well again
        assert ask(world, gateway, READ).status == 404, at
        if not world.struck:
            return


def carry_out(world, gateway, step, at):
    """One step; after a failure it is repeated once, which must settle it."""
    response = ask(world, gateway, step)
    if response.status < 300 or (step == READ and response.status == 404):
        return
    assert world.struck, (at, step, response.body)
    assert response.status in (400, 404, 409, 429, 502, 503), (at, step, response.body)
    again = repeat(world, gateway, step)
    done = again.status == 404 and step in (DELETE, OFF, READ)  # carried out, and only its answer was lost
    assert again.status < 300 or done or is_known(step, again), (at, step, again.body)
