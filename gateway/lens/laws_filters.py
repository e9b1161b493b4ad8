"""The law of filters: what is pushed is a superset of the answer, and the answer itself where it says `exact`."""

from collections.abc import Callable
from typing import Any

from gateway.lens.addresses import field_path
from gateway.lens.filters import carry_filter
from gateway.lens.guards import read_path
from gateway.lens.kinds import Field, LeafRule, ListRule, Rule, flatten
from gateway.lens.laws_case import Case, breaks
from gateway.lens.lens import Document
from gateway.lens.partial import into_part
from gateway.lens.strategies_changes import filters, show_filter
from gateway.lens.strategies_plain import Values
from gateway.lens.strategies_records import records
from gateway.scim.dates import parse_instant
from gateway.scim.errors import ScimError
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or, Present, Within, walk
from gateway.scim.match import compile_match


def draw_filter(case: Case) -> Values:
    """A record and a filter that is near to it."""
    lens = case.lens
    return records(lens).flatmap(lambda record: filters(lens, lens.into(record)).map(lambda f: (record, f)))


def filter_sound(case: Case, drawn: tuple[Document, Filter]) -> None:
    """f(into(v)) iff p(v) and the residual of into(v)."""
    record, f = drawn
    given = {"record": record, "filter": show_filter(f)}
    try:
        plan = carry_filter(case.lens, f, case.ability)
    except ScimError:
        return
    resource = case.lens.into(record)
    wanted = compile_match(f, case.lens.type)(resource)
    found = plan.pushed is None or answers(case, plan.pushed, record)
    made = {"pushed": plan.pushed and show_filter(plan.pushed), "exact": plan.exact, "resource": resource}
    if wanted and not found:
        breaks("the backend's answer lacks a match", given, made)
    if plan.exact and found != wanted:
        breaks("exact, and yet the backend's answer is larger", given, made)
    if not plan.exact and plan.residual is None:
        breaks("neither exact nor checked again", given, made)
    looked_at = [*walk(f)]
    if compile_match(f, case.lens.type)(into_part(case.lens, looked_at)(record)) != wanted:
        breaks("the part of the resource that the filter looks at gives another answer", given, made)
    checked = plan.residual is None or compile_match(plan.residual, case.lens.type)(resource)
    if wanted != (found and checked):
        breaks("pushed and checked again gives another answer", given, made)


def answers(case: Case, pushed: Filter, record: Document) -> bool:
    """Would the backend count a record to the answer? RFC 7644's operators over its own fields and their types."""
    match pushed:
        case And(parts=parts):
            return all(answers(case, part, record) for part in parts)
        case Or(parts=parts):
            return any(answers(case, part, record) for part in parts)
        case Not(part=part):
            return not answers(case, part, record)
        case Within():
            return False  # nothing is pushed in brackets
        case Present(path=path):
            return any(value not in (None, "", [], {}) for value in read_path(path, record))
        case Compare(path=path, op="ne", value=value):
            return not answers(case, Compare(path, "eq", value), record)
        case Compare(path=path, op=op, value=literal):
            read = _reader(case, path)
            return any(
                _compare(op, read(value), read(literal)) for value in read_path(path, record) if value is not None
            )


def _reader(case: Case, path: AttrPath) -> Callable[[Any], Any]:
    """How the backend looks at values of a field: as points in time, or with or without regard to case."""
    for rule in flatten(case.lens.rules):
        for field, leaf_rule, attribute in _leaves(rule):
            if field_path(field) == path:
                return _reading(case, leaf_rule, attribute)
    return lambda value: value


def _leaves(rule: Rule) -> list[tuple[Field, LeafRule, AttrPath]]:
    if isinstance(rule, LeafRule) and rule.v:
        return [(rule.v, rule, rule.s)]
    if isinstance(rule, ListRule):
        listed = (item for item in rule.items if item.v)
        return [
            (rule.v if rule.scalar else (*rule.v, *item.v), item, AttrPath(rule.s.urn, rule.s.attr, item.s.attr))
            for item in listed
        ]
    return []


def _reading(case: Case, rule: LeafRule, path: AttrPath) -> Callable[[Any], Any]:
    if rule.leaf.type == "datetime":
        return lambda value: parse_instant(value) if isinstance(value, str) else value
    attribute = case.lens.type.find(path)
    by_schema = attribute is not None and attribute.case_exact
    exact = by_schema if rule.leaf.case_exact is None else rule.leaf.case_exact
    return lambda value: value.lower() if isinstance(value, str) and not exact else value


_OPS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, literal: bool(value == literal),
    "co": lambda value, literal: literal in value,
    "sw": lambda value, literal: value.startswith(literal),
    "ew": lambda value, literal: value.endswith(literal),
    "gt": lambda value, literal: bool(value > literal),
    "ge": lambda value, literal: bool(value >= literal),
    "lt": lambda value, literal: bool(value < literal),
    "le": lambda value, literal: bool(value <= literal),
}


def _compare(op: str, value: Any, literal: Any) -> bool:
    return type(value) is type(literal) and _OPS[op](value, literal)
