"""A value that is unique in one branch of a split tenant is nobody else's in another: asked before it is written."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from gateway.conversation.abreast import abreast
from gateway.conversation.effects import Conversation, Key
from gateway.conversation.labels import tell_mapping
from gateway.conversation.query import find_listed
from gateway.conversation.writing import hold
from gateway.lens.lens import Document
from gateway.pipeline.intent import Query
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import plan_query
from gateway.pipeline.target import Target
from gateway.pipeline.twins import Twin, names_of, possible_twins
from gateway.scim.filter import Compare

T = TypeVar("T")


def hold_names(target: Target, twins: Iterable[Twin], work: Callable[[], Conversation[T]]) -> Conversation[T]:
    """Do the work while no change in another branch is under way that comes to one of the same unique values.

    These locks are taken before that of a record, in every request in the same order: no two wait for each other.
    """
    tenant, kind = target.tenant.name, target.resource.name
    return (yield from _hold_all([Key("lock", tenant, "", kind, name) for name in names_of(twins)], work))


def _hold_all(keys: Sequence[Key], work: Callable[[], Conversation[T]]) -> Conversation[T]:
    if not keys:
        return (yield from work())
    return (yield from hold(keys[0], lambda: _hold_all(keys[1:], work)))


def refuse_twins(target: Target, resource: Document) -> Conversation[None]:
    """A 409 Problem where another branch has a resource with a value that is unique there: each would take its own.

    A branch that does not answer might have one: its fault is the answer.
    """
    twins = [*possible_twins(target, resource)]
    taken = yield from abreast(tell_mapping(other.tenant, is_taken(other, wanted)) for other, wanted in twins)
    for (other, wanted), found in zip(twins, taken, strict=True):
        if found:
            raise Problem(
                "SG204",
                f"A {other.resource.name} with this {wanted.path} lives in another backend, {other.backend}",
            )


def is_taken(target: Target, wanted: Compare) -> Conversation[bool]:
    """Does a resource with this value exist? No, where the backend cannot be asked."""
    try:
        plan = plan_query(Query(url="", type=target.resource.name, filter=wanted, count=1), target)
    except Problem:
        return False
    return (yield from find_listed(plan, target)).total > 0
