"""PATCH as a strict vendor does it (RFC 7644 3.5.2): each operation in turn upon the document before it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from msgspec import Struct
from msgspec.json import Encoder
from msgspec.structs import replace

from gateway.sandbox.profile import Refused
from gateway.scim.errors import ScimError
from gateway.scim.match import compile_element
from gateway.scim.names import PATCH_OP, fold
from gateway.scim.path import Path, parse_path
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import AttrPath, Compare, Or

OPS = ("add", "remove", "replace")
_encode = Encoder(order="sorted").encode


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


def fuse_edits(edits: Iterable[Edit]) -> Iterator[Edit]:
    """The same edits in fewer: neighbours that add to one list, or take values out of it, are one.

    A thousand members that come or go one by one walk the list once.
    """
    for (op, _, together), run in groupby(edits, lambda edit: (edit.op, edit.path.target, _is_itemwise(edit))):
        alike = list(run)
        if not together or len(alike) == 1:
            yield from alike
        elif op == "add":
            values = {_encode(one): one for edit in alike for one in edit.value}
            yield replace(alike[0], value=[*values.values()])
        else:
            parts = tuple(edit.path.where for edit in alike if edit.path.where is not None)
            yield replace(alike[0], path=Path(alike[0].path.target, Or(parts)))


def _is_itemwise(edit: Edit) -> bool:
    if edit.path.target.sub is not None or not edit.attribute.multi_valued:
        return False
    adds = edit.op == "add" and edit.path.where is None and isinstance(edit.value, list)
    goes = edit.op == "remove" and isinstance(edit.path.where, Compare)
    return goes or (adds and not any(_is_primary(one) for one in edit.value))


def apply_edit(document: Resource, edit: Edit) -> Resource:
    """The document after one operation; the one given stays as it is. Values are put in as sent: look at them next."""
    edited = dict(document)
    target = edit.path.target
    holder = edited
    if target.urn is not None and target.attr is not None:
        holder = edited[target.urn] = dict(edited.get(target.urn, {}))
    key = edit.attribute.name
    if edit.path.where is not None:
        _edit_matching(holder, key, edit)
    elif target.sub is not None:
        _edit_below(holder, key, edit, target.sub)
    else:
        _edit_whole(holder, key, edit)
    return edited


def _edit_whole(holder: Resource, key: str, edit: Edit) -> None:
    value = edit.value
    if edit.op == "remove" or value is None:
        holder.pop(key, None)
    elif edit.attribute.multi_valued:
        given = value if isinstance(value, list) else [value]
        kept = holder.get(key, []) if edit.op == "add" else []
        known = set(map(_encode, kept))
        fresh = [each for each in given if _encode(each) not in known]
        holder[key] = [*_demote(kept, fresh), *fresh]
    elif isinstance(value, dict) and isinstance(holder.get(key), dict):
        holder[key] = {**holder[key], **value}
    else:
        holder[key] = value


def _demote(kept: list[Any], fresh: list[Any]) -> list[Any]:
    """RFC 7644 3.5.2: a new primary value takes the mark from the old one."""
    if not any(map(_is_primary, fresh)):
        return kept
    return [{**each, "primary": False} if each.get("primary") else each for each in kept]


def _is_primary(element: Any) -> bool:
    return isinstance(element, dict) and element.get("primary") is True


def _edit_below(holder: Resource, key: str, edit: Edit, sub: str) -> None:
    if edit.attribute.multi_valued:
        elements = holder.get(key, [])
        if not elements and edit.op != "remove":
            raise Refused(400, "The path matches no value.", scim_type="noTarget")
        if elements:
            holder[key] = [_changed(each, sub, edit) for each in elements]
    elif edit.op != "remove" or key in holder:
        holder[key] = _changed(holder.get(key, {}), sub, edit)


def _edit_matching(holder: Resource, key: str, edit: Edit) -> None:
    elements = holder.get(key, [])
    chosen = _choose(edit, elements)
    if not any(chosen) and edit.op != "remove":
        raise Refused(400, "The path matches no value.", scim_type="noTarget")
    sub = edit.path.target.sub
    if edit.op == "remove" and sub is None:
        holder[key] = [each for each, goes in zip(elements, chosen, strict=True) if not goes]
        return
    pairs = zip(elements, chosen, strict=True)
    if sub is not None:
        holder[key] = [_changed(each, sub, edit) if changes else each for each, changes in pairs]
    elif isinstance(edit.value, dict):
        holder[key] = [{**each, **edit.value} if changes else each for each, changes in pairs]


def _choose(edit: Edit, elements: list[Any]) -> list[bool]:
    """Which of the values the filter of the path selects."""
    assert edit.path.where is not None  # noqa: S101 (the caller asked)
    try:
        selects = compile_element(edit.path.where, edit.attribute)
        return [bool(selects(each)) for each in elements]
    except ScimError as error:
        raise Refused(400, "The filter in the path is not valid.", scim_type="invalidFilter") from error


def _changed(element: Resource, sub: str, edit: Edit) -> Resource:
    if edit.op == "remove" or edit.value is None:
        return {name: value for name, value in element.items() if name != sub}
    return {**element, sub: edit.value}
