"""One resource type of the file, compiled: names, shape, rules, calls, abilities, and the lens made of them."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from gateway.lens.ability import FilterAbility, Replace
from gateway.lens.advertise import advertise
from gateway.lens.kinds import KeepRule, LeafRule, ListRule, Rule, ShowRule, Urns
from gateway.lens.lens import Lens
from gateway.lens.shapes import ObjectShape
from gateway.lens.translate import compile_rules
from gateway.mapping import checks
from gateway.mapping.desk import Desk
from gateway.mapping.diagnose import Diagnosis
from gateway.mapping.dialect import BackendCall, Can, Paging, Resource
from gateway.mapping.document import CanRow, File, FilterRow, IdRow, OpRow, PageRow, ResourceRow, UrnRow, read_row
from gateway.mapping.notation import Names, read_call, read_keys, read_shape
from gateway.mapping.rules import read_rules, read_sends, read_shows
from gateway.mapping.same import same_rules
from gateway.mapping.source import Path, Source
from gateway.scim.filter import AttrPath
from gateway.scim.names import ENTERPRISE
from gateway.scim.schema import Attribute, ResourceType, Schema, standard

OPERATIONS = ("create", "retrieve", "query", "replace", "modify", "delete")
_TYPES = {"string": "string", "bool": "boolean", "int": "integer", "number": "decimal", "datetime": "dateTime"}


class Bases(Struct, frozen=True):
    """What one resource type needs to know of its siblings: the id prefixes by type."""

    prefixes: Mapping[str, str]


def compile_resource(source: Source, name: str, file: File, bases: Bases, diagnosis: Diagnosis) -> Resource | None:
    """Compile `resources.<name>`; None when its row cannot be read (the complaints say why)."""
    path: Path = ("resources", name)
    row = read_row(source, path, source.data["resources"][name], ResourceRow, diagnosis)
    if row is None:
        return None
    shape = read_shape(source, (*path, "shape"), row.shape, diagnosis)
    aliases = _aliases(source, path, row, diagnosis)
    desk = Desk(source, path, Names(_full_type(name, row, aliases), aliases, shape), diagnosis)
    drop = tuple(one for one in (_dropped(desk, text) for text in row.drop) if one is not None)
    rules = _rules(desk, row, drop, bases)
    can = _can(desk, row)
    ops = _ops(desk, row)
    if not file.abstract:
        _check(desk, rules, drop, ops, can)
    if diagnosis.has_errors:
        return None
    lens = _lens(desk, row, rules, drop, shape, file.name, bases.prefixes.get(name, ""))
    return Resource(
        type=advertise(desk.names.type, rules),
        lens=lens,
        ops=ops,
        can=can,
        correlate=_attributes(desk, row.correlate, "correlate"),
        unique=_attributes(desk, row.unique, "unique"),
        dropped=lens.dropped,
    )


def _aliases(source: Source, path: Path, row: ResourceRow, diagnosis: Diagnosis) -> dict[str, tuple[str, str]]:
    """Alias -> (URN towards clients, URN at the backend). `core` is read by `_urns`."""
    aliases = {"enterprise": (ENTERPRISE, ENTERPRISE)}
    for alias, value in row.urns.items():
        urn = read_row(source, (*path, "urns", alias), value, UrnRow, diagnosis)
        if urn is not None and alias != "core":
            scim = urn.scim or urn.vendor or ""
            aliases[alias] = (scim, urn.vendor or scim)
    return aliases


def _full_type(name: str, row: ResourceRow, aliases: Mapping[str, tuple[str, str]]) -> ResourceType:
    """The RFC's type with what the mapping adds under `scim:`."""
    try:
        full = standard(name)
    except KeyError:
        full = ResourceType(name, row.at or f"/{name}s", name, Schema(id=f"urn:scim-gateway:schemas:{name}", name=name))
    added: dict[str, list[Attribute]] = {}
    for text, kind in row.scim.items():
        alias, _, rest = text.partition(":")
        if alias in aliases:
            added.setdefault(aliases[alias][0], []).append(Attribute(name=rest, type=_TYPES.get(str(kind), "string")))  # type: ignore[arg-type]  # the table holds RFC 7643's words only
    extensions = tuple(
        Schema(id=urn, name=urn.rsplit(":", 1)[-1], attributes=tuple(all_)) for urn, all_ in added.items()
    )
    return replace(full, endpoint=row.at or full.endpoint, extensions=(*full.extensions, *extensions))


def _dropped(desk: Desk, text: str) -> AttrPath | None:
    if text in desk.names.aliases:
        return AttrPath(desk.names.aliases[text][0], None)
    return desk.attribute(text, ("drop",))


def _rules(desk: Desk, row: ResourceRow, drop: tuple[AttrPath, ...], bases: Bases) -> tuple[Rule, ...]:
    rules: list[Rule] = [*read_rules(desk, row.map), *read_sends(desk, row.send), *read_shows(desk, row.show)]
    if row.map.get("same") == "all":
        named = [rule.s for rule in rules if isinstance(rule, LeafRule | ListRule | KeepRule | ShowRule)]
        shown = {rule.s for rule in rules if isinstance(rule, ShowRule)}
        rules += same_rules(desk, {*named, *drop, *shown})
    return tuple(_with_prefixes(rule, bases) for rule in rules)


def _with_prefixes(rule: Rule, bases: Bases) -> Rule:
    if isinstance(rule, LeafRule) and rule.ref:
        return replace(rule, ref_prefix=bases.prefixes.get(rule.ref[0], ""))
    if isinstance(rule, ListRule):
        items = tuple(
            replace(one, ref_prefix=bases.prefixes.get(one.ref[0], "")) if one.ref else one for one in rule.items
        )
        return replace(rule, items=items)
    return rule


def _attributes(desk: Desk, texts: list[str], key: str) -> tuple[AttrPath, ...]:
    found = (desk.attribute(text, (key,)) for text in texts)
    return tuple(one for one in found if one is not None)


def _ops(desk: Desk, row: ResourceRow) -> dict[str, BackendCall]:
    ops: dict[str, BackendCall] = {}
    for name, value in row.ops.items():
        path: Path = ("ops", name)
        if name not in OPERATIONS:
            desk.unknown("E102", f"unknown operation '{name}'", name, OPERATIONS, path)
            continue
        data = {"call": value} if isinstance(value, str) else value
        op = read_row(desk.source, (*desk.path, *path), data, OpRow, desk.diagnosis)
        if op is None:
            continue
        try:
            verb, where, query = read_call(op.call)
        except ValueError as error:
            desk.complain("E117", str(error), path, f"{name}: POST /Users")
            continue
        ops[name] = BackendCall(
            verb=verb,
            path=where,
            query=query,
            expect=(op.expect,) if isinstance(op.expect, int) else tuple(op.expect),
            result=read_keys(op.result),
            id_from=op.id,
            then_retrieve=op.then == "retrieve",
            body=op.body,
        )
    return ops


def _can(desk: Desk, row: ResourceRow) -> Can:
    path: Path = ("can",)
    read = read_row(desk.source, (*desk.path, *path), row.can, CanRow, desk.diagnosis) or CanRow()
    page = read_row(desk.source, (*desk.path, "can", "page"), read.page or {"style": "none"}, PageRow, desk.diagnosis)
    filter_ = read_row(
        desk.source, (*desk.path, "can", "filter"), read.filter or {"language": "none"}, FilterRow, desk.diagnosis
    )
    return Can(
        replace=None if read.replace == "none" else Replace(read.replace.omitted, read.replace.clear),
        modify=None if read.modify == "none" else read.modify,
        paging=_paging(page) if page else Paging(),
        filter=_ability(filter_) if filter_ else FilterAbility(),
        sort=frozenset() if read.sort == "none" else frozenset(read.sort),
        project=read.project,
    )


def _paging(row: PageRow) -> Paging:
    return Paging(
        style=row.style,
        start=row.start,
        size=row.size,
        max=row.max,
        first=row.first,
        items=read_keys(row.items),
        total=read_keys(row.total) if row.total else None,
        next=read_keys(row.next) if row.next else None,
        jump=row.jump,
    )


def _ability(row: FilterRow) -> FilterAbility:
    return FilterAbility(
        language=row.language,
        param=row.param,
        scan=row.scan,
        connect_and=row.connect_and,
        connect_or=row.connect_or,
        negate=row.negate,
        unknown=row.unknown,
        allow={field: frozenset(operators) for field, operators in row.allow.items()},
    )


def _check(
    desk: Desk, rules: tuple[Rule, ...], drop: tuple[AttrPath, ...], ops: Mapping[str, BackendCall], can: Can
) -> None:
    checks.check_collisions(desk, rules)
    checks.check_required(desk, rules)
    checks.check_loss(desk, rules, drop)
    checks.check_types(desk, rules)
    checks.check_service(desk, ops, can, rules, can.filter.allow)


def _lens(
    desk: Desk, row: ResourceRow, rules: tuple[Rule, ...], drop: tuple[AttrPath, ...], shape: ObjectShape, label: str,
    prefix: str,
) -> Lens:  # fmt: skip
    id_row = read_row(desk.source, (*desk.path, "id"), row.id, IdRow, desk.diagnosis) or IdRow()
    urns = _urns(desk, row, shape)
    id_field = read_keys(id_row.path)
    compiled = compile_rules(f"{label} {desk.names.type.name}", rules, shape, urns, id_field, prefix)
    return Lens(
        type=desk.names.type,
        shape=shape,
        rules=rules,
        urns=urns,
        id_field=id_field,
        id_prefix=prefix,
        out=compiled.out,
        into=compiled.into,
        convert=compiled.convert,
        kept=tuple(rule.s for rule in rules if isinstance(rule, KeepRule)),
        shown=frozenset(str(rule.s) for rule in rules if isinstance(rule, ShowRule)),
        dropped=frozenset(str(path) for path in drop),
    )


def _urns(desk: Desk, row: ResourceRow, shape: ObjectShape) -> Urns:
    core = row.urns.get("core")
    vendor = core.get("vendor") if isinstance(core, dict) else None
    return Urns(core=vendor or desk.names.type.schema.id, extensions=tuple(key for key in shape.fields if ":" in key))
