"""What a backend can do that decides how a lens is used: its filters, its PUT, its PATCH. Facts from the mapping."""

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from gateway.lens.templates import fits, print_value
from gateway.scim.filter import Literally

_BARE = re.compile(r"[^\s\"'\\()\[\]{}<>,;]+")
_WORDS = frozenset({"and", "or", "not", "true", "false", "null"})


class Question(Struct, frozen=True):
    """How one operator of one field is asked.

    `pairs` are query parameters with `{value}` where the value goes; none: it stands in the filter. `kind` is the
    class of text that can be asked so. `exact` False: the backend may answer more than was asked.
    """

    pairs: tuple[tuple[str, str], ...] = ()
    kind: str = "any"
    exact: bool = True

    @property
    def constants(self) -> frozenset[tuple[str, str]]:
        """The parameters that say how the others are meant."""
        return frozenset(pair for pair in self.pairs if "{value}" not in pair[1])

    @property
    def variables(self) -> frozenset[str]:
        """The names of the parameters that carry a value."""
        return frozenset(name for name, text in self.pairs if "{value}" in text)


PLAIN = Question()


class FilterAbility(Struct, frozen=True):
    """What the backend can filter. `allow`: field (as the backend spells it) -> operators.

    `asked` holds what is to be known of single operators of a field. `scan`: how many records the gateway may read to
    answer by itself; 0 is never. `required`: the backend lists nothing without a filter. `clauses`: the most
    comparisons of one filter. `quote` False: values stand bare. `unknown`: what the backend does with a filter it
    does not take; `ignored` means every pushed filter is checked again here.
    """

    language: Literal["scim", "params", "none"] = "none"
    param: str = "filter"
    scan: int = 1000
    connect_and: bool = False
    connect_or: bool = False
    negate: bool = False
    required: bool = False
    clauses: int | None = None
    quote: bool = True
    unknown: Literal["rejected", "ignored", "empty"] = "rejected"
    allow: Mapping[str, frozenset[str]] = {}
    asked: Mapping[tuple[str, str], Question] = {}

    def question(self, field: str, op: str) -> Question | None:
        """How a field is asked by an operator; None when it cannot be."""
        return self.asked.get((field, op), PLAIN) if op in self.allow.get(field, ()) else None

    def can_write(self, question: Question, value: Literally) -> bool:
        """Can this value be asked without meaning something else?

        A parameter without a value is no condition, and a bare value ends at the first space.
        """
        if self.language == "params":
            text = print_value(value)
            return bool(text) and fits(question.kind, text)
        return (
            not isinstance(value, str)
            or self.quote
            or (_BARE.fullmatch(value) is not None and value.lower() not in _WORDS)
        )


class Replace(Struct, frozen=True):
    """What PUT does with what is left out: `cleared`, or `kept` and cleared by an explicit null (`clear`)."""

    omitted: Literal["cleared", "kept"] = "cleared"
    clear: Literal["null"] | None = None


class Modify(Struct, frozen=True):
    """What the backend's PATCH takes; fields are named as the backend spells them.

    `values`: so many items of a list of references may come or go by one request. `paths` plain: a path holds no
    filter. `remove`: items go by a filter in the path, or by the array of them. `whole`: the lists that may be
    replaced or cleared as a whole. `fields`: all that PATCH takes. None is no limit.
    """

    style: Literal["scim-patch", "merge"] = "scim-patch"
    values: int | None = None
    paths: Literal["filtered", "plain"] = "filtered"
    remove: Literal["filter", "values"] = "filter"
    whole: frozenset[str] | None = None
    fields: frozenset[str] | None = None

    @property
    def removes_items(self) -> bool:
        """Can a single item be taken out of a list?"""
        return self.style == "scim-patch" and (self.paths == "filtered" or self.remove == "values")


UNLIMITED = Modify()
