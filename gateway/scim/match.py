"""Filters as closures over resources: compiled once per filter, then a few calls per resource."""

from collections.abc import Callable, Iterable
from operator import ge, gt, le, lt
from typing import Any, Final
from unicodedata import normalize

from gateway.scim.bind import bind_filter, bind_where
from gateway.scim.dates import parse_instant
from gateway.scim.names import fold
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import And, AttrPath, Compare, Filter, Not, Or, Present, Within

__all__ = ["bind_filter", "compile_element", "compile_match", "fold_value", "parse_instant"]

Test = Callable[[Any], bool]
Fold = Callable[[str], str]
Read = Callable[[Any], Iterable[Any]]  # every value a path has in a resource or element, absent ones left out

_ORDER: Final = {"gt": gt, "ge": ge, "lt": lt, "le": le}
_MANY: Final = 4
_PAIR: Final = 2


def compile_match(f: Filter, rt: ResourceType, *, unknown_is_absent: bool = False) -> Callable[[Resource], bool]:
    """The filter as a predicate over canonical resources; ScimError `invalidFilter` where the schema forbids it.

    A multi-valued attribute matches when any value does; `ne` is the opposite of `eq` there and everywhere.
    """
    return _compile(bind_filter(f, rt, unknown_is_absent=unknown_is_absent), _TopScope(rt))


def compile_element(where: Filter, attribute: Attribute) -> Callable[[Any], bool]:
    """The filter in brackets as a predicate over one value of `attribute`."""
    return _compile(bind_where(where, attribute), _ElementScope(attribute))


def fold_value(text: str, attribute: Attribute) -> str:
    """The form in which two texts of an attribute are the same: as they are, or without case and in NFC.

    RFC 7644 7.8 leaves preparation to the provider; this is the case mapping of RFC 8265 without its refusals.
    """
    if attribute.case_exact:
        return text
    return text.lower() if text.isascii() else normalize("NFC", normalize("NFC", text).lower())


class _TopScope:
    """Names are paths into a resource."""

    def __init__(self, rt: ResourceType) -> None:
        self.rt = rt

    def attribute(self, path: AttrPath) -> Attribute:
        found = self.rt.find(path)
        assert found is not None, "a bound filter holds known paths only"  # noqa: S101
        return found

    def at(self, path: AttrPath, test: Test) -> Test:
        """Does a value at the path pass the test?"""
        if path.attr is None or fold(path.attr) == "schemas":
            return _any(self.rt.schema_of, test)
        if path.urn is None and path.sub is None and not self.attribute(path).multi_valued:
            return _test_single(test, path.attr)
        return _test_at(test, *(key for key in (path.urn, path.attr, path.sub) if key is not None))


class _ElementScope:
    """Names are sub-attributes of one value."""

    def __init__(self, attribute: Attribute) -> None:
        self.of = attribute

    def attribute(self, path: AttrPath) -> Attribute:
        return self.of.by_name[fold(path.attr or "")]

    def at(self, path: AttrPath, test: Test) -> Test:
        return _test_at(test, path.attr or "")


def _reader(*keys: str) -> Read:
    """Follow keys through objects and lists; a value that is no object answers to `value` with itself."""
    first, *rest = keys
    deeper = _reader(*rest) if rest else None

    def read(node: Any) -> Iterable[Any]:
        found = node.get(first) if isinstance(node, dict) else node if first == "value" else None
        if found is None:
            return ()
        values = found if isinstance(found, list) else (found,)
        return values if deeper is None else [value for each in values for value in deeper(each)]

    return read


def _compile(f: Filter, scope: _TopScope | _ElementScope) -> Test:
    match f:
        case And(parts=parts):
            return _all([_compile(part, scope) for part in parts])
        case Or(parts=parts):
            return _compile_or(parts, scope)
        case Not(part=part):
            return _not(_compile(part, scope))
        case Present(path=path):
            return scope.at(path, is_present)
        case Within(path=path, where=where):
            return scope.at(path, compile_element(where, scope.attribute(path)))
        case Compare(path=path, op="ne", value=value):
            return _not(_compile(Compare(path, "eq", value), scope))
        case Compare():
            return scope.at(f.path, _comparison(f, scope.attribute(f.path)))


def is_present(value: Any) -> bool:
    """Null, empty text, empty lists and empty objects are no value (RFC 7643 2.5); false and 0 are."""
    return True if value else isinstance(value, int | float)


def _comparison(f: Compare, attribute: Attribute) -> Test:
    match attribute.type, f.op, f.value:
        case "dateTime", "eq" | "gt" | "ge" | "lt" | "le", str(text):
            return _instant(f.op, text)
        case "boolean", _, truth:
            return lambda value: value is truth
        case _, op, str(text):
            return _on_text(attribute, op, fold_value(text, attribute))
        case _, "eq", number:
            return lambda value: value == number and not isinstance(value, bool)
        case _, op, number:
            return _on_number(_ORDER[op], number)


# By operator: the test of a text `x` against the folded text `w`. Each is one call with the folding inside it: a list
# that is searched here runs it for every record of the backend.
_TEXT: Final[dict[str, Callable[[Any, Fold], Test]]] = {
    "eq": lambda w, fold: lambda x: x.__class__ is str and (x.lower() if x.isascii() else fold(x)) == w,
    "co": lambda w, fold: lambda x: x.__class__ is str and w in (x.lower() if x.isascii() else fold(x)),
    "sw": lambda w, fold: lambda x: x.__class__ is str and (x.lower() if x.isascii() else fold(x)).startswith(w),
    "ew": lambda w, fold: lambda x: x.__class__ is str and (x.lower() if x.isascii() else fold(x)).endswith(w),
    "gt": lambda w, fold: lambda x: x.__class__ is str and fold(x) > w,
    "ge": lambda w, fold: lambda x: x.__class__ is str and fold(x) >= w,
    "lt": lambda w, fold: lambda x: x.__class__ is str and fold(x) < w,
    "le": lambda w, fold: lambda x: x.__class__ is str and fold(x) <= w,
    "in": lambda w, fold: lambda x: x.__class__ is str and fold(x) in w,
}
_EXACT: Final[dict[str, Callable[[Any], Test]]] = {
    "eq": lambda w: lambda x: x.__class__ is str and x == w,
    "co": lambda w: lambda x: x.__class__ is str and w in x,
    "sw": lambda w: lambda x: x.__class__ is str and x.startswith(w),
    "ew": lambda w: lambda x: x.__class__ is str and x.endswith(w),
    "gt": lambda w: lambda x: x.__class__ is str and x > w,
    "ge": lambda w: lambda x: x.__class__ is str and x >= w,
    "lt": lambda w: lambda x: x.__class__ is str and x < w,
    "le": lambda w: lambda x: x.__class__ is str and x <= w,
    "in": lambda w: lambda x: x.__class__ is str and x in w,
}


def _on_text(attribute: Attribute, op: str, wanted: Any) -> Test:
    """`wanted`: a folded text, or a set of them for `in`."""
    if attribute.case_exact:
        return _EXACT[op](wanted)
    return _TEXT[op](wanted, lambda text: fold_value(text, attribute))


def _on_number(order: Callable[[Any, Any], bool], wanted: Any) -> Test:
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and order(value, wanted)


def _instant(op: str, text: str) -> Test:
    wanted = parse_instant(text)

    def test(value: Any) -> bool:
        found = parse_instant(value) if isinstance(value, str) else None
        if found is None or wanted is None:
            return False
        return found == wanted if op == "eq" else _ORDER[op](found, wanted)

    return test


def _compile_or(parts: tuple[Filter, ...], scope: _TopScope | _ElementScope) -> Test:
    """Many `eq` on one text attribute are one look-up in a set: clients name members by the hundred."""
    paths = {part.path for part in parts if isinstance(part, Compare) and part.op == "eq"}
    if len(parts) >= _MANY and len(paths) == 1 and all(isinstance(part, Compare) and part.op == "eq" for part in parts):
        path = paths.pop()
        attribute = scope.attribute(path)
        texts = [part.value for part in parts if isinstance(part, Compare) and isinstance(part.value, str)]
        if attribute.type != "dateTime" and len(texts) == len(parts):
            wanted = frozenset(fold_value(text, attribute) for text in texts)
            return scope.at(path, _on_text(attribute, "in", wanted))
    return _either([_compile(part, scope) for part in parts])


def _test_single(test: Test, key: str) -> Test:
    """The test of a resource's own single-valued attribute; a resource is always an object."""

    def holds(resource: Any) -> bool:
        found = resource.get(key)
        return found is not None and test(found)

    return holds


def _test_at(test: Test, *keys: str) -> Test:
    """The test of the values behind the keys. What resources are made of is looked up here, the rest by a reader."""
    slowly = _any(_reader(*keys), test)
    if len(keys) > 2:
        return slowly
    first, last = keys[0], keys[-1]

    def at_once(node: Any) -> bool:
        if node.__class__ is not dict:
            return slowly(node)
        found = node.get(last)
        if found.__class__ is list:
            for value in found:  # noqa: SIM110 (a generator costs twice as much here)
                if test(value):
                    return True
            return False
        return found is not None and test(found)

    def one_down(node: Any) -> bool:
        inner = node.get(first) if node.__class__ is dict else None
        if inner.__class__ is not dict:
            return slowly(node)
        found = inner.get(last)
        return slowly(node) if found.__class__ is list else found is not None and test(found)

    return at_once if len(keys) == 1 else one_down


def _any(read: Read, test: Test) -> Test:
    def holds(node: Any) -> bool:
        for value in read(node):  # noqa: SIM110 (a generator costs twice as much here)
            if test(value):
                return True
        return False

    return holds


def _all(tests: list[Test]) -> Test:
    if len(tests) == _PAIR:  # what stands in brackets, most often
        first, second = tests
        return lambda node: first(node) and second(node)

    def holds(node: Any) -> bool:
        for test in tests:  # noqa: SIM110 (as above)
            if not test(node):
                return False
        return True

    return holds


def _either(tests: list[Test]) -> Test:
    def holds(node: Any) -> bool:
        for test in tests:  # noqa: SIM110 (as above)
            if test(node):
                return True
        return False

    return holds


def _not(test: Test) -> Test:
    return lambda node: not test(node)
