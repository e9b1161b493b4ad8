"""The single values of a resource: those with a rule of their own, and the parts of one value of a list."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from gateway.lens.absence import write_at
from gateway.lens.kinds import LeafRule, SlotsRule, keys_of
from gateway.lens.lens import Document, Lens


class Spot(Struct, frozen=True):
    """One value's rule. `named`: the brackets that name the value of a list it is a part of."""

    rule: LeafRule
    named: tuple[tuple[str, str | bool], ...] = ()

    def write(self, resource: Document, value: Any) -> None:
        """Put a value here; of a list nothing else stays."""
        if not self.named:
            write_at(resource, keys_of(self.rule.s), value)
            return
        *above, part = keys_of(self.rule.s)
        write_at(resource, tuple(above), [{**dict(self.named), part: value}])


def spots(lens: Lens) -> Iterator[Spot]:
    """All of them that have a field."""
    for rule in lens.rules:
        if isinstance(rule, LeafRule) and rule.v:
            yield Spot(rule)
        elif isinstance(rule, SlotsRule):
            yield from (Spot(part, slot.select) for slot in rule.slots for part in slot.parts)
