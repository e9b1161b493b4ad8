"""What each rule touches: the attributes that it reads on the way out, the fields that it writes and reads."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gateway.lens.holes import Hole, Template, attribute_read
from gateway.lens.kinds import (
    ChooseRule,
    Field,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    ShowRule,
    SlotsRule,
    TextRule,
    attributes_of,
    flatten,
    keys_of,
    parts_of,
)
from gateway.scim.filter import AttrPath, walk
from gateway.scim.path import Path


def attributes_sent(rules: Iterable[Rule]) -> list[Field]:
    """The keys of every attribute that is looked at on the way out, those in templates included."""
    return [keys for rule in rules for keys in _attributes_sent(rule)]


def _attributes_sent(rule: Rule) -> Iterator[Field]:
    match rule:
        case LeafRule():
            yield from [keys_of(rule.s)] if is_sent(rule) else []
            yield from hole_paths(rule.fill)
        case ListRule():
            yield from [keys_of(rule.s)] if is_sent(rule) else []
            yield from (path for item in rule.fill for path in hole_paths(tuple(item.values())))
        case SlotsRule():
            yield keys_of(rule.s)
            yield from (path for part in parts_of(rule) for path in hole_paths(part.fill))
        case TextRule():
            yield from map(keys_of, attributes_of(rule))
            yield from hole_paths(rule.fill)
        case ChooseRule():
            yield keys_of(rule.s)
            yield from (path for branch in rule.branches for path in hole_paths(branch.rule.fill))
        case SendRule():
            yield from hole_paths(rule.values)
            yield from [keys_of(rule.companion)] if rule.companion else []


def made_of(rule: SendRule) -> tuple[AttrPath | Path, ...]:
    """What of a resource a text is made of which is sent, in the order in which it is named."""
    found = (hole.path for hole in used_holes(rule.values))
    return tuple(dict.fromkeys(path for path in found if isinstance(path, AttrPath | Path)))


def attributes_told(rule: SendRule) -> tuple[AttrPath, ...]:
    """The attributes that a text always holds as they are: on no condition, and in place of no other text.

    Of a list a text has no more than a part.
    """
    on_condition = rule.when is not None or rule.companion is not None
    found = (hole.path for hole in used_holes(rule.values[:1]) if hole.kind == "any" and not on_condition)
    return tuple(path for path in found if isinstance(path, AttrPath) and path.attr != "id")


def attributes_remaking(rules: Iterable[Rule]) -> frozenset[Field]:
    """The keys of the attributes of which a change makes another text for a field, or sends it where it was not."""
    sent = [rule for rule in rules if isinstance(rule, SendRule) and rule.on != "create"]
    asked = (keys_of(path) for rule in sent if rule.when is not None for path in walk(rule.when))
    return frozenset({*attributes_sent(sent), *asked})


def attributes_demanded(rules: Iterable[Rule]) -> frozenset[AttrPath]:
    """The attributes without which no record is written: the backend requires the field, and shows whether it is there.

    Only fields that stand in no object: an object may be absent with all that is required in it.
    """
    leaves = (rule for rule in rules if isinstance(rule, LeafRule) and len(rule.v) == 1 and not rule.fill)
    return frozenset(
        rule.s
        for rule in leaves
        if rule.leaf.required and rule.readable and rule.writable and not (rule.leaf.write_only or rule.leaf.unechoed)
    )


def on_occasion(rules: Iterable[Rule], *, anew: bool) -> tuple[Rule, ...]:
    """The rules that have a say when a record is new, or when it was there before."""
    other = "replace" if anew else "create"
    return tuple(rule for rule in rules if not (isinstance(rule, SendRule) and rule.on == other))


def attributes_shown(rules: Iterable[Rule]) -> list[Field]:
    """The keys of every attribute that is shown."""
    return [keys_of(path) for rule in rules if is_shown(rule) for path in attributes_of(rule)]


def fields_sent(rules: Iterable[Rule]) -> list[Field]:
    """Every field that is written."""
    return [rule.v for rule in flatten(rules) if isinstance(rule, SendRule) or is_sent(rule)]


def fields_shown(rules: Iterable[Rule]) -> list[Field]:
    """Every field that is read."""
    read = [rule.v for rule in flatten(rules) if not isinstance(rule, SendRule) and rule.v and is_shown(rule)]
    read += [one.v for rule in rules if isinstance(rule, ChooseRule) for one in rule.reads]
    return read + [path for rule in rules if isinstance(rule, ShowRule) for path in hole_paths(rule.values)]


def is_sent(rule: LeafRule | ListRule) -> bool:
    """Does the backend take it?"""
    return not rule.read_only if isinstance(rule, ListRule) else bool(rule.v) and rule.writable


def is_shown(rule: Rule) -> bool:
    """Does a client see it?"""
    match rule:
        case SlotsRule():
            return any(part.readable for part in parts_of(rule))
        case ListRule():
            return rule.readable
        case LeafRule():
            return rule.readable or not rule.v
        case _:
            return isinstance(rule, ShowRule | TextRule | ChooseRule)


def hole_paths(sources: Sequence[Any]) -> list[Field]:
    """What the holes of all templates among the sources read, as keys."""
    return [keys_read(hole) for hole in used_holes(sources)]


def keys_read(hole: Hole) -> Field:
    """What one hole reads; of a value of a list, the list."""
    return hole.path if isinstance(hole.path, tuple) else keys_of(attribute_read(hole.path))


def used_holes(sources: Sequence[Any]) -> list[Hole]:
    """The holes of all templates among the sources."""
    return [
        part for source in sources if isinstance(source, Template) for part in source.parts if isinstance(part, Hole)
    ]
