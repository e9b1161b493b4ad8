"""What a backend's words call an attribute: the fields of a mapping by name, with the attributes that they carry.

A client never saw the backend's fields, so "lastName is required" helps it as little as no words at all.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gateway.lens.kinds import ChooseRule, Field, LeafRule, ListRule, Rule, SlotsRule, TextRule, attributes_of, parts_of

_PLAIN: Final = re.compile("[A-Za-z]?[a-z]*")
_WORD: Final = re.compile(r"(?<![\w.:/'`])([A-Za-z_][\w.:-]*\w)(?![\w.]*\w)|(['`])([A-Za-z_][\w.:-]*)\2")


def name_fields(rules: Sequence[Rule]) -> Mapping[str, str]:
    """By the whole path and by the last name of a field, the attribute it carries; none where that is not certain."""
    found: dict[str, set[str]] = {}
    for field, attribute in (pair for rule in rules for pair in _pairs(rule)):
        keys = [key for key in field if not key.startswith("[")]
        for name in {".".join(keys), *keys[-1:]}:
            found.setdefault(name, set()).add(attribute)
    certain = {name: attributes.pop() for name, attributes in found.items() if len(attributes) == 1}
    return {name: said for name, said in certain.items() if not f".{said}".endswith((f".{name}", f":{name}"))}


def rename_fields(words: str, names: Mapping[str, str]) -> str:
    """The words with each field named by its attribute. What could be plain English counts only between quotes."""

    def rename(found: re.Match[str]) -> str:
        name, quoted = found[1] or found[3], found[2] or ""
        known = names.get(name) if quoted or not _PLAIN.fullmatch(name) else None
        return found[0] if known is None else f"{quoted}{known}{quoted}"

    return _WORD.sub(rename, words) if names else words


def _pairs(rule: Rule) -> Iterator[tuple[Field, str]]:
    """Each field of a rule with the attribute as clients write it."""
    match rule:
        case LeafRule() if rule.v:
            yield rule.v, str(rule.s)
        case ListRule():
            yield rule.v, str(rule.s)
            yield from (((*rule.v, *item.v), f"{rule.s}.{item.s}") for item in rule.items if item.v)
        case SlotsRule():
            yield from ((part.v, str(rule.s)) for part in parts_of(rule))
        case TextRule():
            said = " and ".join(str(path) for path in attributes_of(rule))
            yield from ((end.v, said) for end in rule.ends)
        case ChooseRule():
            yield from ((branch.rule.v, str(rule.s)) for branch in rule.branches if branch.rule.v)
