"""What follows a create: the calls that complete it, what its body did not hold, and what the gateway keeps."""

from collections.abc import Callable
from copy import deepcopy

from gateway.conversation.alone import insist
from gateway.conversation.announcing import PARTLY
from gateway.conversation.comparing import Comparison, difference_steps, modify_calls
from gateway.conversation.completing import complete_call
from gateway.conversation.deactivating import deletes
from gateway.conversation.effects import Conversation
from gateway.conversation.keeping import kept_of, put_kept, save_kept
from gateway.conversation.naming import locate
from gateway.conversation.reading import fetch_record, translate_in
from gateway.conversation.removing import remove
from gateway.conversation.steps import Step, arrange, awaited_steps
from gateway.conversation.writing import change_steps, send_steps, write_onto
from gateway.lens.addresses import print_field
from gateway.lens.lens import Document
from gateway.pipeline.compose import Known
from gateway.pipeline.documents import remove_attribute
from gateway.pipeline.naming import with_anchor
from gateway.pipeline.outcome import Created
from gateway.pipeline.plans import CreatePlan
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target


def know(plan: CreatePlan, target: Target, native: str | None = None) -> Known:
    """What the holes of a create's calls may ask for."""
    return Known(target.lens, native if native is None else target.address(native), plan.resource, plan.record)


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


def unmake(target: Target, native: str) -> Conversation[bool]:
    """Delete whom this request has just made. False: nobody can say that she is gone.

    A name that is an id may be somebody else's by the time a deletion comes twice.
    """
    return (yield from insist(lambda: remove(target, native), once=target.resource.natural))


def keep(
    plan: CreatePlan, target: Target, native: str, resource: Document, *, taken_up: bool = False
) -> Conversation[Created]:
    """Add what the gateway keeps."""
    if target.lens.kept:
        put_kept(target, resource, (yield from save_kept(target, native, {}, kept_of(target, plan.resource))))
    return Created(resource, plan.resource, taken_up=taken_up)


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
