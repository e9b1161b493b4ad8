"""One resource type of the file, compiled: names, shape, rules, calls, abilities, and the lens made of them."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gateway.lens.advertise import advertise
from gateway.lens.kinds import KeepRule, LeafRule, ListRule, Rule, ShowRule, Urns, attributes_of
from gateway.lens.lens import Lens
from gateway.lens.rewriting import rewrite
from gateway.lens.shapes import ObjectShape
from gateway.lens.translate import compile_rules
from gateway.mapping.abilities import read_can
from gateway.mapping.asked import check_asked, see_lists
from gateway.mapping.bodies import attributes_called
from gateway.mapping.calls import link_rules, read_calls, settle_ways
from gateway.mapping.checks import check_rules
from gateway.mapping.choices import settle_choices
from gateway.mapping.desk import Desk
from gateway.mapping.diagnose import Diagnosis
from gateway.mapping.dialect import Resource
from gateway.mapping.document import File, ResourceRow, read_row
from gateway.mapping.extended import read_aliases, read_type, refuse_aliases
from gateway.mapping.identity import (
    Identity,
    anchor_rules,
    check_identity,
    check_search,
    read_identity,
    refuse_lists_of_names,
)
from gateway.mapping.names import Names
from gateway.mapping.oneway import read_sends, read_shows
from gateway.mapping.operations import read_ops
from gateway.mapping.removal import (
    advertise_active,
    assume_active,
    check_deactivation,
    check_gone,
    check_removal,
    given_up,
    read_deactivation,
    read_gone,
    read_soft_delete,
)
from gateway.mapping.rules import read_rules
from gateway.mapping.same import same_rules
from gateway.mapping.service import check_abilities, check_carried, check_reach
from gateway.mapping.shape import read_shape
from gateway.mapping.source import Path, Source
from gateway.scim.filter import AttrPath


class Bases(Struct, frozen=True):
    """What one resource type needs to know of its siblings: the id prefixes by type, and whose ids have an anchor."""

    prefixes: Mapping[str, str]
    anchored: frozenset[str] = frozenset()


def compile_resource(source: Source, name: str, file: File, bases: Bases, diagnosis: Diagnosis) -> Resource | None:
    """Compile `resources.<name>`; None when there were errors (the complaints say which)."""
    path: Path = ("resources", name)
    start = len(diagnosis.diagnostics)
    row = read_row(source, path, file.resources[name], ResourceRow, diagnosis, instead={})
    readable = diagnosis.was_understood(start)
    desk = _desk(source, path, row, bases, diagnosis) if row is not None else None
    if row is None or desk is None:
        return None
    identity, drop = read_identity(desk, row), _listed(desk, row.drop, "drop")
    rules = _rules(desk, row, drop, bases)
    rules += anchor_rules(desk, identity, rules)
    deactivation = read_deactivation(row)
    drop += given_up(rules, deactivation)
    gone = read_gone(desk, row)
    sets = read_soft_delete(desk, row, gone)
    whole = diagnosis.was_understood(start)
    said = len(diagnosis.diagnostics)
    ops, calls, can = read_ops(desk, row), read_calls(desk, row), read_can(desk, row)
    called = attributes_called(ops["create"]) if "create" in ops else frozenset()
    ways = link_rules(desk, rules, row, calls)
    refuse_lists_of_names(desk, rules, ways)
    rules = settle_ways(desk, rules, ways)
    correlate, unique = _attributes(desk, row.correlate, "correlate"), _attributes(desk, row.unique, "unique")
    once = _listed(desk, row.once, "once")
    if not file.abstract:
        # What is missing, lost or out of reach can be said only when all of it was understood.
        check_rules(desk, rules, drop, called, whole)
        check_identity(desk, identity, rules)
        check_deactivation(desk, row, rules)
        if whole:
            check_carried(desk, rules, correlate, deactivation)
            check_removal(desk, row, ops, rules, sets)
        if readable and diagnosis.was_understood(said):
            check_abilities(desk, ops, can, by_calls=any(one.add is not None for one in ways.members.values()))
        if whole and diagnosis.was_understood(said):
            check_reach(desk, can, rules, correlate, gone)
            check_search(desk, identity, ops, can)
    if file.abstract or diagnosis.has_errors_since(start):
        return None
    urns = _urns(desk, row) if file.dialect == "scim" else Urns()
    lens = _lens(desk, rules, drop, called, identity, urns, f"{file.name} {name}", bases.prefixes.get(name, ""))
    check_gone(desk, lens, gone, sets)
    compared = see_lists(f"{file.name} {name} compared", lens)
    if compared is not None:
        check_asked(desk, compared, ops, can)
    return Resource(
        type=advertise_active(advertise(desk.names.type, rules, called), deactivation),
        lens=lens,
        ops=ops,
        can=can,
        correlate=correlate,
        unique=unique,
        gone=gone,
        delete_sets=sets,
        deactivation=deactivation,
        natural=identity.natural,
        dropped=drop,
        once=once,
        aliases={urn: alias for alias, (urn, _) in desk.names.aliases.items()},
        members=ways.members,
        switches=ways.switches,
        compared=compared,
    )


def _desk(source: Source, path: Path, row: ResourceRow, bases: Bases, diagnosis: Diagnosis) -> Desk | None:
    types = frozenset(bases.prefixes)
    aliases = read_aliases(source, path, row, diagnosis)
    full = read_type(source, path, row, aliases, types, diagnosis)
    if full is None:
        return None
    refuse_aliases(source, path, row, aliases, diagnosis)
    shape = read_shape(source, (*path, "shape"), row.shape, diagnosis, types)
    return Desk(source, path, Names(full, aliases, shape), diagnosis)


def _listed(desk: Desk, texts: Sequence[str], key: str) -> tuple[AttrPath, ...]:
    found = (desk.listed(text, (key, number)) for number, text in enumerate(texts))
    return tuple(one for one in found if one is not None)


def _rules(desk: Desk, row: ResourceRow, drop: tuple[AttrPath, ...], bases: Bases) -> tuple[Rule, ...]:
    rules: list[Rule] = [*read_rules(desk, row.map), *read_sends(desk, row.send), *read_shows(desk, row.show)]
    if row.map.get("same") == "all":
        named = [path for rule in rules for path in attributes_of(rule)]
        rules += same_rules(desk, {*named, *drop})
    rules += assume_active(desk, rules, read_deactivation(row))
    return settle_choices(desk, [_with_prefixes(desk, rule, bases) for rule in rules])


def _with_prefixes(desk: Desk, rule: Rule, bases: Bases) -> Rule:
    """References know what the ids they hold begin with; of a list the whole is what is complained of."""
    whole = rule if isinstance(rule, ListRule) else None
    named = rewrite(rule, lambda one: _by_name(desk, one, rule, bases))
    return rewrite(named, lambda one: _prefixed(desk, one, whole or one, bases))


def _by_name(desk: Desk, one: LeafRule, rule: Rule, bases: Bases) -> LeafRule:
    """A reference that the backend keeps as a name, where the id behind it is the first one. Complaints: E124."""
    if not bases.anchored.intersection(one.ref):
        return one
    listed = isinstance(rule, ListRule) and one.s.attr == "value"
    if len(one.ref) > 1 or not (listed or isinstance(rule, LeafRule)):
        message = f"ref({'|'.join(one.ref)}) holds names in a way that is not in the language yet"
        desk.complain("E124", message, desk.path_of(rule), "remove the rule")
    return replace(one, by_name=True)


def _prefixed(desk: Desk, one: LeafRule, rule: Rule, bases: Bases) -> LeafRule:
    """A reference with the prefix of the ids it points at, which must be one. Complaints: E128."""
    prefixes = sorted({bases.prefixes.get(name, "") for name in one.ref})
    if len(prefixes) > 1:
        message = f"ref({'|'.join(one.ref)}) holds ids of several prefixes: {', '.join(map(repr, prefixes))}"
        desk.complain("E128", message, desk.path_of(rule), f"ref({one.ref[0]})")
    return replace(one, ref_prefix=prefixes[0]) if one.ref else one


def _attributes(desk: Desk, texts: list[str], key: str) -> tuple[AttrPath, ...]:
    found = (desk.single(text, (key, number)) for number, text in enumerate(texts))
    return tuple(one for one in found if one is not None)


def _lens(
    desk: Desk, rules: tuple[Rule, ...], drop: tuple[AttrPath, ...], called: frozenset[AttrPath], identity: Identity,
    urns: Urns, label: str, prefix: str,
) -> Lens:  # fmt: skip
    shape = desk.names.shape
    compiled = compile_rules(label, rules, shape, urns, identity.field, prefix, identity.anchor)
    return Lens(
        type=desk.names.type,
        shape=shape,
        rules=rules,
        urns=urns,
        id_field=identity.field,
        id_prefix=prefix,
        anchor=identity.anchor,
        called=called,
        out=compiled.out,
        into=compiled.into,
        convert=compiled.convert,
        kept=tuple(rule.s for rule in rules if isinstance(rule, KeepRule)),
        shown=frozenset(str(rule.s) for rule in rules if isinstance(rule, ShowRule)),
        dropped=frozenset(str(path) for path in drop),
    )


def _urns(desk: Desk, row: ResourceRow) -> Urns:
    core = row.urns.get("core")
    vendor = core.get("vendor") if isinstance(core, dict) else None
    fields = desk.names.shape.fields.items()
    extensions = (key for key, field in fields if ":" in key and isinstance(field, ObjectShape))
    return Urns(core=vendor or desk.names.type.schema.id, extensions=tuple(extensions))
