"""A dialect whose ids begin with a text of their own, so that several backends can share one space of ids."""

from msgspec.structs import replace

from gateway.lens.kinds import LeafRule
from gateway.lens.rewriting import rewrite
from gateway.lens.translate import compile_rules
from gateway.mapping.dialect import Dialect, Resource


def with_prefix(dialect: Dialect, prefix: str) -> Dialect:
    """The dialect with `prefix` before the ids of every resource type, and before the references to them."""
    resources = {name: prefix_resource(one, prefix, dialect.name) for name, one in dialect.resources.items()}
    return replace(dialect, resources=resources)


def prefix_resource(resource: Resource, prefix: str, mapping: str) -> Resource:
    """One of its resource types: the rules are the same, and compiled anew, for prefixes are constants in them."""

    def change(leaf: LeafRule) -> LeafRule:
        return replace(leaf, ref_prefix=prefix + leaf.ref_prefix) if leaf.ref else leaf

    lens = resource.lens
    rules = tuple(rewrite(rule, change) for rule in lens.rules)
    label, shown = f"{mapping} {resource.name} {prefix}", prefix + lens.id_prefix
    compiled = compile_rules(label, rules, lens.shape, lens.urns, lens.id_field, shown, lens.anchor)
    lens = replace(lens, rules=rules, id_prefix=shown, out=compiled.out, into=compiled.into, convert=compiled.convert)
    return replace(resource, lens=lens)
