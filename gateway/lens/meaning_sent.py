"""What rules of `send` mean: the yardstick of the generated code."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from gateway.lens.absence import read_at
from gateway.lens.conform import complaints
from gateway.lens.guards import holds
from gateway.lens.holes import Template, holes
from gateway.lens.kinds import SendRule, keys_of
from gateway.lens.lens import Document, Lens, LensError
from gateway.lens.meaning_slots import put
from gateway.lens.meaning_values import said_by, say_first
from gateway.lens.places import spell
from gateway.lens.shapes import ObjectShape
from gateway.scim.filter import AttrPath
from gateway.scim.path import Path


def say_sent(
    lens: Lens, rule: SendRule, resource: Document, record: Document | None, wanted: Document,
    show: Callable[[Lens, Document], Document],
) -> None:  # fmt: skip
    """Write the field, where the rule is to speak; one that does not take the text stays if nobody asked for it."""
    old = read_at(record, rule.v)
    text = say_first(lens, rule.values, resource) if _applies(rule, resource, anew=record is None) else None
    made = None if text is None else _converted(rule, text)
    if made is not None and made != "" and not _is_taken(rule, made):
        if record is None or (old != made and _was_asked(lens, rule, resource, record, show)):
            raise LensError(str(_read_of(rule)[0]), "makes a text that the backend does not take")
        made = None
    now = old if made is None or made == "" else made
    if now is not None:
        put(wanted, rule.v, now, spell(rule.v))


def _is_taken(rule: SendRule, made: Any) -> bool:
    return made is not UNSET and not complaints(ObjectShape(fields={"it": rule.leaf}), {"it": made})


def _applies(rule: SendRule, resource: Document, *, anew: bool) -> bool:
    now = rule.on in ("always", "create" if anew else "replace")
    accompanied = rule.companion is None or read_at(resource, keys_of(rule.companion)) is not None
    return now and accompanied and (rule.when is None or holds(rule.when, resource))


def _converted(rule: SendRule, text: Any) -> Any:
    if rule.codec is None:
        return text
    try:
        return rule.codec.encode(text)
    except (ValueError, TypeError, AttributeError):
        return UNSET


def _was_asked(
    lens: Lens, rule: SendRule, resource: Document, record: Document, show: Callable[[Lens, Document], Document]
) -> bool:
    """Does one of the attributes that the text is made of differ from what the record shows?"""
    try:
        shown = show(lens, record)
    except LensError:
        return True
    return any(said_by(path, resource) != said_by(path, shown) for path in _read_of(rule))


def _read_of(rule: SendRule) -> list[AttrPath | Path]:
    found = (hole.path for one in rule.values if isinstance(one, Template) for hole in holes(one))
    return [path for path in found if isinstance(path, AttrPath | Path)]
