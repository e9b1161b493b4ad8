"""What generated translations call on their slower paths. The fast paths stand in the generated code itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from msgspec import UNSET

from gateway.lens.codecs import Codec, to_utc
from gateway.lens.ids import native_id, show_id
from gateway.lens.kinds import Table, Types, Urns
from gateway.lens.lens import Document, LensError
from gateway.lens.places import find_place, in_order, is_behind_a_gap, items_of, set_place
from gateway.lens.templates import fits

EMPTY: Mapping[str, Any] = {}
Write = Callable[[Sequence[Document]], list[Any]]  # items where there are no old ones
WriteOnto = Callable[[Document, Document], Document]  # an item onto its old self
Show = Callable[[Sequence[Any], str], list[Document]]  # items and the name of their field


def refuse(attribute: str, reason: str, scim_type: str = "invalidValue") -> NoReturn:
    """The value cannot cross."""
    raise LensError(attribute, reason, scim_type)


def copy_object(value: Any) -> Document:
    """A copy of an object of the record, so that the record read stays as it was."""
    return dict(value) if isinstance(value, dict) else {}


def read_object(value: Any, field: str) -> Mapping[str, Any]:
    """An object of the record, empty when absent."""
    if value is None:
        return EMPTY
    if not isinstance(value, dict):
        raise LensError(field, "is not an object")
    return value


def read_list(value: Any, field: str) -> list[Any]:
    """A list of the record; a single object counts as a list of one."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value]
    raise LensError(field, "is not a list")


def open_list(value: Any, places: Sequence[str], field: str) -> Document:
    """The items of a list that have addresses of their own, by place."""
    items = items_of(value)
    if items is None:
        raise LensError(field, "is not a list")
    found: Document = {}
    for place in places if items else ():
        at = find_place(items, place)
        if at is not None:
            found[place] = items[at]
    return found


def close_list(view: Document, old: Any, places: Sequence[str], most: int | None, attribute: str) -> Any:
    """The list with the items as they are now in its places; the old one where nothing changed."""
    before = open_list(old, places, attribute)
    if view == before:
        return old
    items = items_of(old) or []
    changed = [place for place in in_order(places) if view.get(place) != before.get(place)]
    if not changed:
        return old
    for place in changed:
        items = set_place(items, place, view.get(place))
    if any(is_behind_a_gap(items, place, view.get(place)) for place in places):
        raise LensError(attribute, "is a list with a gap: a value before one that is there is absent")
    if most is not None and len(items) > most:
        raise LensError(attribute, f"has more than the {most} value(s) the backend takes")
    return items


def as_text(value: Any, field: str) -> str:
    """A text that came as a number (ids and employee numbers do); anything else is not one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise LensError(field, "is not a text")


def as_bool(value: Any, field: str) -> bool:
    """A truth that came as a word."""
    if isinstance(value, str) and value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    raise LensError(field, "is not true or false")


def as_int(value: Any, field: str) -> int:
    """A number that came as a text."""
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    raise LensError(field, "is not a whole number")


def as_number(value: Any, field: str) -> int | float:
    """A number, whole or not."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise LensError(field, "is not a number")


def as_instant(value: Any, field: str) -> str:
    """Any date-time as UTC."""
    try:
        return to_utc(value)
    except ValueError:
        raise LensError(field, "is not a date-time") from None


def encode(codec: Codec, value: Any, attribute: str) -> Any:
    """Outward through a codec."""
    try:
        return codec.encode(value)
    except (ValueError, TypeError, AttributeError):
        raise LensError(attribute, "cannot be written the way the backend needs it") from None


def look_up(table: Mapping[Any, Any], value: Any, attribute: str, reason: str) -> Any:
    """A value through a table, refused when it is not listed."""
    try:
        found = table.get(value, UNSET)
    except TypeError:
        found = UNSET
    if found is UNSET:
        raise LensError(attribute, reason)
    return found


class Shown(NamedTuple):
    """How a stored value is read: its codec (None: a date-time), then its table."""

    codec: Codec | None
    table: Table | None


def shown_as(known: Shown, value: Any) -> Any:
    """What a stored value means to SCIM, UNSET when it cannot be read."""
    try:
        value = known.codec.decode(value) if known.codec is not None else to_utc(value)
        return value if known.table is None else known.table.back.get(value, UNSET)
    except (ValueError, TypeError, AttributeError):
        return UNSET


def native_or_none(value: Any, prefix: str) -> str | None:
    """The native id behind the resource's own id."""
    return native_id(value, prefix) if isinstance(value, str) else None


def to_native(value: Any, prefix: str, attribute: str) -> str:
    """A reference outward: the native id behind a SCIM id."""
    found = native_id(value, prefix) if isinstance(value, str) else None
    if found is None:
        raise LensError(attribute, "is not the id of a resource of this tenant")
    return found


def to_shown(value: Any, prefix: str) -> str:
    """A reference inward: the SCIM id of a native id."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise LensError("id", "is neither a text nor a number")
    return show_id(value if isinstance(value, str) else str(value), prefix)


def fit(kind: str, value: Any) -> Any:
    """The value, or None when it is not of the class of text."""
    return value if fits(kind, value) else None


def send_type(types: Types, value: Any, attribute: str) -> str | None:
    """A `type` outward. None: the item is dropped, as the mapping declares."""
    if value is None:
        return None
    found = types.out.get(value, UNSET)
    if found is UNSET and value in types.known:
        return str(value)
    if found is UNSET:
        found = types.other
    if found is UNSET:
        raise LensError(attribute, f"is none of the types the backend takes: {', '.join(types.known)}")
    return None if found is None else str(found)


def keep_items(types: Types, items: Iterable[Any], attribute: str) -> list[Any]:
    """The items whose type the backend takes."""
    return [one for one in items if one.get("type") is None or send_type(types, one["type"], attribute) is not None]


def show_type(types: Types, value: Any) -> Any:
    """A `type` inward."""
    return types.back.get(value, value)


def name_values(values: Sequence[Any]) -> list[Document]:
    """Plain values as items with a `value`."""
    return [{"value": one} for one in values]


def bare_values(items: Sequence[Document]) -> list[Any]:
    """The values of such items."""
    return [one["value"] for one in items]


def limit_items(items: list[Any], cap: int) -> list[Any]:
    """The first `cap` items, the primary one before all others."""
    return sorted(items, key=lambda one: one.get("primary") is not True)[:cap]


def write_items(
    items: Sequence[Document],
    old: Any,
    key: str,
    needed: Sequence[str],
    spelled: bool,
    anew: Write,
    onto: WriteOnto | None,
    show: Show,
) -> list[Any]:
    """The items written, each onto the old item that it was: what the mapping does not know in them survives.

    Partners are looked for in SCIM's terms: first those that are equal, then those with the same key, `spelled` the
    way the backend would show it. An item of which nothing is carried is not written. A list that already shows the
    items stays, unless one of them lacks a part that is `needed`.
    """
    olds = old if isinstance(old, list) else []
    shown = show_each(show, olds)
    if shown == items and all(name in one for one in shown for name in needed):
        return olds
    places: dict[Any, list[int]] = {}
    for place, one in enumerate(shown):
        places.setdefault(_key_of(one, key), []).append(place)
    partners = [_take_equal(item, shown, places.get(_key_of(item, key), [])) for item in items]
    written: list[Any] = []
    for item, partner in zip(items, partners, strict=True):
        left = places.get(_key_of(item, key)) if partner is None and key in item else None
        if spelled and partner is None and not left:
            left = places.get(_key_of(next(iter(show_each(show, anew([item]))), {}), key))
        if left:
            partner = left.pop(0)
        found = olds[partner] if partner is not None else None
        if found is not None and not isinstance(found, dict):
            written.append(found)  # a plain value that means the same stays as it is spelled
        elif isinstance(found, dict):
            written += filter(None, [found if onto is None else onto(item, found)])
        else:
            written += anew([item])
    return written


def show_each(show: Show, items: Sequence[Any]) -> list[Document]:
    """What each item shows, empty for one that shows nothing or cannot be read."""
    try:
        shown = show(items, "")
    except LensError:
        shown = []
    return shown if len(shown) == len(items) else [_show_one(show, one) for one in items]


def _show_one(show: Show, item: Any) -> Document:
    try:
        return next(iter(show([item], "")), {})
    except LensError:
        return {}


def _take_equal(item: Document, shown: Sequence[Document], places: list[int]) -> int | None:
    for place in places:
        if shown[place] == item:
            places.remove(place)
            return place
    return None


def _key_of(item: Document, key: str) -> Any:
    value = item.get(key)
    return value if isinstance(value, str | int | float) else None


def list_schemas(record: Mapping[str, Any], urns: Urns, old: Any) -> list[str]:
    """Core, extensions present, then what the mapping does not know of the old ones."""
    listed = [str(urns.core), *(urn for urn in urns.extensions if record.get(urn))]
    known = {urns.core, *urns.extensions}
    return listed + [urn for urn in old if urn not in known] if isinstance(old, list) else listed
