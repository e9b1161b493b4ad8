"""What all laws hold in their hands: the lens under examination, and the way to say that a law is broken."""

from typing import Any, NoReturn

from msgspec import Struct

from gateway.lens.ability import FilterAbility, Replace
from gateway.lens.kinds import LeafRule, flatten
from gateway.lens.lens import Document, Lens, LensError


class Broken(AssertionError):
    """A law does not hold: what was given, what was made of it, and why that is wrong."""

    def __init__(self, why: str, given: Any = None, made: Any = None) -> None:
        super().__init__(why)
        self.given = given
        self.made = made


class Case(Struct, frozen=True):
    """One resource type of one mapping."""

    lens: Lens
    ability: FilterAbility
    replace: Replace | None

    @property
    def names_itself(self) -> bool:
        """Is the id a name that a rule writes?"""
        leaves = (rule for rule in flatten(self.lens.rules) if isinstance(rule, LeafRule))
        return any(rule.v == self.lens.id_field and rule.writable for rule in leaves)

    def out(self, resource: Document, record: Document | None) -> Document | LensError:
        """The record, or why there is none."""
        try:
            return self.lens.out(resource, record)
        except LensError as error:
            return error

    def stored(self, record: Document) -> Document:
        """A record that was sent, as the backend keeps it: with an id of its own."""
        path = self.lens.id_field
        here = kept = dict(record)
        for key in path[:-1]:
            here[key] = dict(here.get(key) or {})
            here = here[key]
        here.setdefault(path[-1], "native 1")
        return kept


def breaks(why: str, given: Any = None, made: Any = None) -> NoReturn:
    """The law is broken."""
    raise Broken(why, given, made)


def expect_equal(why: str, given: Any, made: Any, wanted: Any) -> None:
    """Two documents must be equal; the first attribute in which they differ is named."""
    if made == wanted:
        return
    if isinstance(made, dict) and isinstance(wanted, dict):
        keys = [key for key in {**wanted, **made} if made.get(key) != wanted.get(key)]
        why = f"{why}: {keys[0]} is {made.get(keys[0])!r}, not {wanted.get(keys[0])!r}"
    raise Broken(why, given, made)
