"""POST. An answer that got lost is looked up before anything is said, and the POST is never repeated blindly."""

from collections.abc import Callable
from copy import deepcopy
from urllib.parse import unquote

from gateway.conversation.adopting import adopt
from gateway.conversation.announcing import (
    PARTLY,
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
from gateway.conversation.comparing import Comparison, difference_steps, modify_calls
from gateway.conversation.completing import complete_call
from gateway.conversation.correlate import find_again
from gateway.conversation.deactivating import deletes
from gateway.conversation.effects import Call, Conversation, Key, Lost, Reply, note
from gateway.conversation.joining import Join, join, look
from gateway.conversation.keeping import kept_of, put_kept, save_kept
from gateway.conversation.likeness import is_what_was_sent
from gateway.conversation.listing import read_id
from gateway.conversation.naming import locate, refuse_taken
from gateway.conversation.reading import fetch_record, translate_in
from gateway.conversation.removing import remove
from gateway.conversation.reviving import find_deleted, revive
from gateway.conversation.steps import Step, arrange, awaited_steps
from gateway.conversation.twins import create_alone
from gateway.conversation.writing import change_steps, send_steps, under_lock, write_onto
from gateway.lens.addresses import print_field
from gateway.lens.lens import Document
from gateway.mapping.dialect import BackendCall
from gateway.observations import AnswerLost, OutcomeResolved
from gateway.pipeline.compose import Known
from gateway.pipeline.documents import remove_attribute
from gateway.pipeline.interpret import dig, is_refused, read_problem, read_record
from gateway.pipeline.naming import identify, name_of, with_anchor
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
        return (yield from create_alone(target, plan.resource, keys, lambda: create_once(plan, target)))

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


def create_once(plan: CreatePlan, target: Target) -> Conversation[Created]:
    """Send the record; answer what the backend made of it."""
    yield from meet(target, plan.record, plan.further)
    call = build_call(target, "create", body=plan.record, known=know(plan, target))
    answer = yield from send_record(plan, target, call)
    if isinstance(answer, Lost) and not is_unknown(call, answer):
        raise Problem(LOST_PROBLEMS[answer.reason])
    try:
        unsure = find_doubt(plan, target, answer)
    except Problem as problem:
        return (yield from take_up_or_refuse(plan, target, problem))
    if unsure is not None or isinstance(answer, Lost):
        return (yield from resolve(plan, target, unsure or Problem("SG508"), may_land=may_land(answer)))
    native, record = read_created(plan, target, answer)
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


def know(plan: CreatePlan, target: Target, native: str | None = None) -> Known:
    """What the holes of a create's calls may ask for."""
    return Known(target.lens, native if native is None else target.address(native), plan.resource, plan.record)


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


def resolve(plan: CreatePlan, target: Target, problem: Problem, *, may_land: bool) -> Conversation[Created]:
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
    return (yield from finish(plan, target, target.native(found["id"]), found))


def finish(plan: CreatePlan, target: Target, native: str, resource: Document | None) -> Conversation[Created]:
    """Make the calls that complete the create; somebody who shall not be active is taken away again at once."""
    op = target.op("create")
    yield from locate(target, native)
    yield from complete_call(target, "create", know(plan, target, native))
    if op.body.kind != "record":
        resource = yield from write_rest(plan, target, native)
    else:
        if resource is None or op.following:
            resource = translate_in(target, (yield from read_back(target, native)))
        resource = yield from send_further(plan, target, native, resource)
    if deletes(target, plan.resource):
        yield from take_away(target, native)
        return Created({**plan.resource, "id": resource["id"], "meta": resource["meta"]}, lasting=False)
    return (yield from keep(plan, target, native, resource))


def take_away(target: Target, native: str) -> Conversation[None]:
    """Delete who was just created and shall not be active; a Problem says that somebody is in who should not be."""
    try:
        yield from remove(target, native)
    except Problem as problem:
        found = Problem("SG508") if problem.code == "SG110" else problem
        raise found.after("The user was created, and could not be barred") from problem


def keep(
    plan: CreatePlan, target: Target, native: str, resource: Document, *, taken_up: bool = False
) -> Conversation[Created]:
    """Add what the gateway keeps."""
    if target.lens.kept:
        put_kept(target, resource, (yield from save_kept(target, native, {}, kept_of(target, plan.resource))))
    return Created(resource, plan.resource, taken_up=taken_up)


def take_up_or_refuse(plan: CreatePlan, target: Target, problem: Problem) -> Conversation[Created]:
    """A plain no; but where the resource exists already, as a deleted one or one to adopt, that one is taken up."""
    if problem.code != "SG204":
        raise problem
    native = yield from find_deleted(plan.resource, target)
    taken = (yield from adopt(plan, target)) if native is None else (yield from revive(plan.resource, target, native))
    if taken is None:
        raise problem
    return (yield from keep(plan, target, native or target.native(taken["id"]), taken, taken_up=True))


def read_back(target: Target, native: str) -> Conversation[Document]:
    """The record just created. That it cannot be read says nothing against it: a repetition finds it."""
    try:
        return (yield from fetch_record(target, native))
    except Problem as problem:
        if problem.code == "SG507":
            raise
        raise Problem("SG508") from problem


def write_rest(plan: CreatePlan, target: Target, native: str) -> Conversation[Document]:
    """A create that does not send the record may leave things unsaid: what the new record lacks is written onto it."""
    record = yield from read_back(target, native)
    hidden = {print_field(rule.v): rule.s for rule in target.lens.list_rules.values() if not rule.readable}
    unseen = tuple(one for one in plan.further if one.path in hidden)
    wanted = deepcopy(plan.resource)
    for one in unseen:
        remove_attribute(wanted, hidden[one.path])
    changed = with_anchor(target, write_onto(target, wanted, record), native)

    def make_steps() -> tuple[Step, ...]:
        differing = difference_steps(target, native, record, changed, modify_calls)
        return (*differing, *change_steps(target, native, unseen))

    compared = Comparison(native, record, translate_in(target, record), plan.resource)
    return (yield from send_rest(target, compared, make_steps))


def send_further(plan: CreatePlan, target: Target, native: str, shown: Document) -> Conversation[Document]:
    """What a body does not hold, or did not hold all of: the rest of its lists, and calls of their own."""
    compared = Comparison(native, {}, shown, plan.resource)

    def make_steps() -> tuple[Step, ...]:
        changes = change_steps(target, native, plan.further)
        return arrange((*changes, *awaited_steps(target, native, plan.resource, shown)))

    return (yield from send_rest(target, compared, make_steps))


def send_rest(
    target: Target, compared: Comparison, make_steps: Callable[[], tuple[Step, ...]]
) -> Conversation[Document]:
    """The resource when all of it is written; a Problem says that it is there without all of it."""
    native = compared.native
    try:
        steps = make_steps()
        record = yield from send_steps(target, native, steps)
    except Problem as problem:
        found = Problem("SG508") if problem.code == "SG110" else problem
        raise found.after("The resource was created, and only a part of it was written").because(PARTLY) from problem
    if not steps:
        return compared.current
    return translate_in(target, record if record is not None else (yield from read_back(target, native)))
