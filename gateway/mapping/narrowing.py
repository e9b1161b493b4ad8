"""Where a mapping narrows: what is sent or shown otherwise than it was said, by the line that says so."""

from collections.abc import Iterator

from msgspec import Struct

from gateway.lens.addresses import part_of
from gateway.lens.footprints import attributes_told, made_of
from gateway.lens.holes import Hole, attribute_read
from gateway.lens.kinds import (
    ChooseRule,
    KeepRule,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    ShowRule,
    Slot,
    SlotsRule,
    TextRule,
    Types,
    keys_of,
)
from gateway.lens.places import spell
from gateway.lens.sent import is_held
from gateway.mapping.constants import name_value
from gateway.mapping.dialect import Resource
from gateway.scim.filter import AttrPath, format_filter

_SHOWN = "shown as the mapping says; what a client sends goes nowhere"


class Narrowing(Struct, frozen=True, order=True):
    """One of them: the line of the mapping (0: of no single rule), the attribute, and what becomes of it."""

    line: int
    name: str
    what: str


def narrowings(resource: Resource) -> list[Narrowing]:
    """All of them, in the order of the file; what goes nowhere by `drop` comes last."""
    found = [
        Narrowing(rule.line, write_name(resource, path), what)
        for rule in resource.lens.rules
        for path, what in _of_rule(rule)
        if not _is_read_only(resource, path)
    ]
    told = list(_of_told(resource))
    names = {one.name for one in told}
    found = [*told, *(one for one in found if one.what != _SHOWN or one.name not in names)]
    dropped = [write_name(resource, path) for path in resource.dropped]
    last = [Narrowing(0, ", ".join(dropped), "accepted, and sent nowhere")] if dropped else []
    return sorted(dict.fromkeys(found)) + last


def _of_told(resource: Resource) -> Iterator[Narrowing]:
    """What is sent in a text or in a call, and has no rule of its own."""
    lens = resource.lens
    told = [(rule.line, path, spell(rule.v)) for rule in lens.telling for path in attributes_told(rule)]
    for line, path, whole in (*told, *((0, path, "the call") for path in lens.called)):
        own = lens.rules_by_keys.get(keys_of(path))
        if own is None or isinstance(own, ShowRule):
            when = "when a record is created, " if str(path) in lens.told_once else ""
            shown = "never shown" if own is None else "shown as another rule says"
            yield Narrowing(line, write_name(resource, path), f"sent in {whole}, {when}and {shown}")


def write_name(resource: Resource, path: AttrPath) -> str:
    """An attribute the way the mapping writes it."""
    if path.urn is None:
        return str(path)
    alias = resource.aliases.get(path.urn, path.urn)
    return f"{alias}:{AttrPath(None, path.attr, path.sub)}" if path.attr else alias


def holes_of(rule: TextRule) -> list[AttrPath]:
    """The attributes that a text is made of."""
    return [part.path for part in rule.left.parts if isinstance(part, Hole) and isinstance(part.path, AttrPath)]


def _is_read_only(resource: Resource, path: AttrPath) -> bool:
    """Is the attribute, or what it is a part of, no client's to write anyway?"""
    found, top = resource.lens.type.find(path), resource.lens.type.find_top(path)
    return any(one is not None and one.mutability == "readOnly" for one in (found, top))


def _of_rule(rule: Rule) -> Iterator[tuple[AttrPath, str]]:
    match rule:
        case LeafRule():
            yield from ((rule.s, what) for what in _of_value(rule))
        case ListRule():
            yield from _of_list(rule)
        case SlotsRule():
            yield from _of_slots(rule)
        case TextRule():
            what = f"'{rule.left.text}' is written as '{rule.right.text}': what does not fit is refused"
            yield from ((path, what) for path in holes_of(rule))
        case ChooseRule():
            yield from ((rule.s, what) for what in _of_choice(rule))
        case KeepRule():
            yield rule.s, "kept by the gateway: the backend never sees it"
        case ShowRule():
            yield rule.s, _SHOWN
        case SendRule():
            what = f"part of what is sent as {spell(rule.v)}: refused where that does not take it"
            yield from ((attribute_read(path), what) for path in made_of(rule) if is_held(rule))


def _of_choice(rule: ChooseRule) -> Iterator[str]:
    """What each branch narrows, and who has no branch at all."""
    for branch in rule.branches:
        case = "otherwise" if branch.when is None else f"where {format_filter(branch.when)}"
        yield from (f"{case}, {what}" for what in _of_value(branch.rule))
    if all(branch.when is not None for branch in rule.branches):
        yield "refused where none of its conditions holds"


def _of_value(rule: LeafRule) -> Iterator[str]:
    """One value of a field of its own, which may be cut."""
    yield from _of_leaf(rule)
    if rule.over == "truncate" and rule.leaf.high is not None:
        yield f"cut after {rule.leaf.high} characters"


def _of_leaf(rule: LeafRule) -> Iterator[str]:
    if not rule.v:
        of = "the primary value (else the first)" if rule.of == "primary" else "every value"
        yield f"shown as {name_value(rule.assume)} with {of}, and never sent"
        return
    if not rule.writable:
        yield "set by the backend: what a client sends goes nowhere"
    elif not rule.readable:
        yield "sent, and never shown again"
    if rule.codec is not None and rule.codec.law != "iso":
        yield f"rewritten by {rule.codec.name}: other spellings of it become one"
    if rule.table is not None:
        several = [name_value(one) for one in rule.table.back if rule.table.out[rule.table.back[one]] != one]
        if several:
            yield f"the backend's {', '.join(several)} is shown as another value is (also)"
    if rule.fill:
        yield "filled in when it is absent, and shown from then on"


def _of_list(rule: ListRule) -> Iterator[tuple[AttrPath, str]]:
    if rule.read_only:
        yield rule.s, "set by the backend: what a client sends goes nowhere"
        return
    if rule.cap is not None:
        what = "the rest are not sent, the primary one comes first" if rule.over == "truncate" else "more are refused"
        yield rule.s, f"at most {rule.cap} value(s): {what}"
    for item in rule.items:
        yield from ((part_of(rule, item), what) for what in _of_leaf(item))
    if rule.types is not None:
        place = AttrPath(rule.s.urn, rule.s.attr, rule.type_field)
        yield from ((place, what) for what in _of_types(rule.types))
    if rule.fill:
        yield rule.s, "a value is filled in when there is none, and shown from then on"
    if rule.adds is not None:
        yield rule.s, f"the backend adds one of the value of {rule.adds}, which is shown and never sent"


def _of_types(types: Types) -> Iterator[str]:
    for word, becomes in types.out.items():
        if becomes is None:
            yield f"values of type {word} are not sent"
        elif types.back.get(becomes, becomes) != word:
            yield f"{word} becomes {becomes}, and is shown as {types.back.get(becomes, becomes)}"
    if types.other is None:
        yield "values of any other type are not sent"
    elif isinstance(types.other, str):
        yield f"any other type becomes {types.other}"
    else:
        yield "values of any other type are refused"


def _of_slots(rule: SlotsRule) -> Iterator[tuple[AttrPath, str]]:
    fate = "refused" if rule.over == "reject" else "not sent"
    yield rule.s, f"values that none of its fields takes are {fate}"
    for slot in rule.slots:
        if slot.pick:
            yield rule.s, f"the field for {_brackets(slot)} takes the {' or '.join(slot.pick)} value where none is that"
        for part in slot.parts:
            yield from ((part.s, what) for what in _of_value(part))


def _brackets(slot: Slot) -> str:
    return f"[{' and '.join(f'{name} eq {name_value(value)}' for name, value in slot.select)}]"
