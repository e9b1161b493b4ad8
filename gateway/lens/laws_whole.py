"""The law of everything at once: every attribute, onto nothing, onto nothing of it, and onto a part of it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from gateway.lens.absence import prune, read_at, write_at
from gateway.lens.kinds import Field, LeafRule, ListRule, keys_of
from gateway.lens.laws_case import Case
from gateway.lens.laws_values import send
from gateway.lens.lens import Document, LensError


def whole(case: Case, values: dict[Field, Any]) -> None:
    """Written onto any of these records, all the values and fewer of them make what the rules say."""
    full: Document = {}
    for keys, value in values.items():
        write_at(full, keys, deepcopy(value))
    send(case, (full, None))
    if not _made_to_fit(case, full):
        return
    bare = _keys_alone(case, full)
    stored = [{}, *(made for made in (case.out(full, None), case.out(bare, None)) if not isinstance(made, LensError))]
    for resource in (full, bare, *_without_required(case, full)):
        send(case, (prune(resource), None))
        for record in stored:
            send(case, (prune(resource), case.stored(record)))


def _made_to_fit(case: Case, full: Document) -> bool:
    """Leave out of a resource what the backend does not take. False where it takes none of it."""
    known = {str(rule.s): keys_of(rule.s) for rule in case.lens.rules if isinstance(rule, LeafRule | ListRule)}
    while isinstance(refused := case.out(full, None), LensError):
        keys = known.get(refused.attribute)
        if keys is not None and read_at(full, keys) is not None:
            write_at(full, keys, None)
        elif not _leave_out_part(full, refused.attribute.rpartition(".")[2]):
            return False
    return True


def _leave_out_part(full: Document, part: str) -> bool:
    items = [one for value in full.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    return sum(one.pop(part, None) is not None for one in items) > 0


def _keys_alone(case: Case, full: Document) -> Document:
    """The lists with no more of each item than the key by which it is known again."""
    bare = deepcopy(full)
    for rule in case.lens.rules:
        items = read_at(bare, keys_of(rule.s)) if isinstance(rule, ListRule) else None
        if isinstance(rule, ListRule) and items:
            items[:] = [{key: one[key] for key in rule.key if key in one} for one in items]
    return bare


def _without_required(case: Case, full: Document) -> Iterator[Document]:
    """The resource without one that the backend requires, each in turn."""
    for rule in case.lens.rules:
        if (isinstance(rule, LeafRule) and rule.leaf.required) or (isinstance(rule, ListRule) and rule.required):
            rest = deepcopy(full)
            write_at(rest, keys_of(rule.s), None)
            yield rest
