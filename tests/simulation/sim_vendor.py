"""A vendor in memory that speaks SCIM and fails in every way that vendors and networks do.

It takes a call apart into what happens to it: when it arrives, whether it is carried out, and whether its answer comes
back. A create may be carried out long after its caller has given up.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from msgspec import Struct
from sim_time import Timeline

from gateway.conversation.effects import Call, Lost, Reply
from gateway.scim.patch import apply_patch, parse_patch
from gateway.scim.schema import standard

Answer = Callable[[Reply | Lost], None]


class Manners(Struct, frozen=True):
    """What a vendor promises. `unique`: it refuses a second record of the same name. `visible_after`: so many seconds
    pass before a new record is found in lists. `lands_within`: the latest that a given-up create is carried out; 0:
    never.
    """

    unique: bool = True
    visible_after: float = 0.0
    lands_within: float = 30.0


class Vendor:
    """Its records by id, and how often it fails: `trouble` is the share of calls that something befalls."""

    kind, key = "User", "userName"

    def __init__(self, timeline: Timeline, manners: Manners, trouble: float = 0.0) -> None:
        self.timeline, self.manners, self.trouble = timeline, manners, trouble
        self.records: dict[str, dict[str, Any]] = {}
        self.born: dict[str, float] = {}
        self.made = 0
        self.landing = 0
        self.struck = 0

    def receive(self, call: Call, within: float, answer: Answer) -> None:
        """Take a call whose caller waits `within` seconds."""
        if within <= 0:
            self.timeline.soon(lambda: answer(Lost("no", "deadline")))
            return
        befalls = self.timeline.chance(self.trouble)
        self.struck += befalls
        mishap = self.timeline.random.choice(MISHAPS) if befalls else Vendor.well
        mishap(self, call, within, answer)

    def well(self, call: Call, within: float, answer: Answer) -> None:
        def arrive() -> None:
            reply = self.serve(call)
            self.timeline.soon(lambda: answer(reply))

        self.timeline.soon(arrive)

    def never_sent(self, call: Call, within: float, answer: Answer) -> None:
        self.timeline.soon(lambda: answer(Lost("no", "connect")))

    def lost_on_the_way(self, call: Call, within: float, answer: Answer) -> None:
        self.timeline.after(min(within, 8.0), lambda: answer(Lost("unknown", "timeout")))

    def answer_lost(self, call: Call, within: float, answer: Answer) -> None:
        self.timeline.soon(lambda: self.serve(call))
        self.timeline.after(min(within, 8.0), lambda: answer(Lost("unknown", "timeout")))

    def connection_reset(self, call: Call, within: float, answer: Answer) -> None:
        def arrive() -> None:
            self.serve(call)
            self.timeline.soon(lambda: answer(Lost("unknown", "reset")))

        self.timeline.soon(arrive)

    def lands_late(self, call: Call, within: float, answer: Answer) -> None:
        """Only a create: a change that overtakes a later one is beyond what a proxy without versions can mend."""
        if call.operation == "create" and self.manners.lands_within:

            def land() -> None:
                self.landing -= 1
                self.serve(call)

            self.landing += 1
            self.timeline.after(self.timeline.random.uniform(8.0, 8.0 + self.manners.lands_within), land)
        self.timeline.after(min(within, 8.0), lambda: answer(Lost("unknown", "timeout")))

    def fails_before(self, call: Call, within: float, answer: Answer) -> None:
        self.timeline.soon(lambda: answer(Reply(500)))

    def fails_after(self, call: Call, within: float, answer: Answer) -> None:
        def arrive() -> None:
            self.serve(call)
            self.timeline.soon(lambda: answer(Reply(502)))

        self.timeline.soon(arrive)

    def throttles(self, call: Call, within: float, answer: Answer) -> None:
        self.timeline.soon(lambda: answer(Reply(429, {"retry-after": "2"})))

    def is_away(self, call: Call, within: float, answer: Answer) -> None:
        self.timeline.soon(lambda: answer(Reply(503, {"retry-after": "3"})))

    def mumbles(self, call: Call, within: float, answer: Answer) -> None:
        def arrive() -> None:
            status = self.serve(call).status
            self.timeline.soon(lambda: answer(Reply(status, {}, None, readable=False, text="<html>")))

        self.timeline.soon(arrive)

    def repeats(self, call: Call, within: float, answer: Answer) -> None:
        """The network delivers a change twice in a row; a create only where the vendor itself would notice."""
        if call.operation == "create" and not self.manners.unique:
            self.well(call, within, answer)
            return

        def arrive() -> None:
            reply = self.serve(call)
            self.serve(call)
            self.timeline.soon(lambda: answer(reply))

        self.timeline.soon(arrive)

    def serve(self, call: Call) -> Reply:
        """What the call comes to when it is carried out now."""
        native = call.path.removeprefix(f"/{self.kind}s").strip("/")
        if call.method == "POST":
            return self.create(call.body)
        if not native:
            return self.list_visible()
        record = self.records.get(native)
        if record is None:
            return Reply(404)
        if call.method == "DELETE":
            del self.records[native]
            return Reply(204)
        if call.method == "PUT":
            self.records[native] = {**deepcopy(call.body), "id": native}
        if call.method == "PATCH":
            rt = standard(self.kind)
            self.records[native] = apply_patch(record, parse_patch(call.body, rt), rt)
        return Reply(200, {}, deepcopy(self.records[native]))

    def create(self, body: Any) -> Reply:
        if self.manners.unique and any(one[self.key] == body[self.key] for one in self.records.values()):
            return Reply(409)
        self.made += 1
        native = str(self.made)
        self.records[native] = {**deepcopy(body), "id": native}
        self.born[native] = self.timeline.now
        return Reply(201, {}, deepcopy(self.records[native]))

    def list_visible(self) -> Reply:
        ready = self.timeline.now - self.manners.visible_after
        shown = [deepcopy(one) for native, one in self.records.items() if self.born[native] <= ready]
        return Reply(200, {}, {"Resources": shown, "totalResults": len(shown)})

    def named(self, name: str) -> list[dict[str, Any]]:
        """All records of one person."""
        return [one for one in self.records.values() if one[self.key] == name]

    def __repr__(self) -> str:
        return json.dumps(self.records, indent=1)


MISHAPS = (
    Vendor.never_sent,
    Vendor.lost_on_the_way,
    Vendor.answer_lost,
    Vendor.connection_reset,
    Vendor.lands_late,
    Vendor.fails_before,
    Vendor.fails_after,
    Vendor.throttles,
    Vendor.is_away,
    Vendor.mumbles,
    Vendor.repeats,
)
