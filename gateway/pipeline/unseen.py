"""Lists that a backend does not show, or not whole: what is in them is never guessed."""

from collections.abc import Iterable
from typing import NoReturn

from msgspec.structs import replace

from gateway.lens.absence import read_at
from gateway.lens.kinds import LeafRule, ListRule, keys_of
from gateway.lens.lens import Document
from gateway.lens.references import is_reference_list
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.pipeline.through import read_lists
from gateway.scim.filter import AttrPath


def unseen_lists(target: Target) -> tuple[ListRule, ...]:
    """The lists of references that nothing shows, or not beyond a number."""
    lists = (rule for rule in target.lens.list_rules.values() if is_reference_list(rule))
    return tuple(one for one in lists if one.v not in target.resource.members and (one.write_only or one.shows))


def unshown_attributes(target: Target) -> tuple[AttrPath, ...]:
    """What a backend takes and never shows: nobody can say whether it has it."""
    asked = {rule.s for rule in read_lists(target)}
    leaves = (one.s for one in target.lens.rules if isinstance(one, LeafRule) and one.writable and not one.readable)
    lists = (one.s for one in target.lens.rules if isinstance(one, ListRule) and not one.read_only and not one.readable)
    return tuple(path for path in (*leaves, *lists) if path not in asked)


def asked_lists(target: Target) -> tuple[ListRule, ...]:
    """The lists that nothing shows, of a backend that can be asked which records hold one of their values."""
    return tuple(rule for rule in target.lens.list_rules.values() if rule.asked)


def compared(target: Target) -> Target:
    """The target as its records are compared: with the lists in them that are asked for."""
    lens = target.resource.compared
    return target if lens is None else replace(target, resource=replace(target.resource, lens=lens))


def find_unseen(target: Target, wanted: Document) -> tuple[ListRule, ...]:
    """The lists without a sight of their values that a resource wants to be so and not otherwise.

    A list that may be sent whole needs no sight. An absent one is not asserted (RFC 7644 3.5.1).
    """
    return tuple(
        rule
        for rule in unseen_lists(target)
        if rule.write_only and read_at(wanted, keys_of(rule.s)) is not None and not is_sent_whole(target, rule)
    )


def is_sent_whole(target: Target, rule: ListRule) -> bool:
    """Does the backend's PATCH take the list as a whole?"""
    modify = target.modify
    return modify is not None and (modify.whole is None or ".".join(rule.v) in modify.whole)


def find_partial(target: Target, record: Document) -> tuple[ListRule, ...]:
    """The lists of which a record shows as many values as it ever does: there may be more."""
    return tuple(
        rule
        for rule in unseen_lists(target)
        if rule.shows is not None and len(read_at(record, rule.v) or ()) >= rule.shows
    )


def refuse_unseen(target: Target, rules: Iterable[ListRule]) -> None:
    """A 400 Problem: what would have to go cannot be known."""
    names = ", ".join(str(rule.s) for rule in rules)
    if names:
        sentence = f"The backend does not show all values of {names}, so it cannot be known which would have to go"
        raise Problem("SG209", sentence)


def refuse_blind(rule: ListRule) -> NoReturn:
    """A 400 Problem: of a list that is never shown a part cannot be changed this way."""
    sentence = f"The backend never shows {rule.s}, so it cannot be known what would be left in it"
    raise Problem("SG209", sentence, f"Send a `replace` of {rule.s} with all the values that it shall have.")
