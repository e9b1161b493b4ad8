"""`choose`: one of several rules for an attribute, by what the resource shows elsewhere."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from gateway.lens.kinds import Branch, ChooseRule, Field, LeafRule, Rule
from gateway.lens.shapes import Leaf, find_field
from gateway.mapping.desk import Desk
from gateway.mapping.document import BranchRow, RuleRow, read_row
from gateway.mapping.leaf import read_leaf_rule
from gateway.mapping.places import check_place
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath, walk
from gateway.scim.schema import Attribute

_AGAIN = "the branch cannot be found again"


def read_choose_rule(desk: Desk, path: Path, target: AttrPath, row: RuleRow) -> ChooseRule | None:
    """The rule, or None when the complaints say why not. Complaints: E102, E104 to E106, E113, E201, E305."""
    attribute = desk.names.type.find(target)
    if attribute is None or attribute.multi_valued or attribute.type == "complex":
        desk.complain("E201", f"{target} is no single value: choose: is for one value", path, "name a part of it")
        return None
    rows = [] if row.choose is UNSET else row.choose
    if not rows:
        desk.complain(
            "E102", "choose: lists branches", (*path, "choose"), "choose: [{ when: ..., to: ... }, { to: ... }]"
        )
    found = [_read_branch(desk, (*path, "choose", at), target, attribute, one) for at, one in enumerate(rows)]
    branches = tuple(one for one in found if one is not None)
    for at, branch in enumerate(branches[:-1]):
        if branch.when is None:
            message = f"choose on {target}: a branch without when: hides those behind it"
            desk.complain("E305", message, (*path, "choose", at), "put it last, or say when:")
    return ChooseRule(s=target, branches=branches, line=desk.line(path)) if branches else None


def _read_branch(desk: Desk, path: Path, target: AttrPath, attribute: Attribute, given: object) -> Branch | None:
    row = read_row(desk.source, (*desk.path, *path), given, BranchRow, desk.diagnosis)
    if row is None:
        return None
    when = desk.condition(row.when, (*path, "when")) if row.when is not None else None
    found = _field(desk, path, target, row)
    if found is None or (row.when is not None and when is None):
        return None
    keys = ("to", "values", "also", "via", "fill", "assume", "limit")
    plain_row = RuleRow(**{key: getattr(row, key) for key in keys})
    rule = replace(read_leaf_rule(desk, path, target, attribute, *found, plain_row), s_required=False)
    desk.remember(rule, path)
    return Branch(rule, when)


def _field(desk: Desk, path: Path, target: AttrPath, row: BranchRow) -> tuple[Field, Leaf] | None:
    """The branch's field: one value that is written and shown. Complaints: E105, E201, E305."""
    field = desk.plain_field(row.to, (*path, "to"))
    leaf = find_field(desk.names.shape, field) if field else None
    if field is None or not isinstance(leaf, Leaf) or not check_place(desk, (*path, "to"), field):
        return None
    if leaf.write_only or leaf.unechoed or leaf.read_only:
        why = "set by the backend" if leaf.read_only else "never shown"
        message = f"choose on {target}: {row.to} is {why}: {_AGAIN}"
        desk.complain("E305", message, path, "name a field that is written and shown")
    return field, leaf


def settle_choices(desk: Desk, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules, choices with the rules of what their conditions read. Complaints: E305."""
    own = (rule for rule in rules if isinstance(rule, LeafRule) and rule.v)
    plain_rules = {rule.s: rule for rule in own if rule.readable and rule.writable}
    return tuple(_settle(desk, rule, plain_rules) if isinstance(rule, ChooseRule) else rule for rule in rules)


def _settle(desk: Desk, rule: ChooseRule, known: Mapping[AttrPath, LeafRule]) -> ChooseRule:
    asked = dict.fromkeys(path for branch in rule.branches if branch.when is not None for path in walk(branch.when))
    for path in asked:
        if path not in known:
            message = f"choose on {rule.s} reads {path}, which is not carried both ways: {_AGAIN}"
            desk.complain(
                "E305", message, desk.path_of(rule), f"map: {{ {path}: <field> }} # or read another attribute"
            )
    return replace(rule, reads=tuple(known[path] for path in asked if path in known))
