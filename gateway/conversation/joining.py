"""A create that meets the word of an earlier one for the same person: it joins that one, completes it, or waits.

What the earlier one made is found by the attributes that name the person, and it is answered as created only when it
shows everything that this request sends.
"""

from collections.abc import Callable

from msgspec import Struct

from gateway.conversation.adopting import converge
from gateway.conversation.announcing import Word, announce, is_ours, take_back
from gateway.conversation.correlate import correlating, find_again
from gateway.conversation.effects import Conversation, Key, Wait, ask
from gateway.conversation.likeness import is_what_was_sent
from gateway.conversation.matching import match_resources
from gateway.conversation.reading import find_resource
from gateway.lens.lens import Document
from gateway.pipeline.outcome import Created
from gateway.pipeline.plans import CreatePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import Or

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
LOOK_AFTER = 1.0  # seconds of waiting after which the earlier create may be a dead one

Finish = Callable[[Document], Conversation[Created]]


class Join(Struct, frozen=True):
    """A create that came second. `finish` makes the calls that follow a create, and answers; `answer` only answers.

    `only`: there is one resource of the name, so that another than the one wanted is in the way. `patient`: a client
    waits for the answer, and holds no lock meanwhile.
    """

    plan: CreatePlan
    target: Target
    keys: tuple[Key, ...]
    only: bool
    patient: bool
    finish: Finish
    answer: Finish


def join(second: Join, word: Word) -> Conversation[Created | None]:
    """What the earlier create made; None when there is none and the person is ours to create."""
    pause, waited = FIRST_PAUSE, 0.0
    while word.state == "sent":
        if waited >= LOOK_AFTER:
            found = yield from look(second)
            if found is not None and is_what_was_sent(second.plan, second.target, found):
                return (yield from settle(second, found))
        if not second.patient and waited >= LOOK_AFTER:
            raise Problem("SG514")
        if not (yield from ask(Wait(pause))):
            raise Problem("SG603")
        waited, pause = waited + pause, min(pause * 2, LONGEST_PAUSE)
        next_word = yield from announce(second.target, second.keys)
        if next_word is None or is_ours(next_word):
            return (yield from follow_on(second))
        word = next_word
    return (yield from take_up(second, word, meanwhile=waited > 0))


def look(second: Join) -> Conversation[Document | None]:
    """The person as the backend has her now; None when nobody is found, or nobody can tell."""
    try:
        return (yield from find_again(second.plan.resource, second.target))
    except Problem:
        return None


def follow_on(second: Join) -> Conversation[Created | None]:
    """The earlier create has ended while we waited, and the word is ours: is there anything left to make?"""
    try:
        found = yield from find_again(second.plan.resource, second.target)
    except Problem:
        yield from take_back(second.keys)
        raise
    if found is None:
        return None
    yield from take_back(second.keys)
    return (yield from settle(second, found))


def take_up(second: Join, word: Word, *, meanwhile: bool) -> Conversation[Created | None]:
    """Go on from where the earlier create ended. `meanwhile`: it ended while this one waited for it."""
    if word.state == "done":
        found = yield from find_resource(second.target, word.native)
        if found is not None and not is_in_the_way(second, found):
            found = None
        if found is not None and not meanwhile:
            if second.only:
                raise Problem("SG204")
            return (yield from begin_anew(second))
    elif word.native:  # carried out; who was deleted or renamed since is another by now
        found = yield from find_resource(second.target, word.native)
        if found is not None and not is_called_so(second, found):
            found = None
    else:
        found = yield from look(second)
        if found is None:
            raise Problem("SG514")
    if found is None:  # made, and deleted or renamed again
        return (yield from begin_anew(second))
    if word.state == "part":
        found = yield from converge(second.plan, second.target, found)
        yield from take_back(second.keys)
        return (yield from second.answer(found))
    if word.state == "lost":
        yield from take_back(second.keys)
    return (yield from settle(second, found))


def is_called_so(second: Join, found: Document) -> bool:
    """Does the resource have all the attributes by which this request's would be found?"""
    target = second.target
    return correlating(found, target) == correlating(second.plan.resource, target)


def is_in_the_way(second: Join, found: Document) -> bool:
    """Does the resource have any of them?"""
    wanted = Or(correlating(second.plan.resource, second.target))
    return bool(match_resources(wanted, second.target, [found]))


def settle(second: Join, found: Document) -> Conversation[Created | None]:
    """Answer with the resource found, when it is what this request wants to make; else it is in the way, or another
    one of that name.
    """
    if is_what_was_sent(second.plan, second.target, found):
        return (yield from second.finish(found))
    if second.only:
        raise Problem("SG204")
    return (yield from begin_anew(second))


def begin_anew(second: Join) -> Conversation[Created | None]:
    """Nothing to answer with: the word is taken for a create of our own."""
    yield from take_back(second.keys)
    if not is_ours((yield from announce(second.target, second.keys))):
        raise Problem("SG603")
    return None
