"""Snippets become statements: parts in their places, a mapping's text never code, nothing shared between copies."""

import ast

import pytest

from gateway.lens.code import Code, name, quote


def said(snippet: str, **parts: ast.expr | list[ast.stmt] | str) -> str:
    return ast.unparse(ast.Module(quote(snippet, **parts), []))


@pytest.mark.parametrize(
    ("snippet", "parts", "text"),
    [
        ("X = UP.get(KEY)", {"X": "v0", "UP": "v", "KEY": ast.Constant("name")}, "v0 = v.get('name')"),
        ("x = A + A", {"A": name("one")}, "x = one + one"),
        ("x = {K: [A, b]}", {"K": ast.Constant(1), "A": "c"}, "x = {1: [c, b]}"),
        ("if A: STEPS", {"A": "v", "STEPS": quote("x = 1\ny = 2")}, "if v:\n    x = 1\n    y = 2"),
        ("if a: STEPS", {"STEPS": []}, "if a:\n    pass"),
        ("if a: x = 1\nelse: STEPS", {"STEPS": []}, "if a:\n    x = 1"),
        ("STEPS\nx = 1", {"STEPS": []}, "x = 1"),
        ("A\nx = 1", {"A": "b"}, "b\nx = 1"),
        ("x = VALUE", {"VALUE": ast.Constant("__import__('os')")}, "x = \"__import__('os')\""),
    ],
)
def test_parts_take_the_places_of_names(
    snippet: str, parts: dict[str, ast.expr | list[ast.stmt] | str], text: str
) -> None:
    assert said(snippet, **parts) == text


def test_a_text_is_a_constant_whatever_it_says() -> None:
    code = Code({})
    code.define("out", ("x",), quote("return VALUE", VALUE=code.constant("x) or exit(")))
    assert code.compile("t")["out"](1) == "x) or exit("


def test_a_value_that_is_not_plain_is_an_object_of_the_module() -> None:
    code, table = Code({}), {"a": 1}
    code.define("out", ("x",), quote("return TABLE.get(x)", TABLE=code.constant(table)))
    assert code.compile("t")["out"]("a") == 1


def test_copies_share_no_block() -> None:
    first, second = quote("if a:\n    b = 1"), quote("if a:\n    b = 1")
    assert isinstance(first[0], ast.If)
    first[0].body.clear()
    assert ast.unparse(second[0]) == "if a:\n    b = 1"


def test_parts_of_several_nodes_can_be_compiled() -> None:
    code = Code({})
    test = ast.Compare(name("x"), [ast.Is()], [ast.Constant(None)])
    code.define("out", ("x",), quote("if TEST: return 1\nreturn 2", TEST=test))
    made = code.compile("t")["out"]
    assert (made(None), made(0)) == (1, 2)
