"""A vendor in memory that speaks SCIM and fails in every way that vendors and networks do.

It takes a call apart into what happens to it: when it arrives, whether it is carried out, and whether its answer comes
back. A create may be carried out long after its caller has given up.
"""

from collections.abc import Callable

from msgspec import Struct
from records import Record, Records
from sim_time import Timeline

from gateway.conversation.effects import Call, Lost, Reply

Answer = Callable[[Reply | Lost], None]


class Manners(Struct, frozen=True):
    """What a vendor promises. `unique`: it refuses a second user of the same name; `unique_groups`: a second group.
    `visible_after`: so many seconds pass before a new record is found in lists. `lands_within`: the latest that a
    given-up create is carried out; 0: never. `changes_land`: so are changes and deletions, which may then overtake
    later ones. `hides`: it never shows who is in a group, and can be asked for the groups of somebody.
    """

    unique: bool = True
    unique_groups: bool = False
    visible_after: float = 0.0
    lands_within: float = 30.0
    changes_land: bool = False
    hides: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types of which it refuses a second of the same name."""
        return (*(("User",) if self.unique else ()), *(("Group",) if self.unique_groups else ()))


class Vendor:
    """Its records, and how often it fails: `trouble` is the share of calls that something befalls."""

    def __init__(self, timeline: Timeline, manners: Manners, trouble: float = 0.0, letter: str = "") -> None:
        self.timeline, self.manners, self.trouble = timeline, manners, trouble
        self.records = Records(letter, manners.kinds, hides=manners.hides)
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
        """Mostly a create alone: a change that overtakes a later one a proxy without versions cannot mend."""
        lands = call.operation == "create" or (self.manners.changes_land and not call.safe)
        if lands and self.manners.lands_within:

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
        if call.operation == "create" and not self.records.is_unique(call):
            self.well(call, within, answer)
            return

        def arrive() -> None:
            reply = self.serve(call)
            self.serve(call)
            self.timeline.soon(lambda: answer(reply))

        self.timeline.soon(arrive)

    def serve(self, call: Call) -> Reply:
        """What the call comes to when it is carried out now."""
        return self.records.serve(call, self.timeline.now, self.manners.visible_after)

    def named(self, name: str) -> list[Record]:
        """All records of one person."""
        return self.records.named("User", name)

    def __repr__(self) -> str:
        return repr(self.records)


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
