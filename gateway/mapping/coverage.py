"""Which way each attribute of a resource type travels, by the rules of a mapping: what `check` ends with."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.lens.advertise import attribute_leaves
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
from gateway.mapping.narrowing import holes_of, write_name
from gateway.scim.filter import AttrPath
from gateway.scim.schema import ResourceType

WAYS = ("both ways", "out only", "in only", "kept", "dropped", "lost")
_COMMON = (AttrPath(None, "externalId"), AttrPath(None, "meta", "created"), AttrPath(None, "meta", "lastModified"))


def coverage(resource: Resource) -> Mapping[str, Sequence[str]]:
    """The names of the attributes by way, in the order of the schema; ways that none goes are left out.

    `out` is towards the backend, `in` towards clients. `lost`: neither carried nor dropped, though clients may send it.
    """
    ways = dict(pair for rule in resource.lens.rules for pair in ways_of(rule))
    dropped = {keys_of(path) for path in resource.dropped}
    found: dict[str, list[AttrPath]] = {way: [] for way in WAYS}
    for path, usual in _attributes(resource.lens.type):
        keys = keys_of(path)
        heads = [keys[:depth] for depth in range(len(keys), 0, -1)]
        way = next((ways[head] for head in heads if head in ways), None)
        way = way or ("dropped" if any(head in dropped for head in heads) else usual)
        if way is not None:
            found[way].append(path)
    return {way: _shorten(resource, paths, found) for way, paths in found.items() if paths}


def ways_of(rule: Rule) -> Iterator[tuple[Field, str]]:
    """The attributes of a rule, each with its way."""
    match rule:
        case LeafRule():
            yield keys_of(rule.s), _way(bool(rule.v) and rule.writable, rule.readable)
        case ListRule():
            for item in rule.items:
                written = bool(item.v) and item.writable and not rule.read_only
                yield (*keys_of(rule.s), str(item.s.attr)), _way(written, item.readable and not rule.unechoed)
        case SlotsRule():
            for name in {name for slot in rule.slots for name, _ in slot.select}:
                written, read = (any(getattr(one, side) for one in parts_of(rule)) for side in ("writable", "readable"))
                yield (*keys_of(rule.s), name), _way(written, read)
            for part in parts_of(rule):
                yield keys_of(part.s), _way(part.writable, part.readable)
        case TextRule():
            way = _way(rule.writable, all(one.readable for one in rule.ends))
            yield from ((keys_of(path), way) for path in attributes_of(rule))
        case TextRule():
            way = _way(rule.writable, all(end.readable for end in rule.ends))
            yield from ((keys_of(path), way) for path in holes_of(rule))
        case ChooseRule():
            written = any(one.rule.writable for one in rule.branches)
            yield keys_of(rule.s), _way(written, any(one.rule.readable for one in rule.branches))
        case KeepRule():
            yield keys_of(rule.s), "kept"
        case ShowRule():
            yield keys_of(rule.s), "in only"
        case SendRule():
            return


def _way(written: bool, read: bool) -> str:
    return "both ways" if written and read else "out only" if written else "in only"


def _attributes(type_: ResourceType) -> Iterator[tuple[AttrPath, str | None]]:
    """Every attribute, with what is to be said of one that no rule and no `drop` names."""
    yield _COMMON[0], "lost"
    for path, attribute in attribute_leaves(type_):
        yield path, None if attribute.mutability == "readOnly" else "lost"
    yield from ((path, None) for path in _COMMON[1:])


def _shorten(resource: Resource, paths: Sequence[AttrPath], found: Mapping[str, Sequence[AttrPath]]) -> list[str]:
    """The shortest names: a whole extension or attribute where no part of it goes another way."""
    elsewhere = [keys_of(path) for way in found.values() if way is not paths for path in way]
    names: dict[str, None] = {}
    for path in paths:
        whole = AttrPath(path.urn, path.attr)
        if path.urn and not any(keys[0] == path.urn for keys in elsewhere):
            whole = AttrPath(path.urn, None)
        elif any(keys[: len(keys_of(whole))] == keys_of(whole) for keys in elsewhere):
            whole = path
        names[write_name(resource, whole)] = None
    return list(names)
