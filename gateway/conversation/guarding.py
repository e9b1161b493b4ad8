"""Changes on a condition: the resource is read whole and its version compared, then it is changed, under one lock.

Between two clients that both name a version exactly one wins. A change that names none, and crosses without a look at
the record, takes no lock: it may come in between, as may whoever writes to the backend without the gateway.
"""

from collections.abc import Callable
from typing import TypeVar

from gateway.conversation.effects import Conversation
from gateway.conversation.membership import show_lists
from gateway.conversation.reading import fetch_record, read_resource
from gateway.conversation.writing import under_lock
from gateway.lens.lens import Document
from gateway.pipeline.plans import ChangePlan
from gateway.pipeline.preconditions import require_current
from gateway.pipeline.target import Target
from gateway.pipeline.through import read_lists
from gateway.pipeline.version import version_of

T = TypeVar("T")


def guard(plan: ChangePlan, target: Target, work: Callable[[], Conversation[T]]) -> Conversation[T]:
    """Do the work; under the lock and after a read that it would not need where the client names versions, or where
    the id does not say under which name the record is to be found.
    """
    if plan.preconditions is None and target.lens.anchor is None:
        return (yield from work())
    return (yield from under_lock(target, plan.native, lambda: read_then(plan, target, work)))


def read_then(plan: ChangePlan, target: Target, work: Callable[[], Conversation[T]]) -> Conversation[T]:
    """The same under the resource's lock."""
    yield from require_version(plan, target)
    if plan.preconditions is None and target.lens.anchor is not None:
        yield from fetch_record(target, plan.native)
    return (yield from work())


def require_version(plan: ChangePlan, target: Target) -> Conversation[None]:
    """Read the resource whole where the client names versions. A 412 Problem: it has another, and nothing was sent."""
    if plan.preconditions is None:
        return
    record = yield from fetch_record(target, plan.native)
    resource = yield from read_resource(target, record)
    compare_version(plan, target, (yield from show_lists(target, resource, read_lists(target))))


def compare_version(plan: ChangePlan, target: Target, current: Document) -> None:
    """A 412 Problem when the client names other versions than that of the resource just read whole."""
    if plan.preconditions is not None:
        require_current(plan.preconditions, version_of(current, target.tenant.views[target.resource.name]))
