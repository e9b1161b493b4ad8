"""The front page: one request, from door to door."""

from collections.abc import Callable, Mapping

from gateway.conversation.bulk import answer_bulk
from gateway.conversation.effects import Conversation, note
from gateway.conversation.labels import UNKNOWN, label_route, note_problem
from gateway.conversation.splitting import answer
from gateway.conversation.spread import answer_spread
from gateway.lens.lens import LensError
from gateway.pipeline.authenticate import authenticate
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Gateway, Request, Response, Route, Tenant
from gateway.pipeline.respond import respond_to_problem
from gateway.pipeline.route import find_route
from gateway.pipeline.spelling import place_flag
from gateway.scim.errors import ScimError

Answer = Callable[[Request, Route, Tenant], Conversation[Response]]
ANSWERS: Mapping[str, Answer] = {"root": answer_spread, "root-search": answer_spread, "bulk": answer_bulk}


def fulfil(request: Request, gateway: Gateway) -> Conversation[Response]:
    """One request, from door to door."""
    label = UNKNOWN
    try:
        caller = authenticate(request.headers, gateway.callers)
        request = place_flag(request, gateway.tenants[caller.tenant].lenience)
        route = find_route(request.method, request.path, caller)
        tenant = gateway.tenant(route)
        label = label_route(route, tenant, caller.label)
        response = yield from ANSWERS.get(route.shape, answer)(request, route, tenant)
    except (Problem, ScimError, LensError) as error:
        problem = as_problem(error)
        yield from note_problem(problem, label)
        response = respond_to_problem(problem)
        yield from note(label.finished(response.status, problem))
        return response
    yield from note(label.finished(response.status))
    return response
