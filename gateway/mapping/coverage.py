"""Which way each attribute of a resource type travels, by the rules of a mapping: what `check` ends with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateway.lens.addresses import part_of
from gateway.lens.advertise import attribute_leaves
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
from gateway.mapping.dialect import Resource
from gateway.mapping.narrowing import write_name
from gateway.scim.filter import AttrPath
from gateway.scim.schema import ResourceType

WAYS = ("both ways", "out only", "in only", "kept", "dropped", "lost")
_COMMON = (AttrPath(None, "externalId"), AttrPath(None, "meta", "created"), AttrPath(None, "meta", "lastModified"))


def coverage(resource: Resource) -> Mapping[str, Sequence[str]]:
    """The names of the attributes by way, in the order of the schema; ways that none goes are left out.

    `out` is towards the backend, `in` towards clients. `lost`: neither carried nor dropped, though clients may send it.
    """
    travelling = travels(resource)
    found = {way: [path for path, its in travelling.items() if its == way] for way in WAYS}
    return {way: shorten(resource, paths, travelling.keys() - set(paths)) for way, paths in found.items() if paths}


def travels(resource: Resource) -> Mapping[AttrPath, str]:
    """The way of each attribute, sub-attributes apart, in the order of the schema."""
    ways = _ways(resource)
    dropped = {keys_of(path) for path in resource.dropped}
    found: dict[AttrPath, str] = {}
    for path, usual in _attributes(resource.lens.type):
        keys = keys_of(path)
        heads = [keys[:depth] for depth in range(len(keys), 0, -1)]
        way = next((ways[head] for head in heads if head in ways), None)
        way = way or ("dropped" if any(head in dropped for head in heads) else usual)
        if way is not None:
            found[path] = way
    return found


def way_at(resource: Resource, path: AttrPath) -> str | None:
    """The way of one attribute, spelled as in the schema; of a whole one by its best part. None: no rule names it."""
    keys = keys_of(path)
    pairs = _ways(resource).items()
    found = {way for known, way in pairs if known[: len(keys)] == keys or keys[: len(known)] == known}
    return next((way for way in WAYS if way in found), None)


def _ways(resource: Resource) -> dict[Field, str]:
    """The way of each attribute that a rule names; of one that also stands in a text or a call its own rule tells."""
    own = (pair for rule in resource.lens.rules if not isinstance(rule, SendRule) for pair in ways_of(rule))
    said = [pair for rule in resource.lens.telling for pair in ways_of(rule)]
    return {**dict(said), **{keys_of(path): "out only" for path in resource.lens.called}, **dict(own)}


def ways_of(rule: Rule) -> Iterator[tuple[Field, str]]:
    """The attributes of a rule, each with its way."""
    match rule:
        case LeafRule():
            yield keys_of(rule.s), _way(bool(rule.v) and rule.writable, rule.readable)
        case ListRule():
            for item in rule.items:
                written = bool(item.v) and item.writable and not rule.read_only
                yield keys_of(part_of(rule, item)), _way(written, item.readable and rule.readable)
        case SlotsRule():
            for name in {name for slot in rule.slots for name, _ in slot.select}:
                written, read = (any(getattr(one, side) for one in parts_of(rule)) for side in ("writable", "readable"))
                yield (*keys_of(rule.s), name), _way(written, read)
            for part in parts_of(rule):
                yield keys_of(part.s), _way(part.writable, part.readable)
        case TextRule():
            way = _way(rule.writable, all(one.readable for one in rule.ends))
            yield from ((keys_of(path), way) for path in attributes_of(rule))
        case ChooseRule():
            written = any(one.rule.writable for one in rule.branches)
            yield keys_of(rule.s), _way(written, any(one.rule.readable for one in rule.branches))
        case KeepRule():
            yield keys_of(rule.s), "kept"
        case ShowRule():
            yield keys_of(rule.s), "in only"
        case SendRule():
            yield from ((keys_of(path), "out only") for path in attributes_told(rule))


def _way(written: bool, read: bool) -> str:
    return "both ways" if written and read else "out only" if written else "in only"


def _attributes(type_: ResourceType) -> Iterator[tuple[AttrPath, str | None]]:
    """Every attribute, with what is to be said of one that no rule and no `drop` names."""
    yield _COMMON[0], "lost"
    for path, attribute in attribute_leaves(type_):
        yield path, None if attribute.mutability == "readOnly" else "lost"
    yield from ((path, None) for path in _COMMON[1:])


def shorten(resource: Resource, paths: Iterable[AttrPath], others: Iterable[AttrPath]) -> list[str]:
    """The shortest names: a whole extension or attribute where no part of it is among the others."""
    elsewhere = [keys_of(path) for path in others]
    names: dict[str, None] = {}
    for path in paths:
        whole = AttrPath(path.urn, path.attr)
        if path.urn and not any(keys[0] == path.urn for keys in elsewhere):
            whole = AttrPath(path.urn, None)
        elif any(keys[: len(keys_of(whole))] == keys_of(whole) for keys in elsewhere):
            whole = path
        names[write_name(resource, whole)] = None
    return list(names)
