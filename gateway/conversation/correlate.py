"""Finding a record again by the attributes that the mapping names under `correlate`."""

from gateway.conversation.effects import Conversation
from gateway.conversation.matching import match_resources
from gateway.conversation.query import find_listed
from gateway.lens.lens import Document
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.intent import Query
from gateway.pipeline.plans import QueryPlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import plan_query
from gateway.pipeline.target import Target
from gateway.scim.filter import And, Compare


def find_again(resource: Document, target: Target) -> Conversation[Document | None]:
    """The one resource that has the correlating attributes of `resource`; None when it is proven that none has.

    Raises a Problem when that cannot be said: nothing to look for, more than one, or no complete answer.
    """
    equalities = correlating(resource, target)
    if not equalities:
        raise Problem("SG508")
    listed = yield from find_listed(choose_plan(equalities, target), target)
    if listed.total == 0:
        return None
    matching = match_resources(And(equalities), target, listed.resources)
    if listed.total != 1 or len(matching) != 1:
        raise Problem("SG508")
    return matching[0]


def correlating(resource: Document, target: Target) -> tuple[Compare, ...]:
    """One `eq` for each correlating attribute that was sent; what the gateway keeps itself says nothing here."""
    paths = (path for path in target.resource.correlate if path not in target.lens.kept)
    values = ((path, read_attribute(resource, path)) for path in paths)
    return tuple(Compare(path, "eq", value) for path, value in values if isinstance(value, str))


def choose_plan(equalities: tuple[Compare, ...], target: Target) -> QueryPlan:
    """The query for one of them: one that the backend answers exactly, else the first that can be answered."""
    plans: list[QueryPlan] = []
    for one in equalities:
        try:
            plans.append(plan_query(Query(url="", type=target.resource.name, filter=one, count=2), target))
        except Problem:
            continue
    if not plans:
        raise Problem("SG508")
    return next((plan for plan in plans if plan.how == "pages"), plans[0])
