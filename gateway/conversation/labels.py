"""How metrics and logs name what was done: words of the configuration, never of the client."""

from typing import Any, TypeVar

from msgspec import Struct

from gateway.conversation.effects import Conversation, note
from gateway.lens.lens import LensError
from gateway.observations import (
    NOBODY,
    AuthenticationFailed,
    BulkOperationFinished,
    RequestFinished,
    TranslationFailed,
)
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Route, Tenant

T = TypeVar("T")


class Label(Struct, frozen=True):
    """The words for a request, or for an operation of one."""

    tenant: str = NOBODY
    resource: str = NOBODY
    operation: str = NOBODY
    mapping: str = NOBODY
    caller: str = ""

    def finished(self, status: int, problem: Problem | None = None) -> RequestFinished:
        code, blame = (problem.code, problem.blame) if problem else ("", None)
        return RequestFinished(self.tenant, self.resource, self.operation, status, code, blame, self.caller)

    def carried_out(self, status: int, problem: Problem | None = None) -> BulkOperationFinished:
        code, blame = (problem.code, problem.blame) if problem else ("", None)
        return BulkOperationFinished(self.tenant, self.resource, self.operation, status, code, blame)


UNKNOWN = Label()
SHARED = {"root": "Root", "root-search": "Root", "bulk": "Bulk"}  # what serves all resource types
REFUSED_TOKENS = frozenset({"SG101", "SG102", "SG103"})
UNTRANSLATED: dict[str, Any] = {"SG205": "out", "SG507": "in"}


def label_route(route: Route, tenant: Tenant, caller: str = "") -> Label:
    """The words for a route; discovery documents name themselves, and what serves all types has a name of its own."""
    resource = tenant.type_at(route.endpoint)
    served = route.endpoint if route.shape == "discovery" else resource.name if resource else NOBODY
    name = SHARED.get(route.shape, served)
    return Label(tenant.name, name, route.operation or NOBODY, tenant.dialect.name, caller)


def tell_mapping(seat: Tenant, work: Conversation[T]) -> Conversation[T]:
    """The work before one of several backends; its problems know before which mapping they came up first."""
    try:
        return (yield from work)
    except (Problem, LensError) as error:
        problem = as_problem(error)
        raise (problem if problem.mapping else problem.within(seat.dialect.name)) from error


def note_problem(problem: Problem, label: Label) -> Conversation[None]:
    """Problems that are facts of their own."""
    if problem.code in REFUSED_TOKENS:
        yield from note(AuthenticationFailed(problem.reason))  # type: ignore[arg-type]  # one of its words
    if problem.code in UNTRANSLATED:
        yield from note(TranslationFailed(label.tenant, problem.mapping or label.mapping, UNTRANSLATED[problem.code]))
