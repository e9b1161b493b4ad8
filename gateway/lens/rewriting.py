"""The same rule with other leaves: what stands inside a rule, changed one by one."""

from collections.abc import Callable

from msgspec.structs import replace

from gateway.lens.kinds import ChooseRule, LeafRule, ListRule, Rule, SlotsRule

Change = Callable[[LeafRule], LeafRule]


def rewrite(rule: Rule, change: Change) -> Rule:
    """The rule with each of its leaves as `change` makes it; a rule without leaves is as it was."""
    match rule:
        case LeafRule():
            return change(rule)
        case ListRule(items=items):
            return replace(rule, items=tuple(map(change, items)))
        case ChooseRule(branches=branches, reads=reads):
            changed = (replace(one, rule=change(one.rule)) for one in branches)
            return replace(rule, branches=tuple(changed), reads=tuple(map(change, reads)))
        case SlotsRule(slots=slots):
            return replace(rule, slots=tuple(replace(one, parts=tuple(map(change, one.parts))) for one in slots))
    return rule
