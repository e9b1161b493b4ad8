"""The notation of shapes: what is understood, and what is refused with a reason."""

from typing import Any

import pytest

from gateway.lens.shapes import Leaf, ListShape, ObjectShape, ShapeError, find_field, leaves, parse_key, parse_leaf

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("string", {}),
    ("string(1..1024)! key ci", {"low": 1, "high": 1024, "required": True, "unique": True, "case_exact": False}),
    ("string(..64) cs", {"high": 64, "case_exact": True}),
    ("string(3..)", {"low": 3}),
    ("bool ro", {"type": "bool", "read_only": True}),
    ("datetime ro", {"type": "datetime", "read_only": True}),
    ("enum(work|home)!", {"type": "enum", "values": ("work", "home"), "required": True}),
    ("enum~(A|B)", {"type": "enum", "values": ("A", "B"), "open_enum": True}),
    ("ref(User|Group)!", {"type": "ref", "refs": ("User", "Group"), "required": True}),
    ("string wo", {"write_only": True}),
    ("string im", {"immutable": True}),
    ("string echo:sent", {"unechoed": True}),
    ("int", {"type": "int"}),
    ("any", {"type": "any"}),
]


@pytest.mark.parametrize(("text", "facts"), GOOD)
def test_a_leaf_is_read(text: str, facts: dict[str, Any]) -> None:
    assert parse_leaf(text) == Leaf(**facts)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("text", "is no type"),
        ("string(1..2", "is no type"),
        ("string(a..b)", "are no bounds"),
        ("string(5)", "are no bounds"),
        ("enum()", "names nothing"),
        ("enum", "names nothing"),
        ("enum(a||b)", "names nothing"),
        ("ref( )", "names nothing"),
        ("string readonly", "is no flag"),
        ("string ro xx", "'xx' is no flag"),
        ("", "is no type"),
    ],
)
def test_a_text_that_is_no_leaf_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ShapeError, match=reason):
        parse_leaf(text)


@pytest.mark.parametrize(
    ("text", "name", "many", "low", "high", "required", "flags"),
    [
        ("emails", "emails", False, 0, None, False, set()),
        ("emails[]", "emails", True, 0, None, False, set()),
        ("emails[1..1]!", "emails", True, 1, 1, True, set()),
        ("groups[0..] ro", "groups", True, 0, None, False, {"ro"}),
        ("name!", "name", False, 0, None, True, set()),
        ("urn:example:2.0:User echo:sent", "urn:example:2.0:User", False, 0, None, False, {"echo:sent"}),
        ("odd.name", "odd.name", False, 0, None, False, set()),
    ],
)
def test_a_key_is_read(
    text: str, name: str, many: bool, low: int, high: int | None, required: bool, flags: set[str]
) -> None:
    key = parse_key(text)
    assert (key.name, key.many, key.low, key.high, key.required, key.flags) == (name, many, low, high, required, flags)


def test_leaves_are_found_with_their_addresses_and_through_lists() -> None:
    item = ObjectShape(fields={"value": Leaf()})
    shape = ObjectShape(fields={"a": ObjectShape(fields={"b": Leaf()}), "list": ListShape(item=item), "c": Leaf()})
    assert [path for path, _ in leaves(shape)] == [("a", "b"), ("list",), ("c",)]
    assert find_field(shape, ("list", "value")) == Leaf()
    assert find_field(shape, ("a", "b", "c")) is None
    assert find_field(shape, ("nowhere",)) is None
