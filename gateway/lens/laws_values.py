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
    mixed = {**_without(shown, choice), **(other if choice % 3 else _other_parts(case, shown, other))}
    return prune({key: value for key, value in mixed.items() if key not in ("id", "meta")}), record


def _other_parts(case: Case, shown: Document, other: Document) -> Document:
    """The values of lists with the same keys and other parts, where the other resource has such."""
    mixed: Document = {}
    for name, rule in ((str(one.s), one) for one in case.lens.rules if isinstance(one, ListRule) and not one.plain):
        mine, others = shown.get(name), other.get(name)
        if isinstance(mine, list) and isinstance(others, list):
            kept = [{key: one[key] for key in rule.key if key in one} for one in mine]
            mixed[name] = [{**new, **old} for old, new in zip(kept, others, strict=False)]
    return mixed


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
            wanted = say_out(case.lens, resource, record)
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
        wanted = say_out(case.lens, resource, record)
    except LensError as error:
        if isinstance(made, LensError):
            return
        breaks(f"sent although {error}", pair, made)
    if isinstance(made, LensError):
        breaks(f"refused: {made}", pair, wanted)
    expect_equal("a field differs", pair, _known(case, made, record), _known(case, wanted, record))


def _known(case: Case, record: Document, old: Document | None) -> Any:
    """A record without `schemas`, and without what the items of its lists had before and is not written."""
    known: Document = prune(record)
    known.pop("schemas", None)
    for rule in case.lens.rules:
        items = read_at(known, rule.v) if isinstance(rule, ListRule) and not rule.scalar else None
        if isinstance(rule, ListRule) and isinstance(items, list):
            held = {key for one in listed(read_at(old, rule.v)) if isinstance(one, dict) for key in one}
            extra = set() if rule.read_only else held - {item.v[0] for item in rule.items if item.v and item.writable}
            items[:] = [{key: one[key] for key in one if key not in extra} for one in items]
    return prune(known)


def listed(value: Any) -> list[Any]:
    """The items of a list; what stands where a list would is one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _only(item: Any, names: set[str]) -> Any:
    return {key: value for key, value in item.items() if key in names} if isinstance(item, dict) else item


def schemas(case: Case, pair: Pair) -> None:
    """The core URN and the extensions present; of a record, what it lists until an extension comes or goes."""
    resource, record = pair
    for old in (None, record):
        made = case.out(resource, old)
        if not isinstance(made, LensError):
            _check_schemas(case, pair, made, old)


def _check_schemas(case: Case, pair: Pair, made: Document, record: Document | None) -> None:
    urns, old = case.lens.urns, record or {}
    stays = record is not None and all(is_absent(made.get(urn)) == is_absent(old.get(urn)) for urn in urns.extensions)
    names = old.get("schemas") if stays else list_schemas(prune(made), urns, old.get("schemas"))
    wanted = names if urns.core else None
    if made.get("schemas") != wanted:
        breaks(f"schemas are {made.get('schemas')}, not {wanted}", pair, made)
    if any(is_absent(made[urn]) and urn not in old for urn in urns.extensions if urn in made):
        breaks("an empty extension is sent", pair, made)
    seen = case.lens.into(case.stored(made))
    for extension in case.lens.type.extensions:
        if extension.id in seen and is_absent(seen[extension.id]):
            breaks("an empty extension is shown", pair, seen)
