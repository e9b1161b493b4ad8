"""Checks of what a resource type can be served with: calls and abilities, `active`, filters, look-ups."""

from collections.abc import Mapping, Sequence

from gateway.lens.ability import Replace
from gateway.lens.addresses import read_as_field
from gateway.lens.kinds import ChooseRule, KeepRule, LeafRule, ListRule, Rule, ShowRule, TextRule, attributes_of
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import BackendCall, Can
from gateway.mapping.filters import check_filters
from gateway.mapping.removal import ACTIVE, Deactivation
from gateway.scim.filter import AttrPath, Filter


def check_abilities(desk: Desk, ops: Mapping[str, BackendCall], can: Can, *, by_calls: bool) -> None:
    """Abilities without calls, calls without abilities, and fields that are not there.

    `by_calls`: a list at least is changed by calls of its own.
    """
    _check_calls(desk, ops, can, by_calls=by_calls)
    if can.replace == Replace("kept", None):
        message = "PUT keeps what is left out: say how a field is cleared"
        desk.complain("E603", message, ("can", "replace"), 'replace: { omitted: kept, clear: "null" }')
    if can.paging.style == "cursor" and can.paging.next is None:
        message = "page style cursor does not say where a reply holds the next cursor"
        desk.complain("E605", message, ("can", "page"), "next: meta.next")
    for text in sorted(can.sort):
        desk.known_field(text, ("can", "sort"))
    for text in can.filter.allow:
        desk.known_field(text, ("can", "filter", "allow", text))


def check_carried(desk: Desk, rules: Sequence[Rule], correlate: Sequence[AttrPath], deactivation: Deactivation) -> None:
    """What an identity provider cannot do without: deactivating somebody, and finding them again."""
    active = desk.names.type.find(ACTIVE)
    said = deactivation != "carried" or _carries_active(rules)
    if active is not None and active.mutability != "readOnly" and not said:
        message = "nothing carries active: an identity provider that deactivates a user would be told it worked"
        hint = "map: { active: <the field that bars the account> } # or deactivate: delete, or deactivate: refuse"
        desk.complain("E606", message, ("map",), hint)
    _check_correlate(desk, rules, correlate)


def check_reach(
    desk: Desk, can: Can, rules: Sequence[Rule], correlate: Sequence[AttrPath], gone: Filter | None
) -> None:
    """What a PATCH or a filter can reach of what the rules carry."""
    _check_hidden(desk, can, rules)
    if can.filter.scan == 0 and (gone is not None or can.paging.ignore is not None):
        message = "lists show what is left out here, so they have to be read, and scan: 0 forbids it: none is answered"
        desk.complain("E645", message, ("can", "filter", "scan"), "scan: 1000")
    else:
        check_filters(desk, can, rules, correlate)


def _check_calls(desk: Desk, ops: Mapping[str, BackendCall], can: Can, *, by_calls: bool) -> None:
    able = {"modify": can.modify, "replace": can.replace}
    samples = {"modify": "PATCH /users/{id}", "replace": "PUT /users/{id}"}
    ways = {"modify": "modify: merge", "replace": "replace: { omitted: cleared }"}
    for name, ability in able.items():
        if ability is not None and name not in ops:
            message = f"can.{name} is declared but ops.{name} is missing"
            desk.complain(
                "E601", message, ("can", name), f'ops: {{ {name}: "{samples[name]}" }} # or can: {{ {name}: none }}'
            )
        if ability is None and name in ops:
            message = f"ops.{name} is never called: can.{name} does not say how it works"
            desk.complain("W608", message, ("ops", name), f"can: {{ {ways[name]} }}")
    if not by_calls and not any(ability is not None and name in ops for name, ability in able.items()):
        needed = f'ops: {{ replace: "{samples["replace"]}" }}, can: {{ {ways["replace"]} }}'
        hint = f"{desk.names.type.name}: {{ {needed} }}"
        desk.complain("E602", "no modify and no replace: PUT and PATCH cannot be served", ("ops",), hint)
    if "retrieve" not in ops:
        desk.complain("E602", "no retrieve: nothing can be read", ("ops",), 'ops: { retrieve: "GET /users/{id}" }')


def _check_hidden(desk: Desk, can: Can, rules: Sequence[Rule]) -> None:
    """Without a PATCH of the backend's the record read is sent back whole, and what is never shown is not in it."""
    if can.modify is not None or can.replace is None or can.replace.omitted != "cleared":
        return
    hidden = [name for rule in rules for name in _never_shown(rule)]
    if hidden:
        are, them = ("is", "it") if len(hidden) == 1 else ("are", "them")
        message = f"{', '.join(hidden)} {are} never shown and PUT clears what is left out: a PATCH of anything loses"
        desk.complain("N706", f"{message} {them}", ("can", "modify"))


def _never_shown(rule: Rule) -> list[str]:
    """The attributes of a rule that are written and cannot be read again."""
    if isinstance(rule, LeafRule):
        return [str(rule.s)] if rule.v and rule.writable and not rule.readable else []
    if not isinstance(rule, ListRule) or rule.read_only:
        return []
    parts = (one for one in rule.items if one.v and one.writable and not one.readable)
    return [str(rule.s)] if not rule.readable else [f"{rule.s}.{one.s.attr}" for one in parts]


def _carries_active(rules: Sequence[Rule]) -> bool:
    """By a field that is written, or by a deletion."""
    own = (rule for rule in rules if isinstance(rule, LeafRule | ChooseRule) and rule.s == ACTIVE)
    return any(isinstance(rule, ChooseRule) or rule.writable for rule in own)


def _check_correlate(desk: Desk, rules: Sequence[Rule], correlate: Sequence[AttrPath]) -> None:
    carried = (rule for rule in rules if isinstance(rule, KeepRule | LeafRule | TextRule | ChooseRule))
    found = {one for rule in carried for one in attributes_of(rule)}
    found |= {rule.s for rule in rules if isinstance(rule, ShowRule) and read_as_field(rule, desk.names.shape)}
    for number, path in enumerate(correlate):
        if path not in found:
            message = f"correlate names {path}, which no rule carries: nothing can be found by it"
            desk.complain("W609", message, ("correlate", number), "take it off the list, or map it")
