"""Addresses of fields as backends write them, and the rule behind an attribute."""

from functools import lru_cache

from gateway.lens.holes import Hole, Template
from gateway.lens.kinds import Field, LeafRule, ListRule, Rule, ShowRule, SlotsRule, keys_of
from gateway.lens.lens import Lens
from gateway.lens.shapes import Leaf, ObjectShape, find_field
from gateway.scim.filter import AttrPath


def field_path(field: Field) -> AttrPath:
    """A field's address in the notation of filters and PATCH paths."""
    if ":" in field[0]:
        return AttrPath(field[0], ".".join(field[1:]) or None)
    return AttrPath(None, field[0], ".".join(field[1:]) or None)


@lru_cache(maxsize=4096)
def print_field(field: Field) -> str:
    """The same as a text."""
    return str(field_path(field))


def find_rule(lens: Lens, path: AttrPath) -> Rule | None:
    """The rule that carries an attribute, or the list that an attribute's items belong to."""
    keys = keys_of(path)
    found = lens.rules_by_keys.get(keys)
    for depth in range(len(keys) - 1, 0, -1):
        if found is not None:
            break
        above = lens.rules_by_keys.get(keys[:depth])
        found = above if isinstance(above, ListRule | SlotsRule) else None
    return found


def part_of(rule: ListRule, item: LeafRule) -> AttrPath:
    """The attribute that a part of a list's items is; of plain values it is the list itself."""
    return rule.s if rule.plain else AttrPath(rule.s.urn, rule.s.attr, item.s.attr)


def read_as_field(rule: ShowRule, shape: ObjectShape) -> LeafRule | None:
    """An attribute that is shown as one text of the record and nothing else, as the field it is read from."""
    match rule.values:
        case (Template(parts=(Hole(path=tuple(field), kind="any"),)),) if rule.when is None:
            leaf = find_field(shape, field)
            if isinstance(leaf, Leaf) and leaf.type == "string":
                return LeafRule(s=rule.s, v=field, leaf=leaf, s_type="string", line=rule.line)
    return None
