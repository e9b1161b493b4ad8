"""Members in other branches that the gateway keeps: promises in the state store beside what the backend knows.

They are there alone, so a change of them that cannot be saved is refused, and nothing of it is answered as done; a
repetition is safe. Reads go on without them, which is counted. Who is deleted in another branch stays a member here
until the client takes them out, as it does with all members.
"""

from collections.abc import Callable, Sequence

from msgspec.json import decode, encode
from msgspec.structs import replace

from gateway.conversation.abroad import require_there
from gateway.conversation.answering import carry_out
from gateway.conversation.braking import brake
from gateway.conversation.effects import Conversation, Forget, Keep, Key, Recall, Unavailable, ask
from gateway.conversation.keeping import note_lost
from gateway.conversation.sealed import close_entry, read_entry, renew
from gateway.conversation.writing import hold
from gateway.lens.lens import Document
from gateway.pipeline.absent import (
    Absent,
    absent_operations,
    change_absent,
    kept_lists,
    own_intent,
    part_resource,
    with_absent,
)
from gateway.pipeline.intent import Create, Delete, Intent, Modify, Replace, Retrieve
from gateway.pipeline.outcome import Changed, Created, Found, Outcome
from gateway.pipeline.plan import make_plan
from gateway.pipeline.plans import ChangePlan, Plan
from gateway.pipeline.preconditions import Preconditions, require_current
from gateway.pipeline.problems import Problem
from gateway.pipeline.removals import count_removals
from gateway.pipeline.target import Target

Change = Callable[[Absent], Absent]
NOBODY = ""  # the native id of no resource: to ask for what is kept of it asks whether the store is there


def fulfil_keeping(intent: Intent, target: Target) -> Conversation[Outcome]:
    """One request for one resource of which members may be kept: the backend is told of its own, and what is kept is
    changed and shown with it.
    """
    plan = make_plan(own_intent(intent, target.tenant), target.tenant)
    match intent:
        case Create():
            return (yield from create(plan, target, part_resource(target, intent.resource)[1]))
        case Replace():
            absent = part_resource(target, intent.resource)[1]
            return (yield from change(plan, intent, target, lambda _: absent))
        case Modify():
            about = tuple(absent_operations(target, intent.operations))
            settle = (lambda old: change_absent(target, old, about)) if about else None
            return (yield from change(plan, intent, target, settle))
        case Delete():
            return (yield from delete(plan, intent, target))
    found = yield from carry_out(plan, target.tenant)
    if not isinstance(found, Found):
        return found
    (shown,) = yield from show_absent(target, [found.resource])
    return Found(shown)


def create(plan: Plan, target: Target, new: Absent) -> Conversation[Outcome]:
    """A create, and then what is kept. Where the store goes away in between the answer lacks that: to make the client
    send the create again would make two of one.
    """
    if new and (yield from recall_absent(target, [NOBODY])) is None:
        raise Problem("SG353")
    yield from require_there(target, {}, new)
    created = yield from carry_out(plan, target.tenant)
    assert isinstance(created, Created)  # noqa: S101  # what a create comes to
    if new and (yield from save_absent(target, target.native(created.resource["id"]), new)):
        return replace(created, resource=with_absent(created.resource, new))
    if new:
        yield from note_lost(target, sorted(new))
        return created
    (shown,) = yield from show_absent(target, [created.resource])  # who was there before may have some
    return replace(created, resource=shown)


def change(plan: Plan, intent: Replace | Modify, target: Target, settle: Change | None) -> Conversation[Outcome]:
    """A change of what the backend knows, then of what is kept, which `settle` tells, where it tells anything.

    What is kept then is found first: an operation that selects nothing is refused before anything is sent, and so is
    what could not be saved. Who is taken out counts for the brake, beside those whom the backend knows.
    """
    native = target.native(intent.id)

    def work() -> Conversation[Outcome]:
        known = yield from recall_absent(target, [native])
        if known is None and (settle or intent.preconditions):
            raise Problem("SG353")
        old = known[0] if known is not None else {}
        new = settle(old) if settle else old
        settled = yield from settle_preconditions(plan, intent, target, old)
        yield from require_there(target, old, new)
        yield from brake(target, count_removals(old, new))
        changed = yield from carry_out(settled, target.tenant)
        if old != new and not (yield from save_absent(target, native, new)):
            raise Problem("SG353").after(f"What {target.backend} has of the change is made")
        if not isinstance(changed, Changed) or changed.resource is None:
            return changed
        if known is None:
            yield from note_lost(target, sorted(kept_lists(target)))
        return replace(changed, resource=with_absent(changed.resource, new))

    return (yield from hold(absent_lock(target, native), work))


def delete(plan: Plan, intent: Delete, target: Target) -> Conversation[Outcome]:
    """A deletion, after which nothing is kept. What the store does not forget now is nobody's, and it is asked again
    when the client deletes again whom it does not find.
    """
    native = target.native(intent.id)

    def work() -> Conversation[Outcome]:
        settled = plan
        if intent.preconditions is not None:
            known = yield from recall_absent(target, [native])
            if known is None:
                raise Problem("SG353")
            settled = yield from settle_preconditions(plan, intent, target, known[0])
        try:
            deleted = yield from carry_out(settled, target.tenant)
        except Problem as problem:
            if problem.code == "SG110":
                yield from save_absent(target, native, {})
            raise
        yield from save_absent(target, native, {})
        return deleted

    return (yield from hold(absent_lock(target, native), work))


def settle_preconditions(
    plan: Plan, intent: Replace | Modify | Delete, target: Target, absent: Absent
) -> Conversation[Plan]:
    """Compare the version that the client knows, which is of all that is shown; the backend's part must then stay."""
    if intent.preconditions is None or not isinstance(plan, ChangePlan):
        return plan
    asked = Retrieve(url=intent.url, type=intent.type, id=intent.id, preconditions=intent.preconditions)
    found = yield from carry_out(make_plan(asked, target.tenant), target.tenant)
    assert isinstance(found, Found)  # noqa: S101  # what a retrieval comes to
    require_current(intent.preconditions, with_absent(found.resource, absent)["meta"]["version"])
    current = found.resource["meta"]["version"].removeprefix("W/")
    return replace(plan, preconditions=Preconditions(match=frozenset({current})))


def show_absent(
    target: Target, resources: Sequence[Document], *, needed: bool = False
) -> Conversation[tuple[Document, ...]]:
    """Resources with what is kept of them, in one round trip. `needed`: a Problem instead of resources without it."""
    if not resources or not kept_lists(target):
        return tuple(resources)
    known = yield from recall_absent(target, [target.native(one["id"]) for one in resources])
    if known is None and needed:
        raise Problem("SG605")
    if known is None:
        yield from note_lost(target, sorted(kept_lists(target)))
        return tuple(resources)
    return tuple(with_absent(one, absent) for one, absent in zip(resources, known, strict=True))


def recall_absent(target: Target, natives: Sequence[str]) -> Conversation[list[Absent] | None]:
    """What is kept of resources; None while the store is away."""
    keys = [absent_key(target, native) for native in natives]
    entries = yield from ask(Recall(tuple(keys)))
    if isinstance(entries, Unavailable):
        return None
    yield from renew(target.tenant.seal, zip(keys, entries, strict=True))
    known: list[Absent] = []
    for native, entry in zip(natives, entries, strict=True):
        known.append((yield from read_absent(target, native, entry)))
    return known


def read_absent(target: Target, native: str, entry: bytes | None) -> Conversation[Absent]:
    """What an entry holds; nothing when it is missing. One that does not open is lost, which is told."""
    text = yield from read_entry(target.tenant.seal, absent_key(target, native), entry)
    if text is not None:
        return decode(text, type=Absent)
    if entry is not None:
        yield from note_lost(target, sorted(kept_lists(target)))
    return {}


def save_absent(target: Target, native: str, new: Absent) -> Conversation[bool]:
    """Make this what is kept. False: the store did not answer."""
    key = absent_key(target, native)
    sealed = close_entry(target.tenant.seal, key, encode(new))  # ids of people may be names
    return (yield from ask(Keep(((key, sealed),), None) if new else Forget((key,))))


def absent_key(target: Target, native: str) -> Key:
    """Under which what is kept of a resource lies."""
    return Key("absent", target.tenant.name, target.backend, target.resource.name, native)


def absent_lock(target: Target, native: str) -> Key:
    """The lock of what is kept of a resource; that of the resource itself is taken within it."""
    return Key("lock", target.tenant.name, target.backend, f"{target.resource.name} absent", native)
