"""Hypothesis strategies for what rules of `send` are made of: values of which the field takes what is made."""

from functools import partial

from gateway.lens.holes import Hole, Template, attribute_read
from gateway.lens.kinds import Field, SendRule, keys_of
from gateway.lens.lens import Lens
from gateway.lens.strategies_choose import comparisons
from gateway.lens.strategies_plain import DAY, INSTANT, Values, st, text_of
from gateway.scim.filter import AttrPath
from gateway.scim.path import Path


def favour_sent(lens: Lens, known: dict[Field, Values]) -> dict[Field, Values]:
    """The same values, of attributes that are sent alone also those that their field takes."""
    found: dict[Field, Values] = {}
    for rule in (one for one in lens.rules if isinstance(one, SendRule)):
        for path in filter(partial(_is_text, lens), _alone(rule)):
            keys, taken = keys_of(attribute_read(path)), _taken(rule)
            made = taken if isinstance(path, AttrPath) else _named(path, taken)
            found[keys] = st.one_of(found[keys], made) if keys in found else made
    return known | {keys: st.one_of(one, known[keys]) for keys, one in found.items() if keys in known}


def _alone(rule: SendRule) -> list[AttrPath | Path]:
    """What is a whole text of the rule."""
    parts = [one.parts[0] for one in rule.values if isinstance(one, Template) and len(one.parts) == 1]
    return [one.path for one in parts if isinstance(one, Hole) and isinstance(one.path, AttrPath | Path)]


def _is_text(lens: Lens, path: AttrPath | Path) -> bool:
    """A truth or a number is drawn as what it is."""
    attribute = lens.type.find(path.target if isinstance(path, Path) else path)
    return attribute is not None and attribute.type not in ("boolean", "integer", "decimal")


def _named(path: Path, taken: Values) -> Values:
    """Lists of one value that has all that the brackets ask for by `eq`."""
    labels = {str(one.path.attr): one.value for one in comparisons(path.where) if one.op == "eq"}
    return taken.map(lambda value: [{**labels, str(path.target.sub): value}])


def _taken(rule: SendRule) -> Values:
    if rule.codec is not None and rule.codec.law == "lossy":
        return st.sampled_from(["42", "+1 (2)"])
    if rule.codec is not None and rule.codec.v_type == "int":
        return st.integers(0, 10**9).map(str)
    if rule.codec is not None and rule.codec.s_type == "date":
        return DAY
    if rule.leaf.type == "datetime" or (rule.codec is not None and rule.codec.s_type == "dateTime"):
        return INSTANT
    return st.sampled_from(rule.leaf.values) if rule.leaf.values else text_of(rule.leaf)
