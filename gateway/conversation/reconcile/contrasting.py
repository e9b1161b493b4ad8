"""One resource type at the primary and at a follower, side by side: who is who, and what has drifted."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.effects import Conversation
from gateway.conversation.followers.linking import keep_links, recall_links, recall_origins
from gateway.conversation.followers.marking import Held, end_mark
from gateway.conversation.followers.pairs import Pair
from gateway.conversation.reconcile.drifting import Drift, Known, find_drift, is_awaited
from gateway.conversation.reconcile.pairing import Match, find_passing, pair_up
from gateway.conversation.reconcile.seeking import seek
from gateway.conversation.reconcile.stepping import Progress, Step
from gateway.conversation.reconcile.surveying import Survey, slices, survey
from gateway.pipeline.deactivation import is_deactivated
from gateway.pipeline.following import Reference, belongs, followed_lists
from gateway.pipeline.problems import Problem

Marks = Mapping[Reference, Held]
FEW = 20  # are compared before others have their turn
UNLISTED = ("SG304", "SG305")  # the list is cut before its end, or wants a filter


class Both(Struct, frozen=True):
    """All that both have of a type, and who is who by the primary's id.

    `marks` are what is open already, `known` what is known over all types.
    """

    pair: Pair
    ours: Survey
    theirs: Survey
    matches: Mapping[str, Match]
    marks: Marks
    known: Known

    def drift(self, native: str, there: str = "") -> Drift:
        """One of them, of which nothing more is said yet."""
        name = self.pair.leader.resource.name
        return Drift("differs", name, native, there, mark=self.marks.get(Reference(name, native)))


def contrast(both: Both, step: Step) -> Conversation[list[Drift]]:
    """Everything that is not in step."""
    name, ours = both.pair.leader.resource.name, both.ours.seen
    for some in slices(tuple(both.matches.items()), FEW):
        yield from step(Progress("comparing", name, 0, len(ours)))
        learn(both, some)
    drifts: list[Drift] = []
    for number, few in enumerate(slices(tuple(ours.items()), FEW)):
        yield from step(Progress("comparing", name, number * FEW, len(ours)))
        for native, seen in few:
            match = both.matches[native]
            peer = both.theirs.seen.get(match.there)
            drift = find_drift(both.pair, both.drift(native, match.there), seen, match, peer, both.known)
            drifts += [] if drift is None else [drift]
    drifts += yield from find_extras(both, {one.there for one in both.matches.values()})
    drifts += find_stranded(both, drifts)
    return drifts


def survey_both(pair: Pair, marks: Marks, known: Known, step: Step) -> Conversation[Both]:
    """Read both; what the follower does not list is looked up there."""
    name, seat = pair.leader.resource.name, pair.follower.seat
    ours = yield from survey_primary(pair, step)
    opens = {one.native: held.open for one, held in marks.items() if one.type == name}
    links = {native: one.there for native, one in opens.items() if one.there}
    before = {native: one.before for native, one in opens.items() if one.before}
    for some in slices(tuple(ours.seen)):
        found = yield from recall_links(seat, [Reference(name, native) for native in some])
        links |= {one.native: there for one, there in found.items()}
    asked = followed_lists(pair.leader, pair.seen)
    try:
        theirs = yield from survey(pair.seen, step, asked)
    except Problem as problem:
        if problem.code not in UNLISTED:
            raise
        theirs = yield from seek(pair.seen, ours.seen, links, before, step, asked)
    links |= find_passing(ours.seen, theirs.seen, links, pair.there)
    matches = pair_up(ours.seen, theirs.seen, links, before, pair.there)
    matches |= {native: Match(code=code) for native, code in theirs.doubts.items()}
    return Both(pair, ours, theirs, matches, marks, known)


def survey_primary(pair: Pair, step: Step) -> Conversation[Survey]:
    """All that the primary has. Nobody else can say who that is: a Problem where it does not."""
    try:
        return (yield from survey(pair.leader, step))
    except Problem as problem:
        if problem.code not in UNLISTED:
            raise
        sentence = f"{pair.leader.backend} does not list all that it has, so nothing can be compared with it"
        raise Problem(
            problem.code, sentence, "What is changed through the gateway still reaches the followers."
        ) from problem


def learn(both: Both, matches: Iterable[tuple[str, Match]]) -> None:
    """What others may refer to: who is there, and who shall be."""
    pair, name = both.pair, both.pair.leader.resource.name
    for native, match in matches:
        seen = both.ours.seen[native]
        if match.there and (match.linked or belongs(pair.follower, seen.resource, pair.leader.type)):
            both.known.natives[Reference(name, native)] = match.there
        elif is_awaited(pair, seen, match):
            both.known.awaited.add(Reference(name, native))


def find_extras(both: Both, taken: set[str]) -> Conversation[list[Drift]]:
    """Who is there and is nobody of the primary's. Only whom a link proves to have been brought there is ours."""
    name, seat = both.pair.leader.resource.name, both.pair.follower.seat
    extras: list[Drift] = []
    for some in slices([native for native in both.theirs.seen if native not in taken]):
        origins = yield from recall_origins(seat, [Reference(name, native) for native in some])
        for native in some:
            origin = origins.get(native)
            if origin is not None:
                extras.append(replace(both.drift(origin.native, native), kind="extra"))
            elif not is_deactivated(both.theirs.seen[native].resource):
                extras.append(Drift("extra", name, there=native, ours=False))
    return extras


def find_stranded(both: Both, drifts: Sequence[Drift]) -> list[Drift]:
    """What cannot be compared: records that make no sense, and what is parked of whom neither of them shows."""
    name = both.pair.leader.resource.name
    ours, theirs = both.ours.unreadable, both.theirs.unreadable
    found = [Drift("unreadable", name, native, code=code, ours=False) for native, code in ours.items()]
    found += [Drift("unreadable", name, there=native, code=code, ours=False) for native, code in theirs.items()]
    told = {one.reference for one in drifts}
    for one, held in both.marks.items():
        nowhere = one.native not in both.ours.seen and one.native not in ours and one not in told
        if one.type == name and held.open.parked and nowhere:
            found.append(replace(both.drift(one.native), kind="parked", code=held.open.code))
    return found


def tidy(both: Both, drifts: Sequence[Drift]) -> Conversation[None]:
    """Remember who is who of those in step, and what is parked of them no more."""
    name, seat = both.pair.leader.resource.name, both.pair.follower.seat
    drifted = {one.reference for one in drifts}
    lasting = {one.reference for one in drifts if one.kind == "lasting"}  # these links were kept for good
    links = {
        one: there
        for one, there in both.known.natives.items()
        if one.type == name
        and one not in lasting
        and belongs(both.pair.follower, both.ours.seen[one.native].resource, both.pair.leader.type)
    }
    for some in slices(tuple(links.items())):
        yield from keep_links(seat, dict(some))
    for one, held in both.marks.items():
        if one.native in both.ours.seen and one.type == name and held.open.waits and one not in drifted:
            yield from end_mark(held)
