"""What one value means on the other side, and what texts made of others say: the yardstick, value by value."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET

from gateway.lens.absence import read_at
from gateway.lens.codecs import to_utc
from gateway.lens.guards import holds
from gateway.lens.holes import Source, Template, attribute_read
from gateway.lens.ids import native_id, show_id
from gateway.lens.kinds import Field, LeafRule, keys_of
from gateway.lens.lens import Document, Lens, LensError
from gateway.lens.places import spell
from gateway.lens.templates import fits, print_value
from gateway.scim.filter import AttrPath
from gateway.scim.path import Path


def value_out(rule: LeafRule, value: Any, old: Any = None) -> Any:
    """One value outward. What the backend has stays when it already means the same."""
    if old is not None and _means(rule, old, value):
        return old
    if rule.ref:
        native = native_id(value, rule.ref_prefix)
        if native is None:
            raise LensError(str(rule.s), "is not the id of a resource of this tenant")
        return native
    if rule.table is not None:
        if value not in rule.table.out:
            raise LensError(str(rule.s), "has no value at the backend")
        value = rule.table.out[value]
    if rule.codec is not None:
        try:
            value = rule.codec.encode(value)
        except (ValueError, TypeError, AttributeError):
            raise LensError(str(rule.s), "cannot be written the way the backend needs it") from None
    return value[: rule.leaf.high] if rule.over == "truncate" else value


def _means(rule: LeafRule, old: Any, value: Any) -> bool:
    try:
        return rule.readable and bool(value_in(rule, old) == value)
    except LensError:
        return False


def leaf_in(rule: LeafRule, record: Document) -> Any:
    """One attribute of a record, or of an item."""
    value = read_at(record, rule.v) if rule.v and rule.readable else None
    if value is not None:
        return value_in(rule, value)
    return None if rule.assume is UNSET or (rule.v and not rule.readable) else rule.assume


def value_in(rule: LeafRule, value: Any) -> Any:
    """One value inward."""
    if rule.ref:
        return show_id(str(value), rule.ref_prefix)
    if rule.codec is not None:
        try:
            value = rule.codec.decode(value)
        except (ValueError, TypeError, AttributeError):
            raise LensError(spell(rule.v), "is not written the way the mapping says") from None
    elif rule.leaf.type == "datetime":
        value = to_utc(value)
    if rule.table is None:
        return value
    if value not in rule.table.back:
        raise LensError(spell(rule.v), "holds a value the mapping does not list")
    return rule.table.back[value]


# Texts made of others


def say_first(lens: Lens, sources: Sequence[Source], document: Mapping[str, Any]) -> Any:
    """The first source that is complete."""
    made = (say_source(lens, one, document) for one in sources)
    return next((one for one in made if one is not None), None)


def said_by(path: AttrPath | Path | Field, document: Mapping[str, Any]) -> Any:
    """What a hole stands for: a field, an attribute, or the part of a list's value that a condition picks."""
    if isinstance(path, Path):
        items = [one for one in said_by(attribute_read(path), document) or [] if path.where and holds(path.where, one)]
        parts = [read_at(one, (str(path.target.sub),)) for one in items]
        return next((part for part in parts if part is not None), None)
    return read_at(document, keys_of(path) if isinstance(path, AttrPath) else path)


def say_source(lens: Lens, source: Source, document: Mapping[str, Any]) -> Any:
    """A constant, or a template's text: None while a hole is absent or holds another class of text."""
    if not isinstance(source, Template):
        return source
    text = ""
    for part in source.parts:
        if isinstance(part, str):
            text += part
            continue
        value = said_by(part.path, document)
        if part.path == AttrPath(None, "id") and value is not None:
            value = native_id(value, lens.id_prefix)
        written = print_value(value)
        if part.kind != "any" and not fits(part.kind, written):
            written = None
        if written is None and not part.optional:
            return None
        text += written or ""
    return text or None
