"""The schema that follows from the lenses: RFC 7643's, narrowed to what this backend carries.

A field that no attribute is for is invisible, a `show` is readOnly, a write-only field is `returned: never`, and so is
what only goes into a text or a call; an enum or a list of types gives `canonicalValues`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from gateway.lens.footprints import attributes_told
from gateway.lens.kinds import (
    ChooseRule,
    Field,
    KeepRule,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    ShowRule,
    SlotsRule,
    TextRule,
    attributes_of,
    keys_of,
    parts_of,
)
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute, ResourceType, Schema

Carrier = Rule | Literal["text"]  # a text, or a call, takes an attribute along, and nothing shows it


def advertise(full: ResourceType, rules: Sequence[Rule], called: Iterable[AttrPath] = ()) -> ResourceType:
    """The resource type restricted to what the rules carry, and to what the call of a create is made of."""
    told = (path for rule in rules if isinstance(rule, SendRule) for path in attributes_told(rule))
    by_keys: dict[Field, Carrier] = {keys_of(path): "text" for path in (*told, *called)}
    by_keys |= {keys_of(path): rule for rule in rules for path in attributes_of(rule)}
    extensions = (_narrow_schema(extension, by_keys, (extension.id,)) for extension in full.extensions)
    return replace(
        full,
        schema=_narrow_schema(full.schema, by_keys, ()),
        extensions=tuple(extension for extension in extensions if extension.attributes),
    )


def _narrow_schema(schema: Schema, rules: Mapping[Field, Carrier], prefix: Field) -> Schema:
    narrowed = (_narrow(attribute, rules, (*prefix, attribute.name)) for attribute in schema.attributes)
    return replace(schema, attributes=tuple(one for one in narrowed if one is not None))


def _narrow(attribute: Attribute, rules: Mapping[Field, Carrier], keys: Field) -> Attribute | None:
    rule = rules.get(keys)
    if isinstance(rule, ListRule):
        return _narrow_list(attribute, rule)
    if isinstance(rule, SlotsRule):
        return _narrow_slots(attribute, rule)
    if attribute.type == "complex":
        subs = (_narrow(sub, rules, (*keys, sub.name)) for sub in attribute.sub_attributes)
        kept = tuple(sub for sub in subs if sub is not None)
        kept = _with_reference(attribute, kept)
        return replace(attribute, sub_attributes=kept) if kept else None
    if rule == "text":
        return replace(attribute, mutability="writeOnly", returned="never")
    if isinstance(rule, LeafRule):
        return _narrow_leaf(attribute, rule)
    if isinstance(rule, ShowRule):
        return replace(attribute, mutability="readOnly", required=False)
    if isinstance(rule, ChooseRule):
        return _narrow_choice(attribute, rule)
    if isinstance(rule, TextRule):
        return _narrow_text(attribute, rule)
    return attribute if isinstance(rule, KeepRule) else None


def _narrow_choice(attribute: Attribute, rule: ChooseRule) -> Attribute:
    """Every value that one of the branches takes, where all of them say which."""
    narrowed = [_narrow_leaf(attribute, branch.rule) for branch in rule.branches]
    words = [one.canonical_values for one in narrowed]
    known = tuple(dict.fromkeys(word for some in words for word in some)) if all(words) else ()
    fixed = all(one.mutability == "immutable" for one in narrowed)
    return replace(attribute, canonical_values=known, mutability="immutable" if fixed else attribute.mutability)


def _narrow_text(attribute: Attribute, rule: TextRule) -> Attribute:
    if not rule.writable:
        return replace(attribute, mutability="readOnly")
    fixed = all(end.leaf.immutable for end in rule.ends)
    return replace(attribute, mutability="immutable") if fixed else attribute


def _narrow_leaf(attribute: Attribute, rule: LeafRule) -> Attribute:
    leaf = rule.leaf
    if not rule.v:
        only = (rule.assume,) if isinstance(rule.assume, str) else ()
        return replace(attribute, mutability="readOnly", canonical_values=only)
    values = tuple(str(value) for value in rule.table.out) if rule.table else leaf.values
    if attribute.type == "boolean":
        values = ()
    attribute = replace(attribute, canonical_values=values or attribute.canonical_values)
    if leaf.write_only:
        return replace(attribute, mutability="writeOnly", returned="never")
    if leaf.read_only:
        return replace(attribute, mutability="readOnly")
    return replace(attribute, mutability="immutable") if leaf.immutable else attribute


def _narrow_list(attribute: Attribute, rule: ListRule) -> Attribute:
    items = {one.s.attr: one for one in rule.items}
    if rule.plain:
        attribute = replace(attribute, canonical_values=_narrow_leaf(attribute, rule.items[0]).canonical_values)
    subs = tuple(_narrow_item(sub, items[sub.name], rule) for sub in attribute.sub_attributes if sub.name in items)
    if rule.write_only:
        return replace(attribute, sub_attributes=subs, mutability="writeOnly", returned="never")
    mutability = "readOnly" if rule.read_only else "immutable" if rule.immutable else attribute.mutability
    return replace(attribute, sub_attributes=_with_reference(attribute, subs), mutability=mutability)


def _narrow_slots(attribute: Attribute, rule: SlotsRule) -> Attribute:
    """The parts that are carried, and the names of the values that there can be."""
    parts = {str(part.s.sub): part for slot in rule.slots for part in slot.parts}
    names = {
        name: [value for one in rule.slots for key, value in one.select if key == name]
        for name, _ in (pair for slot in rule.slots for pair in slot.select)
    }
    subs: list[Attribute] = []
    for sub in attribute.sub_attributes:
        if sub.name in parts:
            subs.append(_narrow_leaf(sub, parts[sub.name]))
        elif sub.name in names:
            words = tuple(dict.fromkeys(value for value in names[sub.name] if isinstance(value, str)))
            subs.append(replace(sub, canonical_values=words or sub.canonical_values))
    writable = any(part.writable for part in parts_of(rule))
    mutability = attribute.mutability if writable else "readOnly"
    return replace(attribute, sub_attributes=_with_reference(attribute, tuple(subs)), mutability=mutability)


def _narrow_item(sub: Attribute, item: LeafRule, rule: ListRule) -> Attribute:
    if sub.name == rule.type_field and rule.types is not None:
        known = tuple(dict.fromkeys(rule.types.back.get(one, one) for one in rule.types.known))
        return replace(_narrow_leaf(sub, item), canonical_values=known or sub.canonical_values)
    if sub.mutability in ("immutable", "readOnly") and item.v:
        return replace(_narrow_leaf(sub, item), mutability=sub.mutability)
    return _narrow_leaf(sub, item)


def _with_reference(attribute: Attribute, kept: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """`$ref` is ours: it is shown wherever the `value` that it points to is."""
    reference = attribute.find("$ref")
    names = {sub.name for sub in kept}
    shown = reference is not None and "value" in names and "$ref" not in names and bool(reference.reference_types)
    return (*kept, replace(reference, mutability="readOnly")) if shown and reference is not None else kept


def attribute_leaves(full: ResourceType) -> list[tuple[AttrPath, Attribute]]:
    """Every leaf attribute of a resource type (sub-attributes included, `$ref` not)."""
    found: list[tuple[AttrPath, Attribute]] = []
    for schema in (full.schema, *full.extensions):
        urn = None if schema is full.schema else schema.id
        for attribute in schema.attributes:
            if attribute.type != "complex":
                found.append((AttrPath(urn, attribute.name), attribute))
                continue
            inner = (sub for sub in attribute.sub_attributes if sub.name != "$ref")
            found += [(AttrPath(urn, attribute.name, sub.name), sub) for sub in inner]
    return found
