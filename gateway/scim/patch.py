"""PATCH requests (RFC 7644 3.5.2): what clients send becomes a plain list of operations on canonical paths.

The union of shapes seen in the wild is brought to one, each as far as the client's kindnesses go (`lenience.py`).
"""

from collections.abc import Iterator
from typing import Any, Final, cast

from msgspec import Struct

from gateway.scim.amend import apply_patch
from gateway.scim.bind import bind_path
from gateway.scim.door import Door
from gateway.scim.errors import ScimError
from gateway.scim.lenience import ANY, Lenience
from gateway.scim.match import compile_element
from gateway.scim.names import CORE_1, PATCH_OP, fold
from gateway.scim.operation import Op, Operation
from gateway.scim.path import Path, parse_path
from gateway.scim.resource import check_schemas, fold_keys, is_read_only, require_object, spread, unfold
from gateway.scim.schema import Attribute, ResourceType
from gateway.scim.terms import And, AttrPath, Compare, Filter
from gateway.scim.values import clean_single, clean_value, is_absent, takes_away, unlist

__all__ = ["Operation", "PatchAdmission", "apply_patch", "parse_patch", "read_patch"]

MAX_OPERATIONS: Final = 1000
_OPS: Final = frozenset({"add", "remove", "replace"})
_KEYS: Final = frozenset({"op", "path", "value"})


class PatchAdmission(Struct, frozen=True):
    """The operations, and the names of attributes inside values that nobody knows and were left out."""

    operations: tuple[Operation, ...]
    ignored: tuple[str, ...] = ()


def parse_patch(doc: object, rt: ResourceType, lenience: Lenience = ANY) -> tuple[Operation, ...]:
    """The operations of a PatchOp message, as `read_patch` finds them."""
    return read_patch(doc, rt, lenience).operations


def read_patch(doc: object, rt: ResourceType, lenience: Lenience = ANY) -> PatchAdmission:
    """A PatchOp message checked against a resource type, one operation per attribute it touches.

    ScimError: `invalidSyntax` for the message, `invalidPath`, `invalidFilter`, `noTarget` (remove without a path),
    `mutability` (a readOnly attribute in a path), `invalidValue`.
    """
    door = Door(lenience)
    document = as_message(require_object(doc, "The PATCH request"), rt, door)
    if PATCH_OP.lower() not in map(fold, check_schemas(document)):
        raise ScimError(
            "invalidSyntax", "`schemas` of a PATCH request must hold the PatchOp URN.", f"Add `{PATCH_OP}` to it."
        )
    entries = fold_keys(document, "The PATCH request").get("operations")
    if not isinstance(entries, list) or not entries:
        raise ScimError("invalidSyntax", "`Operations` takes a list of one or more operations.")
    if len(entries) > MAX_OPERATIONS:
        raise ScimError("invalidSyntax", f"`Operations` holds more than {MAX_OPERATIONS}.", "Send several requests.")
    reader = _Reader(rt, door)
    operations = tuple(operation for entry in entries for operation in reader.read(entry))
    return PatchAdmission(operations, tuple(door.ignored))


def _field(document: dict[str, Any], name: str) -> Any:
    return next((value for key, value in document.items() if fold(key) == name), None)


def as_message(document: dict[str, Any], rt: ResourceType, door: Door) -> dict[str, Any]:
    """The document as a PatchOp message, also where it is one operation or SCIM 1.1's part of a resource."""
    if _field(document, "operations") is not None:
        return document
    if isinstance(_field(document, "op"), str):
        door.require("bare-operation", "The PATCH request")
        operation = {key: value for key, value in document.items() if fold(key) != "schemas"}
    elif not {fold(urn) for urn in check_schemas(document)}.isdisjoint((fold(rt.schema.id), CORE_1)):
        door.require("partial-resource", "The PATCH request")
        _refuse_removals(document)
        operation = {"op": "add", "value": document}
    else:
        return document
    return {"schemas": [PATCH_OP], "operations": [operation]}


def _refuse_removals(part: dict[str, Any]) -> None:
    """What SCIM 1.1 removes by `operation` and `meta.attributes` must not be read as what is to stay or to come."""
    meta = _field(part, "meta")
    lists = (value for value in part.values() if isinstance(value, list))
    removes = any(isinstance(each, dict) and _field(each, "operation") is not None for one in lists for each in one)
    if removes or (isinstance(meta, dict) and _field(meta, "attributes") is not None):
        raise ScimError(
            "invalidSyntax", "The PATCH request removes values as SCIM 1.1 does.", "Send a PatchOp message."
        )


class _Reader:
    def __init__(self, rt: ResourceType, door: Door) -> None:
        self.rt = rt
        self.door = door

    def read(self, entry: Any) -> Iterator[Operation]:
        operation = fold_keys(require_object(entry, "Each operation"), "An operation")
        op = self.op(operation)
        if not operation.keys() <= _KEYS:
            self.door.require("operation-keys", "An operation")
        text, value = operation.get("path"), operation.get("value")
        if op != "remove" and "value" not in operation:
            raise ScimError("invalidValue", f"`{op}` needs a `value`.")
        if text == "":
            self.door.require("empty-path", "An operation")
        if text is None or text == "":
            return self.without_path(op, value)
        if not isinstance(text, str):
            raise ScimError("invalidPath", "`path` takes text.")
        return self.with_path(op, text.strip(), value)

    def op(self, operation: dict[str, Any]) -> Op:
        op = operation.get("op")
        if not isinstance(op, str) or fold(op) not in _OPS:
            raise ScimError("invalidSyntax", "`op` of an operation must be add, remove or replace.")
        if op not in _OPS:
            self.door.require("op-letter-case", "`op`")
        return cast("Op", fold(op))

    def without_path(self, op: Op, value: Any) -> Iterator[Operation]:
        if op == "remove":
            raise ScimError("noTarget", "`remove` needs a `path`.")
        if not isinstance(value, dict):
            raise ScimError("invalidValue", f"`{op}` without a path takes an object of attributes.")
        plain = {key: each for key, each in value.items() if "[" not in key}
        for path, attribute, each in spread(plain, self.rt, self.door):
            yield from self.unless_read_only(op, path, attribute, each)
        for key in value.keys() - plain.keys():
            self.door.require("path-as-key", "An operation")
            yield from self.with_path(op, key, value[key])

    def unless_read_only(self, op: Op, path: AttrPath, attribute: Attribute, value: Any) -> Iterator[Operation]:
        if is_read_only(path, self.rt):
            self.door.require("read-only-in-value", f"`{path}`")
        else:
            yield from self.settle(op, Path(path), attribute, value)

    def with_path(self, op: Op, text: str, value: Any) -> Iterator[Operation]:
        if fold(text) in ("schemas", f"{self.rt.schema.id}:schemas".lower()):
            return  # it follows from the attributes that are there
        lenience = self.door.lenience
        path = bind_path(parse_path(text, self.rt.urns, lenience=lenience), self.rt, lenience)
        attribute = self.rt.find(path.target)
        if attribute is None or is_read_only(path.target, self.rt):
            raise ScimError("mutability", f"`{path.target}` is readOnly.", "Leave it out of the request.")
        if op == "remove":
            yield from self.removal(path, attribute, value)
        elif path.where is None and attribute.type == "complex" and not attribute.multi_valued:
            yield from self.object_at(op, path, attribute, value)
        else:
            yield from self.settle(op, path, attribute, value)

    def object_at(self, op: Op, path: Path, attribute: Attribute, value: Any) -> Iterator[Operation]:
        """A complex attribute or a whole extension: only what is listed changes (RFC 7644 3.5.2.3)."""
        if not isinstance(value, dict) or not value:
            yield from self.settle(op, path, attribute, value)
            return
        for target, sub, each in unfold(path.target, attribute, value, self.door):
            yield from self.unless_read_only(op, target, sub, each)

    def settle(self, op: Op, path: Path, attribute: Attribute, value: Any) -> Iterator[Operation]:
        """One operation with its value in canonical form; a blank takes away, except from a list it is added to."""
        many = attribute.multi_valued and path.where is None
        if is_absent(value):
            if value == "":
                self.door.require("empty-text", f"`{path.target}`")
            if op == "replace" or not attribute.multi_valued:
                yield Operation("remove", path)
            return
        if attribute.multi_valued and not many and path.target.sub is None:
            cleaned = self.element(path, attribute, value)
        else:
            cleaned = clean_value(attribute, value, self.door, str(path.target))
        if cleaned is None and takes_away(attribute, value):
            if op == "replace":
                yield Operation("remove", path)
            return
        if cleaned is None:
            raise ScimError("invalidValue", f"`{path.target}` is given a value that holds nothing we know.")
        if isinstance(cleaned, dict) and path.where is None:
            yield from (
                Operation(op, Path(AttrPath(path.target.urn, path.target.attr, key)), each)
                for key, each in cleaned.items()
            )
        else:
            yield Operation(op, path, cleaned)

    def element(self, path: Path, attribute: Attribute, value: Any) -> Any:
        """The one value for `emails[...]`."""
        value = unlist(value, self.door, str(path.target))
        if isinstance(value, list):
            raise ScimError("invalidValue", f"`{path.target}` with a filter takes one value.")
        return clean_single(attribute, value, self.door, str(path.target))

    def removal(self, path: Path, attribute: Attribute, value: Any) -> Iterator[Operation]:
        """Of a list, the values that are named beside the path; read literally, that would empty a group."""
        if value is None or path.where is not None or not attribute.multi_valued:
            if value is not None:
                self.door.require("removal-with-value", f"`remove` of `{path.target}`")
            yield Operation("remove", path)
            return
        self.door.require("removal-by-value", f"`remove` of `{path.target}`")
        for each in value if isinstance(value, list) else [value]:
            where = _naming(clean_single(attribute, each, Door(self.door.lenience), str(path.target)))
            if where is None:
                raise ScimError("invalidValue", f"`remove` of `{path.target}` with a value must say which by `value`.")
            compile_element(where, attribute)
            yield Operation("remove", Path(path.target, where))


def _naming(element: Any) -> Filter | None:
    """The filter that finds the value a client holds up: by its `value`, or else by all it tells."""
    if not isinstance(element, dict):
        return None if element is None else Compare(AttrPath(None, "value", None), "eq", element)
    if "value" in element:
        return Compare(AttrPath(None, "value", None), "eq", element["value"])
    parts = tuple(
        Compare(AttrPath(None, key, None), "eq", each) for key, each in element.items() if not isinstance(each, list)
    )
    return And(parts) if parts else None
