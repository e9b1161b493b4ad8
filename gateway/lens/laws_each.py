"""Laws that take the attributes one by one: each is cleared when left out, each crosses alone as in company."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from gateway.lens.absence import prune, read_at, write_at
from gateway.lens.kinds import ChooseRule, Field, LeafRule, ListRule, TextRule, attributes_of, keys_of
from gateway.lens.laws_case import Case, breaks
from gateway.lens.laws_spots import Spot, spots
from gateway.lens.laws_values import send
from gateway.lens.lens import Document, LensError
from gateway.lens.meaning import item_out
from gateway.lens.meaning_values import value_out
from gateway.lens.places import whole_field
from gateway.lens.strategies import full_resources
from gateway.lens.strategies_choose import choices, named
from gateway.lens.strategies_plain import Values, st
from gateway.lens.strategies_records import records

PARTS = 3  # of the places in a record, each example takes every third


def draw_record(case: Case) -> Values:
    """A record with all of its fields, and which of its values to leave out."""
    drawn = st.one_of(records(case.lens, full=True), records(case.lens, full=True), records(case.lens))
    return st.tuples(drawn, st.integers(0, PARTS - 1))


def clear(case: Case, drawn: tuple[Document, int]) -> None:
    """Without one of its values, at any depth, the record is written as the rules say: that value is gone, no other."""
    record, part = drawn
    shown = case.lens.into(record)
    for number, place in enumerate(_places(shown, ())):
        if number % PARTS == part and place[0] not in ("id", "meta"):
            rest = deepcopy(shown)
            _take(rest, place)
            send(case, (prune(rest), record))
    flip(case, record)
    _empty(case, record)
    for rule in case.lens.rules:
        if isinstance(rule, TextRule):  # one of its values can seldom go without the others
            rest = deepcopy(shown)
            for path in attributes_of(rule):
                write_at(rest, keys_of(path), None)
            send(case, (prune(rest), record))


def _empty(case: Case, record: Document) -> None:
    """An item with an address that is all there is in its list goes, and the list and its table with it."""
    for spot in spots(case.lens):
        field, value = spot.rule.v, read_at(record, spot.rule.v)
        if value is None or whole_field(field) == field or spot.named:
            continue
        lone = deepcopy(record)
        write_at(lone, field[:1], None)
        write_at(lone, field, value)
        rest = case.lens.into(lone)
        write_at(rest, keys_of(spot.rule.s), None)
        send(case, (prune(rest), lone))


def flip(case: Case, record: Document) -> None:
    """With what decides changed to each value that a condition names, the record is written as the rules say.

    So is it when that is changed once more, and where the attribute that goes elsewhere then is gone, or too long.
    """
    for other in _flipped(case, case.lens.into(record)):
        send(case, (other, record))
        made = case.out(other, record)
        again = [] if isinstance(made, LensError) else _flipped(case, case.lens.into(case.stored(made)))
        for choice in choices(case.lens):
            for value in (None, *(["z" * (most + 1) for most in _bounds(choice)])):
                changed = deepcopy(other)
                write_at(changed, keys_of(choice.s), value)
                for before in (record, None):
                    send(case, (prune(changed), before))
        for one in again:
            send(case, (one, made if isinstance(made, dict) else None))


def _flipped(case: Case, resource: Document) -> Iterator[Document]:
    for path, words in named(case.lens).items():
        for word in (*words, None):
            other = deepcopy(resource)
            write_at(other, keys_of(path), word)
            yield prune(other)


def _bounds(rule: ChooseRule) -> set[int]:
    """How long a text may be in one of the branches."""
    return {one.rule.leaf.high for one in rule.branches if one.rule.leaf.high is not None}


def _places(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Every value of a document, containers too, by the keys and numbers that lead to it."""
    inner = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    found = [(*path, key) for key, _ in inner]
    children = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return found + [place for at, child in zip(found, children, strict=False) for place in _places(child, at)]


def _take(document: Any, place: tuple[Any, ...]) -> None:
    for key in place[:-1]:
        document = document[key]
    del document[place[-1]]


def draw_values(case: Case) -> Values:
    """A value of every attribute that is carried."""
    return full_resources(case.lens)


def alone(case: Case, values: dict[Field, Any]) -> None:
    """One value converted for an operation is what writing it would put into a new record, or both refuse it."""
    _items_alone(case, values)
    for spot in spots(case.lens):
        rule, convert = spot.rule, case.lens.convert.get(spot.rule.v)
        for value in _values_at(spot, values) if convert is not None else []:
            made, wanted = _try(convert, value), _try(lambda one, rule=rule: _judged(rule, one), value)
            if made != wanted:
                breaks(f"{rule.s} crosses as {made!r}, not {wanted!r}", value, made)


def _items_alone(case: Case, values: dict[Field, Any]) -> None:
    """The same of one item of a list of references, or of one that is never shown."""
    for rule in case.lens.rules:
        convert = case.lens.convert.get(rule.v) if isinstance(rule, ListRule) else None
        if not isinstance(rule, ListRule) or convert is None:
            continue
        for item in values.get(keys_of(rule.s), []):
            named = {"value": item} if rule.plain else item
            made, wanted = _try(convert, item), _try(lambda one, rule=rule: _judged_item(rule, one), named)
            if made != wanted:
                breaks(f"a value of {rule.s} crosses as {made!r}, not {wanted!r}", item, made)


def _judged_item(rule: ListRule, item: Document) -> Any:
    """An item with each of its parts as the backend takes it."""
    for part in rule.items if rule.types is None else ():
        value = item.get(part.s.attr or "")
        if part.v and part.writable and value is not None:
            _judged(part, value)
    return item_out(rule, item)


def _values_at(spot: Spot, values: dict[Field, Any]) -> list[Any]:
    """What was drawn for this attribute, or for this part of a list's values."""
    keys = keys_of(spot.rule.s)
    items = values.get(keys[:-1], []) if spot.named else []
    return (
        [one[keys[-1]] for one in items if keys[-1] in one] if spot.named else [values[keys]] if keys in values else []
    )


def _try(convert: Any, value: Any) -> Any:
    try:
        return convert(value)
    except LensError:
        return LensError


def _judged(rule: LeafRule, value: Any) -> Any:
    made = value_out(rule, value)
    leaf = rule.leaf
    if isinstance(made, str) and not leaf.low <= len(made) <= (len(made) if leaf.high is None else leaf.high):
        raise LensError(str(rule.s), "has a length that the backend does not take")
    if leaf.values and not leaf.open_enum and made not in leaf.values:
        raise LensError(str(rule.s), "is none of the values the backend takes")
    return made
