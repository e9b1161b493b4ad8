"""Reading a part of a record: what a filter looks at, and nothing else.

A filter that the backend cannot answer is asked of thousands of records, of which a page is shown. Rules are disjoint
on both sides, so a part of the resource is what the rules of that part make.
"""

from collections.abc import Callable, Iterable

from gateway.lens.kinds import Rule, attributes_of
from gateway.lens.lens import Document, Lens
from gateway.lens.translate import compile_into
from gateway.scim.filter import AttrPath

_KEPT = 64


def into_part(lens: Lens, paths: Iterable[AttrPath]) -> Callable[[Document], Document]:
    """What `lens.into` makes of a record, as far as these attributes go, and the id; its errors, of these alone."""
    wanted = frozenset(path for path in paths if path.attr != "id" or path.urn is not None)
    if any(path.attr in (None, "schemas") for path in wanted):
        return lens.into
    known = lens.parts.get(wanted)
    if known is None:
        rules = [rule for rule in lens.rules if touches(rule, wanted)]
        known = compile_into(f"{lens.type.name} in part", rules, lens.id_field, lens.id_prefix, lens.anchor)
        if len(lens.parts) >= _KEPT:
            del lens.parts[next(iter(lens.parts))]
        lens.parts[wanted] = known
    return known


def touches(rule: Rule, paths: Iterable[AttrPath]) -> bool:
    """Does the rule show one of the attributes, a part of it, or what it is a part of? A bare URN is a whole schema."""
    return any(_overlap(one, path) for one in attributes_of(rule) for path in paths)


def _overlap(one: AttrPath, two: AttrPath) -> bool:
    """Is one of them the other or a part of it?"""
    if one.urn != two.urn or (one.attr != two.attr and one.attr is not None and two.attr is not None):
        return False
    return one.sub is None or two.sub is None or one.sub == two.sub
