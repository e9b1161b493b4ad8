"""`same: all`: the identity on every attribute that the backend's shape and the SCIM schema share.

For a SCIM backend the facts are the mapping, and only the differences are written. Attributes that another rule,
`show` or `drop` names are left to them.
"""

from collections.abc import Collection, Iterator

from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape
from gateway.mapping.desk import Desk
from gateway.mapping.leaf import check_kinds
from gateway.mapping.lists import same_list
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

_OURS = frozenset({"schemas", "id"})
_META_OURS = frozenset({"resourceType", "location"})


def same_rules(desk: Desk, taken: Collection[AttrPath]) -> Iterator[LeafRule | ListRule]:
    """One identity rule for each shared attribute that is not taken."""
    vendor_urns = {vendor: scim for scim, vendor in desk.names.aliases.values()}
    for key, field in desk.names.shape.fields.items():
        if key in vendor_urns and isinstance(field, ObjectShape):
            if AttrPath(vendor_urns[key], None) in taken:
                continue
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
    if isinstance(shape, ListShape) and attribute.multi_valued:
        where = desk.shape_path(field)
        rule = same_list(desk, where, path, attribute, field, shape)
        if rule is not None:
            desk.remember(rule, where)
            yield rule
    elif isinstance(shape, ObjectShape) and attribute.type == "complex" and not attribute.multi_valued:
        yield from _same_parts(desk, path, attribute, field, shape, taken)
    elif isinstance(shape, Leaf) and attribute.type != "complex" and not attribute.multi_valued:
        yield _leaf(desk, path, attribute, field, shape)


def _same_parts(
    desk: Desk, path: AttrPath, attribute: Attribute, field: tuple[str, ...], shape: ObjectShape,
    taken: Collection[AttrPath],
) -> Iterator[LeafRule]:  # fmt: skip
    for sub in attribute.sub_attributes:
        leaf = shape.fields.get(sub.name)
        inner = AttrPath(path.urn, path.attr, sub.name)
        ours = path.attr == "meta" and sub.name in _META_OURS
        if isinstance(leaf, Leaf) and inner not in taken and not ours:
            yield _leaf(desk, inner, sub, (*field, sub.name), leaf)


def _leaf(desk: Desk, path: AttrPath, attribute: Attribute, field: tuple[str, ...], leaf: Leaf) -> LeafRule:
    where = desk.shape_path(field)
    check_kinds(desk, where, path, attribute, ".".join(field), leaf)
    rule = LeafRule(
        s=path, v=field, leaf=leaf, s_type=attribute.type, line=desk.line(where), ref=leaf.refs,
        s_required=attribute.required,
    )  # fmt: skip
    desk.remember(rule, where)
    return rule
