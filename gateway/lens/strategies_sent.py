"""Hypothesis strategies for what rules of `send` are made of: values of which the field takes what is made."""

from gateway.lens.kinds import Field, Hole, SendRule, Template, keys_of
from gateway.lens.lens import Lens
from gateway.lens.sent import is_held
from gateway.lens.strategies_plain import DAY, INSTANT, Values, st, text_of
from gateway.scim.filter import AttrPath


def favour_sent(lens: Lens, known: dict[Field, Values]) -> dict[Field, Values]:
    """The same values, of attributes that are sent alone also those that their field takes."""
    held = [rule for rule in lens.rules if isinstance(rule, SendRule) and is_held(rule)]
    found = {keys_of(path): _taken(rule) for rule in held for path in _alone(rule)}
    return known | {keys: st.one_of(one, known[keys]) for keys, one in found.items() if keys in known}


def _alone(rule: SendRule) -> list[AttrPath]:
    """The attributes that are a whole text of the rule."""
    parts = [one.parts[0] for one in rule.values if isinstance(one, Template) and len(one.parts) == 1]
    return [one.path for one in parts if isinstance(one, Hole) and isinstance(one.path, AttrPath)]


def _taken(rule: SendRule) -> Values:
    if rule.codec is not None and rule.codec.v_type == "int":
        return st.integers(0, 10**9).map(str)
    if rule.codec is not None and rule.codec.s_type == "date":
        return DAY
    if rule.leaf.type == "datetime" or (rule.codec is not None and rule.codec.s_type == "dateTime"):
        return INSTANT
    return st.sampled_from(rule.leaf.values) if rule.leaf.values else text_of(rule.leaf)
