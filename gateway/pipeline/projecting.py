"""Which fields the backend is asked for, where it heeds `attributes` and `excludedAttributes`.

A backend's answer can be made smaller, never the client's: what it takes to show the attributes asked for, to find the
record's id and to judge the record is always among the fields. Reads that compare ask for whole records.
"""

from collections.abc import Iterable, Iterator, Sequence

from gateway.lens.footprints import fields_shown
from gateway.lens.kinds import ChooseRule, Field, Rule, ShowRule, attributes_of
from gateway.lens.partial import touches
from gateway.mapping.dialect import Resource
from gateway.pipeline.paging import Pairs
from gateway.scim.filter import AttrPath, Filter, walk
from gateway.scim.project import Projection


def field_pairs(resource: Resource, projection: Projection | None, looked_at: Iterable[AttrPath] = ()) -> Pairs:
    """The query pairs of RFC 7644 3.9 in the backend's names; none when it shall answer with everything.

    `looked_at` are the attributes that are read here although no client sees them.
    """
    if projection is None or resource.can.project is None:
        return ()
    rules = resource.lens.rules
    looked = (*looked_at, *(path for rule in rules if isinstance(rule, ChooseRule) for path in _guards(rule)))
    if any(path.attr in (None, "schemas") for path in looked):
        return ()
    shown: list[Rule] = []
    hidden: list[Rule] = []
    for rule in rules:
        (shown if _is_shown(rule, projection) or touches(rule, looked) else hidden).append(rule)
    known_by = {_name(one) for one in (resource.lens.id_field, resource.lens.anchor) if one is not None}
    needed = {*known_by, *_names(shown), *_judged(resource)}
    if projection.included and resource.can.project == "both":
        return (("attributes", ",".join(sorted(needed))),)
    spared = sorted(_names(hidden) - needed)
    return (("excludedAttributes", ",".join(spared)),) if spared else ()


def looked_at(wanted: Filter | None, sort_by: AttrPath | None) -> tuple[AttrPath, ...]:
    """The attributes that a filter and an order read."""
    return (*(walk(wanted) if wanted is not None else ()), *([sort_by] if sort_by is not None else ()))


def _is_shown(rule: Rule, projection: Projection) -> bool:
    if projection.included:
        return touches(rule, projection.names)
    return not all(any(_covers(name, path) for name in projection.names) for path in attributes_of(rule))


def _guards(rule: ChooseRule) -> Iterator[AttrPath]:
    """The attributes that say which branch is shown."""
    for branch in rule.branches:
        yield from walk(branch.when) if branch.when is not None else ()


def _covers(name: AttrPath, path: AttrPath) -> bool:
    """Is the attribute the one that is named, or a part of it?"""
    whole = name.attr is None or (name.attr == path.attr and name.sub in (None, path.sub))
    return name.urn == path.urn and whole


def _names(rules: Sequence[Rule]) -> set[str]:
    """What the rules read, as far as their conditions too."""
    conditions = (rule.when for rule in rules if isinstance(rule, ShowRule) and rule.when is not None)
    return {_name(field) for field in fields_shown(rules)} | {name for when in conditions for name in _read(when)}


def _judged(resource: Resource) -> set[str]:
    """What it takes to say whether a record counts."""
    conditions = (resource.gone, resource.can.paging.ignore)
    return {name for one in conditions if one is not None for name in _read(one)}


def _read(condition: Filter) -> set[str]:
    return {str(AttrPath(path.urn, path.attr)) for path in walk(condition)}


def _name(field: Field) -> str:
    """The attribute that a field belongs to, the way SCIM writes it: a part brings the whole."""
    return ":".join(field[:2]) if ":" in field[0] else field[0]
