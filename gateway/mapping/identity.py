"""`id`: where a record holds what it is known by, whether that is a name, and which field keeps the first one."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from gateway.lens.addresses import print_field
from gateway.lens.holes import Hole, Template
from gateway.lens.kinds import Field, LeafRule, ListRule, Rule, SendRule, TextRule, flatten
from gateway.lens.shapes import Leaf, find_field
from gateway.mapping.abilities import read_place
from gateway.mapping.calls import Ways
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import BackendCall, Can
from gateway.mapping.document import IdRow, ResourceRow, read_row
from gateway.mapping.flow import write_flow
from gateway.mapping.names import name_keys
from gateway.mapping.source import Path

_KIND: Path = ("id", "kind")
_ANCHOR: Path = ("id", "anchor")


class Identity(Struct, frozen=True):
    """The field that calls go by. `natural`: clients write it, too. `anchor`: what holds the first name for good."""

    field: Field
    natural: bool = False
    anchor: Field | None = None


def read_identity(desk: Desk, row: ResourceRow) -> Identity:
    """What a record is known by. Complaints: E101, E105, E126, E651."""
    read = read_row(desk.source, (*desk.path, "id"), row.id, IdRow, desk.diagnosis) or IdRow()
    field = read_place(desk, read.path, ("id", "path"))
    if find_field(desk.names.shape, field) is None or not field:
        path: Path = ("id", "path") if row.id else ("shape",)
        hint = f"shape: {write_flow({read.path: 'string ro'})} # or id: {{ path: <field> }}"
        desk.complain("E105", f"the backend's shape has no field {read.path} for the native id", path, hint)
    anchor = _read_anchor(desk, read, field) if read.anchor else None
    return Identity(field or ("id",), natural=read.kind == "natural", anchor=anchor)


def _read_anchor(desk: Desk, read: IdRow, name: Field) -> Field | None:
    """A text that can be written and read at any time, and is as long as names are."""
    if read.kind != "natural":
        desk.complain("E126", "anchor: has no meaning where the id is the backend's own", _ANCHOR, "kind: natural")
        return None
    field = desk.known_field(read.anchor, _ANCHOR)
    if field is None:
        return None
    leaf, named = find_field(desk.names.shape, field), find_field(desk.names.shape, name)
    most = named.high if isinstance(named, Leaf) else None
    fault = _misfit(leaf, most) if field != name else "is the name itself"
    if fault:
        sample = f"string(..{most})" if most is not None else "string"
        hint = f"shape: {write_flow({name_keys(field): sample})}" if field != name else "anchor: <a spare field>"
        desk.complain("E651", f"{name_keys(field)} cannot hold the first id: it {fault}", _ANCHOR, hint)
    return None if fault else field


def _misfit(leaf: object, most: int | None) -> str:
    """Why a field cannot be an anchor; nothing when it can."""
    if not isinstance(leaf, Leaf) or leaf.type != "string":
        return "is no text"
    if leaf.read_only or leaf.immutable:
        return "cannot be written when somebody gets another name"
    if leaf.write_only or leaf.unechoed:
        return "is never shown"
    if leaf.low > 1 or (leaf.high is not None and (most is None or leaf.high < most)):
        return "takes no text of the length that names may have"
    return ""


def anchor_rules(desk: Desk, identity: Identity, rules: Sequence[Rule]) -> tuple[SendRule, ...]:
    """What writes the anchor: the name, when the record is created. Complaints: E652."""
    if identity.anchor is None:
        return ()
    name = next((rule for rule in rules if isinstance(rule, LeafRule) and rule.v == identity.field), None)
    if name is None or name.codec is not None or name.table is not None or name.ref or name.through or name.fill:
        field = name_keys(identity.field)
        message = f"no rule carries {field} as it is: the first name would not be the one that is known"
        desk.complain("E652", message, _ANCHOR, f"map: {{ <attribute>: {field} }}")
        return ()
    template = Template((Hole(name.s),), f"{{{name.s}}}")
    rule = SendRule(v=identity.anchor, values=(template,), line=desk.line(_ANCHOR), on="create")
    desk.remember(rule, _ANCHOR)
    return (rule,)


def check_identity(desk: Desk, identity: Identity, rules: Sequence[Rule]) -> None:
    """A natural id is a name that a client gives. Complaints: E650."""
    if not identity.natural or _is_given(identity.field, rules):
        return
    name = name_keys(identity.field)
    leaf = find_field(desk.names.shape, identity.field)
    if isinstance(leaf, Leaf) and leaf.read_only:
        message, hint = f"{name} is set by the backend: as an id it is native", "kind: native"
    else:
        message, hint = f"no rule of map writes {name}: nobody could be given a name", f"map: {{ <attribute>: {name} }}"
    desk.complain("E650", message, _KIND, hint)


def _is_given(field: Field, rules: Sequence[Rule]) -> bool:
    carried = flatten(rule for rule in rules if not isinstance(rule, TextRule) or rule.writable)
    return any(isinstance(rule, LeafRule) and rule.v == field and rule.writable for rule in carried)


def check_search(desk: Desk, identity: Identity, ops: Mapping[str, BackendCall], can: Can) -> None:
    """Who has an id is looked for by the anchor when the name does not tell. Complaints: E653."""
    if identity.anchor is None:
        return
    name = name_keys(identity.anchor)
    asked = can.filter.question(print_field(identity.anchor), "eq") is not None
    if "query" not in ops:
        message, hint = f"nobody can be looked for by {name}: there is no query", 'ops: { query: "GET /users" }'
    elif not asked and (can.filter.scan == 0 or can.filter.required):
        message = f"nobody can be looked for by {name}: it is not asked, and lists may not be read"
        how = "[eq]" if can.filter.language != "params" else f'{{ eq: "{name}={{value}}" }}'
        hint = f"allow: {{ {name}: {how} }} # if the backend has it" if can.filter.required else "scan: 1000"
    else:
        return
    desk.complain("E653", message, _ANCHOR, hint)


def refuse_lists_of_names(desk: Desk, rules: Sequence[Rule], ways: Ways) -> None:
    """A list of names that a call of its own reads would show them as ids. Complaints: E124."""
    for rule in rules:
        if isinstance(rule, ListRule) and any(one.by_name for one in rule.items):
            calls = ways.members.get(rule.v)
            if calls is not None and calls.read is not None:
                message = f"{rule.s} holds names and is read by a call of its own: not in the language yet"
                desk.complain("E124", message, desk.path_of(rule), "remove the rule")
