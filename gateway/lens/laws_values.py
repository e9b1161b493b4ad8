"""Laws of what is written: resources outward, onto nothing or onto a record, and back."""

from copy import deepcopy
from typing import Any

from gateway.lens.absence import prune, read_at, write_at
from gateway.lens.carrying import carry
from gateway.lens.conform import complaints
from gateway.lens.kinds import LeafRule, ListRule, TextRule, attributes_of, keys_of
from gateway.lens.laws_case import Case, breaks, expect_equal
from gateway.lens.lens import Document, LensError
from gateway.lens.meaning import say_out
from gateway.lens.runtime import list_schemas
from gateway.lens.strategies import resources
from gateway.lens.strategies_plain import Values, st
from gateway.lens.strategies_records import records
from gateway.scim.values import is_absent

Pair = tuple[Document, Document | None]


def draw_resource(case: Case) -> Values:
    """Resources."""
    return resources(case.lens)


def draw_pair(case: Case) -> Values:
    """A resource and the record that it is written onto: none, any, or one whose own resource it nearly is."""
    lens = case.lens
    near = st.tuples(records(lens), resources(lens), st.integers(0, 2**16)).map(lambda drawn: _near(case, *drawn))
    loose = st.tuples(resources(lens), st.one_of(records(lens), st.none()), st.integers(0, 2**9)).map(
        lambda drawn: (_without(drawn[0], drawn[2]) if drawn[2] > 480 else drawn[0], drawn[1])
    )
    return st.one_of(near, near, loose)


def _near(case: Case, record: Document, other: Document, choice: int) -> Pair:
    """What the record shows, without some of its values, with some of another resource."""
    shown = deepcopy(case.lens.into(record))
    mixed = {**_without(shown, choice), **(other if choice % 3 else {})}
    return prune({key: value for key, value in mixed.items() if key not in ("id", "meta")}), record


def _without(document: Any, choice: int) -> Any:
    """A document without some of its members, chosen by the bits of a number, at every depth."""
    if isinstance(document, list):
        return [_without(one, choice >> 1) for one in document]
    if not isinstance(document, dict):
        return document
    kept = {}
    for number, (key, value) in enumerate(document.items()):
        if (choice >> (number * 2 % 16)) & 3 != 3:
            kept[key] = _without(value, choice >> 3)
    return kept


def create_get(case: Case, resource: Document) -> None:
    """into(out(s)) is s as far as it is carried, with what is filled in and assumed."""
    put_get(case, (resource, None))


def put_get(case: Case, pair: Pair) -> None:
    """The same onto a record."""
    resource, record = pair
    made = case.out(resource, record)
    if isinstance(made, LensError):
        return
    stored = case.stored(made)
    seen = case.lens.into(stored)
    wanted = carry(case.lens, resource, record, stored)
    wanted["id"] = seen.get("id")
    expect_equal("what was written reads back otherwise", pair, without_shown(case, seen), without_shown(case, wanted))


def without_shown(case: Case, resource: Document) -> Any:
    """A resource without what only the backend writes, such as the display name of a member."""
    rest = prune(resource)
    for rule in case.lens.rules:
        for path in attributes_of(rule) if isinstance(rule, TextRule) and not rule.writable else ():
            if read_at(rest, keys_of(path)) is not None:
                write_at(rest, keys_of(path), None)
        if isinstance(rule, LeafRule) and rule.v and not rule.writable and read_at(rest, keys_of(rule.s)) is not None:
            write_at(rest, keys_of(rule.s), None)
        items = read_at(rest, keys_of(rule.s)) if isinstance(rule, ListRule) and not rule.read_only else None
        if isinstance(rule, ListRule) and items:
            names = {str(item.s.attr) for item in rule.items if item.writable}
            items[:] = [_only(one, names) for one in items]
    return prune(rest)


def stable(case: Case, resource: Document) -> None:
    """N(N(s)) is N(s), where N is writing and reading."""
    made = case.out(resource, None)
    if isinstance(made, LensError):
        return
    once = case.lens.into(case.stored(made))
    hidden = {key: resource[key] for key in resource if key not in once}
    again = case.out({**hidden, **once}, None)
    if isinstance(again, LensError):
        breaks(f"what was shown is refused: {again}", resource, once)
    expect_equal("a second round trip differs", resource, case.lens.into(case.stored(again)), once)


def conform(case: Case, pair: Pair) -> None:
    """What is sent satisfies the shape; what cannot is refused with a scimType, and nothing else is."""
    resource, record = pair
    made = case.out(resource, record)
    if isinstance(made, LensError):
        if made.scim_type not in ("invalidValue", "mutability"):
            breaks(f"refused with {made.scim_type}", pair, str(made))
        try:
            wanted = say_out(case.lens, resource, record, "create" if record is None else "replace")
        except LensError:
            return
        breaks(f"refused although it fits: {made}", pair, wanted)
    found = complaints(case.lens.shape, made, read_back=record is not None)
    if found:
        breaks(found[0], pair, made)


def send(case: Case, pair: Pair) -> None:
    """The record is the one that the rules ask for; fields without a rule are as they were."""
    resource, record = pair
    made = case.out(resource, record)
    try:
        wanted = say_out(case.lens, resource, record, "create" if record is None else "replace")
    except LensError as error:
        if isinstance(made, LensError):
            return
        breaks(f"sent although {error}", pair, made)
    if isinstance(made, LensError):
        breaks(f"refused: {made}", pair, wanted)
    expect_equal("a field differs", pair, _known(case, made), _known(case, wanted))


def _known(case: Case, record: Document) -> Any:
    """A record without `schemas`, and without what is unknown inside the items of lists."""
    known: Document = prune(record)
    known.pop("schemas", None)
    for rule in case.lens.rules:
        items = read_at(known, rule.v) if isinstance(rule, ListRule) and not rule.scalar else None
        if isinstance(rule, ListRule) and isinstance(items, list):
            names = {item.v[0] for item in rule.items if item.v}
            writable = {item.v[0] for item in rule.items if item.v and item.writable}
            items[:] = [_only(one, names if rule.read_only else writable) for one in items]
    return prune(known)


def _only(item: Any, names: set[str]) -> Any:
    return {key: value for key, value in item.items() if key in names} if isinstance(item, dict) else item


def schemas(case: Case, resource: Document) -> None:
    """Of a new record: the core URN and the extensions present, and no extension is sent empty."""
    made = case.out(resource, None)
    if isinstance(made, LensError):
        return
    urns = case.lens.urns
    wanted = list_schemas(prune(made), urns, None) if urns.core else None
    if made.get("schemas") != wanted:
        breaks(f"schemas are {made.get('schemas')}, not {wanted}", resource, made)
    if any(is_absent(made[urn]) for urn in urns.extensions if urn in made):
        breaks("an empty extension is sent", resource, made)
    hidden = [rule.s for rule in case.lens.rules if isinstance(rule, LeafRule) and rule.v and not rule.readable]
    seen = case.lens.into(case.stored(made))
    for extension in case.lens.type.extensions:
        if extension.id in seen and is_absent(seen[extension.id]):
            breaks(f"an empty extension is shown (never shown: {', '.join(map(str, hidden))})", resource, seen)
