"""`same: all`: the identity on every attribute that the backend's shape and the SCIM schema share.

For a SCIM backend the facts are the mapping, and only the differences are written. Attributes that another rule,
`show` or `drop` names are left to them.
"""

from collections.abc import Collection, Iterator

from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape
from gateway.mapping.desk import Desk
from gateway.mapping.lists import same_list
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

_OURS = frozenset({"schemas", "id"})
_META_OURS = frozenset({"resourceType", "location"})


def same_rules(desk: Desk, taken: Collection[AttrPath]) -> Iterator[LeafRule | ListRule]:
    """One identity rule for each shared attribute that is not taken."""
    vendor_urns = {vendor: scim for scim, vendor in desk.names.aliases.values()}
    for key, field in desk.names.shape.fields.items():
        if key in vendor_urns and isinstance(field, ObjectShape):
            for inner, shape in field.fields.items():
                yield from _same(desk, AttrPath(vendor_urns[key], inner), (key, inner), shape, taken)
        elif key not in _OURS and ":" not in key:
            yield from _same(desk, AttrPath(None, key), (key,), field, taken)


def _same(
    desk: Desk, path: AttrPath, field: tuple[str, ...], shape: Shape, taken: Collection[AttrPath]
) -> Iterator[LeafRule | ListRule]:
    attribute = desk.names.type.find(path)
    if attribute is None or path in taken or attribute.name != path.attr:
        return
    line = desk.line(("shape",))
    if isinstance(shape, ListShape) and attribute.multi_valued:
        rule = same_list(path, attribute, field, shape, line)
        if rule.items:
            yield rule
    elif isinstance(shape, ObjectShape) and attribute.type == "complex" and not attribute.multi_valued:
        yield from _same_parts(desk, path, attribute, field, shape, taken)
    elif isinstance(shape, Leaf) and attribute.type != "complex" and not attribute.multi_valued:
        yield _leaf(desk, path, attribute, field, shape, line)


def _same_parts(
    desk: Desk, path: AttrPath, attribute: Attribute, field: tuple[str, ...], shape: ObjectShape,
    taken: Collection[AttrPath],
) -> Iterator[LeafRule]:  # fmt: skip
    for sub in attribute.sub_attributes:
        leaf = shape.fields.get(sub.name)
        inner = AttrPath(path.urn, path.attr, sub.name)
        ours = path.attr == "meta" and sub.name in _META_OURS
        if isinstance(leaf, Leaf) and inner not in taken and not ours:
            where: Path = ("shape",)
            yield _leaf(desk, inner, sub, (*field, sub.name), leaf, desk.line(where))


def _leaf(desk: Desk, path: AttrPath, attribute: Attribute, field: tuple[str, ...], leaf: Leaf, line: int) -> LeafRule:
    return LeafRule(
        s=path, v=field, leaf=leaf, s_type=attribute.type, line=line, ref=leaf.refs, s_required=attribute.required
    )
