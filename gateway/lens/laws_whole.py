"""The law of everything at once: every attribute, onto nothing, onto nothing of it, and onto a part of it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from gateway.lens.absence import prune, read_at, write_at
from gateway.lens.kinds import Field, ListRule, keys_of
from gateway.lens.laws_case import Case
from gateway.lens.laws_fit import build, make_fit
from gateway.lens.laws_values import send
from gateway.lens.lens import Document, LensError
from gateway.lens.strategies import asked_of, demanded


def whole(case: Case, values: dict[Field, Any]) -> None:
    """Written onto any of these records, all the values and fewer of them make what the rules say."""
    full = build(values)
    send(case, (full, None))
    if not make_fit(case, full):
        return
    bare = _keys_alone(case, full)
    stored = [{}, *(made for made in (case.out(full, None), case.out(bare, None)) if not isinstance(made, LensError))]
    one_by_one = (_parts_passed_on(case, full, part) for part in _set_once(case))
    for resource in (full, bare, _parts_passed_on(case, full), *one_by_one, *_with_required(case, full)):
        send(case, (prune(resource), None))
        for record in stored:
            send(case, (prune(resource), case.stored(record)))


def _keys_alone(case: Case, full: Document) -> Document:
    """The lists with no more of each item than the key by which it is known again."""
    bare = deepcopy(full)
    for rule in case.lens.rules:
        items = read_at(bare, keys_of(rule.s)) if isinstance(rule, ListRule) and not rule.plain else None
        if isinstance(rule, ListRule) and items:
            items[:] = [{key: one[key] for key in rule.key if key in one} for one in items]
    return bare


def _set_once(case: Case) -> list[str]:
    """The parts of items that are refused once they differ: each has to differ alone, or another's refusal hides it."""
    rules = (rule for rule in case.lens.rules if isinstance(rule, ListRule))
    return sorted({str(item.s.attr) for rule in rules for item in rule.items if item.v and item.leaf.immutable})


def _parts_passed_on(case: Case, full: Document, only: str = "") -> Document:
    """The lists with each item's parts, or one of them, at the next one: keys that are known, beside other values."""
    passed = deepcopy(full)
    for rule in case.lens.rules:
        items = read_at(passed, keys_of(rule.s)) if isinstance(rule, ListRule) and not rule.plain else None
        if isinstance(rule, ListRule) and items:
            known = [{key: one[key] for key in rule.key if key in one} for one in items]
            if only:
                given = [{only: one[only]} if only in one else {} for one in items]
                items[:] = [{**one, **given[at - 1], **known[at]} for at, one in enumerate(items)]
            else:
                items[:] = [{**items[at - 1], **one} for at, one in enumerate(known)]
    return passed


def _with_required(case: Case, full: Document) -> Iterator[Document]:
    """The resource with no more than what the backend requires, and without one value of this, each in turn."""
    asked = sorted({keys for rule in demanded(case.lens) for keys in asked_of(rule)})
    least: Document = {}
    for keys in asked:
        write_at(least, keys, read_at(full, keys))
    yield least
    for keys in asked:
        rest = deepcopy(full)
        write_at(rest, keys, None)
        yield rest
