"""What a client sent that this backend does not carry: told, never silent."""

from collections.abc import Iterator
from typing import Literal

from gateway.lens.absence import read_at
from gateway.lens.kinds import Field, SlotsRule, keys_of
from gateway.lens.lens import Document, Lens
from gateway.lens.slots import share_out

How = Literal["dropped", "shown"]


def losses(lens: Lens, resource: Document) -> tuple[tuple[str, How], ...]:
    """The attributes given that go nowhere, by name: dropped by the mapping, or only shown."""
    lists = lens.list_rules
    found: dict[str, How] = {str(rule.s): "dropped" for rule in lens.slots_rules.values() if _is_left(rule, resource)}
    for keys in _leaves(resource, ()):
        if keys in lens.carried_keys or keys[0] in ("id", "meta", "schemas"):
            continue
        rule = lists.get(keys) or lists.get(keys[:-1])
        if rule is not None and (keys in lists or any(item.s.attr == keys[-1] and item.v for item in rule.items)):
            continue
        slots = lens.slots_rules.get(keys[:-1])
        if slots is not None and keys[-1] in _known(slots):
            continue
        found[_name(keys)] = "shown" if keys in lens.shown_keys else "dropped"
    return tuple(found.items())


def _is_left(rule: SlotsRule, resource: Document) -> bool:
    """Is there a value that no slot takes?"""
    items = read_at(resource, keys_of(rule.s))
    return isinstance(items, list) and bool(share_out(items, rule)[1])


def _known(rule: SlotsRule) -> set[str]:
    names = {name for slot in rule.slots for name, _ in slot.select}
    return names | {str(part.s.sub) for slot in rule.slots for part in slot.parts}


def _leaves(value: Document, prefix: Field) -> Iterator[Field]:
    for key, inner in value.items():
        if key == "$ref":
            continue
        if isinstance(inner, dict):
            yield from _leaves(inner, (*prefix, key))
        elif isinstance(inner, list) and any(isinstance(one, dict) for one in inner):
            for one in inner:
                if isinstance(one, dict):
                    yield from _leaves(one, (*prefix, key))
        else:
            yield (*prefix, key)


def _name(keys: Field) -> str:
    return f"{keys[0]}:{'.'.join(keys[1:])}" if ":" in keys[0] else ".".join(keys)
