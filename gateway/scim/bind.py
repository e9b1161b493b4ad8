"""Filters and paths bound to a resource type: every name known, spelled canonically, and fit for its comparison."""

from collections.abc import Callable

from msgspec import Struct

from gateway.scim.dates import parse_instant
from gateway.scim.errors import ScimError
from gateway.scim.lenience import ANY, Lenience
from gateway.scim.names import nearest
from gateway.scim.path import Path
from gateway.scim.schema import Attribute, ResourceType
from gateway.scim.terms import And, AttrPath, Compare, Filter, Not, Or, Present, Within

Look = Callable[[AttrPath], tuple[AttrPath, Attribute]]

_TEXT_OPS = frozenset({"co", "sw", "ew"})
_ORDER_OPS = frozenset({"gt", "ge", "lt", "le"})
_TEXT_TYPES = frozenset({"string", "reference", "binary", "dateTime"})
_UNORDERED_TYPES = frozenset({"boolean", "binary"})  # RFC 7644 table 3
_BOOLEAN_WORDS = {"true": True, "false": False}


def bind_filter(f: Filter, rt: ResourceType, *, unknown_is_absent: bool = False, lenience: Lenience = ANY) -> Filter:
    """The same filter with canonical paths and typed values; ScimError `invalidFilter` with the nearest name.

    `emails co "x"` becomes `emails.value co "x"`. With `unknown_is_absent` an attribute the type does not define has
    no value, which is the rule for queries across several types (RFC 7644 3.4.2.1).
    """

    def look(path: AttrPath) -> tuple[AttrPath, Attribute]:
        found = rt.find(path)
        if found is None or path.attr is None:
            raise rt.unknown(path, "invalidFilter")
        return rt.canonical(path), found

    def is_absent(path: AttrPath) -> bool:
        return unknown_is_absent and path.attr is not None and rt.find(path) is None

    return _Binder(look, is_absent, lenience).bind(f)


def bind_where(where: Filter, attribute: Attribute, lenience: Lenience = ANY) -> Filter:
    """The filter in the brackets behind `attribute`, its names taken from the sub-attributes."""

    def look(path: AttrPath) -> tuple[AttrPath, Attribute]:
        found = attribute.find(path.attr or "") if path.urn is None and path.sub is None else None
        if found is None:
            raise _unknown_sub(path, attribute)
        return AttrPath(None, found.name, None), found

    return _Binder(look, lambda path: False, lenience).bind(where)


def bind_path(path: Path, rt: ResourceType, lenience: Lenience = ANY) -> Path:
    """The same path, canonical; ScimError `invalidPath` for a name, `invalidFilter` for the part in brackets."""
    target = rt.canonical(path.target)
    if path.where is None:
        return Path(target)
    attribute = rt.find_top(target)
    if attribute is None or not attribute.multi_valued:
        raise ScimError("invalidPath", f"`{target}` is a single value and takes no filter in brackets.")
    return Path(target, bind_where(path.where, attribute, lenience))


class _Binder(Struct, frozen=True):
    """How names are found, which have no value, and what the client is allowed."""

    look: Look
    is_absent: Callable[[AttrPath], bool]
    lenience: Lenience

    def bind(self, f: Filter) -> Filter:
        match f:
            case And(parts=parts):
                return And(tuple([self.bind(part) for part in parts]))
            case Or(parts=parts):
                return Or(tuple([self.bind(part) for part in parts]))
            case Not(part=part):
                return Not(self.bind(part))
            case Compare(path=path) | Present(path=path) | Within(path=path) if self.is_absent(path):
                return _without_value(f)
            case Present(path=path):
                return Present(self.look(path)[0])
            case Within(path=path, where=where):
                return self.within(where, *self.look(path))
            case Compare():
                return self.compare(f, *self.look(f.path))

    def within(self, where: Filter, path: AttrPath, attribute: Attribute) -> Filter:
        if attribute.type != "complex" and not attribute.multi_valued:
            raise ScimError("invalidFilter", f"`{path}` has no sub-attributes to filter by in brackets.")
        return Within(path, bind_where(where, attribute, self.lenience))

    def compare(self, f: Compare, path: AttrPath, attribute: Attribute) -> Filter:
        if f.value is None:
            return _bind_null(f, path)
        if attribute.type == "complex":
            value = attribute.find("value")
            if value is None or value.type == "complex":
                raise ScimError("invalidFilter", f"`{path}` is complex: compare one of its sub-attributes.")
            path, attribute = AttrPath(path.urn, path.attr, value.name), value
        _check_operator(f.op, path, attribute)
        typed = _typed(f.value, path, attribute, f.op)
        if typed is not f.value and attribute.type == "boolean":
            self.lenience.require("text-for-boolean", f"`{path}`")
        return Compare(path, f.op, typed)


def _without_value(f: Compare | Present | Within) -> Filter:
    """What an expression over no value comes to: true for `ne x` and `eq null`, else false."""
    holds = isinstance(f, Compare) and (f.op == "ne") != (f.value is None)
    return And(()) if holds else Or(())


def _bind_null(f: Compare, path: AttrPath) -> Filter:
    """RFC 7644 table 3 leaves null to `pr`; `eq null` is its opposite."""
    if f.op == "eq":
        return Not(Present(path))
    if f.op == "ne":
        return Present(path)
    raise ScimError("invalidFilter", f"`{path}` cannot be compared with null by `{f.op}`.", "Use `pr`.")


def _check_operator(op: str, path: AttrPath, attribute: Attribute) -> None:
    unordered = op in _ORDER_OPS and attribute.type in _UNORDERED_TYPES
    if unordered or (op in _TEXT_OPS and attribute.type not in _TEXT_TYPES):
        raise ScimError("invalidFilter", f"`{path}` is of type {attribute.type}, which `{op}` cannot compare.")


def _typed(value: object, path: AttrPath, attribute: Attribute, op: str) -> str | int | float | bool:
    match attribute.type, value:
        case "boolean", bool(truth):
            return truth
        case "boolean", str(word) if word.lower() in _BOOLEAN_WORDS:
            return _BOOLEAN_WORDS[word.lower()]
        case (("integer" | "decimal"), (int() | float()) as number) if not isinstance(number, bool):
            return number
        case "dateTime", str(text) if op in _TEXT_OPS or parse_instant(text):
            return text
        case (("string" | "reference" | "binary"), str(text)):
            return text
    hint = "Put text in double quotes." if attribute.type in _TEXT_TYPES else ""
    raise ScimError("invalidFilter", f"`{path}` is of type {attribute.type}, and the value is not.", hint)


def _unknown_sub(path: AttrPath, attribute: Attribute) -> ScimError:
    names = [sub.name for sub in attribute.by_name.values()]
    near = nearest(str(path), names)
    hint = f"Did you mean `{near}`?" if near else f"It has {', '.join(names)}."
    return ScimError("invalidFilter", f"`{attribute.name}` has no sub-attribute `{str(path)[:100]}`.", hint)
