"""PATCH as a strict vendor does it (RFC 7644 3.5.2): each operation in turn upon the document before it."""

from copy import deepcopy
from typing import Any

from msgspec import Struct

from gateway.sandbox.profile import Refused
from gateway.scim.errors import ScimError
from gateway.scim.match import compile_element
from gateway.scim.names import PATCH_OP, fold
from gateway.scim.path import Path, parse_path
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import AttrPath

OPS = ("add", "remove", "replace")


class Edit(Struct, frozen=True):
    """One operation. `attribute` is what the path's `target` is without its sub-attribute."""

    op: str
    path: Path
    attribute: Attribute
    value: Any = None


def read_edits(body: Resource, kind: ResourceType, *, folds_names: bool) -> list[Edit]:
    """The operations of a PatchOp document; one without a path becomes one per attribute of its value."""
    if body.get("schemas") != [PATCH_OP]:
        raise Refused(400, f"schemas must be [{PATCH_OP}].", scim_type="invalidSyntax")
    operations = body.get("Operations")
    if not isinstance(operations, list) or not operations:
        raise Refused(400, "Operations must be a list with at least one operation.", scim_type="invalidSyntax")
    return [edit for each in operations for edit in _read_operation(each, kind, folds_names)]


def operations_of(body: Resource) -> list[Resource] | None:
    """The operations of a document as it came; None where they are no list of objects."""
    operations = body.get("Operations")
    listed = isinstance(operations, list) and all(isinstance(each, dict) for each in operations)
    return operations if listed else None


def remove_each(operation: Resource) -> list[Resource]:
    """A removal of listed values as one removal for each of them; any other operation as it is."""
    values = operation.get("value")
    listed = isinstance(values, list) and all(isinstance(each, dict) for each in values)
    if operation.get("op") != "remove" or not listed:
        return [operation]
    return [
        {"op": "remove", "path": f'{operation.get("path")}[value eq "{each.get("value")}"]'} for each in values or ()
    ]


def _read_operation(operation: Any, kind: ResourceType, folds_names: bool) -> list[Edit]:
    if not isinstance(operation, dict) or operation.get("op") not in OPS:
        raise Refused(400, "op must be one of add, remove, replace.", scim_type="invalidSyntax")
    op, text, value = operation["op"], operation.get("path"), operation.get("value")
    if op != "remove" and "value" not in operation:
        raise Refused(400, f"{op} needs a value.", scim_type="invalidValue")
    if text is not None:
        return [_bind(op, text, value, kind, folds_names)]
    if op == "remove":
        raise Refused(400, "remove needs a path.", scim_type="noTarget")
    if not isinstance(value, dict):
        raise Refused(400, f"{op} without a path needs an object of attributes.", scim_type="invalidValue")
    return [_bind(op, name, each, kind, folds_names) for name, each in value.items() if name != "schemas"]


def _bind(op: str, text: Any, value: Any, kind: ResourceType, folds_names: bool) -> Edit:
    path = _read_path(text, kind)
    urn, name = path.target.urn, path.target.attr
    is_core = urn is None or fold(urn) == fold(kind.schema.id)
    attribute = kind.schema.find(name or "") if is_core else kind.find_top(path.target)
    if attribute is None or (path.target.sub and attribute.find(path.target.sub) is None):
        raise Refused(400, f"The path {text} is undefined for this resource type.", scim_type="invalidPath")
    if attribute.mutability == "readOnly":
        raise Refused(400, f"The attribute {attribute.name} is read-only.", scim_type="mutability")
    if path.where is not None and not attribute.multi_valued:
        raise Refused(400, f"{attribute.name} has one value and takes no filter.", scim_type="invalidPath")
    target = kind.canonical(path.target)
    if not folds_names and str(target) != str(AttrPath(target.urn, path.target.attr, path.target.sub)):
        raise Refused(400, f"The path {text} is undefined for this resource type.", scim_type="invalidPath")
    return Edit(op, Path(target, path.where), attribute, value)


def _read_path(text: Any, kind: ResourceType) -> Path:
    try:
        return parse_path(text, kind.urns)
    except (ScimError, TypeError) as error:
        raise Refused(400, "The path is not valid.", scim_type="invalidPath") from error


def apply_edit(document: Resource, edit: Edit) -> Resource:
    """The document after one operation; the one given stays as it is. Values are put in as sent: look at them next."""
    edited = deepcopy(document)
    target = edit.path.target
    holder = edited if target.urn is None or target.attr is None else edited.setdefault(target.urn, {})
    key = edit.attribute.name
    if edit.path.where is not None:
        _edit_matching(holder, key, edit)
    elif target.sub is not None:
        _edit_below(holder, key, edit, target.sub)
    else:
        _edit_whole(holder, key, edit)
    return edited


def _edit_whole(holder: Resource, key: str, edit: Edit) -> None:
    value = deepcopy(edit.value)
    if edit.op == "remove" or value is None:
        holder.pop(key, None)
    elif edit.attribute.multi_valued:
        given = value if isinstance(value, list) else [value]
        kept = holder.get(key, []) if edit.op == "add" else []
        fresh = [each for each in given if each not in kept]
        holder[key] = [*_demote(kept, fresh), *fresh]
    elif isinstance(value, dict) and isinstance(holder.get(key), dict):
        holder[key] = {**holder[key], **value}
    else:
        holder[key] = value


def _demote(kept: list[Any], fresh: list[Any]) -> list[Any]:
    """RFC 7644 3.5.2: a new primary value takes the mark from the old one."""
    if not any(isinstance(each, dict) and each.get("primary") is True for each in fresh):
        return kept
    return [{**each, "primary": False} if each.get("primary") else each for each in kept]


def _edit_below(holder: Resource, key: str, edit: Edit, sub: str) -> None:
    if edit.attribute.multi_valued:
        elements = holder.get(key, [])
        if not elements and edit.op != "remove":
            raise Refused(400, "The path matches no value.", scim_type="noTarget")
        for element in elements:
            _set(element, sub, edit)
    elif edit.op != "remove" or key in holder:
        _set(holder.setdefault(key, {}), sub, edit)


def _edit_matching(holder: Resource, key: str, edit: Edit) -> None:
    elements = holder.get(key, [])
    chosen = [each for each in elements if _selects(edit, each)]
    if not chosen and edit.op != "remove":
        raise Refused(400, "The path matches no value.", scim_type="noTarget")
    sub = edit.path.target.sub
    if edit.op == "remove" and sub is None:
        holder[key] = [each for each in elements if each not in chosen]
        return
    for element in chosen:
        if sub is not None:
            _set(element, sub, edit)
        elif isinstance(edit.value, dict):
            element.update(edit.value)


def _selects(edit: Edit, element: Any) -> bool:
    assert edit.path.where is not None  # noqa: S101 (the caller asked)
    try:
        return compile_element(edit.path.where, edit.attribute)(element)
    except ScimError as error:
        raise Refused(400, "The filter in the path is not valid.", scim_type="invalidFilter") from error


def _set(element: Resource, sub: str, edit: Edit) -> None:
    if edit.op == "remove" or edit.value is None:
        element.pop(sub, None)
    else:
        element[sub] = deepcopy(edit.value)
