"""What a client sent that this backend does not carry: told, never silent."""

from collections.abc import Iterator
from typing import Any, Literal

from gateway.lens.absence import read_at
from gateway.lens.footprints import keys_read, on_occasion, used_holes
from gateway.lens.guards import holds
from gateway.lens.holes import Hole, Source
from gateway.lens.kinds import Field, LeafRule, ListRule, SendRule, SlotsRule, keys_of
from gateway.lens.lens import Document, Lens
from gateway.lens.runtime import keep_items
from gateway.lens.slots import share_out, value_where
from gateway.lens.templates import fits, print_value
from gateway.scim.path import Path

How = Literal["dropped", "shown", "cut"]


def losses(lens: Lens, resource: Document, *, anew: bool) -> tuple[tuple[str, How], ...]:
    """The attributes given that go nowhere, by name: dropped by the mapping, only shown, or cut to what fits.

    `anew`: the resource is created, else it replaces one.
    """
    lists, told = lens.list_rules, told_keys(lens, resource, anew=anew)
    found: dict[str, How] = {str(rule.s): "dropped" for rule in lens.slots_rules.values() if _is_left(rule, resource)}
    for keys in _leaves(resource, ()):
        if keys in lens.carried_keys or keys in told or keys[0] in ("id", "meta", "schemas"):
            continue
        rule = lists.get(keys) or lists.get(keys[:-1])
        if rule is not None and (keys in lists or any(item.s.attr == keys[-1] and item.v for item in rule.items)):
            continue
        slots = lens.slots_rules.get(keys[:-1])
        if slots is not None and keys[-1] in _known(slots):
            continue
        found[_name(keys)] = "shown" if keys in lens.shown_keys else "dropped"
    found |= {str(one.s): "cut" for one in lens.cutting if is_cut(one, read_at(resource, keys_of(one.s)))}
    return (*found.items(), *shortened(lens, resource))


def told_keys(lens: Lens, resource: Document, *, anew: bool) -> frozenset[Field]:
    """The attributes that stand in a call or in a text which is sent for this resource."""
    found = set(map(keys_of, lens.called)) if anew else set()
    for rule in on_occasion(lens.telling, anew=anew):
        if isinstance(rule, SendRule) and _speaks(rule, resource):
            text = next((one for one in rule.values if _is_complete(one, resource)), None)
            found |= {keys_read(hole) for hole in used_holes((text,)) if _fits(hole, resource)}
    return frozenset(found)


def _speaks(rule: SendRule, resource: Document) -> bool:
    accompanied = rule.companion is None or read_at(resource, keys_of(rule.companion)) is not None
    return accompanied and (rule.when is None or holds(rule.when, resource))


def _is_complete(source: Source, resource: Document) -> bool:
    """Is nothing missing of which the text is made?"""
    return all(hole.optional or _fits(hole, resource) for hole in used_holes((source,)))


def _fits(hole: Hole, resource: Document) -> bool:
    """Is there a value for the hole, of its class?"""
    found = read_at(resource, keys_read(hole))
    return fits(hole.kind, print_value(value_where(hole.path, found) if isinstance(hole.path, Path) else found))


def is_cut(rule: LeafRule, value: Any) -> bool:
    """Is it a text that is cut to what the backend takes?"""
    high = rule.leaf.high
    return rule.over == "truncate" and high is not None and isinstance(value, str) and len(value) > high


def shortened(lens: Lens, resource: Document) -> tuple[tuple[str, How], ...]:
    """The lists of which the backend takes fewer values than the resource has: `cut` by number, `dropped` by type."""
    given = ((rule, read_at(resource, keys)) for keys, rule in lens.list_rules.items() if keys[0] in resource)
    found = ((str(rule.s), _shortened(rule, items)) for rule, items in given if isinstance(items, list))
    return tuple((name, how) for name, how in found if how is not None)


def _shortened(rule: ListRule, items: list[Any]) -> How | None:
    taken = items if rule.types is None else keep_items(rule.types, items, str(rule.s))
    if rule.cap is not None and rule.over == "truncate" and len(taken) > rule.cap:
        return "cut"
    return "dropped" if len(taken) < len(items) else None


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
