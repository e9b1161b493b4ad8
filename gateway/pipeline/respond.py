"""From an outcome to a response: our media type, our locations, our references, and the client's projection."""

from typing import Any

from gateway.lens.kinds import ListRule
from gateway.mapping.dialect import Resource
from gateway.pipeline.discover import describe
from gateway.pipeline.intent import Describe, Intent
from gateway.pipeline.outcome import Changed, Created, Deleted, Described, Found, Listed, Outcome
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Response, Tenant
from gateway.scim.messages import encode_json, error_body, list_response
from gateway.scim.names import MEDIA_TYPE
from gateway.scim.project import project
from gateway.scim.schema import Attribute

Document = dict[str, Any]
CONTENT = ("Content-Type", MEDIA_TYPE)


def respond(intent: Intent, outcome: Outcome, tenant: Tenant) -> Response:
    """The answer to a request that went well."""
    match outcome:
        case Created(resource=resource):
            return answer_resource(201, resource, intent, tenant)
        case Found(resource=resource):
            return answer_resource(200, resource, intent, tenant)
        case Changed(resource=None) | Deleted():
            return Response(status=204)
        case Changed(resource=resource):
            return answer_resource(200, resource or {}, intent, tenant)
        case Listed():
            return answer_list(outcome, intent, tenant)
        case Described():
            return answer_document(intent, tenant)


def answer_resource(status: int, resource: Document, intent: Intent, tenant: Tenant) -> Response:
    """One resource; `Location` is sent with every one, as RFC 7644's examples do."""
    presented = present(resource, intent, tenant)
    location = ("Location", locate(resource, intent, tenant))
    return Response(status=status, body=encode_json(presented), headers=(CONTENT, location))


def answer_list(listed: Listed, intent: Intent, tenant: Tenant) -> Response:
    presented = [present(one, intent, tenant) for one in listed.resources]
    document = list_response(presented, listed.total, listed.start, len(presented))
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


def present(resource: Document, intent: Intent, tenant: Tenant) -> Document:
    """The representation: `meta` ours, references ours, what the client asked for of it, and `schemas` to match.

    RFC 7643 3: `schemas` names those that define the attributes present in the current JSON structure.
    """
    served = tenant.dialect.resources[intent.type]
    presented = {"schemas": [], **resource}
    presented["meta"] = {
        "resourceType": served.type.name,
        **{key: value for key, value in resource.get("meta", {}).items() if key in ("created", "lastModified")},
        "location": locate(resource, intent, tenant),
    }
    for holder, name, attribute in referring(served, presented):
        holder[name] = refer(holder[name], attribute, served, intent.url, tenant)
    shown = project(presented, intent.projection, served.type)
    shown["schemas"] = served.type.schema_of(shown)
    return shown


def locate(resource: Document, intent: Intent, tenant: Tenant) -> str:
    """The absolute URL of a resource below the base the client used."""
    endpoint = tenant.dialect.resources[intent.type].type.endpoint.strip("/")
    return f"{intent.url}/{endpoint}/{resource['id']}"


def referring(served: Resource, presented: Document) -> list[tuple[Document, str, Attribute]]:
    """Where the resource points at others: (holder, name, attribute). Holders are copies, not the input's."""
    found = [(presented, one.name, one) for one in served.type.schema.attributes if is_reference(one, presented)]
    for extension in served.type.extensions:
        holder = presented.get(extension.id)
        if isinstance(holder, dict):
            pointing = [one for one in extension.attributes if is_reference(one, holder)]
            if pointing:
                presented[extension.id] = holder = dict(holder)
            found += [(holder, one.name, one) for one in pointing]
    return found


def is_reference(attribute: Attribute, holder: Document) -> bool:
    """Does the attribute stand in the holder, and has it a `$ref` to resources?"""
    return attribute.name in holder and attribute.find("$ref") is not None and attribute.find("value") is not None


def refer(value: Any, attribute: Attribute, served: Resource, url: str, tenant: Tenant) -> Any:
    """The value with `$ref`s of ours, or with none where the type pointed at is not known or not served."""
    if isinstance(value, list):
        return [refer(one, attribute, served, url, tenant) for one in value]
    if not isinstance(value, dict) or not isinstance(value.get("value"), str):
        return value
    pointed = tenant.dialect.resources.get(type_pointed_at(value, attribute, served) or "")
    rest = {key: one for key, one in value.items() if key != "$ref"}
    if pointed is None:
        return rest
    return {**rest, "$ref": f"{url}/{pointed.type.endpoint.strip('/')}/{value['value']}"}


def type_pointed_at(value: Document, attribute: Attribute, served: Resource) -> str | None:
    """The resource type: as the value says, else the only one that the mapping or the schema allows."""
    if isinstance(value.get("type"), str):
        return str(value["type"])
    reference = attribute.find("$ref")
    allowed = mapped_types(served, attribute.name) or (reference.reference_types if reference else ())
    return allowed[0] if len(allowed) == 1 else None


def mapped_types(served: Resource, name: str) -> tuple[str, ...]:
    """The types that the mapping says a list's values are ids of."""
    for rule in served.lens.rules:
        if isinstance(rule, ListRule) and rule.s.attr == name:
            return next((item.ref for item in rule.items if item.ref), ())
    return ()
