"""POST. An answer that got lost is looked up before anything is said, and the POST is never repeated blindly."""

from urllib.parse import unquote

from gateway.conversation.adopting import adopt
from gateway.conversation.alone import Settle, cannot_undo, create_alone, leave
from gateway.conversation.announcing import (
    UNSETTLED,
    announce,
    announcement_keys,
    is_one_of_its_name,
    is_ours,
    keep_word,
    take_back,
)
from gateway.conversation.by_name import meet, settle_one
from gateway.conversation.calling import LOST_PROBLEMS, build_call, is_unknown, reach_backend
from gateway.conversation.correlate import find_again
from gateway.conversation.created import finish, keep, know, unmake
from gateway.conversation.effects import Call, Conversation, Key, Lost, Reply, note
from gateway.conversation.joining import Join, join, look
from gateway.conversation.likeness import is_what_was_sent
from gateway.conversation.listing import read_id
from gateway.conversation.naming import refuse_taken
from gateway.conversation.reading import translate_in
from gateway.conversation.reviving import find_deleted, revive
from gateway.conversation.writing import under_lock
from gateway.lens.lens import Document
from gateway.mapping.dialect import BackendCall
from gateway.observations import AnswerLost, OutcomeResolved
from gateway.pipeline.interpret import dig, is_refused, read_problem, read_record
from gateway.pipeline.naming import identify, name_of
from gateway.pipeline.outcome import Created
from gateway.pipeline.plans import CreatePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target


def create(plan: CreatePlan, target: Target, *, only: bool = False) -> Conversation[Created]:
    """Announce the create, and carry it out unless an earlier one for the same person has done or is doing so.

    `only`: whoever has the name is the one that is to be made, even of a type of which several may have it; and another
    who is making it is not waited for, who may have died.
    """
    keys = announcement_keys(plan.resource, target)
    second = second_of(plan, target, keys, only=only)
    word = yield from announce(target, keys)
    if word is not None:
        joined = yield from (find_unheard(second) if is_ours(word) else join(second, word))
        if joined is not None:
            return joined

    def work() -> Conversation[Created]:
        return (yield from create_alone(target, plan.resource, keys, lambda settle: create_once(plan, target, settle)))

    return (yield from keep_word(target, keys, work))


def find_unheard(second: Join) -> Conversation[Created | None]:
    """Where only a look tells who is there: what an earlier try made is answered, anybody else is in the way."""
    found = (yield from look(second)) if second.only else None
    if found is None:
        return None
    yield from take_back(second.keys)
    if is_what_was_sent(second.plan, second.target, found):
        return (yield from second.finish(found))
    return (yield from take_up_or_refuse(second.plan, second.target, Problem("SG204")))


def second_of(plan: CreatePlan, target: Target, keys: tuple[Key, ...], *, only: bool = False) -> Join:
    """The create as one that came second."""
    return Join(
        plan=plan,
        target=target,
        keys=keys,
        only=only or is_one_of_its_name(target),
        patient=not only,
        finish=lambda found: finish(plan, target, target.native(found["id"]), found),
        answer=lambda found: keep(plan, target, target.native(found["id"]), found),
    )


def create_once(plan: CreatePlan, target: Target, settle: Settle = leave) -> Conversation[Created]:
    """Send the record; answer what the backend made of it. `settle` comes as soon as it is made, and may unmake it."""
    yield from meet(target, plan.record, plan.further)
    call = build_call(target, "create", body=plan.record, known=know(plan, target))
    answer = yield from send_record(plan, target, call)
    if isinstance(answer, Lost) and not is_unknown(call, answer):
        raise Problem(LOST_PROBLEMS[answer.reason])
    try:
        unsure = find_doubt(plan, target, answer)
    except Problem as problem:
        return (yield from take_up_or_refuse(plan, target, problem, settle))
    if unsure is not None or isinstance(answer, Lost):
        return (yield from resolve(plan, target, unsure or Problem("SG508"), settle, may_land=may_land(answer)))
    native, record = read_created(plan, target, answer)
    yield from settle(lambda: unmake(target, native))
    resource = None if record is None else translate_in(target, (yield from settle_one(target, record)))
    return (yield from finish(plan, target, native, resource))


def send_record(plan: CreatePlan, target: Target, call: Call) -> Conversation[Reply | Lost]:
    """Make the call. Where a name becomes an id, it must be nobody's, and nobody leaves it meanwhile."""
    if target.lens.anchor is None:
        return (yield from reach_backend(call, target.dialect))
    name = name_of(target, plan.record)

    def work() -> Conversation[Reply | Lost]:
        yield from refuse_taken(target, name)
        return (yield from reach_backend(call, target.dialect))

    return (yield from under_lock(target, name, work))


def find_doubt(plan: CreatePlan, target: Target, answer: Reply | Lost) -> Problem | None:
    """Why the record may exist although the answer does not show it; raises what is a plain no."""
    if isinstance(answer, Lost):
        return Problem("SG508")
    if is_refused(answer, target.op("create"), target.dialect.errors):
        problem = read_problem(answer, target.dialect.errors, on_id=False, sent=plan.record, names=target.lens.spoken)
        if not is_open(answer, problem):
            raise problem
        return problem
    return None if answer.readable or is_read_back(target.op("create")) else Problem("SG508")


def is_read_back(op: BackendCall) -> bool:
    """Is nothing wanted of the answer's body?"""
    return op.then_retrieve and op.id_from == "location"


def is_open(answer: Reply, problem: Problem) -> bool:
    """Did the backend fail in the middle? A 503 with Retry-After did not begin."""
    failed = answer.status >= 500 and problem.status >= 500
    return failed and not (answer.status == 503 and "retry-after" in answer.headers)


def read_created(plan: CreatePlan, target: Target, answer: Reply) -> tuple[str, Document | None]:
    """The native id, and the record where the answer shows it."""
    op = target.op("create")
    record = None if is_read_back(op) else read_record(answer, op)
    native = name_created(target, op, answer, record)
    shown = record is not None and not op.then_retrieve and read_id(target, record) is not None
    if target.lens.anchor is not None:
        first = identify(target, record if record is not None and shown else plan.record)
        target.names[first], native = native, first
    return native, record if shown else None


def name_created(target: Target, op: BackendCall, answer: Reply, record: Document | None) -> str:
    """The native id: in the body, or the last segment of Location."""
    said = dig(answer.body, op.id_at) if op.id_at else read_id(target, record or {})
    if op.id_from == "body" and said is not None:
        return str(said)
    segments = [part for part in answer.headers.get("location", "").partition("?")[0].split("/") if part]
    if not segments:
        raise Problem("SG505", "The backend created the resource but did not say its id")
    return unquote(segments[-1])


def may_land(answer: Reply | Lost) -> bool:
    """May the create still be carried out? Nobody who could answer for the backend has said that it was not."""
    return isinstance(answer, Lost) or answer.status in (502, 504)


def resolve(
    plan: CreatePlan, target: Target, problem: Problem, settle: Settle, *, may_land: bool
) -> Conversation[Created]:
    """Look the record up by its `correlate` attributes: made after all, or not there (yet, when it may still land).

    A record of the same name with other values was there before: to call it created would lose what the client sent.
    """
    yield from note(AnswerLost(target.backend, "create"))
    try:
        found = yield from find_again(plan.resource, target)
    except Problem:
        yield from note(OutcomeResolved(target.backend, "gave_up"))
        raise problem.because(UNSETTLED) from None
    if found is None:
        yield from note(OutcomeResolved(target.backend, "absent"))
        raise problem.because(UNSETTLED) if may_land or target.dialect.connect.shows_after else problem
    if not is_what_was_sent(plan, target, found):
        yield from note(OutcomeResolved(target.backend, "absent"))
        raise Problem("SG204")
    yield from note(OutcomeResolved(target.backend, "adopted"))
    yield from settle(cannot_undo)
    return (yield from finish(plan, target, target.native(found["id"]), found))


def take_up_or_refuse(
    plan: CreatePlan, target: Target, problem: Problem, settle: Settle = leave
) -> Conversation[Created]:
    """A plain no; but where the resource exists already, as a deleted one or one to adopt, that one is taken up."""
    if problem.code != "SG204":
        raise problem
    native = yield from find_deleted(plan.resource, target)
    taken = (yield from adopt(plan, target)) if native is None else (yield from revive(plan.resource, target, native))
    if taken is None:
        raise problem
    if native is not None:
        yield from settle(lambda: unmake(target, native))
    return (yield from keep(plan, target, native or target.native(taken["id"]), taken, taken_up=True))
