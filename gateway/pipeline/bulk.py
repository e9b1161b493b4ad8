"""A bulk request, read and ordered, and each of its operations as a request of its own (RFC 7644 3.7).

Limits and the message are checked before anything is carried out; what is wrong with one operation fails that one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote

from msgspec import UNSET, Struct
from msgspec.structs import replace

from gateway.lens.kinds import LeafRule, ListRule
from gateway.pipeline.bulk_order import Link, Step, order_operations
from gateway.pipeline.limits import MAX_BULK_OPERATIONS
from gateway.pipeline.parse import base_url, read_body
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.pipeline.respond import CONTENT
from gateway.pipeline.route import decode_segment, is_possible_id, require_operation, route_below
from gateway.pipeline.spelling import check_path
from gateway.scim.bulk import BulkOperation, BulkResult, bulk_response, read_bulk
from gateway.scim.bulk_references import (
    Find,
    Names,
    defer_references,
    fill_references,
    find_references,
    named_id,
    patch_message,
    reference_names,
)
from gateway.scim.messages import encode_json, error_body
from gateway.scim.names import MEDIA_TYPE, fold
from gateway.scim.schema import standard

METHODS = ("POST", "PUT", "PATCH", "DELETE")
STANDARD = (standard("User"), standard("Group"))


class Task(Struct, frozen=True, kw_only=True):
    """One operation. `segments` are those of its path, decoded; `fault` is why it cannot be carried out.

    `refers` are the bulkIds in its data, `at` is the one in its path, empty without one.
    """

    operation: BulkOperation
    segments: tuple[str, ...] = ()
    refers: frozenset[str] = frozenset()
    at: str = ""
    fault: Problem | None = None

    @property
    def creates(self) -> str:
        """The bulkId that others may refer to, empty where nothing is created."""
        return self.operation.bulk_id if self.operation.method == "POST" else ""


class Job(Struct, frozen=True, kw_only=True):
    """The operations in the order of the request, and the order in which they are carried out.

    `names` are the attributes in which a bulkId counts; `errors` is how many failures end it, None for any number.
    """

    tasks: tuple[Task, ...]
    steps: tuple[Step, ...]
    names: Names
    errors: int | None


def read_job(request: Request, route: Route, tenant: Tenant) -> Job:
    """The job. Raises Problem and ScimError where the message cannot be read or holds too much."""
    require_operation(route)
    check_path(request, tenant.lenience)
    bulk = read_bulk(read_body(request, tenant.lenience))
    if len(bulk.operations) > MAX_BULK_OPERATIONS:
        sentence = f"The bulk request has {len(bulk.operations)} operations; maxOperations is {MAX_BULK_OPERATIONS}"
        raise Problem("SG130", sentence)
    names = name_references(tenant)
    base = base_url(request, route)
    tasks = refuse_ids(tuple(read_task(one, names, base) for one in bulk.operations))
    return Job(tasks=tasks, steps=order_operations(list(map(link, tasks))), names=names, errors=bulk.fail_on_errors)


def name_references(tenant: Tenant) -> Names:
    """The attributes in which a bulkId counts: the standard's, and what the mapping carries as ids of resources."""
    resources = [one for seat in tenant.seats for one in seat.dialect.resources.values()]
    named = reference_names((*STANDARD, *(one.type for one in resources)))
    rules = [rule for one in resources for rule in one.lens.rules]
    carried = [rule.s.attr for rule in rules if isinstance(rule, LeafRule) and rule.ref and rule.writable]
    lists = [rule for rule in rules if isinstance(rule, ListRule) and not rule.read_only]
    carried += [rule.s.attr for rule in lists if any(item.ref for item in rule.items)]
    return named | {fold(name) for name in carried if name}


def read_task(operation: BulkOperation, names: Names, base: str) -> Task:
    """One operation by itself."""
    task = Task(operation=operation, refers=find_references(operation.data, names))
    path = operation.path.removeprefix(base)
    if operation.method not in METHODS:
        return replace(task, fault=Problem("SG131", "The operation's method is none of a bulk request"))
    if not path or "?" in path or "#" in path:
        return replace(task, fault=Problem("SG131", "The operation's path is none of a bulk request"))
    try:
        segments = tuple(decode_segment(one) for one in path.split("/") if one)
    except Problem as problem:
        return replace(task, fault=problem)
    named = named_id(segments[1]) if operation.method != "POST" and len(segments) > 1 else ""
    return replace(task, segments=segments, at=named)


def refuse_ids(tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    """The tasks, those marked whose bulkId is missing, used twice, or created by none of them."""
    times = Counter(task.operation.bulk_id for task in tasks)
    known = {task.creates for task in tasks if times[task.creates] == 1} - {""}
    return tuple(replace(task, fault=task.fault or find_fault(task, times, known)) for task in tasks)


def find_fault(task: Task, times: Mapping[str, int], known: Collection[str]) -> Problem | None:
    bulk_id = task.operation.bulk_id
    if task.operation.method == "POST" and not bulk_id:
        return Problem("SG132")
    if bulk_id and times[bulk_id] > 1:
        return Problem("SG133")
    if not {*task.refers, *({task.at} if task.at else ())}.issubset(known):
        return Problem("SG134")
    return None


def link(task: Task) -> Link:
    """What its place in the order depends on; one that cannot be carried out waits for nothing."""
    if task.fault is not None:
        return Link(creates=task.creates if task.fault.code not in ("SG132", "SG133") else "")
    resource = "" if task.operation.method == "POST" else "/".join(task.segments)
    return Link(creates=task.creates, refers=task.refers, at=task.at, resource=resource)


def make_request(
    step: Step, job: Job, request: Request, route: Route, tenant: Tenant, find: Find
) -> tuple[Request, Route]:
    """The request that an operation is, and where it goes; `find` tells the id that a bulkId stands for.

    Raises Problem for an operation that cannot be carried out.
    """
    task = job.tasks[step.operation]
    if task.fault is not None:
        raise task.fault
    method, data, segments = task.operation.method, task.operation.data, list(task.segments)
    if step.without and isinstance(data, dict):
        data, later = defer_references(data, job.names, step.without)
        if step.completing:
            method, data, segments = "PATCH", patch_message(later), [*segments[:1], find(task.creates)]
    if task.at:
        segments[1] = find(task.at)
    inner = route_below(method, segments, tenant.name, route.base)
    refuse_route(inner)
    filled = fill_references(data, job.names, find)
    body = b"" if data is UNSET or method == "DELETE" else encode_json(filled)
    return Request(
        method=method,
        path="/".join((inner.base, *segments)),
        headers=make_headers(request.headers, "" if step.completing else task.operation.version),
        body=body,
        id=request.id,
        origin=request.origin,
    ), inner


def refuse_route(route: Route) -> None:
    """Only what creates or changes one resource is an operation."""
    if route.shape not in ("collection", "item"):
        raise Problem("SG131", "The operation's path is none of a bulk request")
    if route.operation is None:
        methods = ", ".join(method for method in route.allowed if method in METHODS)
        raise Problem("SG105", hint=f"In a bulk request it takes {methods}.")


def make_headers(headers: Mapping[str, str], version: str) -> dict[str, str]:
    """The headers of the whole request, without what speaks of its body or of versions; `version` acts as If-Match."""
    kept = {name: text for name, text in headers.items() if not name.startswith(("if-", "content-"))}
    return {**kept, "content-type": MEDIA_TYPE, **({"if-match": version} if version else {})}


def locate_task(task: Task, url: str, ids: Mapping[str, str]) -> str:
    """The URL of the resource that an operation changes; empty for one that creates, or that nobody created."""
    if task.operation.method == "POST" or len(task.segments) != 2:
        return ""
    endpoint, shown = task.segments
    known = ids.get(task.at, "") if task.at else shown
    return f"{url}/{quote(endpoint)}/{known}" if is_possible_id(known) else ""


def succeed(task: Task, response: Response, location: str) -> BulkResult:
    """The result of an operation that was carried out."""
    headers = {name.lower(): value for name, value in response.headers}
    return BulkResult(
        task.operation.method,
        response.status,
        task.operation.bulk_id,
        headers.get("location") or location,
        headers.get("etag", ""),
    )


def tell_retry(problem: Problem) -> Problem:
    """The problem of an operation, which has no header for its Retry-After: the seconds in words."""
    seconds = problem.retry_seconds
    return problem.after(f"Retry-After of this operation is {seconds} seconds") if seconds else problem


def fail(task: Task, problem: Problem, location: str) -> BulkResult:
    """The result of one that was not, with the SCIM Error that it would have got as a request of its own."""
    error = error_body(problem.status, problem.scim_type, problem.detail)
    return BulkResult(task.operation.method, problem.status, task.operation.bulk_id, location, response=error)


def respond_bulk(results: Iterable[BulkResult], seconds: int) -> Response:
    """RFC 7644 3.7.3: 200, whatever became of the operations; after `seconds`, where not 0, all that failed for a while
    may be sent again.
    """
    headers = (CONTENT, ("Retry-After", str(seconds))) if seconds else (CONTENT,)
    return Response(status=200, body=encode_json(bulk_response(results)), headers=headers)
