"""Lists that no record shows, of a backend that can be asked which records hold a value: the groups of one user.

Each value that is asked for is a list that is read. What comes of it stands for what the records would show.
"""

from collections.abc import Iterable

from gateway.conversation.abreast import abreast
from gateway.conversation.effects import Conversation
from gateway.conversation.listing import read_side_by_side
from gateway.conversation.matching import is_live
from gateway.lens.absence import write_at
from gateway.lens.asked import render_filter
from gateway.lens.ids import show_id
from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document, Pushdown
from gateway.lens.references import name_item, reference
from gateway.mapping.asked import asks_for
from gateway.pipeline.naming import identify
from gateway.pipeline.problems import Problem
from gateway.pipeline.querying import require_filter
from gateway.pipeline.target import Target, find_target

MOST_HOLDERS = 100_000


def find_holders(target: Target, rule: ListRule, value: str) -> Conversation[frozenset[str]]:
    """The native ids of all records whose list holds a value, itself a native id."""
    item, ability = reference(rule), target.resource.can.filter
    shown = show_id(value, item.ref_prefix if item is not None else "")
    pushed = asks_for(target.lens, ability, rule, shown)
    if pushed is None:
        raise Problem("SG347", f"The backend cannot be asked for everybody who could be in {rule.s}")
    records = yield from read_side_by_side(target, render_filter(pushed, ability), MOST_HOLDERS)
    return frozenset(identify(target, one) for one in records if is_live(target, one))


def list_values(target: Target, rule: ListRule, most: int) -> Conversation[tuple[str, ...]]:
    """Whoever could be in the list, by native id: all that the backend has of those types. SG303 where that is more."""
    item = reference(rule)
    kinds = [kind for kind in (item.ref if item is not None else ()) if kind in target.dialect.resources]
    found: list[str] = []
    for kind in kinds:
        peer = find_target(target.tenant, kind)
        require_filter(Pushdown(None, True, None), peer.resource)
        records = yield from read_side_by_side(peer, (), most)
        found += (identify(peer, one) for one in records if is_live(peer, one))
    return tuple(dict.fromkeys(found))


def find_all(target: Target, rule: ListRule, values: Iterable[str]) -> Conversation[dict[str, list[str]]]:
    """Of the values, those that each record holds, by its native id."""
    asked = tuple(values)
    found = yield from abreast(find_holders(target, rule, one) for one in asked)
    held: dict[str, list[str]] = {}
    for value, holders in zip(asked, found, strict=True):
        for native in holders:
            held.setdefault(native, []).append(value)
    return held


def put_values(record: Document, rule: ListRule, values: Iterable[str]) -> None:
    """Let a record hold what was found of its list."""
    write_at(record, rule.v, [name_item(rule, one) for one in sorted(values)])
