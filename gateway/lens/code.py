"""Writing Python as syntax trees: what a mapping's file says never becomes text that is compiled.

`quote` turns a snippet written here into statements and puts prepared parts in the places of its names: a snippet is
read once, and from then on it is a template that copies itself around its parts. Values that come from a mapping enter
as constants or as named objects of the generated module, so they cannot become code.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from textwrap import dedent
from typing import Any

Part = ast.expr | list[ast.stmt] | str
Make = Callable[[Mapping[str, Part]], Any]

_START: dict[str, Any] = {"lineno": 1, "end_lineno": 1, "col_offset": 0, "end_col_offset": 0}
_NOTHING = ast.Pass(**_START)


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
        self.functions.append(ast.FunctionDef(name, _arguments(arguments), body, [], **_START))

    def compile(self, label: str) -> Mapping[str, Callable[..., Any]]:
        """The functions, compiled. `label` shows in tracebacks."""
        space = dict(self.names)
        module = ast.Module(self.functions, [])
        exec(compile(module, f"<mapping {label}>", "exec"), space)  # noqa: S102  # a tree built here, never text
        return space


def quote(snippet: str, **parts: Part) -> list[ast.stmt]:
    """Statements of a snippet with its names replaced by `parts`.

    A string renames an identifier, an expression takes a name's place, a list of statements replaces a line that
    consists of that name alone (where nothing is left of a block, `pass` stands in it).
    """
    made: list[ast.stmt] = _template(snippet, tuple(parts))(parts)
    return made


def name(text: str) -> ast.expr:
    """A reference to a local or a constant."""
    return ast.Name(text, ast.Load())


@lru_cache(maxsize=64)
def _arguments(names: tuple[str, ...]) -> ast.arguments:
    return ast.arguments([], [ast.arg(name, **_START) for name in names], None, [], [], None, [])


@lru_cache(maxsize=1024)
def _template(snippet: str, names: tuple[str, ...]) -> Make:
    return _block(ast.parse(dedent(snippet).strip()).body, frozenset(names))


def _block(statements: Iterable[ast.stmt], names: frozenset[str]) -> Make:
    steps = [(_line(one, names), _node(one, names)) for one in statements]

    def make(parts: Mapping[str, Part]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for line, statement in steps:
            part = parts[line] if line is not None else None
            if isinstance(part, list):
                made += part
            elif statement is not None:
                made.append(statement(parts))
        return made

    return make


def _line(statement: ast.stmt, names: frozenset[str]) -> str | None:
    """The name that the line consists of, when it is a part's."""
    match statement:
        case ast.Expr(value=ast.Name(id=line)) if line in names:
            return line
        case _:
            return None


def _node(node: ast.AST, names: frozenset[str]) -> Make | None:
    """How a node is copied; None: it holds no part, and one serves all. Statements are always copied: their blocks
    are lists, which no two of them may share."""
    kind, held = type(node), dict(vars(node))
    steps = [(field, make) for field, value in held.items() if (make := _value(value, names)) is not None]
    if not steps and not isinstance(node, ast.stmt):
        return None

    def copy(parts: Mapping[str, Part]) -> ast.AST:
        made = kind.__new__(kind)
        inside = vars(made)
        inside.update(held)
        for field, make in steps:
            inside[field] = make(parts)
        if inside.get("body") == []:
            inside["body"] = [_NOTHING]
        return made

    return copy


def _value(value: Any, names: frozenset[str]) -> Make | None:
    if isinstance(value, list):
        return _block(value, names) if value and isinstance(value[0], ast.stmt) else _several(value, names)
    if isinstance(value, ast.Name) and value.id in names:
        return _hole(value)
    return _node(value, names) if isinstance(value, ast.AST) else None


def _several(values: list[Any], names: frozenset[str]) -> Make | None:
    makes = [(one, _value(one, names)) for one in values]
    if all(make is None for _, make in makes):
        return None
    return lambda parts: [one if make is None else make(parts) for one, make in makes]


def _hole(node: ast.Name) -> Make:
    key, where = node.id, dict(vars(node))

    def fill(parts: Mapping[str, Part]) -> ast.expr:
        part = parts[key]
        if isinstance(part, str):
            made = ast.Name.__new__(ast.Name)
            vars(made).update(where, id=part)
            return made
        assert isinstance(part, ast.expr)  # noqa: S101  # a list stands on a line of its own
        return _placed(part)

    return fill


def _placed(part: ast.expr) -> ast.expr:
    """The part with a place in the source, which the compiler asks for."""
    if "lineno" not in vars(part):
        if not isinstance(part, ast.Constant | ast.Name):
            return ast.fix_missing_locations(part)
        vars(part).update(_START)
    return part
