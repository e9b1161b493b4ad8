"""What a client may write, which is more than what is advertised: what the backend does not carry is no operation.

Identity providers send whole profiles. An attribute that the mapping drops or only shows is accepted, noted and left
out; only what the standard or the backend's shape makes readOnly or immutable is refused.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from gateway.lens.kinds import LeafRule, ListRule
from gateway.mapping.dialect import Resource
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute, ResourceType, Schema, standard


def accept_type(resource: Resource) -> ResourceType:
    """The advertised type, widened by what the RFC's type of the same name has besides."""
    try:
        full = standard(resource.type.name)
    except KeyError:
        return resource.type
    narrowed, soft = resource.type, frozenset(soft_names(resource))
    own = {each.id: each for each in narrowed.extensions}
    extensions = [widen_schema(each, own.pop(each.id, None), soft, each.id) for each in full.extensions]
    schema = widen_schema(full.schema, narrowed.schema, soft, None)
    return replace(narrowed, schema=schema, extensions=(*extensions, *own.values()))


def soft_names(resource: Resource) -> Iterator[str]:
    """The attributes that are readOnly only because the mapping shows or assumes them."""
    yield from resource.lens.shown
    for rule in resource.lens.rules:
        if isinstance(rule, LeafRule) and not rule.v:
            yield str(rule.s)
        if isinstance(rule, ListRule):
            yield from (f"{rule.s}.{item.s.attr}" for item in rule.items if not item.v)


def widen_schema(full: Schema, narrowed: Schema | None, soft: frozenset[str], urn: str | None) -> Schema:
    """Every attribute of either; the narrowed one's characteristics stand."""
    known = narrowed.attributes if narrowed is not None else ()
    return replace(full, attributes=widen_all(full.attributes, known, soft, AttrPath(urn, None)))


def widen_all(
    full: tuple[Attribute, ...], narrowed: tuple[Attribute, ...], soft: frozenset[str], above: AttrPath
) -> tuple[Attribute, ...]:
    own = {each.name: each for each in narrowed}
    widened = [widen(each, own.pop(each.name, None), soft, below(above, each.name)) for each in full]
    return (*widened, *own.values())


def widen(full: Attribute, narrowed: Attribute | None, soft: frozenset[str], path: AttrPath) -> Attribute:
    """One attribute; what is not carried is never required."""
    if narrowed is None:
        return replace(full, required=False)
    if full.type == "complex" and narrowed.type == "complex":
        return replace(narrowed, sub_attributes=widen_all(full.sub_attributes, narrowed.sub_attributes, soft, path))
    return full if str(path) in soft else narrowed


def below(above: AttrPath, name: str) -> AttrPath:
    """The path of a part."""
    return AttrPath(above.urn, name) if above.attr is None else AttrPath(above.urn, above.attr, name)
