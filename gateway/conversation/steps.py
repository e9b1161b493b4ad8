"""The calls of a change: what bodies say, and what calls of their own bring about, in the order that is safe.

Access is taken away before anything else, and given after everything else.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from gateway.conversation.calling import build_call
from gateway.conversation.effects import Call
from gateway.lens.holes import Hole
from gateway.lens.kinds import Field, LeafRule
from gateway.lens.lens import Document, FieldChange
from gateway.lens.references import id_of
from gateway.mapping.dialect import BackendCall, Batch
from gateway.pipeline.by_name import members_in_names
from gateway.pipeline.compose import Known
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import field_of


class Step(Struct, frozen=True):
    """One call and how its answer is read. `kind`: what it changes; `first`: it goes before the rest.

    `goes`: it takes one member away, so a 404 says no more than that this one is not there. `renames`: the name that
    the record has afterwards, where that changes; `anchors`: afterwards the record must show its first one.
    """

    call: Call
    op: BackendCall
    kind: Literal["record", "member", "value"] = "record"
    first: bool = False
    goes: bool = False
    renames: str = ""
    anchors: bool = False


class KnownMembers(Known, frozen=True):
    """What the holes of a call for members may ask for."""

    members: tuple[Any, ...] = ()

    def value(self, hole: Hole) -> Any:
        match str(hole.path):
            case "member":
                return self.members[0]
            case "members":
                return list(self.members)
            case _:
                return super().value(hole)


def record_steps(target: Target, calls: Sequence[Call]) -> tuple[Step, ...]:
    """Calls whose bodies hold the record, or changes of it."""
    return tuple(Step(call, target.op(call.operation)) for call in calls)


def called_steps(target: Target, native: str | None, changes: Sequence[FieldChange]) -> tuple[Step, ...]:
    """The calls that bring changes about; those of one list by what they come to in the end."""
    by_field: dict[Field, list[FieldChange]] = {}
    for change in changes:
        by_field.setdefault(field_of(target.lens, change) or (), []).append(change)
    steps: list[Step] = []
    for field, mine in by_field.items():
        if field in target.resource.members:
            steps += member_steps(target, native, field, mine)
        else:
            steps.append(switch_step(target, native, field, mine[-1].value))
    return tuple(steps)


def awaited_steps(target: Target, native: str, wanted: Document, shown: Document) -> tuple[Step, ...]:
    """The calls that bring about what a new record does not show yet."""
    rules = [rule for rule in target.lens.rules if isinstance(rule, LeafRule) and rule.through]
    pairs = [(rule, read_attribute(wanted, rule.s)) for rule in rules]
    return tuple(
        switch_step(target, native, rule.v, rule.table.out[value] if rule.table else value)
        for rule, value in pairs
        if value is not None and value != read_attribute(shown, rule.s)
    )


def arrange(steps: Sequence[Step]) -> tuple[Step, ...]:
    """What takes access away, then records, then what is else to be called."""
    ranks = {"record": 1, "member": 2, "value": 3}
    return tuple(sorted(steps, key=lambda step: 0 if step.first else ranks[step.kind]))


def member_steps(target: Target, native: str | None, field: Field, changes: Sequence[FieldChange]) -> Iterator[Step]:
    """Each value comes or goes once, whatever was said of it before; who goes, goes first."""
    rule = next(one for one in target.lens.list_rules.values() if one.v == field)
    ways = target.resource.members[field]
    last = {id_of(rule, item): change.op for change in changes for item in change.value}
    gone = members_in_names(target, rule, [one for one, op in last.items() if op == "remove"], goes=True)
    come = members_in_names(target, rule, [one for one, op in last.items() if op != "remove"], goes=False)
    yield from _each(target, native, ways.remove, ways.remove_many, gone, goes=True)
    yield from _each(target, native, ways.add, ways.add_many, come, goes=False)


def _each(
    target: Target,
    native: str | None,
    one: BackendCall | None,
    many: Batch | None,
    members: Sequence[Any],
    *,
    goes: bool,
) -> Iterator[Step]:
    size = many.size if many is not None and len(members) > 1 else 1
    op = many.call if many is not None and size > 1 else one
    if op is None:
        raise AssertionError("such a list comes and goes with its record")
    for begin in range(0, len(members), size):
        known = KnownMembers(target.lens, native, members=tuple(members[begin : begin + size]))
        yield Step(build_call(target, "modify", known=known, op=op), op, "member", goes=goes and size == 1)


def switch_step(target: Target, native: str | None, field: Field, value: Any) -> Step:
    """The call that brings a value of the record about. A Problem when there is none."""
    rule = next(one for one in target.lens.rules if isinstance(one, LeafRule) and one.v == field)
    shown = rule.table.back.get(value) if rule.table else value
    op = target.resource.switches[field].get(shown)
    if op is None:
        raise Problem("SG208", f"The backend has no way to change {rule.s} like this")
    call = build_call(target, "modify", native=native, op=op)
    return Step(call, op, "value", first=shown is False)
