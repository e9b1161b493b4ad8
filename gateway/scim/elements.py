"""The values of a multi-valued attribute: when two are the same, and that one at most is primary (RFC 7643 2.4)."""

from collections.abc import Iterable
from typing import Any, Final

from gateway.scim.errors import ScimError
from gateway.scim.match import fold_value
from gateway.scim.schema import Attribute
from gateway.scim.terms import And, Compare, Filter

_FEW: Final = 8
_LOOSE: Final = Attribute("value")
_LABELS: Final = frozenset({"type", "primary", "display"})


def add_elements(before: list[Any], added: list[Any], attribute: Attribute) -> list[Any]:
    """The list with what is new in `added`; what is there already takes on what is told about it anew."""
    elements = list(before)
    index = _index(elements, attribute) if len(added) >= _FEW else None
    touched: list[int] = []
    for element in added:
        at = _position(element, elements, attribute, index)
        if at is None:
            at = len(elements)
            elements.append(element)
            if index is not None:
                index.setdefault(_key(element, attribute), []).append(at)
        elif isinstance(element, dict):
            present: dict[str, Any] = elements[at]
            elements[at] = {**element, **present} if _names_resource(attribute) else {**present, **element}
        if isinstance(element, dict) and element.get("primary") is True:
            touched = [at]
    demote_others(elements, touched, attribute.name)
    return elements


def _index(elements: Iterable[Any], attribute: Attribute) -> dict[Any, list[int]]:
    index: dict[Any, list[int]] = {}
    for at, element in enumerate(elements):
        index.setdefault(_key(element, attribute), []).append(at)
    return index


def _key(element: Any, attribute: Attribute) -> Any:
    """What a value is known by: its `value`; None for an object without one."""
    value = element.get("value") if isinstance(element, dict) else element
    sub = attribute.find("value")
    return fold_value(value, sub) if isinstance(value, str) and sub is not None else value


def _position(
    element: Any, elements: list[Any], attribute: Attribute, index: dict[Any, list[int]] | None
) -> int | None:
    key = _key(element, attribute)
    candidates: Iterable[int]
    if index is not None:
        candidates = index.get(key, ())
    elif isinstance(element, dict) and attribute.by_name.get("value", _LOOSE).case_exact:
        candidates = [at for at, each in enumerate(elements) if each.get("value") == key]  # the usual case: members
    else:
        candidates = (at for at, each in enumerate(elements) if _key(each, attribute) == key)
    return next((at for at in candidates if _is_same(elements[at], element, attribute)), None)


def _is_same(present: Any, added: Any, attribute: Attribute) -> bool:
    """Two values with one `value` are the same unless both name a type and the types differ (RFC 7643 2.4).

    A member is the resource that it names, whatever type is told of it: ids are unique across types (RFC 7643 3.1).
    """
    if not (isinstance(present, dict) and isinstance(added, dict)):
        return type(present) is type(added)
    if "value" not in added:
        return bool(present == added)
    if _names_resource(attribute):
        return True
    return "type" not in added or "type" not in present or _folded(present["type"]) == _folded(added["type"])


def _names_resource(attribute: Attribute) -> bool:
    """Members: `value` is set once and is the id of another resource."""
    return attribute.by_name.get("value", _LOOSE).mutability == "immutable"


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def demote_others(elements: list[Any], touched: list[int], name: str) -> None:
    """A value just made primary takes that from the others; changes the list, never its values (RFC 7644 3.5.2)."""
    winners = [at for at in touched if _is_primary(elements[at])]
    if not winners:
        return
    if len(winners) > 1:
        raise ScimError("invalidValue", f"The operation makes more than one value of `{name}` primary.")
    for at, element in enumerate(elements):
        if at not in winners and _is_primary(element):
            elements[at] = {**element, "primary": False}


def _is_primary(element: Any) -> bool:
    return isinstance(element, dict) and element.get("primary") is True


def blank_element(where: Filter | None, attribute: Attribute) -> dict[str, Any] | None:
    """The value a filter describes, if it is a conjunction of `eq`; None when it leaves anything open.

    A filter on an immutable sub-attribute `value` names somebody who is not there: no member comes of it.
    """
    parts = where.parts if isinstance(where, And) else () if where is None else (where,)
    blank: dict[str, Any] = {}
    for part in parts:
        if not (isinstance(part, Compare) and part.op == "eq" and part.path.attr is not None):
            return None
        sub = attribute.find(part.path.attr)
        if sub is None or (sub.name == "value" and sub.mutability == "immutable"):
            return None
        if blank.setdefault(sub.name, part.value) != part.value:
            return None
    return blank


def is_label(element: Any) -> bool:
    """Whether nothing is left but what tells values apart: an e-mail of type work without an address is none."""
    return isinstance(element, dict) and element.keys() <= _LABELS


def has_substance(attribute: Attribute) -> bool:
    """Whether its values say more than what tells them apart."""
    return not attribute.by_name.keys() <= _LABELS


def forget_shadows(element: dict[str, Any], attribute: Attribute) -> None:
    """Once `value` points elsewhere, `$ref` and what the provider derived from it would tell of the old one."""
    for name in (*attribute.read_only_names, "$ref"):
        element.pop(name, None)
