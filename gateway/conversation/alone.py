"""A name that is unique stays one branch's alone, also where the state store forgot the lock that kept the others away.

| the lock of the name | before a call is sent, and after it was carried out |
|---|---|
| has been ours all the while | nobody else was free to give the name: who comes next sees whom it gave to |
| was forgotten, or the store is away | it is taken again, after who had it meanwhile; the others are asked again |
| somebody else has the name | what was done here is undone |
| another keeps it, or nobody can say, even after a while | what was done stays, and the client is told: `SG354` |

Of two who both lost the lock the second to take it again sees the first, so one of them stays. What is undone is what
this very request did, by the id that it got; the client is told what it would be told had it come a moment later.
"""

from collections.abc import Callable
from math import ceil
from typing import TypeVar

from gateway.conversation.announcing import Word, announcement_keys, say, write_word
from gateway.conversation.effects import Claim, Conversation, Held, Hold, Key, Release, Wait, ask, note
from gateway.conversation.twins import lock_keys, refuse_twins
from gateway.lens.lens import Document
from gateway.observations import CreateUnprotected
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.twins import possible_twins

T = TypeVar("T")
Undo = Callable[[], Conversation[bool]]
Settle = Callable[[Undo], Conversation[None]]
REGAIN_SECONDS = 2.0
REGAIN_TRIES = 3
LOOK_PAUSES = (0.5, 1.0, 2.0)
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0


def create_alone(
    target: Target, resource: Document, announced: tuple[Key, ...], create: Callable[[Settle], Conversation[T]]
) -> Conversation[T]:
    """Create what is announced, unless another branch has or makes the same. `create` settles when it has an id.

    Of two that are announced at once, in whichever branches, one sees the other; where the store does not tell of them
    that is counted.
    """
    is_told = yield from look_first(target, resource, announced)
    return (yield from create(lambda undo: stay_alone(target, resource, undo, counted=not is_told)))


def take_names(target: Target, native: str, named: Document) -> Conversation[bool]:
    """The same before somebody who is there gets these names. Lists that are late may not show her yet, by any name.
    Who has one of them in this branch stays announced: the backend may refuse it.
    """
    is_told = yield from look_first(target, named)
    for key in names_shown_late(target, named):
        entry = write_word(target, key, Word("done", native))
        yield from ask(Claim((key,), entry, ceil(target.tenant.deadline + target.dialect.connect.shows_after)))
    return is_told


def tell_names(target: Target, native: str, named: Document) -> Conversation[None]:
    """After somebody got these names: whoever is announced under them has them no more."""
    keys = names_shown_late(target, named)
    yield from say(target, keys, Word("done", native), ceil(target.dialect.connect.shows_after))


def names_shown_late(target: Target, named: Document) -> tuple[Key, ...]:
    """Under which names are announced that lists of this backend may not show yet."""
    return announcement_keys(named, target) if named and target.dialect.connect.shows_after else ()


def look_first(target: Target, named: Document, announced: tuple[Key, ...] = ()) -> Conversation[bool]:
    """Ask the other branches before anything is sent, and again where the locks were lost meanwhile: a branch may take
    its time. False where that is counted, as nobody can tell.
    """
    keys = lock_keys(target, possible_twins(target, named))
    is_told = yield from refuse_twins(target, named, announced)
    for _ in range(REGAIN_TRIES):
        if (yield from are_ours(keys)) or not (yield from regain(keys)):
            break
        is_told = yield from refuse_twins(target, named, announced)
    if not is_told:
        yield from note_unprotected(target)
    return is_told


def note_unprotected(target: Target) -> Conversation[None]:
    """Where the backend enforces no uniqueness at all, that was told when the create was announced."""
    if target.resource.unique:
        yield from note(CreateUnprotected(target.tenant.name, target.backend))


def stay_alone(target: Target, named: Document, undo: Undo, *, counted: bool = False) -> Conversation[None]:
    """After the names were given: where they are another's too, undo that and raise what says so. Where nobody can say
    it stays: others may have been told of it by now, and the name may well be its own.

    `counted`: it was told already that nothing keeps others away.
    """
    keys = lock_keys(target, possible_twins(target, named))
    if (yield from are_ours(keys)):
        return
    try:
        is_ours = yield from look_again(target, named, keys)
    except Problem as problem:
        if is_passing(problem) or not (yield from undo()):
            raise Problem("SG354") from problem
        raise
    if not is_ours and not counted:
        yield from note_unprotected(target)


def look_again(target: Target, named: Document, keys: tuple[Key, ...]) -> Conversation[bool]:
    """A Problem where another branch has one of the names, or nobody can say even after a while. False: another may
    come in between, as the locks are not to be had.
    """
    pauses = iter(LOOK_PAUSES)
    while True:
        try:
            is_ours = yield from regain(keys)
            yield from refuse_twins(target, named)
        except Problem as problem:
            pause = next(pauses, None)
            if pause is None or not is_passing(problem) or not (yield from ask(Wait(pause))):
                raise
        else:
            return is_ours


def are_ours(keys: tuple[Key, ...]) -> Conversation[bool]:
    """Was none of the locks lost since it was taken?"""
    return not keys or (yield from ask(Held(keys)))


def regain(keys: tuple[Key, ...]) -> Conversation[bool]:
    """Take the locks again, after whoever has them now. False: the store is away, and keeps nobody away."""
    for _ in range(REGAIN_TRIES):
        for key in keys:
            yield from ask(Release(key))
        for key in keys:
            if not (yield from ask(Hold(key, REGAIN_SECONDS))):
                raise Problem("SG603")
        if (yield from are_ours(keys)):
            return True
        if not (yield from ask(Wait(FIRST_PAUSE))):
            break
    return False


def insist(undo: Callable[[], Conversation[None]], *, once: bool = False) -> Conversation[bool]:
    """Undo it, again and again until that is proven or the time runs out. `once`: not after an answer that was lost."""
    pause = FIRST_PAUSE
    while True:
        try:
            yield from undo()
        except Problem as problem:
            if problem.code == "SG110":
                return True
            if (once and problem.code == "SG508") or not is_passing(problem):
                return False
        else:
            return True
        if not (yield from ask(Wait(pause))):
            return False
        pause = min(pause * 2, LONGEST_PAUSE)


def is_passing(problem: Problem) -> bool:
    """May the same come to something else in a moment?"""
    return problem.status == 429 or (problem.status >= 500 and problem.status != 501)


def leave(undo: Undo) -> Conversation[None]:
    """Nothing is to be settled."""
    yield from ()


def cannot_undo() -> Conversation[bool]:
    """Who was found after an answer was lost may be another request's."""
    yield from ()
    return False
