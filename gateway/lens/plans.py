"""Plans of filters, remembered by form: the second look-up by userName is planned by filling in the name.

What is remembered is `carry_filter` of the form itself, so a text may be left out of it only where carrying passes
texts on without a look. Every other one is part of what the plan is remembered by.
"""

from msgspec import UNSET
from msgspec.structs import replace

from gateway.lens.ability import FilterAbility
from gateway.lens.addresses import find_rule, print_field
from gateway.lens.filters import carry_filter
from gateway.lens.kinds import KeepRule, LeafRule, ListRule
from gateway.lens.lens import Lens, Pushdown
from gateway.scim.filter import AttrPath, Filter
from gateway.scim.forms import Form, Forms, compared, fill, number_of, open_forms

Memory = dict[tuple[int, Filter], Forms]
_ID = AttrPath(None, "id")


def plan_filter(lens: Lens, f: Filter, form: Form | None, ability: FilterAbility, memory: Memory) -> Pushdown:
    """The same as `carry_filter`, its errors too. `memory` is for this lens and this ability alone."""
    if form is None or "" in form.texts:
        return carry_filter(lens, f, ability)
    key = (len(form.texts), form.filter)
    known = memory.get(key)
    if known is None:
        known = open_forms(memory, key, _find_free(lens, form, ability))
    plan = known.made.get(known.rest(form.texts))
    if plan is None:
        fixed = [None if free else text for text, free in zip(form.texts, known.free, strict=True)]
        plan = carry_filter(lens, fill(form.filter, fixed), ability)
        known.keep(form.texts, plan)
    return _fill_plan(plan, f, form.texts)


def _fill_plan(plan: Pushdown, f: Filter, texts: tuple[str, ...]) -> Pushdown:
    kept = None if plan.kept is None else (plan.kept[0], _fill_text(plan.kept[1], texts))
    return replace(
        plan,
        pushed=None if plan.pushed is None else fill(plan.pushed, texts),
        residual=None if plan.residual is None else f,
        id=None if plan.id is None else _fill_text(plan.id, texts),
        kept=kept,
    )


def _fill_text(text: str, texts: tuple[str, ...]) -> str:
    number = number_of(text)
    return text if number is None else texts[number]


def _find_free(lens: Lens, form: Form, ability: FilterAbility) -> tuple[bool, ...]:
    """Which of the texts have no say in the plan."""
    free = [True] * len(form.texts)  # those that the form holds itself are the same in every filter of the form
    for clause, path in compared(form.filter):
        number = number_of(clause.value)
        if number is not None:
            free[number] = _is_free(lens, path, ability)
    return tuple(free)


def _is_free(lens: Lens, path: AttrPath, ability: FilterAbility) -> bool:
    """Is a text of this attribute carried as it is, whatever it is?"""
    if not ability.quote or any(question.kind != "any" for question in ability.asked.values()):
        return False
    if path == _ID:
        return ability.question(print_field(lens.id_field), "eq") is None
    rule = find_rule(lens, path)
    if isinstance(rule, ListRule):
        rule = next((one for one in rule.items if one.s.attr == path.sub and one.v), None)
    if isinstance(rule, LeafRule):
        return bool(rule.v) and rule.table is None and rule.codec is None and not rule.ref and rule.assume is UNSET
    return isinstance(rule, KeepRule)
