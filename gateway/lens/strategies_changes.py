"""Hypothesis strategies for PATCH operations and filters over a whole schema, near enough to a record to hit it."""

from typing import Any

from gateway.lens.absence import read_at, write_at
from gateway.lens.addresses import find_rule
from gateway.lens.advertise import attribute_leaves
from gateway.lens.kinds import Field, LeafRule, keys_of
from gateway.lens.lens import Document, Lens
from gateway.lens.strategies import attribute_strategies
from gateway.lens.strategies_plain import INSTANT, TEXT, Values, st
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or, Present, Within, format_filter
from gateway.scim.names import PATCH_OP
from gateway.scim.path import Path, format_path
from gateway.scim.schema import Attribute

_TEXT_OPS = ("eq", "ne", "co", "sw", "ew", "gt", "le", "eq", "eq")
_OPS = {"boolean": ("eq", "ne"), "dateTime": ("eq", "gt", "ge", "lt", "le"), "binary": ("eq", "ne", "co")}
_NUMBER_OPS = ("eq", "ne", "gt", "ge", "lt", "le")


def path_of(keys: Field) -> AttrPath:
    """The address of the attribute at some keys of a resource."""
    urn = keys[0] if ":" in keys[0] else None
    rest = keys[1:] if urn else keys
    return AttrPath(urn, rest[0], rest[1] if len(rest) > 1 else None)


def messages(lens: Lens, resource: Document) -> Values:
    """PatchOp messages over the schema's paths; values of lists are aimed at by what the resource holds."""
    known = attribute_strategies(lens)
    one = st.sampled_from(list(known)).flatmap(lambda keys: _operation(lens, keys, known[keys], resource))
    whole = _pathless(known, [keys for keys in known if isinstance(find_rule(lens, path_of(keys)), LeafRule)])
    several = st.lists(st.one_of(one, one, whole), min_size=1, max_size=3)
    return several.map(lambda entries: {"schemas": [PATCH_OP], "Operations": entries})


def _operation(lens: Lens, keys: Field, values: Values, resource: Document) -> Values:
    path = path_of(keys)
    attribute = lens.type.find(path)
    text = str(path)
    plain = [_written("add", text, values), _written("replace", text, values), st.just({"op": "remove", "path": text})]
    if attribute is not None and attribute.multi_valued and attribute.sub_attributes:
        plain += _selected(path, attribute, values, read_at(resource, keys) or [])
    elif attribute is not None and attribute.multi_valued and attribute.type == "string":
        plain += _picked(path, values, read_at(resource, keys) or [])
    return st.one_of(plain)


def _picked(path: AttrPath, values: Values, items: list[Any]) -> list[Values]:
    """`tags[value eq "a"]`, and the whole list by its values."""
    held = st.sampled_from([one for one in items if isinstance(one, str)] or ["a"])
    gone = held.map(lambda value: {"op": "remove", "path": _where(path, ("value", value), None)})
    other = st.tuples(held, TEXT).map(
        lambda drawn: {"op": "replace", "path": _where(path, ("value", drawn[0]), None), "value": drawn[1]}
    )
    return [gone, other, values.map(lambda value: {"op": "remove", "path": str(path), "value": value})]


def _written(op: str, path: str, values: Values) -> Values:
    return values.map(lambda value: {"op": op, "path": path, "value": value})


def _selected(path: AttrPath, attribute: Attribute, values: Values, items: list[Document]) -> list[Values]:
    """`emails[type eq "work"].value`, `members[value eq "a"]`, and the whole list by its values."""
    found = [(name, item[name]) for item in items for name in ("value", "type") if isinstance(item.get(name), str)]
    chosen = st.sampled_from([*found, ("type", "work"), ("type", "home")])
    subs = [sub for sub in attribute.sub_attributes if sub.mutability != "readOnly" and sub.type == "string"]
    names = st.sampled_from([None, *(sub.name for sub in subs)])
    one = st.tuples(chosen, names, TEXT).map(lambda drawn: _aimed(path, *drawn))
    gone = st.tuples(chosen).map(lambda drawn: {"op": "remove", "path": _where(path, drawn[0], None)})
    by_value = values.map(lambda value: {"op": "remove", "path": str(path), "value": value})
    return [one, gone, by_value]


def _where(path: AttrPath, chosen: tuple[str, str], sub: str | None) -> str:
    where = Compare(AttrPath(None, chosen[0]), "eq", chosen[1])
    return format_path(Path(AttrPath(path.urn, path.attr, sub), where))


def _aimed(path: AttrPath, chosen: tuple[str, str], sub: str | None, text: str) -> Document:
    value: Any = {chosen[0]: chosen[1]} if sub is None else text
    return {"op": "replace", "path": _where(path, chosen, sub), "value": value}


def _pathless(known: dict[Field, Values], carried: list[Field]) -> Values:
    """An operation without a path: mostly single attributes that are carried, for those can cross whole."""
    many = st.lists(st.sampled_from(carried), min_size=1, max_size=6, unique=True)
    any_ = st.lists(st.sampled_from(list(known)), min_size=1, max_size=2, unique=True)
    value = st.one_of(many, many, any_).flatmap(
        lambda some: st.fixed_dictionaries({keys: known[keys] for keys in some})
    )
    return st.tuples(st.sampled_from(["add", "replace"]), value.map(_nest)).map(
        lambda drawn: {"op": drawn[0], "value": drawn[1]}
    )


def _nest(values: dict[Field, Any]) -> Document:
    nested: Document = {}
    for keys, value in values.items():
        write_at(nested, keys, value)
    return nested


# Filters


def filters(lens: Lens, resource: Document) -> Values:
    """Filters of some depth over the schema; most literals are values of the resource."""
    leaves = [(path, one) for path, one in attribute_leaves(lens.type) if one.returned != "never"]
    held = [(path, one) for path, one in leaves if held_values(resource, path)]
    atom = st.one_of(*(_atom(lens, resource, st.sampled_from(some)) for some in (held, held, leaves) if some))
    return st.recursive(atom, _joined, max_leaves=3)


def _joined(parts: Values) -> Values:
    pair = st.tuples(parts, parts)
    return st.one_of(pair.map(And), pair.map(Or), parts.map(Not))


def _atom(lens: Lens, resource: Document, leaves: Values) -> Values:
    def build(drawn: tuple[AttrPath, Attribute]) -> Values:
        path, attribute = drawn
        atoms = [_comparison(path, attribute, resource), _comparison(path, attribute, resource), st.just(Present(path))]
        top = lens.type.find_top(path)
        if top is not None and top.multi_valued and path.sub is not None:
            atoms += [_brackets(path, top, resource)]
        return st.one_of(atoms)

    return leaves.flatmap(build)


def held_values(resource: Document, path: AttrPath) -> list[Any]:
    """The values of a path in a resource."""
    if path.sub is not None:
        holder = read_at(resource, keys_of(AttrPath(path.urn, path.attr)))
        holders = holder if isinstance(holder, list) else [holder]
        found = [one.get(path.sub) for one in holders if isinstance(one, dict)]
    else:
        held = read_at(resource, keys_of(path))
        found = held if isinstance(held, list) else [held]
    return [one for one in found if isinstance(one, str | int | float | bool)]


def _comparison(path: AttrPath, attribute: Attribute, resource: Document) -> Values:
    held = held_values(resource, path)
    foreign = {
        "boolean": st.booleans(),
        "dateTime": INSTANT,
        "integer": st.integers(0, 9),
        "decimal": st.integers(0, 9),
    }
    other = foreign.get(attribute.type, TEXT)
    literal = st.one_of(st.sampled_from(held), other) if held else other
    if attribute.type in ("string", "reference") and held:
        literal = st.one_of(literal, st.sampled_from(held).map(lambda text: str(text).upper()))
    default = _NUMBER_OPS if attribute.type in ("integer", "decimal") else _TEXT_OPS
    return st.builds(Compare, st.just(path), st.sampled_from(_OPS.get(attribute.type, default)), literal)


def _brackets(path: AttrPath, top: Attribute, resource: Document) -> Values:
    """`emails[type eq "work" and value co "x"]` and its kin."""
    whole = AttrPath(path.urn, path.attr)

    def inner(sub: Attribute) -> Values:
        full = AttrPath(path.urn, path.attr, sub.name)
        made = _comparison(full, sub, resource)
        return made.map(lambda one: Compare(AttrPath(None, sub.name), one.op, one.value))

    subs = [sub for sub in top.sub_attributes if sub.name != "$ref"]
    part = st.sampled_from(subs).flatmap(inner)
    where = st.one_of(part, part.map(Not), st.tuples(part, part).map(And), st.tuples(part, part).map(Or))
    return where.map(lambda one: Within(whole, one))


def show_filter(f: Filter) -> str:
    """A filter as text, for counterexamples."""
    return format_filter(f)
