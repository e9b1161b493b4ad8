"""How clients point at resources: by `$ref` where we go by `value`, and with a type that may not fit (RFC 7643 4.2).

A `$ref` is compared by the endpoint and the id at its end, so that it means the same with and without a version, on
whatever host the client reached us (RFC 7643 2.4).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from gateway.lens.lens import Document
from gateway.mapping.dialect import Resource
from gateway.scim.errors import ScimError
from gateway.scim.names import fold
from gateway.scim.patch import Operation
from gateway.scim.terms import And, AttrPath, Compare, Filter, Not, Or, Within

END = re.compile(r"(?:^|/)([^/?#]+)/([^/?#]+)/?$")
TYPES = frozenset({"user", "group"})  # RFC 7643 4.2; other words of clients under `type` say nothing about a resource
Targets = Mapping[str, tuple[str, ...]]


def check_types(document: Document, resource: Resource) -> None:
    """ScimError `invalidValue` for a value whose type the backend's list does not take: its id would name another."""
    for name, allowed in resource.lens.referred.items():
        check_values(name, allowed, document.get(name))


def check_operations(operations: tuple[Operation, ...], resource: Resource) -> tuple[Operation, ...]:
    """The operations with `$ref`s read as ids. ScimError `invalidValue` as for whole resources."""
    targets = resource.lens.referred
    if not targets:
        return operations
    return tuple(settle(one, targets) for one in operations)


def settle(one: Operation, targets: Targets) -> Operation:
    name = one.path.target.attr or ""
    if name not in targets:
        return one
    check_values(name, targets[name], one.value)
    if one.path.where is None:
        return one
    return replace(one, path=replace(one.path, where=by_value(one.path.where, targets, name)))


def check_values(name: str, allowed: tuple[str, ...], values: Any) -> None:
    known = frozenset(map(fold, allowed))
    for said in types_in(values):
        if said in TYPES and said not in known:
            hint = f"It takes resources of the type {' or '.join(allowed)}."
            raise ScimError("invalidValue", f"The backend takes no {said.capitalize()} among `{name}`.", hint)


def types_in(values: Any) -> Iterator[str]:
    """What the values say of their type, folded."""
    for one in values if isinstance(values, list) else [values]:
        said = one.get("type") if isinstance(one, dict) else None
        if isinstance(said, str):
            yield fold(said)


def by_value(where: Filter, targets: Targets, within: str | None = None) -> Filter:
    """The filter with `$ref eq` of pointing attributes as `value eq`; `within` is the attribute in whose brackets."""
    match where:
        case Compare(path=path, op="eq", value=str(url)):
            name, sub = (path.attr, path.sub) if within is None else (within, path.attr)
            found = END.search(url)
            if name is None or fold(sub or "") != "$ref" or name not in targets or found is None:
                return where
            if fold(found[1]) not in {f"{fold(kind)}s" for kind in targets[name]}:
                return where
            pointed = AttrPath(path.urn, name, "value") if within is None else AttrPath(None, "value")
            return Compare(pointed, "eq", found[2])
        case And(parts=parts) | Or(parts=parts):
            return replace(where, parts=tuple(by_value(part, targets, within) for part in parts))
        case Not(part=part):
            return Not(by_value(part, targets, within))
        case Within(path=path, where=inner):
            return Within(path, by_value(inner, targets, path.attr))
        case _:
            return where
