"""Pages by cursor: the backend's list is read on from where the last page ended, as far as one page needs.

A page ends when it is full, when the list does, or when as much was read as may be for one request: it may hold fewer
resources than were asked for (RFC 9865 2), and only the last one has no cursor.
"""

from collections.abc import Sequence

from gateway.conversation.by_name import settle
from gateway.conversation.effects import Conversation, note
from gateway.conversation.listing import Walk, is_place_unknown
from gateway.conversation.matching import (
    complete_resources,
    is_live,
    needs_kept,
    query_pairs,
    residual_of,
)
from gateway.conversation.reading import read_resources, translate_in
from gateway.conversation.remember import recall_resource
from gateway.lens.lens import Document
from gateway.lens.partial import into_part
from gateway.observations import FilterScanned
from gateway.pipeline.outcome import Listed, Paged
from gateway.pipeline.paging import Page, Position, next_position, place_after, place_beyond
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.projecting import looked_at
from gateway.pipeline.querying import counts_alike
from gateway.pipeline.target import Target
from gateway.scim.filter import Compare
from gateway.scim.match import compile_match

Found = list[tuple[int, Document]]


def query_onward(plan: QueryPlan, target: Target) -> Conversation[Paged]:
    """The page that begins at the plan's place."""
    place = plan.place or Position()
    if place == Position() and plan.correlation is not None and isinstance(plan.filter, Compare):
        remembered = yield from recall_resource(target, plan.correlation, str(plan.filter.value))
        if remembered is not None:
            return Paged((remembered,), 1, None)
    turn = Turn(plan, target)
    following = yield from turn.read_from(place)
    if following == place:  # not one step further: what was to be skipped is more than may be read
        raise Problem("SG303")
    if not turn.exact:
        yield from note(FilterScanned(target.tenant.name, target.resource.name, len(turn.walk.records)))
    whole = place == Position() and following is None
    return Paged(tuple(turn.shown), len(turn.shown) if whole else turn.total, following)


def turn_size(plan: QueryPlan, target: Target) -> int:
    """How many records to ask for at once: a page where each is shown, as many as possible where they are searched."""
    exact = counts_alike(plan.pushdown, target.resource)
    return max(1, min(target.resource.can.paging.max, plan.count if exact else plan.scan))


def cut_page(plan: QueryPlan, listed: Listed) -> Paged:
    """A page out of a list whose total is known, as a page by cursor."""
    following = place_beyond(plan.start, len(listed.resources), listed.total)
    return Paged(listed.resources, listed.total, following)


class Turn:
    """One page in the making."""

    def __init__(self, plan: QueryPlan, target: Target) -> None:
        self.plan = plan
        self.target = target
        self.paging = target.resource.can.paging
        self.exact = counts_alike(plan.pushdown, target.resource)
        self.walk = Walk(target, query_pairs(plan, target), plan.scan, turn_size(plan, target))
        self.shown: list[Document] = []
        self.total: int | None = None

    def read_from(self, place: Position) -> Conversation[Position | None]:
        """Fill the page; where the next one begins, None at the end of the list."""
        position, skip = Position(place.at, place.cursor), place.skip
        while True:
            page = yield from self.read(position)
            found = yield from self.match(page.records[skip:])
            self.shown += [resource for _, resource in found]
            if len(self.shown) == self.plan.count and skip + found[-1][0] + 1 < len(page.records):
                return place_after(self.paging, position, skip + found[-1][0] + 1)
            skip = max(0, skip - len(page.records))
            following = next_position(self.paging, position, page, self.walk.size)
            if following is None:
                return None
            self.walk.refuse_circle(following)
            if len(self.shown) == self.plan.count or not self.walk.has_room():
                return place_after(self.paging, following, skip)
            position = following

    def read(self, position: Position) -> Conversation[Page]:
        """One page of the backend; SG314 when it no longer knows the place where this request began."""
        try:
            page = yield from self.walk.read(position, None)
        except Problem as problem:
            if self.walk.pages == 0 and is_place_unknown(position, problem):
                raise Problem("SG314") from problem
            raise
        self.total = page.total if self.exact else None
        return page

    def match(self, records: Sequence[Document]) -> Conversation[Found]:
        """The first of these records that match, as many as there is room for, each with its place among them."""
        wanted, room = residual_of(self.plan), self.plan.count - len(self.shown)
        settled = yield from settle(self.target, records)
        live = [(number, record) for number, record in enumerate(settled) if is_live(self.target, record)]
        matches = compile_match(wanted, self.target.type) if wanted is not None else None
        if self.plan.matched or needs_kept(self.plan, self.target, wanted):
            whole = yield from complete_resources(self.plan, self.target, wanted, [record for _, record in live])
            numbered = zip((number for number, _ in live), whole, strict=True)
            return [(number, one) for number, one in numbered if matches is None or matches(one)][:room]
        into = into_part(self.target.lens, looked_at(wanted, None))
        found = [one for one in live if matches is None or matches(translate_in(self.target, one[1], into))][:room]
        resources = yield from read_resources(self.target, [record for _, record in found])
        return list(zip((number for number, _ in found), resources, strict=True))
