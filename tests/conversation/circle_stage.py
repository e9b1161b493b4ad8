"""Circles of people in memory: the vendor refers to everybody by the name of today, and follows who gets another."""

import re
from urllib.parse import unquote

from anchor_stage import NameWorld

from gateway.conversation.effects import Reply

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class CircleWorld(NameWorld):
    """`circles` are by title."""

    def __init__(self, at=None, fault=None, forget_at=None):
        super().__init__(at, fault, forget_at)
        self.circles = {}

    def serve(self, call):
        if not call.path.startswith("/circles"):
            before = set(self.records)
            reply = super().serve(call)
            self.follow(before - set(self.records), set(self.records) - before)
            return reply
        self.calls.append(f"{call.method} {call.path}")
        title, _, rest = call.path.removeprefix("/circles").strip("/").partition("/")
        circle = self.circles.get(unquote(title))
        if call.method == "POST":
            return self.found(call.body)
        if not title:
            return Reply(200, {}, {"circles": list(self.circles.values()), "count": len(self.circles)})
        if circle is None:
            return Reply(404, {}, {"error": "no circle"})
        if rest:
            return self.come_or_go(circle, call.method, unquote(rest.removeprefix("people/")))
        if call.method == "DELETE":
            del self.circles[unquote(title)]
            return Reply(204)
        if call.method == "PATCH" and "Operations" in call.body:
            return self.operate(circle, call.body["Operations"])
        if call.method in ("PUT", "PATCH"):
            if not set(call.body.get("people") or ()) <= set(self.records):
                return Reply(400, {}, {"error": "who is that?"})
            circle |= call.body
        return Reply(200, {}, dict(circle))

    def found(self, circle):
        if circle["title"] in self.circles:
            return Reply(409, {}, {"error": "taken"})
        if not set(map(handle_of, circle.get("people") or ())) <= set(self.records):
            return Reply(400, {}, {"error": "who is that?"})
        self.circles[circle["title"]] = dict(circle)
        return Reply(201, {}, circle)

    def operate(self, circle, operations):
        """PATCH of a list whose items are objects."""
        people = list(circle.get("people") or ())
        for one in operations:
            where = re.fullmatch(r'people\[handle eq "(.+)"\]', one["path"])
            if one["op"] == "remove":
                people = [each for each in people if where and each["handle"] != where[1]]
                continue
            if not set(map(handle_of, one["value"])) <= set(self.records):
                return Reply(400, {}, {"error": "who is that?"})
            kept = people if one["op"] == "add" else []
            people = [*kept, *(each for each in one["value"] if each not in kept)]
        circle["people"] = people
        return Reply(200, {}, dict(circle))

    def come_or_go(self, circle, method, handle):
        there = circle.get("people") or []
        if method == "DELETE":
            circle["people"] = [one for one in there if one != handle]
            return Reply(204 if handle in there else 404)
        if handle not in self.records:
            return Reply(404, {}, {"error": "who is that?"})
        circle["people"] = [*there, *([] if handle in there else [handle])]
        return Reply(200, {}, dict(circle))

    def follow(self, gone, come):
        """Who has another name has it everywhere; who is gone is nowhere."""
        if len(gone) != 1:
            return
        (old,), new = gone, next(iter(come), None)
        for circle in self.circles.values():
            held = circle.get("people") or ()
            people = [with_handle(one, new) if handle_of(one) == old else one for one in held]
            circle["people"] = [one for one in people if handle_of(one) is not None]
        for record in self.records.values():
            if record.get("chief") == old:
                record |= {"chief": new}

    def join(self, handle, title="guides"):
        """At the vendor itself."""
        people = self.circles[title]["people"]
        people.append(with_handle(people[0], handle))

    def members(self, title="guides"):
        return sorted(map(handle_of, self.circles[title].get("people") or ()))


def handle_of(item):
    return item["handle"] if isinstance(item, dict) else item


def with_handle(item, handle):
    return {"handle": handle} if isinstance(item, dict) else handle


def group(*ids, title="guides"):
    return {"schemas": [GROUP], "displayName": title, "members": [{"value": one} for one in ids]}


def members_of(shown):
    return sorted(one["value"] for one in shown.get("members") or ())
