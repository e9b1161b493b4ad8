"""Writing Python as syntax trees: what a mapping's file says never becomes text that is compiled.

`quote` turns a snippet written here into statements and puts prepared parts in the places of its names. Values that
come from a mapping enter as constants or as named objects of the generated module, so they cannot become code.
"""

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache
from textwrap import dedent
from typing import Any

Part = ast.expr | list[ast.stmt] | str


class Code:
    """The module under construction: its named constants and its fresh local names."""

    def __init__(self, runtime: Mapping[str, Any]) -> None:
        self.names: dict[str, Any] = dict(runtime)
        self.functions: list[ast.stmt] = []
        self.shared: dict[str, str] = {}  # purpose -> the function that serves it
        self._count = 0

    def fresh(self, stem: str) -> str:
        """A local name that is used nowhere else."""
        self._count += 1
        return f"{stem}_{self._count}"

    def constant(self, value: Any) -> ast.expr:
        """An expression for a value: plain ones stand in the code, others get a name in the module."""
        if value is None or isinstance(value, str | bool | int | float):
            return ast.Constant(value)
        name = self.fresh("K")
        self.names[name] = value
        return ast.Name(name, ast.Load())

    def define(self, name: str, arguments: tuple[str, ...], body: list[ast.stmt]) -> None:
        """Add a function to the module."""
        function = quote_function(name, arguments)
        function.body = body
        self.functions.append(function)

    def compile(self, label: str) -> Mapping[str, Callable[..., Any]]:
        """The functions, compiled. `label` shows in tracebacks."""
        module = ast.fix_missing_locations(ast.Module(self.functions, []))
        space = dict(self.names)
        exec(compile(module, f"<mapping {label}>", "exec"), space)  # noqa: S102  # a tree built here, never text
        return space


def name(text: str) -> ast.expr:
    """A reference to a local or a constant."""
    return ast.Name(text, ast.Load())


def quote_function(text: str, arguments: tuple[str, ...]) -> ast.FunctionDef:
    """An empty function with plain arguments."""
    made = ast.parse(f"def {text}({', '.join(arguments)}): pass").body[0]
    assert isinstance(made, ast.FunctionDef)  # noqa: S101  # narrows for the type checker
    return made


def quote(snippet: str, **parts: Part) -> list[ast.stmt]:
    """Statements of a snippet with its names replaced by `parts`.

    A string renames an identifier, an expression takes a name's place, a list of statements replaces a line that
    consists of that name alone (an empty list leaves `pass`).
    """
    replaced = [_Replace(parts).visit(statement) for statement in _parse(snippet)]
    return [line for item in replaced for line in (item if isinstance(item, list) else [item])]


def _parse(snippet: str) -> list[ast.stmt]:
    # A fresh tree each time: the replacer edits in place.
    return ast.parse(_dedent(snippet)).body


@lru_cache(maxsize=256)
def _dedent(snippet: str) -> str:

    return dedent(snippet).strip()


class _Replace(ast.NodeTransformer):
    def __init__(self, parts: Mapping[str, Part]) -> None:
        self.parts = parts

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        if isinstance(node.value, ast.Name) and isinstance(part := self.parts.get(node.value.id), list):
            return part or [ast.Pass()]
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        part = self.parts.get(node.id)
        if isinstance(part, str):
            return ast.Name(part, node.ctx)
        return part if isinstance(part, ast.expr) else node
