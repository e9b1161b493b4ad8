"""Laws of what is read: records inward, back again, and what they may hold at most."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from gateway.lens.absence import prune, read_at, read_raw, write_at
from gateway.lens.footprints import attributes_sent
from gateway.lens.holes import holes
from gateway.lens.ids import show_id
from gateway.lens.kinds import Field, LeafRule, ListRule, SendRule, TextRule, attributes_of, keys_of
from gateway.lens.laws_case import Case, breaks, expect_equal
from gateway.lens.laws_fit import draw_fitting
from gateway.lens.laws_spots import Spot, spots
from gateway.lens.lens import Document, LensError
from gateway.lens.meaning import say_in
from gateway.lens.meaning_values import leaf_in
from gateway.lens.runtime import bare_values
from gateway.lens.sent import is_held
from gateway.lens.shapes import Leaf
from gateway.lens.strategies import resources
from gateway.lens.strategies_plain import NATIVE, TEXT, Values, st
from gateway.lens.strategies_records import records
from gateway.lens.texts import join_text, split_text
from gateway.scim.values import is_absent

LONGEST = 4096  # texts beyond are not drawn
MANY = 20  # nor longer lists


def draw_record(case: Case) -> Values:
    """Records, every other one with all of its fields."""
    return st.one_of(records(case.lens), records(case.lens, full=True))


def get_put(case: Case, record: Document) -> None:
    """out(into(v), v) is v, field by field."""
    seen = case.lens.into(record)
    made = case.out(seen, record)
    if isinstance(made, LensError):
        breaks(f"what was read cannot be written back: {made}", record, seen)
    why = "writing back what was read changes the record"
    expect_equal(why, record, _without_sent(case, made), _without_sent(case, record))


def _without_sent(case: Case, record: Document) -> Document:
    """A record without what rules of `send` may write into one that is there."""
    sent = [rule.v for rule in case.lens.rules if isinstance(rule, SendRule) and rule.on != "create"]
    rest = deepcopy(record) if sent else record
    for field in sent:
        for depth in range(len(field), 0, -1):  # and the tables that nothing is left in
            if depth == len(field) or read_at(rest, field[:depth]) is None:
                _take_away(rest, field[:depth])
    return rest


def _take_away(record: Document, field: Field) -> None:
    if read_raw(record, field) is not None:
        write_at(record, field, None)


def total(case: Case, record: Document) -> None:
    """into answers, with an id, without `schemas` and without anything empty."""
    try:
        seen = case.lens.into(record)
    except LensError as error:
        breaks(f"cannot be read: {error}", record)
    if not isinstance(seen.get("id"), str) or "schemas" in seen:
        breaks("without an id, or with schemas", record, seen)
    expect_equal("something empty is shown", record, seen, prune(seen))


def show(case: Case, record: Document) -> None:
    """into shows what the rules say."""
    expect_equal("an attribute differs", record, case.lens.into(record), say_in(case.lens, record))


# Ids


def draw_references(case: Case) -> Values:
    """A resource and two native ids, to be put wherever a reference stands."""
    return st.tuples(resources(case.lens), NATIVE | TEXT, NATIVE | TEXT)


def ids(case: Case, drawn: tuple[Document, str, str]) -> None:
    """A reference shown as one id is sent as the native one, and the record's own id is shown percent-safe.

    It is the backend's own and stays, unless it is a name that a rule writes.
    """
    resource, native, own = drawn
    single = [spot for spot in spots(case.lens) if spot.rule.ref and spot.rule.writable]
    for spot in single:
        spot.write(resource, show_id(native, spot.rule.ref_prefix))
    for rule in case.lens.rules:
        item = _referring(rule)
        if isinstance(rule, ListRule) and item is not None:
            write_at(resource, keys_of(rule.s), [{str(item.s.attr): show_id(native, item.ref_prefix)}])
    resource["id"] = show_id(own, case.lens.id_prefix)
    record = {} if is_absent(own) else case.stored({})
    write_at(record, case.lens.id_field, own)
    made = case.out(resource, record)
    if isinstance(made, LensError):
        return
    named = read_at(made, case.lens.id_field)
    if named != own and not case.names_itself:
        breaks("the record's id is changed", resource, made)
    if case.lens.into(made)["id"] != show_id(str(named), case.lens.id_prefix):
        breaks("the id is not shown as it is", resource, case.lens.into(made))
    for spot in single:
        _expect_native(spot.rule, read_at(made, spot.rule.v), native, resource, made)
    for rule in case.lens.rules:
        item = _referring(rule)
        if isinstance(rule, ListRule) and item is not None:
            for one in read_at(made, rule.v) or [None]:
                found = one if rule.scalar or one is None else read_at(one, item.v)
                _expect_native(item, found, native, resource, made)


def _referring(rule: Any) -> LeafRule | None:
    """The part of a list's items that is a reference."""
    sent = isinstance(rule, ListRule) and not rule.read_only
    return next((one for one in rule.items if one.ref and one.v), None) if sent else None


def _expect_native(rule: LeafRule, found: Any, native: str, resource: Document, made: Document) -> None:
    if found != native:
        breaks(f"{rule.s} is sent as {found!r}, not {native!r}", resource, made)


# Bounds


def draw_bounds(case: Case) -> Values:
    """A resource that fits, whole, and how far from the limits."""
    return st.tuples(draw_fitting(case), st.sampled_from([-1, 0, 1, 2]))


def bounds(case: Case, drawn: tuple[Document, int]) -> None:
    """At the limit it is taken whole; beyond it is refused, or cut, as each rule declares."""
    resource, beyond = drawn
    if isinstance(case.out(resource, None), LensError):
        return
    held = [rule for rule in case.lens.rules if isinstance(rule, SendRule) and is_held(rule)]
    elsewhere = set(attributes_sent(held))  # a text made of it may be refused as well
    for spot in spots(case.lens):
        limit = _longest(spot.rule)
        if limit is not None and keys_of(spot.rule.s) not in elsewhere:
            _check_length(case, deepcopy(resource), spot, max(1, limit + beyond), limit)
    for rule in case.lens.rules:
        if isinstance(rule, ListRule) and not rule.read_only and rule.cap is not None and rule.cap <= MANY:
            _check_count(case, deepcopy(resource), rule, max(1, rule.cap + beyond), rule.cap)
        elif isinstance(rule, TextRule) and elsewhere.isdisjoint(map(keys_of, attributes_of(rule))):
            _check_text(case, resource, rule, beyond)


def _check_text(case: Case, resource: Document, rule: TextRule, beyond: int) -> None:
    """Attributes joined into one field: the text is as long as it takes, whatever their own lengths are."""
    high = rule.ends[0].leaf.high if len(rule.right.parts) == 1 and rule.writable else None
    needed = [hole for hole in holes(rule.left) if not hole.optional]
    if high is None or high > LONGEST or not needed or "email" in [hole.kind for hole in needed]:
        return
    values = {hole.path: "4" if hole.kind == "digits" else "x" for hole in needed}
    shortest = join_text(rule.left, [values.get(hole.path) for hole in holes(rule.left)]) or ""
    last = needed[-1].path
    values[last] *= 1 + high + beyond - len(shortest)
    parts = tuple(values.get(hole.path) for hole in holes(rule.left))
    if not values[last] or split_text(rule.left, join_text(rule.left, parts) or "") != parts:
        return
    written = deepcopy(resource)
    for path in attributes_of(rule):
        write_at(written, keys_of(path), values.get(path))
    for record in (None, case.out(resource, None)):
        made = None if isinstance(record, LensError) else case.out(prune(written), record)
        blamed = isinstance(made, LensError) and made.attribute in map(str, attributes_of(rule))
        if blamed if beyond <= 0 else isinstance(made, dict):
            breaks(f"'{rule.left.text}' is taken otherwise at {high + beyond} of {high}", written, record)


def _longest(rule: LeafRule) -> int | None:
    """How long a text may be that is sent as it is."""
    plain = rule.writable and not rule.leaf.values and rule.table is None and rule.codec is None
    high = rule.leaf.high
    return high if plain and high is not None and high <= LONGEST else None


def _check_length(case: Case, resource: Document, spot: Spot, size: int, limit: int) -> None:
    rule, value = spot.rule, "é" * size
    too_much, too_little = size > limit and rule.over == "reject", size < rule.leaf.low
    convert = case.lens.convert.get(rule.v)
    if convert is not None and _is_refused(convert, value) is not (too_much or too_little):
        breaks(f"{rule.s} alone is refused otherwise at {size} of {limit}", resource)
    spot.write(resource, value)
    made = _taken(case, resource, rule, f"{size} of {limit}", too_much=too_much, too_little=too_little)
    if made is not None:
        sent = read_at(made, rule.v)
        if len(sent) != min(size, limit):
            breaks(f"{rule.s} is cut to {len(sent)} of {limit}", resource, made)


def _check_count(case: Case, resource: Document, rule: ListRule, size: int, limit: int) -> None:
    items = _numbered_items(rule, size)
    write_at(resource, keys_of(rule.s), bare_values(items) if rule.plain else items)
    too_much, too_little = size > limit and rule.over == "reject", size < rule.least
    made = _taken(case, resource, rule, f"{size} of {limit}", too_much=too_much, too_little=too_little)
    if made is not None:
        sent = read_at(made, rule.v)
        if len(sent) != min(size, limit):
            breaks(f"{rule.s} is cut to {len(sent)} of {limit}", resource, made)
        _check_primary(rule, items, sent, resource)


def _taken(
    case: Case, resource: Document, rule: LeafRule | ListRule, size: str, *, too_much: bool, too_little: bool
) -> Document | None:
    """The record, None where it is refused; either must be right."""
    made, again = case.out(resource, None), case.out(resource, case.stored({}))
    if isinstance(made, LensError) is not isinstance(again, LensError) and _names(made, again) == {str(rule.s)}:
        breaks(f"{rule.s} is refused at {size} in a new record, or onto one, and not in the other", resource)
    if isinstance(made, LensError):
        if not too_much and not too_little and made.attribute == str(rule.s):
            breaks(f"{rule.s} is refused at {size}: {made}", resource)
        return None
    if too_much:
        breaks(f"{rule.s} is taken at {size}", resource, made)
    return made


def _names(*results: Document | LensError) -> set[str]:
    """The attributes that were refused."""
    return {one.attribute for one in results if isinstance(one, LensError)}


def _is_refused(convert: Callable[[Any], Any], value: Any) -> bool:
    try:
        convert(value)
    except LensError:
        return True
    return False


def _numbered_items(rule: ListRule, size: int) -> list[Document]:
    """As many items as asked, the last one primary."""
    value = next(
        (one for one in rule.items if one.s.attr != "primary" and one.s.attr != rule.type_field and one.v), None
    )
    name = "value" if value is None else str(value.s.attr)
    known = list(value.table.out) if value is not None and value.table is not None else []
    most = value.leaf.high if value is not None else None
    texts = (f"v{number}@example.com"[:most] for number in range(size))
    items: list[Document] = [{name: known[at % len(known)] if known else text} for at, text in enumerate(texts)]
    if any(one.s.attr == "primary" for one in rule.items):
        items[-1]["primary"] = True
    return items


def _check_primary(rule: ListRule, items: list[Document], sent: Any, resource: Document) -> None:
    primary = next((one for one in rule.items if one.s.attr == "primary" and one.v), None)
    kept = sent[0 if len(items) > len(sent) else -1]
    if primary is not None and isinstance(primary.leaf, Leaf) and leaf_in(primary, kept) is not True:
        breaks(f"{rule.s} loses its primary value", resource, sent)
