"""Rules over one value of a list: `phoneNumbers[type eq "work"].value`, or whether there is one: `roles[...]`."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal

from msgspec import UNSET, Struct
from msgspec.structs import replace

from gateway.lens.kinds import LeafRule, Pick, Slot, SlotsRule
from gateway.lens.shapes import Leaf, find_field
from gateway.lens.slots import fold
from gateway.mapping.constants import misfit_attribute, name_value, sample_attribute
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow
from gateway.mapping.leaf import read_leaf_rule
from gateway.mapping.places import check_place
from gateway.mapping.source import Path
from gateway.scim.filter import And, AttrPath, Compare, Filter
from gateway.scim.path import Path as ScimPath
from gateway.scim.schema import Attribute

Select = tuple[tuple[str, str | bool], ...]


class SlotRow(Struct, frozen=True):
    """A rule of `map` whose left side names one value of a list."""

    path: Path
    named: ScimPath
    row: RuleRow


class _Part(Struct, frozen=True):
    path: Path
    target: AttrPath
    select: Select
    rule: LeafRule
    row: RuleRow


def read_slots(desk: Desk, rows: Sequence[SlotRow]) -> Iterator[SlotsRule]:
    """One rule for each attribute, of all the slots that it has. Complaints: E101, E104, E201, E304, E307."""
    parts = [one for one in (_read_part(desk, row) for row in rows) if one is not None]
    tops = dict.fromkeys(AttrPath(one.target.urn, one.target.attr) for one in parts)
    for top in tops:
        own = [one for one in parts if (one.target.urn, one.target.attr) == (top.urn, top.attr)]
        _check_apart(desk, own)
        _note_picks(desk, own)
        rule = SlotsRule(s=top, slots=_gather(own), line=desk.line(own[0].path), over=_over(desk, top, own))
        desk.remember(rule, own[0].path)
        yield rule


def _read_part(desk: Desk, given: SlotRow) -> _Part | None:
    path, target, row = given.path, given.named.target, given.row
    top = desk.names.type.find_top(target)
    field = desk.known_field(row.to, (*path, "to"))
    leaf = find_field(desk.names.shape, field) if field else None
    if top is None or field is None or leaf is None or not check_place(desk, (*path, "to"), field):
        return None
    select = _read_select(desk, path, top, given.named.where)
    if not isinstance(leaf, Leaf):
        hint = "name a field inside it"
        desk.complain("E201", f"{path[-1]} is one value, but {row.to} is a list or made of parts", path, hint)
        return None
    if select is None:
        return None
    if any(name == target.sub for name, _ in select):
        desk.complain("E101", f"{target} is what the brackets name already", path, "carry another part")
        return None
    rule = (
        _presence(desk, path, top, target, select, field, leaf, row)
        if target.sub is None
        else _leaf(desk, path, target, field, leaf, row)
    )
    return None if rule is None else _Part(path, target, select, rule, row)


def _leaf(
    desk: Desk, path: Path, target: AttrPath, field: tuple[str, ...], leaf: Leaf, row: RuleRow
) -> LeafRule | None:
    attribute = desk.names.type.find(target)
    if attribute is None:
        return None
    limit = row.limit if row.limit is not UNSET and row.limit.over == "reject" else UNSET  # it is about values here
    rule = replace(
        read_leaf_rule(desk, path, target, attribute, field, leaf, replace(row, limit=limit)), s_required=False
    )
    desk.remember(rule, path)
    return rule


def _presence(
    desk: Desk, path: Path, top: Attribute, target: AttrPath, select: Select, field: tuple[str, ...], leaf: Leaf,
    row: RuleRow,
) -> LeafRule | None:  # fmt: skip
    """A field that says whether there is such a value. Complaints: E201, and those of `values`."""
    if leaf.write_only or leaf.unechoed:
        desk.complain(
            "E201",
            f"{row.to} is never shown: nothing says whether there is a {path[-1]}",
            path,
            f"shape: {{ {row.to}: bool }}",
        )
        return None
    if row.values is UNSET and leaf.type not in ("bool", "any"):
        message = f"{path[-1]} is there or not, but {row.to} is {leaf.type}"
        desk.complain("E201", message, path, "values: { true: Y, false: N }")
        return None
    truth = Attribute(name=top.name, type="boolean")
    place = AttrPath(target.urn, target.attr, select[0][0])
    limit = row.limit if row.limit is not UNSET and row.limit.over == "reject" else UNSET
    rule = read_leaf_rule(desk, path, place, truth, field, leaf, replace(row, limit=limit))
    if rule.table is not None and set(rule.table.out) != {True, False}:
        desk.complain(
            "E201", f"{path[-1]} is there or not: values: lists true and false", path, "values: { true: Y, false: N }"
        )
        return None
    desk.remember(rule, path)
    return rule


def _read_select(desk: Desk, path: Path, top: Attribute, where: Filter | None) -> Select | None:
    """The brackets: equalities of parts, joined by `and`."""
    found: dict[str, str | bool] = {}
    for part in where.parts if isinstance(where, And) else (where,):
        if not isinstance(part, Compare) or part.op != "eq" or not isinstance(part.value, str | bool):
            desk.complain(
                "E101",
                f"{path[-1]}: the brackets take `eq` and `and` alone".replace("`", "'"),
                path,
                '[type eq "work"]',
            )
            return None
        sub = top.find(str(part.path.attr))
        if sub is None:
            known = [one.name for one in top.sub_attributes]
            desk.unknown("E104", f"{top.name} has no part {part.path}", str(part.path), known, path)
            return None
        misfit = misfit_attribute(part.value, sub.type)
        if misfit:
            desk.complain(
                "E201", f"{top.name}.{sub.name} {misfit}", path, f"[{sub.name} eq {sample_attribute(sub.type)}]"
            )
            return None
        found[sub.name] = part.value
    return tuple(sorted(found.items()))


def _check_apart(desk: Desk, parts: Sequence[_Part]) -> None:
    """No value can be two slots' own; no part is carried twice; one value at most is the primary one."""
    for one, two in combinations(parts, 2):
        if _folded(one.select) == _folded(two.select):
            if one.target == two.target:
                desk.complain(
                    "E307", f"two rules show {two.path[-1]}: {_lines(desk, one, two)}", two.path, "keep one of them"
                )
        elif not _differ(one.select, two.select):
            message = f"one value can match both {one.path[-1]} and {two.path[-1]}: {_lines(desk, one, two)}"
            desk.complain("E304", message, two.path, _tell_apart(one.select, two.select))
        elif ("primary", True) in one.select and ("primary", True) in two.select:
            message = f"{one.path[-1]} and {two.path[-1]} would both be primary: {_lines(desk, one, two)}"
            desk.complain("E304", message, two.path, "take primary out of one of them")


def _note_picks(desk: Desk, parts: Sequence[_Part]) -> None:
    """A value of another name that a slot takes is shown by the slot's name afterwards. Complaints: N703."""
    for one in parts:
        words = [] if one.row.pick is UNSET else [word for word in one.row.pick if word != "match"]
        if words:
            message = f"{one.path[-1]}: where none is that, the {' or '.join(words)} value is taken and shown as that"
            desk.complain("N703", message, one.path)


def _lines(desk: Desk, one: _Part, two: _Part) -> str:
    return f"lines {desk.line(one.path)} and {desk.line(two.path)}"


def _folded(select: Select) -> Select:
    return tuple((name, fold(value)) for name, value in select)


def _differ(one: Select, two: Select) -> bool:
    names = dict(two)
    return any(name in names and fold(names[name]) != fold(value) for name, value in one)


def _tell_apart(one: Select, two: Select) -> str:
    name, value = next(((name, value) for name, value in one if name not in dict(two)), one[0])
    return f"name the same part in both, such as {name}, and not with {name_value(value)} in both"


def _gather(parts: Sequence[_Part]) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    for select in dict.fromkeys(_folded(one.select) for one in parts):
        own = [one for one in parts if _folded(one.select) == select]
        words = dict.fromkeys(word for one in own if one.row.pick is not UNSET for word in one.row.pick)
        pick: tuple[Pick, ...] = tuple(word for word in words if word != "match")
        presence = next((one.rule for one in own if one.target.sub is None), None)
        carried = tuple(one.rule for one in own if one.target.sub is not None)
        slots.append(Slot(select=own[0].select, parts=carried, presence=presence, pick=pick))
    return tuple(slots)


def _over(desk: Desk, top: AttrPath, parts: Sequence[_Part]) -> Literal["reject", "truncate"]:
    """What becomes of a value that no slot takes. Complaints: W612, N701."""
    said = next((one.row.limit.over for one in parts if one.row.limit is not UNSET), None)
    if said == "truncate":
        desk.complain("N701", f"{top}: values that no field takes are not sent (declared)", parts[0].path)
    elif said is None and not all(one.rule.leaf.read_only for one in parts):
        hint = f"'{parts[0].path[-1]}': {{ to: {parts[0].row.to}, limit: {{ over: reject }} }} # or truncate"
        desk.complain("W612", f"{top}: values that no field takes are lost without a word", parts[0].path, hint)
    return said or "truncate"
