"""The statements that open a list of the record for the items that have addresses, and close it again."""

import ast
from collections.abc import Iterable, Mapping

from gateway.lens.code import quote
from gateway.lens.kinds import Field
from gateway.lens.places import Place, spell
from gateway.lens.scene import Scene, Statements
from gateway.lens.shapes import ListShape, ObjectShape, find_field


def opened(fields: Iterable[Field]) -> Mapping[Field, tuple[str, ...]]:
    """The lists with items that have addresses of their own, and the places of these items."""
    found: dict[Field, dict[str, None]] = {}
    for field in fields:
        for depth, key in enumerate(field):
            if isinstance(key, Place):
                found.setdefault(field[:depth], {})[str(key)] = None
    return {path: tuple(places) for path, places in found.items()}


def open_list(path: Field, local: str, scene: Scene, places: tuple[str, ...]) -> Statements:
    """The items by place; from here on they are fields like any other."""
    if scene.anew:
        return quote("X = {}", X=local)
    return quote(
        "X = open_list(UP[KEY], PLACES, FIELD) if KEY in UP else {}",
        X=local, UP=scene.v_holders[path[:-1]], KEY=ast.Constant(str(path[-1])),
        PLACES=scene.code.constant(places), FIELD=ast.Constant(spell(path)),
    )  # fmt: skip


def close_list(
    path: Field, local: str, scene: Scene, places: tuple[str, ...], attribute: str, shape: ObjectShape
) -> Statements:
    """The list with what its places hold now; an empty one is taken away."""
    field = find_field(shape, path)
    most = field.high if isinstance(field, ListShape) else None
    close = "x = close_list(X, UP.get(KEY), PLACES, MOST, ATTR)\nif x: UP[KEY] = x\nelif UP.get(KEY): del UP[KEY]"
    return quote(
        "if X: UP[KEY] = close_list(X, None, PLACES, MOST, ATTR)" if scene.anew else close,
        X=local, UP=scene.v_holders[path[:-1]], KEY=ast.Constant(str(path[-1])), MOST=ast.Constant(most),
        PLACES=scene.code.constant(places), ATTR=ast.Constant(attribute),
    )  # fmt: skip
