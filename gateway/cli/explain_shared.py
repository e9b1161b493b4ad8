"""What `explain` says of requests that are several: queries over several places, and bulk requests."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote

from gateway.cli.explanation import describe_calls
from gateway.conversation.planned import planned_spread
from gateway.lens.ids import show_id
from gateway.lens.lens import Document, LensError
from gateway.pipeline.bulk import Job, make_request, read_job
from gateway.pipeline.bulk_order import Step
from gateway.pipeline.describe import describe_spread, describe_spread_plan
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Request, Route, Tenant
from gateway.pipeline.spread import SpreadPlan, is_read_at_once, parse_spread, plan_spread
from gateway.scim.errors import ScimError

Bases = Mapping[str, str]


def explain_spread(request: Request, route: Route, tenant: Tenant, bases: Bases) -> Document:
    """A query on the root or of a split tenant: the query in each place, and the first call of each."""
    intent = parse_spread(request, route, tenant)
    is_root = route.shape in ("root", "root-search")
    told: Document = {"intent": untitled(describe_spread(intent, root=is_root))}
    try:
        plan = plan_spread(intent, tenant)
        calls = planned_spread(plan, tenant)
    except (Problem, ScimError, LensError) as error:
        return {**told, "refused": describe_refusal(as_problem(error))}
    told |= {"plan": untitled(describe_spread_plan(plan)), "narrowed": [], "calls": describe_calls(calls, bases)}
    return {**told, "note": tell_order(plan, "type" if is_root else "branch")} if len(plan.parts) > 1 else told


def tell_order(plan: SpreadPlan, place: str) -> str:
    """In which order the places are asked."""
    if plan.sort_by is not None:
        return "All are asked side by side, and every further page follows."
    if is_read_at_once(plan):
        return "All are asked side by side."
    return f"They are asked one after another: where the page of one {place} begins, the totals of those before it say."


Explain = Callable[[Request, Route], Document]


def explain_bulk(request: Request, route: Route, tenant: Tenant, explain_one: Explain) -> Document:
    """A bulk request: its operations in the order in which they would be carried out, each as a request of its own.

    `{name}` stands for the id of what the POST with that bulkId creates.
    """
    job = read_job(request, route, tenant)
    ends = f"until {job.errors} of them fail" if job.errors else "however many of them fail"
    endpoints = {one.creates: "".join(one.segments[:1]) for one in job.tasks}
    homes: dict[str, Tenant] = {}

    def find(bulk_id: str) -> str:
        resource = homes.get(bulk_id, tenant).dialect.resource_at(endpoints[bulk_id])
        return show_id(f"{{{bulk_id}}}", resource.lens.id_prefix if resource else "")

    def tell(step: Step) -> Document:
        try:
            told = explain_one(*make_request(step, job, request, route, tenant, find))
        except (Problem, ScimError, LensError) as error:
            return {"refused": describe_refusal(as_problem(error))}
        key = told.get("branch", "").partition(":")[0]
        homes[job.tasks[step.operation].creates] = next((one for one in tenant.seats if one.key == key), tenant)
        return told

    told = [{**name_step(step, job), **name_ids(tell(step), endpoints)} for step in job.steps]
    return {"intent": [f"{len(job.tasks)} operations, {ends}"], "operations": told}


def name_step(step: Step, job: Job) -> Document:
    """Which of the operations it is, as it was sent; a completion has no words of the client's."""
    task = job.tasks[step.operation]
    sent = f"{task.operation.method} {task.operation.path}"
    made = f"PATCH /{'/'.join((*task.segments[:1], f'{{{task.creates}}}'))}, which completes it"
    named = {"bulkId": task.operation.bulk_id} if task.operation.bulk_id else {}
    return {"operation": step.operation + 1, **named, "request": made if step.completing else sent}


def name_ids(told: Document, bulk_ids: Iterable[str]) -> Document:
    """The URLs of the calls with `{name}` for the ids that are not known yet."""
    for call in told.get("calls", ()):
        for bulk_id in bulk_ids:
            call["url"] = call["url"].replace(quote(f"{{{bulk_id}}}", safe=""), f"{{{bulk_id}}}")
    return told


def untitled(lines: list[str]) -> list[str]:
    """The lines without the title of the first."""
    first, *rest = lines
    return [first.partition(": ")[2], *rest]


def describe_refusal(problem: Problem) -> Document:
    """The refusal as the client would read it."""
    told: Document = {"status": problem.status, "code": problem.code}
    if problem.scim_type:
        told["scimType"] = problem.scim_type
    return {**told, "detail": problem.detail}
