"""Names that go round: each of a circle of records shall have what the next one has, and none can be first.

One of them steps aside under a passing name, the others follow one after another, and it gets its own at last. Nothing
but the names is written here. Before that a mark in the store says that it is not as it should be; where one of the
names is refused, all is put back as it was.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.comparing import Comparison, modify_calls, send_difference
from gateway.conversation.effects import Conversation, Recall, Unavailable, ask
from gateway.conversation.followers.linking import recall_links
from gateway.conversation.followers.marking import (
    FIRST_PAUSE,
    Held,
    Open,
    end_mark,
    mark_key,
    pause_after,
    put_off,
    read_open,
    set_marks,
)
from gateway.conversation.followers.pairs import Pair
from gateway.conversation.membership import hold_lists
from gateway.conversation.reading import find_record, read_resource
from gateway.lens.lens import Document, LensError
from gateway.pipeline.documents import read_attribute, with_attribute
from gateway.pipeline.following import Reference, fit
from gateway.pipeline.passing import passing_names, unique_names
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Tenant
from gateway.pipeline.target import Target
from gateway.pipeline.through import read_lists
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath
from gateway.scim.match import fold_value

Names = Mapping[AttrPath, str]
REFUSED = (Problem, ScimError, LensError)


class Turn(Struct, frozen=True):
    """One of a circle: its record's id at the follower, the names that it has there, and those that it shall have."""

    one: Reference
    native: str
    has: Names
    wants: Names
    passing: Names


def rotate(pair: Pair, circle: Sequence[Reference]) -> Conversation[bool]:
    """Let names go round. False, and all is as it was, where they do not, or may not; a Problem, and the mark tells of
    it, where a write did not end: what is left is a chain, which needs no more passing names.
    """
    there = pair.there
    turns: list[Turn] = []
    for one in circle:
        turn = yield from look_at(pair, one)
        if turn is None:
            return False
        turns.append(turn)
    paths = [path for path in unique_names(there) if goes_round(turns, path, there)]
    aside = turns[1] if len(turns) > 1 else turns[0]
    if not paths or any(path not in aside.passing for path in paths):
        return False
    mark, earlier = yield from mark_aside(pair.follower.seat, aside)
    done = mark.shared and (yield from write_in_turn(there, list(in_turn(turns, paths))))
    if not done:
        yield from restore_mark(pair.follower.seat, mark, earlier)
    return done


def mark_aside(seat: Tenant, aside: Turn) -> Conversation[tuple[Held, Open | None]]:
    """A mark that is due at once, and what an earlier one says."""
    one = Open(aside.one.type, aside.one.native, aside.native, ours=True)
    entries = yield from ask(Recall((mark_key(seat, one),)))
    earlier = None if isinstance(entries, Unavailable) else read_open(seat, entries[0])
    if earlier is not None:
        one = replace(earlier, there=aside.native, tries=min(earlier.tries, 1), parked=False)
    (held,) = yield from set_marks([(seat, one)], FIRST_PAUSE)
    return held, earlier


def restore_mark(seat: Tenant, held: Held, earlier: Open | None) -> Conversation[None]:
    """It is as open as it was before."""
    if earlier is None:
        yield from end_mark(held)
    else:
        seconds = None if earlier.parked else pause_after(earlier.tries, earlier.native)
        yield from put_off(seat, held, earlier, seconds)


def look_at(pair: Pair, one: Reference) -> Conversation[Turn | None]:
    """How one of them stands; None where it is not at both."""
    leader, there = pair.leader, pair.there
    if one.type != leader.resource.name:
        return None
    native = (yield from recall_links(pair.follower.seat, [one])).get(one, "")
    ours = yield from find_record(leader, one.native)
    theirs = (yield from find_record(there, native)) if native else None
    if ours is None or theirs is None:
        return None
    wanted = fit((yield from read_resource(leader, ours)), there)
    has = names_in((yield from read_resource(there, theirs)), there)
    return Turn(one, native, has, names_in(wanted, there), passing_names(there, one, wanted))


def names_in(resource: Document, there: Target) -> Names:
    values = {path: read_attribute(resource, path) for path in unique_names(there)}
    return {path: value for path, value in values.items() if isinstance(value, str)}


def goes_round(turns: Sequence[Turn], path: AttrPath, there: Target) -> bool:
    """Does each of them want what the next one has?"""
    attribute = there.type.find(path)
    if attribute is None or len(turns) < 2 or any(path not in one.has or path not in one.wants for one in turns):
        return False
    nexts = (*turns[1:], turns[0])
    pairs = zip(turns, nexts, strict=True)
    return all(fold_value(one.wants[path], attribute) == fold_value(other.has[path], attribute) for one, other in pairs)


Write = tuple[Turn, Names, Names]  # whose, its names before, and after


def in_turn(turns: Sequence[Turn], paths: Sequence[AttrPath]) -> Iterator[Write]:
    """The writes one after another, each to a name that is free by then."""

    def some(names: Names) -> Names:
        return {path: names[path] for path in paths}

    first, aside, *rest = turns
    yield aside, some(aside.has), some(aside.passing)
    for one in (first, *reversed(rest)):
        yield one, some(one.has), some(one.wants)
    yield aside, some(aside.passing), some(aside.wants)


def write_in_turn(there: Target, writes: Sequence[Write]) -> Conversation[bool]:
    """Write them; where one is refused put back those before it. False then."""
    for number, (turn, _, after) in enumerate(writes):
        try:
            yield from give_names(there, turn.native, after)
        except REFUSED as error:
            if as_problem(error).status in (429, 503):
                raise
            for former, before, _ in reversed(writes[:number]):
                yield from give_names(there, former.native, before)
            return False
    return True


def give_names(there: Target, native: str, names: Names) -> Conversation[None]:
    """Write nothing but names."""
    found = yield from find_record(there, native)
    if found is None:
        raise Problem("SG110")
    held = yield from hold_lists(there, native, found, read_lists(there))
    current = yield from read_resource(there, held)
    wanted = current
    for path, value in names.items():
        wanted = with_attribute(wanted, path, value)
    yield from send_difference(there, Comparison(native, held, current, wanted), modify_calls, wants_body=False)
