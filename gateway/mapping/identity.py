"""`id`: where a record holds what it is known by, and whether that is a name that clients give."""

from collections.abc import Sequence

from msgspec import Struct

from gateway.lens.kinds import Field, LeafRule, Rule, TextRule, flatten
from gateway.lens.shapes import Leaf, find_field
from gateway.mapping.abilities import read_place
from gateway.mapping.desk import Desk
from gateway.mapping.document import IdRow, ResourceRow, read_row
from gateway.mapping.flow import write_flow
from gateway.mapping.names import name_keys
from gateway.mapping.source import Path

_KIND: Path = ("id", "kind")


class Identity(Struct, frozen=True):
    """The field that calls go by. `natural`: clients write it, too."""

    field: Field
    natural: bool = False


def read_identity(desk: Desk, row: ResourceRow) -> Identity:
    """What a record is known by. Complaints: E101, E105."""
    read = read_row(desk.source, (*desk.path, "id"), row.id, IdRow, desk.diagnosis) or IdRow()
    field = read_place(desk, read.path, ("id", "path"))
    if find_field(desk.names.shape, field) is None or not field:
        path: Path = ("id", "path") if row.id else ("shape",)
        hint = f"shape: {write_flow({read.path: 'string ro'})} # or id: {{ path: <field> }}"
        desk.complain("E105", f"the backend's shape has no field {read.path} for the native id", path, hint)
    return Identity(field or ("id",), natural=read.kind == "natural")


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
