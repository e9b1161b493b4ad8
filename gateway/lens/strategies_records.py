"""Hypothesis strategies for records: documents that satisfy a shape, as a backend would show them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from gateway.lens.absence import read_at, write_at
from gateway.lens.codecs import Codec
from gateway.lens.kinds import Field, LeafRule, ListRule, TextRule, flatten
from gateway.lens.lens import Document, Lens
from gateway.lens.places import labels_of, whole_field
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape
from gateway.lens.strategies import MOST, mark_primary
from gateway.lens.strategies_choose import choices, condition_fields
from gateway.lens.strategies_plain import DAY, EMAIL, INSTANT, NATIVE, TEXT, Values, rarely, st, text_of
from gateway.lens.strategies_texts import field_texts

UNKNOWN = st.sampled_from([7, "kept", {"deep": [1, None]}, ["a"], None])


def records(lens: Lens, *, full: bool = False) -> Values:
    """Records of a lens: the required fields always, a handful of the others, and now and then unknown ones.

    What the backend never shows (`wo`, `echo:sent`) is not in them. Absent fields are also spelled null or empty.
    `full`: all fields.
    """
    rules = _rules_by_field(lens)
    fields = {
        name: field_values(field, (name,), rules, full=full)
        for name, field in lens.shape.fields.items()
        if not _is_hidden(field)
    }
    fields.pop(lens.id_field[0], None)
    fields.pop("schemas", None)
    required = {name for name, field in lens.shape.fields.items() if (field.required or full) and name in fields}
    empty = {name: _empty(lens.shape.fields[name]) for name in fields}

    chosen, deciding = choices(lens), condition_fields(lens)
    texts = [rule for rule in lens.rules if isinstance(rule, TextRule)]
    labelled = [rule.v for rule in flatten(lens.rules) if whole_field(rule.v) != rule.v]

    @st.composite
    def draw_record(draw: Any) -> Document:
        some = draw(st.lists(st.sampled_from(list(fields)), max_size=MOST, unique=True))
        record = {name: draw(fields[name]) for name in fields if name in required or name in some}
        for name in draw(rarely(st.just([]), st.lists(st.sampled_from(list(fields)), max_size=2))):
            if name not in required:
                record[name] = draw(empty[name])
        for choice in chosen:  # its branches all at once, and what decides
            for leaf in (*(one.rule for one in choice.branches), *choice.reads) if draw(st.booleans()) else ():
                write_at(record, leaf.v, draw(leaf_values(leaf.leaf, leaf, leaf.v[-1])))
        for field, words in deciding.items():
            if draw(st.booleans()):
                write_at(record, field, draw(st.sampled_from(words)))
        for rule in texts:
            made = field_texts(rule)
            for field, text in draw(made if full else st.one_of(st.just({}), made)).items():
                write_at(record, field, text)
        record |= draw(rarely(st.just({}), st.fixed_dictionaries({"x_local": UNKNOWN})))
        _repeat_items(lens, record, draw(st.integers(0, 3)))
        for field in labelled:
            items = read_at(record, whole_field(field))
            if isinstance(items, list) and isinstance(items[-1], dict) and draw(st.booleans()):
                items[-1] = {**items[-1], **labels_of(field[len(whole_field(field))])}
        return _finish(lens, record, draw(NATIVE), draw(st.integers(0, 3)))

    return draw_record()


def _repeat_items(lens: Lens, record: Document, choice: int) -> None:
    """Now and then one address twice, where the mapping takes such two for one."""
    for rule in lens.rules:
        items = read_at(record, rule.v) if isinstance(rule, ListRule) and rule.uncarried and not choice else None
        if isinstance(rule, ListRule) and isinstance(items, list) and len(items) < (rule.cap or len(items) + 1):
            plain = [one for one in items if not isinstance(one, dict) or one.get("primary") is not True]
            items += deepcopy(plain[:1])


def _finish(lens: Lens, record: Document, native: str, spelling: int) -> Document:
    """With its id, and `schemas` the way some backend lists them: exactly, in another order, with more, or not."""
    here = record
    for key in lens.id_field[:-1]:
        here = here.setdefault(key, {})
    here[lens.id_field[-1]] = native
    if lens.urns.core is None:
        return record
    present = [urn for urn in lens.urns.extensions if record.get(urn)]
    listed = [str(lens.urns.core), *present]
    orders = (listed, listed[::-1], [*listed, "urn:example:other"], None)
    if orders[spelling] is not None:
        record["schemas"] = orders[spelling]
    return record


def _rules_by_field(lens: Lens) -> dict[Field, LeafRule]:
    found: dict[Field, LeafRule] = {}
    for rule in flatten(lens.rules):
        if isinstance(rule, LeafRule) and rule.v:
            at = whole_field(rule.v)
            found[rule.v if at == rule.v else (*at, *(rule.v[len(at) + 1 :] or ("value",)))] = rule
        elif isinstance(rule, ListRule):
            found |= {(*rule.v, *item.v): item for item in rule.items if item.v}
    return found


def _is_hidden(field: Shape) -> bool:
    if isinstance(field, ObjectShape) and field.fields:
        return all(_is_hidden(inner) for inner in field.fields.values())
    return field.write_only or field.unechoed


def _empty(field: Shape) -> Values:
    if isinstance(field, Leaf):
        return st.sampled_from([None, ""] if field.type in ("string", "binary") and field.low == 0 else [None])
    return st.sampled_from([None, [] if isinstance(field, ListShape) else {}])


def field_values(field: Shape, path: Field, rules: Mapping[Field, LeafRule], *, full: bool) -> Values:
    """What a field may hold; `full`: with all that is in it."""
    if isinstance(field, Leaf):
        return leaf_values(field, rules.get(path), path[-1])
    if isinstance(field, ObjectShape):
        return _object_values(field, path, rules, full=full)
    return _list_values(field, path, rules, full=full)


def _object_values(shape: ObjectShape, path: Field, rules: Mapping[Field, LeafRule], *, full: bool) -> Values:
    shown = {name: field for name, field in shape.fields.items() if not _is_hidden(field)}
    made = {name: field_values(field, (*path, name), rules, full=full) for name, field in shown.items()}
    must = {name: one for name, one in made.items() if shown[name].required or full}
    may = {name: rarely(one, _empty(shown[name])) for name, one in made.items() if name not in must}
    return st.fixed_dictionaries(must, optional=may)


def _list_values(shape: ListShape, path: Field, rules: Mapping[Field, LeafRule], *, full: bool) -> Values:
    low, high = max(shape.low, 1), min(3, shape.high or 3)
    if isinstance(shape.item, Leaf):
        return st.lists(leaf_values(shape.item, rules.get((*path, "value")), path[-1]), min_size=low, max_size=high)
    keyed = next((one for one in ("value", "id") if one in shape.item.fields), None)
    item = _object_values(shape.item, path, rules, full=full).filter(_holds_something)
    extended = st.tuples(item, rarely(st.just({}), st.fixed_dictionaries({"x_item": UNKNOWN}))).map(
        lambda pair: {**pair[0], **pair[1]}
    )
    several = st.lists(extended, min_size=low, max_size=high, unique_by=lambda one: str(one.get(keyed) or one))
    return several.map(lambda items: _one_primary(items))


def _holds_something(item: Document) -> bool:
    return any(value is not None and value != "" for value in item.values())


def _one_primary(items: list[Document]) -> list[Document]:
    marked = [number for number, one in enumerate(items) if one.get("primary") is True]
    return mark_primary([{**one, "primary": False} for one in items], marked[0]) if len(marked) > 1 else items


def leaf_values(leaf: Leaf, rule: LeafRule | None, name: str) -> Values:
    """What a leaf may hold: every backend value of a table, every word of an enumeration, texts up to the bounds."""
    if rule is not None and rule.table is not None:
        return st.sampled_from(list(rule.table.back))
    if rule is not None and rule.codec is not None:
        return _encoded(rule.codec)
    if leaf.values:
        known = st.sampled_from(leaf.values)
        return rarely(known, st.just("a-later-value")) if leaf.open_enum else known
    match leaf.type:
        case "bool":
            return st.booleans()
        case "int" | "number":
            return st.integers(0, 10**9)
        case "datetime":
            return INSTANT
        case "ref":
            return NATIVE
        case _:
            return text_of(leaf, EMAIL | TEXT if name in ("userName", "value") else TEXT)


def _encoded(codec: Codec) -> Values:
    if codec.v_type == "int" and codec.s_type == "string":
        return st.integers(0, 10**9)
    if codec.s_type == "boolean":
        return st.sampled_from(["true", "false", "True", "FALSE"])
    kinds = {"dateTime": INSTANT, "date": DAY}
    return kinds.get(codec.s_type, TEXT).map(codec.encode)
