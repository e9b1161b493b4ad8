"""`extends` and overrides: the child's tables laid over the parent's, by key and one level deep.

Deeper merging would unite allow-lists that the child meant to replace. `~` removes a key. Keys of a shape merge by
their bare name, and the child's bounds and flags replace the parent's. The child's error table is tried first.
"""

from typing import Any

from gateway.lens.shapes import ShapeError, parse_key
from gateway.mapping.diagnose import Place
from gateway.mapping.source import Path, Source

FILE_TABLES = ("params", "connect")
RESOURCE_TABLES = ("ops", "can", "shape", "urns", "scim", "map", "send", "show")


class Overlay:
    """A merged document under construction, with the place of every part."""

    def __init__(self, parent: Source, child: Source) -> None:
        self.parent = parent
        self.child = child
        self.places: dict[Path, Place] = {}

    def take(self, source: Source, path: Path, to: Path | None = None) -> Any:
        """Copy a value with its places."""
        to = path if to is None else to
        for known, place in source.places.items():
            if known[: len(path)] == path:
                self.places[(*to, *known[len(path) :])] = place
        value = source.data
        for key in path:
            value = value[key]
        return value


def merge(parent: Source, child: Source) -> Source:
    """The child laid over the parent. `name`, `title`, `abstract` and `examples` are the child's alone."""
    overlay = Overlay(parent, child)
    data: dict[str, Any] = {}
    for key in {**parent.data, **child.data}:
        if key in FILE_TABLES:
            data[key] = _table(overlay, (key,))
        elif key == "errors":
            data[key] = _errors(overlay)
        elif key == "resources":
            data[key] = _resources(overlay)
        elif key in child.data:
            data[key] = overlay.take(child, (key,))
        elif key not in ("name", "title", "abstract", "examples", "extends"):
            data[key] = overlay.take(parent, (key,))
    overlay.places[()] = child.place()
    return Source(child.file, data, overlay.places)


def _lookup(source: Source, path: Path) -> Any:
    value = source.data
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _table(overlay: Overlay, path: Path, bare: bool = False) -> Any:
    parent, child = _lookup(overlay.parent, path), _lookup(overlay.child, path)
    if not isinstance(child, dict):
        return overlay.take(overlay.parent if child is None else overlay.child, path)
    merged: dict[str, Any] = {}
    overlay.places[path] = overlay.child.place(path)
    replaced = {_bare(key) if bare else key for key in child}
    for key in parent or ():
        if (_bare(key) if bare else key) not in replaced:
            merged[key] = overlay.take(overlay.parent, (*path, key))
    for key, value in child.items():
        if value is not None:
            merged[key] = overlay.take(overlay.child, (*path, key))
    return merged


def _bare(key: str) -> str:
    try:
        return parse_key(key).name
    except ShapeError:
        return key


def _errors(overlay: Overlay) -> Any:
    merged = _table(overlay, ("errors",))
    own, inherited = _lookup(overlay.child, ("errors", "table")), _lookup(overlay.parent, ("errors", "table"))
    if isinstance(own, list) and isinstance(inherited, list):
        table = [overlay.take(overlay.child, ("errors", "table", number)) for number in range(len(own))]
        for number in range(len(inherited)):
            to = ("errors", "table", len(own) + number)
            table.append(overlay.take(overlay.parent, ("errors", "table", number), to))
        merged["table"] = table
    return merged


def _resources(overlay: Overlay) -> Any:
    parent, child = _lookup(overlay.parent, ("resources",)) or {}, _lookup(overlay.child, ("resources",))
    if not isinstance(child, dict):
        return overlay.take(overlay.parent, ("resources",))
    merged: dict[str, Any] = {}
    overlay.places[("resources",)] = overlay.child.place(("resources",))
    for name in {**parent, **child}:
        path = ("resources", name)
        if name not in child:
            merged[name] = overlay.take(overlay.parent, path)
        elif name not in parent or not isinstance(child[name], dict):
            if child[name] is not None:
                merged[name] = overlay.take(overlay.child, path)
        else:
            merged[name] = _resource(overlay, path)
    return merged


def _resource(overlay: Overlay, path: Path) -> Any:
    parent, child = _lookup(overlay.parent, path), _lookup(overlay.child, path)
    merged: dict[str, Any] = {}
    overlay.places[path] = overlay.child.place(path)
    for key in {**parent, **child}:
        if key in RESOURCE_TABLES and key in parent:
            merged[key] = _table(overlay, (*path, key), bare=key == "shape")
        else:
            merged[key] = overlay.take(overlay.child if key in child else overlay.parent, (*path, key))
    return merged
