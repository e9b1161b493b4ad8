"""Members in other branches that the gateway keeps: promises in the state store beside what the backend knows.

What cannot be saved is missing from the answer, which then tells the truth; the client heals it by sending it again.
Who is deleted in another branch stays a member here until the client takes them out, as it does with all members.
"""

from collections.abc import Callable, Sequence

from msgspec import DecodeError
from msgspec.json import decode, encode
from msgspec.structs import replace

from gateway.conversation.answering import carry_out
from gateway.conversation.effects import Conversation, Forget, Keep, Key, Recall, Unavailable, ask
from gateway.conversation.keeping import note_lost
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
from gateway.pipeline.outcome import Changed, Created, Deleted, Found, Outcome
from gateway.pipeline.plan import make_plan
from gateway.pipeline.plans import ChangePlan, Plan
from gateway.pipeline.preconditions import Preconditions, require_current
from gateway.pipeline.problems import Problem
from gateway.pipeline.sealing import close_entry, open_entry
from gateway.pipeline.target import Target

Change = Callable[[Absent], Absent]


def fulfil_keeping(intent: Intent, target: Target) -> Conversation[Outcome]:
    """One request for one resource of which members may be kept: the backend is told of its own, and what is kept is
    changed and shown with it.
    """
    plan = make_plan(own_intent(intent, target.tenant), target.tenant)
    match intent:
        case Create():
            created = yield from carry_out(plan, target.tenant)
            return (yield from finish(target, created, {}, part_resource(target, intent.resource)[1]))
        case Replace():
            absent = part_resource(target, intent.resource)[1]
            return (yield from change(plan, intent, target, lambda _: absent))
        case Modify():
            about = tuple(absent_operations(target, intent.operations))
            return (yield from change(plan, intent, target, lambda old: change_absent(target, old, about)))
        case Delete():
            return (yield from change(plan, intent, target, lambda _: {}))
    found = yield from carry_out(plan, target.tenant)
    if not isinstance(found, Found):
        return found
    (shown,) = yield from show_absent(target, [found.resource])
    return Found(shown)


def change(plan: Plan, intent: Replace | Modify | Delete, target: Target, settle: Change) -> Conversation[Outcome]:
    """A change of what the backend knows, then of what is kept, under a lock of its own.

    What the second would be is found first: an operation that selects nothing is refused before anything is sent.
    """
    native = target.native(intent.id)
    lock = Key("lock", target.tenant.name, target.backend, f"{target.resource.name} absent", native)

    def work() -> Conversation[Outcome]:
        known = yield from recall_absent(target, [native])
        old = known[0] if known is not None else {}
        new = settle(old)
        settled = plan
        if isinstance(plan, ChangePlan) and intent.preconditions is not None:
            settled = replace(plan, preconditions=(yield from settle_preconditions(intent, target, old)))
        changed = yield from carry_out(settled, target.tenant)
        return (yield from finish(target, changed, old, new, native=native, known=known is not None))

    return (yield from hold(lock, work))


def finish(
    target: Target, outcome: Outcome, old: Absent, new: Absent, *, native: str = "", known: bool = True
) -> Conversation[Outcome]:
    """Save what is kept, and show it in the answer; where it is not `known` what lies there, that is left alone."""
    match outcome:
        case Created(resource=resource):
            kept = yield from save_absent(target, target.native(resource["id"]), old, new)
            return replace(outcome, resource=with_absent(resource, kept))
        case Changed(resource=resource):
            kept = (yield from save_absent(target, native, old, new)) if known else (yield from lose(target, new))
            return outcome if resource is None else replace(outcome, resource=with_absent(resource, kept))
        case Deleted():
            yield from ask(Forget((absent_key(target, native),)))
    return outcome


def settle_preconditions(
    intent: Replace | Modify | Delete, target: Target, absent: Absent
) -> Conversation[Preconditions]:
    """Compare the version that the client knows, which is of all that is shown; the backend's part must then stay."""
    asked = Retrieve(url=intent.url, type=intent.type, id=intent.id, preconditions=intent.preconditions)
    found = yield from carry_out(make_plan(asked, target.tenant), target.tenant)
    assert isinstance(found, Found)  # noqa: S101  # what a retrieval comes to
    known = intent.preconditions or Preconditions()
    require_current(known, with_absent(found.resource, absent)["meta"]["version"])
    return Preconditions(match=frozenset({found.resource["meta"]["version"].removeprefix("W/")}))


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
    entries = yield from ask(Recall(tuple(absent_key(target, native) for native in natives)))
    if isinstance(entries, Unavailable):
        return None
    return [open_absent(target, entry) for entry in entries]


def save_absent(target: Target, native: str, old: Absent, new: Absent) -> Conversation[Absent]:
    """Make `new` what is kept, and return what really is."""
    if old == new:
        return new
    key = absent_key(target, native)
    saved = ask(Keep(((key, seal_absent(target, new)),), None)) if new else ask(Forget((key,)))
    return new if (yield from saved) else (yield from lose(target, new))


def lose(target: Target, new: Absent) -> Conversation[Absent]:
    """What could not be saved is counted, and not shown."""
    yield from note_lost(target, sorted(new))
    return {}


def absent_key(target: Target, native: str) -> Key:
    """Under which what is kept of a resource lies."""
    return Key("absent", target.tenant.name, target.backend, target.resource.name, native)


def seal_absent(target: Target, absent: Absent) -> bytes:
    """An entry: ids of people may be names, so nobody else can read it."""
    return close_entry(target.tenant.seal, encode(absent), _bind(target))


def open_absent(target: Target, entry: bytes | None) -> Absent:
    """What an entry holds; nothing when it is missing, or nobody here wrote it."""
    text = open_entry(target.tenant.seal, entry, _bind(target))
    try:
        return {} if text is None else decode(text, type=Absent)
    except DecodeError:
        return {}


def _bind(target: Target) -> bytes:
    return f"absent\0{target.tenant.name}\0{target.backend}\0{target.resource.name}".encode()
