"""Hypothesis strategies for choices: values of any branch, and conditions that hold now and then."""

from typing import Any

from gateway.lens.kinds import ChooseRule, Field, SendRule, keys_of
from gateway.lens.lens import Lens
from gateway.lens.strategies_plain import Values, st
from gateway.scim.filter import And, AttrPath, Compare, Filter, Not, Or


def favour_conditions(lens: Lens, known: dict[Field, Values]) -> dict[Field, Values]:
    """The same values, of attributes that decide also those that the conditions name."""
    return known | {
        keys: st.one_of(st.sampled_from(words), known[keys])
        for path, words in named(lens).items()
        if (keys := keys_of(path)) in known
    }


def condition_fields(lens: Lens) -> dict[Field, list[Any]]:
    """The fields that decide, with the values that the conditions name, where no table or codec stands between."""
    found: dict[Field, list[Any]] = {}
    for rule in choices(lens):
        for read in rule.reads:
            words = [one for one in named(lens).get(read.s, []) if isinstance(one, str)]
            if words and read.table is None and read.codec is None and read.leaf.type == "string":
                found[read.v] = words
    return found


def choices(lens: Lens) -> list[ChooseRule]:
    """The rules with branches."""
    return [rule for rule in lens.rules if isinstance(rule, ChooseRule)]


def named(lens: Lens) -> dict[AttrPath, list[Any]]:
    """The values that conditions name, by attribute."""
    found: dict[AttrPath, list[Any]] = {}
    guards = [branch.when for rule in choices(lens) for branch in rule.branches]
    guards += [rule.when for rule in lens.rules if isinstance(rule, SendRule)]
    for one in (one for when in guards for one in comparisons(when)):
        found.setdefault(one.path, []).append(one.value)
    return found


def comparisons(f: Filter | None) -> list[Compare]:
    """Every comparison of a filter outside of brackets."""
    match f:
        case And(parts=parts) | Or(parts=parts):
            return [one for part in parts for one in comparisons(part)]
        case Not(part=part):
            return comparisons(part)
        case Compare():
            return [f]
        case _:
            return []
