"""What `explain` says of requests to the endpoints that serve all resource types."""

from gateway.cli.explanation import describe_calls
from gateway.conversation.planned import planned_root
from gateway.lens.lens import Document, LensError
from gateway.pipeline.describe import describe_root, describe_root_plan
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Request, Route, Tenant
from gateway.pipeline.root import parse_root, plan_root
from gateway.scim.errors import ScimError


def explain_root(request: Request, route: Route, tenant: Tenant, base: str) -> Document:
    """A query on the root: the query of each type, and the first call of each."""
    intent = parse_root(request, route, tenant)
    told: Document = {"intent": untitled(describe_root(intent))}
    try:
        plan = plan_root(intent, tenant)
        calls = planned_root(plan, tenant)
    except (Problem, ScimError, LensError) as error:
        return {**told, "refused": describe_refusal(as_problem(error))}
    told |= {"plan": untitled(describe_root_plan(plan)), "narrowed": [], "calls": describe_calls(calls, base)}
    return {**told, "note": "Where a type's page begins, the totals of the types before it say."} if calls else told


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
