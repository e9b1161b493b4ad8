"""The law of values of another kind: common spellings are understood, nonsense is refused and never passed on."""

from copy import deepcopy
from typing import Any

from gateway.lens.absence import read_at, read_raw, write_at
from gateway.lens.footprints import fields_shown
from gateway.lens.kinds import ChooseRule, Field, LeafRule, ListRule, ShowRule, flatten
from gateway.lens.laws_case import Case, breaks, expect_equal
from gateway.lens.laws_records import draw_record as draw_any_record
from gateway.lens.lens import Document, LensError
from gateway.lens.meaning_choose import branch_of
from gateway.lens.places import Place, number_of
from gateway.lens.shapes import Leaf
from gateway.lens.strategies_plain import Values, st

_NONSENSE: tuple[Any, ...] = ({"nested": ["x"]}, [])
_SPELLINGS: dict[str, list[tuple[Any, Any]]] = {
    "string": [(42, "42"), (0, "0")],
    "enum": [(42, "42"), (0, "0")],
    "binary": [(42, "42"), (0, "0")],
    "bool": [("true", True), ("FALSE", False)],
    "int": [("42", 42)],
}


def draw_record(case: Case) -> Values:
    """A record, to be spoilt field by field."""
    return st.tuples(draw_any_record(case), st.integers(0, 7))


def kinds(case: Case, drawn: tuple[Document, int]) -> None:
    """Each field of the record in another spelling reads the same; as nonsense it is refused, so is a lost id."""
    record, choice = drawn
    lost = deepcopy(record)
    write_at(lost, case.lens.id_field, None if choice % 2 else "")
    _expect_refusal(case, lost, "id")
    branches = [branch_of(rule, record) for rule in case.lens.rules if isinstance(rule, ChooseRule)]
    for branch in branches:
        if branch is not None:
            _spoil_leaf(case, record, branch.rule.v, branch.rule)
            _spoil_object(case, record, branch.rule.v[:-1])
    for rule in flatten(one for one in case.lens.rules if not isinstance(one, ChooseRule)):
        if isinstance(rule, ListRule) and rule.readable:
            _spoil_list(case, record, rule)
            _spoil_object(case, record, rule.v[:-1])
        elif isinstance(rule, LeafRule) and rule.v and rule.readable:
            _spoil_leaf(case, record, rule.v, rule)
            _spoil_object(case, record, rule.v[:-1])
    for field in fields_shown([rule for rule in case.lens.rules if isinstance(rule, ShowRule)]):
        if field != case.lens.id_field:
            _expect_same(case, _blanked(record, field, ""), _with(record, field, None))


def _spoil_object(case: Case, record: Document, above: Field) -> None:
    """What stands where an object should is refused, at any depth; null is an object that is not there."""
    for depth in range(1, len(above) + 1):
        field = above[:depth]
        if case.lens.id_field[:depth] == field or any(isinstance(key, Place) and number_of(key) != 0 for key in field):
            continue
        _expect_refusal(case, _with(record, field, "nonsense"), ".".join(field))
        _expect_same(case, _blanked(record, field, None), _with(record, field, None))


def _spoil_leaf(case: Case, record: Document, field: Field, rule: LeafRule) -> None:
    for blank in (None, "") if field != case.lens.id_field else ():
        _expect_same(case, _blanked(record, field, blank), _with(record, field, None))
    if rule.ref or rule.leaf.type == "any":
        return
    for nonsense in _NONSENSE:
        spoilt = _with(record, field, nonsense)
        if read_raw(spoilt, field) == nonsense:  # a list that does not reach so far has no such item
            _expect_refusal(case, spoilt, ".".join(field))
    known = _SPELLINGS.get(rule.leaf.type, []) if rule.codec is None and rule.table is None else []
    for other, plain in known:
        _expect_same(case, _with(record, field, other), _with(record, field, plain))


def _spoil_list(case: Case, record: Document, rule: ListRule) -> None:
    _expect_refusal(case, _with(record, rule.v, "nonsense"), ".".join(rule.v))
    if rule.scalar:
        if rule.items[0].leaf.type != "any" and not rule.items[0].ref:
            _spoil_values(case, record, rule, rule.items[0])
        return
    _expect_refusal(case, _with(record, rule.v, ["nonsense"]), ".".join(rule.v))
    items = read_at(record, rule.v)
    first = items[0] if isinstance(items, list) and items else {}
    _expect_same(case, _with(record, rule.v, first or None), _with(record, rule.v, [first] if first else None))
    for item in rule.items:
        if not item.v or not isinstance(item.leaf, Leaf) or not item.readable or item.ref:
            continue
        for nonsense in _NONSENSE:
            _expect_refusal(case, _with(record, rule.v, [{item.v[0]: nonsense}]), str(rule.s))
        for other, plain in _SPELLINGS.get(item.leaf.type, []) if item.codec is None and item.table is None else []:
            spoilt, sound = {**first, item.v[0]: other}, {**first, item.v[0]: plain}
            _expect_same(case, _with(record, rule.v, [spoilt]), _with(record, rule.v, [sound]))


def _spoil_values(case: Case, record: Document, rule: ListRule, item: LeafRule) -> None:
    """A list of plain values: one of them is no list, and each may be spelled otherwise."""
    for nonsense in _NONSENSE:
        _expect_refusal(case, _with(record, rule.v, [nonsense]), ".".join(rule.v))
    held = read_at(record, rule.v)
    if isinstance(held, list) and held[0]:
        _expect_refusal(case, _with(record, rule.v, held[0]), ".".join(rule.v))
    for other, plain in _SPELLINGS.get(item.leaf.type, []) if item.codec is None and item.table is None else []:
        _expect_same(case, _with(record, rule.v, [other]), _with(record, rule.v, [plain]))


def _with(record: Document, field: Field, value: Any) -> Document:
    changed = deepcopy(record)
    write_at(changed, field, value)
    return changed


def _blanked(record: Document, field: Field, blank: Any) -> Document:
    """Null and empty text are absent, wherever they stand."""
    if isinstance(field[-1], Place):
        return _with(record, field, None)
    changed = _with(record, field, "placeholder")
    read_raw(changed, field[:-1])[field[-1]] = blank
    return changed


def _expect_refusal(case: Case, record: Document, field: str) -> None:
    try:
        seen = case.lens.into(record)
    except LensError:
        return
    breaks(f"{field} is passed on", record, seen)


def _expect_same(case: Case, record: Document, plain: Document) -> None:
    try:
        seen = case.lens.into(record)
    except LensError as error:
        breaks(f"a common spelling is refused: {error}", record)
    expect_equal("a common spelling reads otherwise", record, seen, case.lens.into(plain))
