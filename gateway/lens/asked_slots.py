"""Filters over values that have fields of their own: which slots could answer, and what each of them is asked.

A slot is one value with known names, so conditions on its names are settled here and the others all hold of one value.
"""

from collections.abc import Iterable, Iterator

from gateway.lens.asked import Carried, all_of, any_of
from gateway.lens.atoms import Atoms
from gateway.lens.kinds import LeafRule, Slot, SlotsRule
from gateway.lens.slots import fold
from gateway.scim.filter import And, AttrPath, Compare, Filter, Present
from gateway.scim.match import compile_element
from gateway.scim.schema import Attribute


def ask_any(f: Compare, rule: SlotsRule, atoms: Atoms) -> Carried | None:
    """A sub-attribute of any value: each slot that could answer is asked, and all of them can be."""
    if f.op == "ne":
        return None  # of a list it is the opposite of `eq`
    asked: list[Carried | None] = []
    for slot in rule.slots:
        part = _part(slot, f.path.sub)
        named = next((value for name, value in slot.select if name == f.path.sub), None)
        if part is not None:
            asked.append(atoms.compare(f, part.v, part) if part.readable else None)
        elif named is not None and (f.op != "eq" or fold(named) == fold(f.value)):
            asked.append(ask_presence(slot, atoms) if f.op == "eq" else None)
    return any_of(asked, atoms.ability)


def ask_present(path: AttrPath, rule: SlotsRule, atoms: Atoms) -> Carried | None:
    """Is there a value, or one with such a part?"""
    asked: list[Carried | None] = []
    for slot in rule.slots:
        part = _part(slot, path.sub)
        if part is not None:
            asked.append(atoms.present(part.v, part) if part.readable else None)
        elif path.sub is None or any(name == path.sub for name, _ in slot.select):
            asked.append(ask_presence(slot, atoms))
    return any_of(asked, atoms.ability)


def ask_within(rule: SlotsRule, where: Filter, attribute: Attribute, atoms: Atoms) -> Carried | None:
    """The brackets: each slot whose names do not speak against it is asked the rest."""
    conditions: tuple[Filter, ...] = where.parts if isinstance(where, And) else (where,)
    asked: list[Carried | None] = []
    for slot in rule.slots:
        left = [one for one in conditions if not _is_settled(one, slot)]
        if any(_is_settled(one, slot) and not _holds(one, slot, attribute) for one in conditions):
            continue
        rest = [_ask_part(one, slot, atoms) for one in left]
        asked.append(all_of(rest, atoms.ability) if rest else ask_presence(slot, atoms))
    return any_of(asked, atoms.ability)


def ask_presence(slot: Slot, atoms: Atoms) -> Carried | None:
    """Is there such a value? The backend can be asked of one field that says so, or whether a part is there."""
    if slot.presence is None:
        asked = (atoms.present(part.v, part) if part.readable else None for part in slot.parts)
        return any_of(list(asked), atoms.ability)
    return atoms.presence(slot)


def _ask_part(f: Filter, slot: Slot, atoms: Atoms) -> Carried | None:
    if not isinstance(f, Compare | Present) or (isinstance(f, Compare) and f.op == "ne"):
        return None
    part = _part(slot, f.path.attr)
    if part is None or not part.readable:
        return None
    if isinstance(f, Compare):
        return atoms.compare(Compare(part.s, f.op, f.value), part.v, part)
    return atoms.present(part.v, part)


def _part(slot: Slot, sub: str | None) -> LeafRule | None:
    return next((one for one in slot.parts if one.s.sub == sub), None) if sub is not None else None


def _is_settled(f: Filter, slot: Slot) -> bool:
    """Does the condition read the slot's names alone?"""
    names = {name for name, _ in slot.select}
    return all(name in names for name in _read(f))


def _read(f: Filter) -> Iterator[str | None]:
    if isinstance(f, Compare | Present):
        yield f.path.attr
        return
    inner: Iterable[Filter] = getattr(f, "parts", None) or (part for part in (getattr(f, "part", None),) if part)
    for part in inner:
        yield from _read(part)


def _holds(f: Filter, slot: Slot, attribute: Attribute) -> bool:
    return compile_element(f, attribute)(dict(slot.select))
