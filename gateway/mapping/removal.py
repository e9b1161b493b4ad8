"""What deleting and deactivating come to at the backend: calls, a change of the record, or a refusal."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from gateway.lens.guards import holds, paths_read
from gateway.lens.kinds import KeepRule, LeafRule, Rule, ShowRule
from gateway.lens.lens import Document, Lens, LensError
from gateway.lens.shapes import Leaf
from gateway.mapping.constants import misfit_attribute, sample_attribute
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import BackendCall
from gateway.mapping.document import ResourceRow, read_row
from gateway.mapping.document_calls import SoftDeleteRow
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath, Filter
from gateway.scim.schema import ResourceType

ACTIVE = AttrPath(None, "active")
Deactivation = Literal["carried", "delete", "refuse", "none"]
Sets = tuple[tuple[AttrPath, Any], ...]
_DELETE: Path = ("ops", "delete")
_GONE: Path = ("ops", "retrieve", "gone")


def is_soft(value: Any) -> bool:
    """Is this `delete` a change of the record?"""
    return isinstance(value, dict) and "set" in value


def read_gone(desk: Desk, row: ResourceRow) -> Filter | None:
    """The condition under which a record that is still shown counts as deleted. Complaints: E105, E113."""
    retrieve = row.ops.get("retrieve")
    text = retrieve.get("gone") if isinstance(retrieve, dict) else None
    return desk.record_condition(text, _GONE) if isinstance(text, str) else None


def read_soft_delete(desk: Desk, row: ResourceRow, gone: Filter | None) -> Sets:
    """What a delete sets instead of deleting. Complaints: E102, E104, E201, E640."""
    value = row.ops.get("delete")
    if not is_soft(value):
        return ()
    read = read_row(desk.source, (*desk.path, *_DELETE), value, SoftDeleteRow, desk.diagnosis)
    if read is None:
        return ()
    if gone is None:
        message = "a record that is only marked as deleted would still be shown: nothing says how to tell it"
        desk.complain("E640", message, _DELETE, 'retrieve: { call: "GET /users/{id}", gone: \'status eq "DELETED"\' }')
    found = [(desk.single(text, (*_DELETE, "set", text)), text, one) for text, one in read.set.items()]
    for path, text, one in found:
        attribute = desk.names.type.find(path) if path is not None else None
        misfit = misfit_attribute(one, attribute.type) if attribute is not None else ""
        if attribute is not None and misfit:
            hint = f"{text}: {sample_attribute(attribute.type)}"
            desk.complain("E201", f"the value that delete gives {text} {misfit}", (*_DELETE, "set", text), hint)
    return tuple((path, one) for path, _, one in found if path is not None)


def read_deactivation(row: ResourceRow) -> Deactivation:
    """What becomes of `active: false`: `carried` by a rule, or one of the words of `deactivate`."""
    active = row.map.get("active")
    if isinstance(active, dict) and "when_false" in active:
        return "delete"
    return row.deactivate or "carried"


def assume_active(desk: Desk, rules: Sequence[Rule], deactivation: Deactivation) -> tuple[LeafRule, ...]:
    """Where deactivating deletes or is refused, whoever is there is active: shown, unless the mapping shows it."""
    if deactivation not in ("delete", "refuse") or desk.names.type.find(ACTIVE) is None:
        return ()
    return () if _tells_active(rules) else (assumed_active(desk.line(("deactivate",))),)


def _tells_active(rules: Sequence[Rule]) -> bool:
    return any(isinstance(rule, LeafRule | KeepRule | ShowRule) and rule.s == ACTIVE for rule in rules)


def given_up(rules: Sequence[Rule], deactivation: Deactivation) -> tuple[AttrPath, ...]:
    """`deactivate: none` says by name that `active` goes nowhere."""
    return (ACTIVE,) if deactivation == "none" and not _tells_active(rules) else ()


def assumed_active(line: int) -> LeafRule:
    """`active` without a field: everyone who is there is."""
    return LeafRule(s=ACTIVE, v=(), leaf=Leaf(type="bool"), s_type="boolean", line=line, assume=True)


def advertise_active(type_: ResourceType, deactivation: Deactivation) -> ResourceType:
    """`active` without a field can be written all the same where deactivating deletes."""
    if deactivation != "delete":
        return type_
    known = type_.schema.attributes
    attributes = (replace(one, mutability="readWrite") if one.name == "active" else one for one in known)
    return replace(type_, schema=replace(type_.schema, attributes=tuple(attributes)))


def check_deactivation(desk: Desk, row: ResourceRow, rules: Sequence[Rule]) -> None:
    """Words that mean nothing here, or promise little. Complaints: E126, E643, W640, N740."""
    path: Path = ("deactivate",)
    word = row.deactivate
    if word is None:
        return
    if desk.names.type.find(ACTIVE) is None:
        hint = "remove the line"
        desk.complain("E126", f"deactivate: has no meaning for {desk.names.type.name}, which has no active", path, hint)
    elif ACTIVE in _writable(rules):
        message = f"active is carried by a rule, and deactivate: {word} says otherwise"
        desk.complain("E643", message, path, "remove the line, or the rule for active")
    elif word == "none":
        message = "a deactivation is accepted and bars nobody: a leaver stays in"
        desk.complain("W640", message, path, "deactivate: delete # or refuse")
    elif word == "refuse":
        desk.complain("N740", "a deactivation is refused: clients must delete", path)


def check_removal(
    desk: Desk, row: ResourceRow, ops: Mapping[str, BackendCall], rules: Sequence[Rule], sets: Sets
) -> None:
    """Deletions that would delete nothing. Complaints: E601, E641."""
    writable = _writable(rules)
    for path, _ in sets:
        if path not in writable:
            message = f"delete sets {path}, which no rule brings to the backend: nothing would be deleted"
            desk.complain("E641", message, (*_DELETE, "set"), f"map: {{ {path}: <field of the backend> }}")
    if read_deactivation(row) == "delete" and not (sets or "delete" in ops):
        message = "a deactivation deletes, but ops.delete is missing"
        desk.complain("E601", message, ("ops",), 'ops: { delete: "DELETE /users/{id}" }')


def _writable(rules: Sequence[Rule]) -> set[AttrPath]:
    return {rule.s for rule in rules if isinstance(rule, LeafRule) and rule.v and rule.writable}


def check_gone(desk: Desk, lens: Lens, gone: Filter | None, sets: Sets) -> None:
    """A soft delete must make the record what `gone` says, where that can be told. Complaints: E201, E642, N741."""
    if gone is None:
        return
    try:
        if sets and _is_told_by(gone, lens, sets) is False:
            message = "the record that delete leaves is not gone: it would still be shown"
            desk.complain("E642", message, _GONE, "say what the record looks like after it")
    except LensError as error:
        hint = "set a value that the backend takes"
        desk.complain("E201", f"delete sets what the backend does not take: {error}", (*_DELETE, "set"), hint)
    if _is_told_by(gone, lens, ((ACTIVE, False),)):
        desk.complain("N741", "active: false makes a record gone: whoever is deactivated is found no more", _GONE)


def _is_told_by(gone: Filter, lens: Lens, sets: Sets) -> bool | None:
    """Is a record with these values gone? None where more than they decides. Raises LensError for a value."""
    record: Document = {}
    written = set()
    for rule in lens.rules:
        value = next((one for path, one in sets if isinstance(rule, LeafRule) and rule.s == path), None)
        if isinstance(rule, LeafRule) and value is not None and rule.v in lens.convert:
            written.add(rule.v)
            _write(record, rule.v, lens.convert[rule.v](value))
    return holds(gone, record) if set(paths_read(gone)) <= written else None


def _write(record: Document, field: Sequence[str], value: Any) -> None:
    *parents, last = field
    for key in parents:
        record = record.setdefault(key, {})
    record[last] = value
