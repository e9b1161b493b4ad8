"""Marks: what a follower may not have yet. Set before the primary is written, taken back when the follower is in step.

A mark says of which resource, and how the follower's record of it was to be found before the change; nothing of the
change itself. What is to be done is read from the primary when it is done.
"""

from collections.abc import Collection, Iterable

from msgspec import DecodeError, Struct
from msgspec.json import decode, encode
from msgspec.structs import replace

from gateway.conversation.announcing import LOST_SECONDS
from gateway.conversation.correlate import correlating
from gateway.conversation.effects import Booked, Conversation, Key, Mark, Postpone, Recall, Unavailable, Unmark, ask
from gateway.conversation.sealed import close_entry, open_entry
from gateway.lens.lens import Document
from gateway.pipeline.following import Reference
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import Target

GRACE_SECONDS = 5.0  # after a request's time: until then who set a mark brings the follower in step itself
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
LASTING = "SG346"  # the code of what the follower never changes
UNASKED = "SG347"  # and of lists that it never shows, and that it was not asked for to the end
MOST_NAMED = 200  # stand in one mark


class Open(Struct, frozen=True, omit_defaults=True):
    """What is open between a resource and a follower. `native` is the primary's id, empty while it is being created.

    `there` is the follower's id where it is known; `before` are the correlating attributes as they were, by name;
    `ours`: the follower was to have it; `outside`: it was known not to. `lands`: a write whose answer was lost may
    still be carried out; `last`: not any more when this mark is due. `tries` counts what failed; `code` is the last
    problem's. `parked`: nobody tries again before something changes. `fixed` names the attributes that the follower
    never changes, and has other values of. `named`: who came to lists or left them, where the follower shows nothing of
    these; `sure`: but for them it had in its lists whom the primary had.
    """

    type: str
    native: str = ""
    there: str = ""
    before: dict[str, str] = {}
    ours: bool = False
    outside: bool = False
    lands: bool = False
    last: bool = False
    tries: int = 0
    code: str = ""
    parked: bool = False
    fixed: tuple[str, ...] = ()
    named: tuple[Reference, ...] = ()
    sure: bool = False

    @property
    def reference(self) -> Reference:
        return Reference(self.type, self.native)

    @property
    def waits(self) -> bool:
        """Is it left to a comparison of everything?"""
        return self.parked or self.code == UNASKED


class Held(Struct, frozen=True):
    """A mark that is ours to end: where it lies, what it says, and what tells it from a later one.

    `others`: it took the place of one whose change may still be under way.
    """

    key: Key
    open: Open
    grip: bytes
    shared: bool = True
    others: bool = False


def mark_key(seat: Tenant, one: Open) -> Key:
    """Under which the mark lies: by the primary's id, or by a name while there is no id."""
    said = next(iter(one.before.items()), ("", ""))
    name = f"id {one.native}" if one.native else f"new {said[0]}={said[1]}"
    return Key("mark", seat.name, seat.backend, one.type, name)


def seal_open(seat: Tenant, one: Open) -> bytes:
    return close_entry(seat.seal, mark_key(seat, one), encode(one))


def read_open(seat: Tenant, entry: bytes | None) -> Open | None:
    """What a mark says; None when there is none, or nobody here wrote it."""
    text = open_entry(seat.seal, mark_key(seat, Open("")), entry)
    try:
        return None if text is None else decode(text, type=Open)
    except DecodeError:
        return None


def name_before(resource: Document, there: Target) -> dict[str, str]:
    """The attributes by which the follower's record is found, as a resource has them."""
    return {str(one.path): str(one.value) for one in correlating(resource, there)}


def set_marks(marks: list[tuple[Tenant, Open]], seconds: float | None = None) -> Conversation[list[Held]]:
    """Say what is going to be open; without a time, for as long as a request may last.

    What another has set meanwhile is not forgotten: said again, with what both know.
    """
    if not marks:
        return []
    due = max(seat.deadline for seat, _ in marks) + GRACE_SECONDS if seconds is None else seconds
    entries = [seal_open(seat, one) for seat, one in marks]
    held = yield from book(marks, entries, due)
    poor = [at for at, (_, one) in enumerate(marks) if held[at].open != as_seen(one, shared=held[at].shared)]
    if poor:
        richer = [(marks[at][0], held[at].open) for at in poor]
        resealed = [seal_open(seat, one) for seat, one in richer]
        again = yield from book(richer, resealed, due, ours=[entries[at] for at in poor])
        for at, one in zip(poor, again, strict=True):
            held[at] = replace(one, others=held[at].others or one.others)
    return held


def book(
    marks: list[tuple[Tenant, Open]], entries: list[bytes], due: float, ours: Collection[bytes] = ()
) -> Conversation[list[Held]]:
    """Set them; each held with what it would have to say, for what lay there and was not `ours`."""
    keys = [mark_key(seat, one) for seat, one in marks]
    sure = any(one.sure for _, one in marks)
    alone = tuple(seal_open(seat, as_seen(one, shared=False)) for seat, one in marks) if sure else ()
    booked: tuple[Booked, ...] = yield from ask(Mark(tuple(zip(keys, entries, strict=True)), due, alone))
    held = []
    for key, (seat, one), mine in zip(keys, marks, booked, strict=True):
        there = None if mine.was in ours else mine.was
        was = read_open(seat, there)
        others = there is not None and (was is None or not was.tries)
        said = as_seen(one if was is None else merge(one, was), shared=mine.shared)
        held.append(Held(key, said, mine.grip, mine.shared, others))
    return held


def as_seen(one: Open, *, shared: bool) -> Open:
    """What a mark says. Where only this process has it, others may be at work and not be seen."""
    return one if shared else replace(one, sure=False)


def merge(one: Open, was: Open) -> Open:
    """What is open when both are. Whoever set the earlier one and has not been heard of may die with its write sent."""
    lands = one.lands or was.lands or not was.tries
    both = remember_named(replace(was, sure=was.sure and one.sure), one.named)
    return replace(
        one,
        named=both.named,
        sure=both.sure,
        there=one.there or was.there,
        before=was.before or one.before,
        ours=one.ours or was.ours,
        outside=one.outside or was.outside,
        lands=lands,
        last=one.last and one.lands == lands,
    )


def remember_named(one: Open, named: Iterable[Reference] | None) -> Open:
    """What a mark says once these come or go, too; None where it is not known who does. It holds only so many."""
    everybody = tuple(dict.fromkeys((*one.named, *(named or ()))))
    if len(everybody) > MOST_NAMED:
        return replace(one, sure=False)
    return replace(one, named=everybody, sure=one.sure and named is not None)


def end_mark(held: Held) -> Conversation[bool]:
    """Take it back; False when it was set again meanwhile, or nobody can say."""
    (ended,) = yield from ask(Unmark(((held.key, held.grip),)))
    return ended


def end_or_wait(seat: Tenant, held: Held) -> Conversation[None]:
    """Take it back; where a lost write may still be carried out, or another request's change, look once more when it
    cannot be any longer.
    """
    if held.open.lands and not held.open.last:
        found = yield from put_off(seat, held, replace(held.open, last=True, tries=0), LOST_SECONDS)
    elif held.others:
        found = yield from put_off(seat, held, held.open, seat.deadline + GRACE_SECONDS)
    else:
        found = yield from end_mark(held)
    if not found:
        yield from remind(seat, held, held.open)


def remind(seat: Tenant, held: Held, one: Open) -> Conversation[None]:
    """Where the mark that was ours is no more, and none in its place: the store has forgotten it, and the locks, and
    what others said since. Who is who may be known again all the same, so it is said anew, and looked at with new eyes.
    """
    if not one.native:
        return
    entries = yield from ask(Recall((held.key,)))
    if isinstance(entries, Unavailable) or entries[0] is None:
        yield from set_marks([(seat, replace(one, parked=False, sure=False))], FIRST_PAUSE)


def after(one: Open, problem: Problem) -> Open:
    """What is open once this was in the way."""
    lost = problem.code == "SG508"
    lands, last = one.lands or lost, one.last and not lost
    return replace(one, tries=one.tries + 1, code=problem.code, lands=lands, last=last)


def put_off(seat: Tenant, held: Held, later: Open, seconds: float | None) -> Conversation[bool]:
    """Leave it for later, or for a person (None seconds)."""
    return (yield from ask(Postpone(held.key, held.grip, seal_open(seat, later), seconds)))


def pause_after(tries: int, native: str) -> float:
    """Growing pauses, spread by a quarter either way: the same for one resource, different for many."""
    spread = 0.75 + (sum(native.encode()) * 2_654_435_761 % 1000) / 2000
    return float(min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE) * spread)
