"""From an outcome to a response: our media type, our locations, our references, and the client's projection."""

from gateway.lens.lens import Document
from gateway.pipeline.cursors import next_cursor
from gateway.pipeline.discover import describe
from gateway.pipeline.intent import Describe, Intent, Query
from gateway.pipeline.outcome import Changed, Created, Deleted, Described, Found, Listed, Outcome, Paged
from gateway.pipeline.preconditions import is_known, require_match
from gateway.pipeline.present import locate, present
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Response, Tenant
from gateway.scim.messages import cursor_response, encode_json, error_body, list_response
from gateway.scim.names import MEDIA_TYPE

CONTENT = ("Content-Type", MEDIA_TYPE)


def respond(intent: Intent, outcome: Outcome, tenant: Tenant) -> Response:
    """The answer to a request that went well."""
    match outcome:
        case Created(resource=resource):
            return answer_resource(201, resource, intent, tenant)
        case Found(resource=resource):
            return answer_read(resource, intent, tenant)
        case Changed(resource=dict(resource)):
            return answer_resource(200, resource, intent, tenant)
        case Changed() | Deleted():
            return Response(status=204)
        case Listed():
            return answer_list(outcome, intent, tenant)
        case Paged():
            return answer_page(outcome, intent, tenant)
        case Described():
            return answer_document(intent, tenant)


def answer_read(resource: Document, intent: Intent, tenant: Tenant) -> Response:
    """What was read, or 304 for a client that has it already; the plan was to read it whole then."""
    if intent.preconditions is not None:
        version = resource["meta"]["version"]
        require_match(intent.preconditions, version)
        if is_known(intent.preconditions, version):
            return Response(status=304, headers=(("ETag", version),))
    return answer_resource(200, resource, intent, tenant)


def answer_resource(status: int, resource: Document, intent: Intent, tenant: Tenant) -> Response:
    """One resource. RFC 7643 3.1 wants its `meta.location` as Content-Location, RFC 7644's examples as Location."""
    view = tenant.views[intent.type]
    presented = present(resource, view, intent.url, intent.projection)
    at = locate(resource, view, intent.url)
    version = resource["meta"].get("version")
    etag = () if version is None else (("ETag", version),)
    headers = (CONTENT, ("Location", at), ("Content-Location", at), *etag)
    return Response(status=status, body=encode_json(presented), headers=headers)


def answer_list(listed: Listed, intent: Intent, tenant: Tenant) -> Response:
    view = tenant.views[intent.type]
    presented = [present(one, view, intent.url, intent.projection) for one in listed.resources]
    document = list_response(presented, listed.total, listed.start, len(presented))
    return Response(status=200, body=encode_json(document), headers=(CONTENT,))


def answer_page(paged: Paged, intent: Intent, tenant: Tenant) -> Response:
    """A page by cursor (RFC 9865)."""
    view = tenant.views[intent.type]
    presented = [present(one, view, intent.url, intent.projection) for one in paged.resources]
    asked = intent.cursor if isinstance(intent, Query) else None
    cursor = next_cursor(asked, paged.next, tenant) if asked is not None and paged.next is not None else None
    document = cursor_response(presented, paged.total, cursor)
    return Response(status=200, body=encode_json(document), headers=(CONTENT,))


def answer_document(intent: Intent, tenant: Tenant) -> Response:
    if not isinstance(intent, Describe):
        raise Problem("SG602")
    document = describe(tenant, intent.document, intent.id, intent.url)
    return Response(status=200, body=encode_json(document), headers=(CONTENT,))


def respond_to_problem(problem: Problem) -> Response:
    """A SCIM Error (RFC 7644 3.12)."""
    document = error_body(problem.status, problem.scim_type, problem.detail)
    return Response(status=problem.status, body=encode_json(document), headers=(CONTENT, *problem.headers))
