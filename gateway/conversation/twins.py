"""A value that is unique in one branch of a split tenant is nobody else's in another: asked before it is written."""

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import TypeVar

from gateway.conversation.abreast import abreast
from gateway.conversation.announcing import Word, announcement_key, read_word
from gateway.conversation.effects import Conversation, Keep, Key, Recall, Unavailable, Wait, ask
from gateway.conversation.labels import tell_mapping
from gateway.conversation.matching import match_resources
from gateway.conversation.query import find_listed
from gateway.conversation.reading import find_resource
from gateway.conversation.writing import hold
from gateway.lens.lens import Document
from gateway.pipeline.intent import Query
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import plan_query
from gateway.pipeline.target import Target
from gateway.pipeline.twins import Twin, names_of, possible_twins
from gateway.scim.filter import Compare

T = TypeVar("T")
WATCH_SECONDS = 30 * 86_400  # then it begins anew, as if it had forgotten


def hold_names(target: Target, twins: Iterable[Twin], work: Callable[[], Conversation[T]]) -> Conversation[T]:
    """Do the work while no change in another branch is under way that comes to one of the same unique values.

    These locks are taken before that of a record, in every request in the same order: no two wait for each other.
    """
    return (yield from _hold_all(lock_keys(target, twins), work))


def lock_keys(target: Target, twins: Iterable[Twin]) -> tuple[Key, ...]:
    """One key for each unique value, of the tenant and not of a branch."""
    tenant, kind = target.tenant.name, target.resource.name
    return tuple(Key("lock", tenant, "", kind, name) for name in names_of(twins))


def _hold_all(keys: Sequence[Key], work: Callable[[], Conversation[T]]) -> Conversation[T]:
    if not keys:
        return (yield from work())
    return (yield from hold(keys[0], lambda: _hold_all(keys[1:], work)))


def refuse_twins(target: Target, resource: Document, announced: tuple[Key, ...] = ()) -> Conversation[bool]:
    """A 409 Problem where another branch has a resource with a value that is unique there: each would take its own; a
    503 where a create there may still bring one about. False where the state store does not know any more what was
    `announced`, so that others are not told of it.

    A branch that does not answer might have one: its fault is the answer. Words come first: who is made between the
    two looks is seen by the second.
    """
    twins = [*possible_twins(target, resource)]
    if not twins:
        return True
    yield from await_lists(target, twins)
    is_told, words = yield from hear_words(twins, announced)
    asked = zip(twins, words, strict=True)
    talks = (tell_mapping(other.tenant, is_taken(other, wanted, word)) for (other, wanted), word in asked)
    taken = yield from abreast(talks)
    for (other, wanted), found in zip(twins, taken, strict=True):
        if found:
            raise Problem(
                "SG204",
                f"A {other.resource.name} with this {wanted.path} lives in another backend, {other.backend}",
            )
    for (other, wanted), word in zip(twins, words, strict=True):
        if word is not None and word.state != "done":
            raise Problem(
                "SG514",
                f"An earlier create with this {wanted.path} in another backend, {other.backend}, was not answered, and "
                "may still be carried out",
            )
    return is_told


def await_lists(target: Target, twins: Sequence[Twin]) -> Conversation[None]:
    """Whom lists do not show yet only the words of the store tell. One that has not watched since lists were last late
    has forgotten them, or is new: they are waited for. A Problem where no time is left for that.
    """
    late = max(other.dialect.connect.shows_after for other, _ in twins)
    if not late:
        return
    watched, begun = (Key("watch", target.tenant.name, "", target.resource.name, one) for one in ("", "begun"))
    entries = yield from ask(Recall((watched, begun)))
    if isinstance(entries, Unavailable) or (entries[0] is not None and entries[1] is None):
        return
    if entries[0] is None:
        yield from ask(Keep(((begun, b"1"),), ceil(late)))
        yield from ask(Keep(((watched, b"1"),), WATCH_SECONDS))
    if not (yield from ask(Wait(late))):
        raise Problem("SG604")


def hear_words(twins: Sequence[Twin], announced: tuple[Key, ...]) -> Conversation[tuple[bool, list[Word | None]]]:
    """Is all there that was announced, and what is announced of creates with the same values in other branches?"""
    keys = (*announced, *(announcement_key(other, wanted) for other, wanted in twins))
    entries = yield from ask(Recall(keys))
    if isinstance(entries, Unavailable):
        return False, [None for _ in twins]
    own, others = entries[: len(announced)], entries[len(announced) :]
    lies = zip(twins, keys[len(announced) :], others, strict=True)
    return None not in own, [None if entry is None else read_word(other, key, entry) for (other, _), key, entry in lies]


def is_taken(target: Target, wanted: Compare, word: Word | None) -> Conversation[bool]:
    """Does a resource with this value exist? No, where the backend cannot be asked. Lists may not show yet whom a
    create that was answered has made.
    """
    try:
        plan = plan_query(Query(url="", type=target.resource.name, filter=wanted, count=1), target)
    except Problem:
        return False
    if (yield from find_listed(plan, target)).total > 0:
        return True
    made = (yield from find_resource(target, word.native)) if word is not None and word.native else None
    return made is not None and bool(match_resources(wanted, target, [made]))
