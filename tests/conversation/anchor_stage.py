"""A vendor in memory whose names are ids, whose people get other names, and who keep their first in `origin`."""

from urllib.parse import unquote

from sweep_stage import World

from gateway.conversation.effects import Hold, Reply

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class NameWorld(World):
    """`records` are by handle. `forget_at`: the state store is emptied before the effect of that number.

    `terse`: a change is answered with nothing. `drops`: what is sent as `origin` is not kept.
    """

    terse = drops = False

    def __init__(self, at=None, fault=None, forget_at=None):
        super().__init__(at, fault)
        self.forget_at, self.seen, self.calls = forget_at, 0, []

    def answer(self, effect):
        if self.seen == self.forget_at:
            self.entries = {}
        self.seen += 1
        if isinstance(effect, Hold):
            assert effect.key not in self.locks, "a lock is taken twice"
        return super().answer(effect)

    def serve(self, call):
        self.calls.append(f"{call.method} {call.path}")
        handle, _, act = unquote(call.path.removeprefix("/people").strip("/")).partition("/")
        if call.method == "POST" and not handle:
            return self.add(call.body)
        if not handle:
            return self.list(dict(call.query))
        if handle not in self.records:
            return Reply(404, {}, {"error": "nobody"})
        if call.method == "DELETE":
            del self.records[handle]
            return Reply(204)
        if call.method == "GET":
            return Reply(200, {}, self.records[handle])
        if act:
            self.records[handle] |= {"on": act == "resume"}
            return Reply(204)
        old = {} if call.method == "PUT" else self.records[handle]
        new = {key: value for key, value in {**old, **call.body}.items() if value is not None}
        if self.drops:
            new.pop("origin", None)
        if new["handle"] != handle and new["handle"] in self.records:
            return Reply(409, {}, {"error": "taken"})
        del self.records[handle]
        self.records[new["handle"]] = new
        return Reply(204) if self.terse else Reply(200, {}, new)

    def add(self, record):
        if record["handle"] in self.records:
            return Reply(409, {}, {"error": "taken"})
        if self.drops:
            record = {key: value for key, value in record.items() if key != "origin"}
        self.records[record["handle"]] = record
        return Reply(201, {}, record)

    def list(self, asked):
        asked = {key: value for key, value in asked.items() if key in ("handle", "origin")}
        found = [one for one in self.records.values() if asked.items() <= one.items()]
        return Reply(200, {}, {"people": found, "count": len(found)})

    @property
    def firsts(self):
        """What each was called first, by what they are called now."""
        return {handle: one.get("origin") for handle, one in self.records.items()}


def create(name, **more):
    return ("POST", "/Users", "", {"schemas": [USER], "userName": name, **more})


def read(id_):
    return ("GET", f"/Users/{id_}", "", None)


def find(query):
    return ("GET", "/Users", query, None)


def delete(id_):
    return ("DELETE", f"/Users/{id_}", "", None)


def patch(id_, path, value):
    operation = {"op": "replace", "path": path, "value": value}
    return ("PATCH", f"/Users/{id_}", "", {"schemas": [PATCH_OP], "Operations": [operation]})


def rename(id_, name):
    return patch(id_, "userName", name)


def put(id_, name, **more):
    return ("PUT", f"/Users/{id_}", "", {"schemas": [USER], "userName": name, **more})
