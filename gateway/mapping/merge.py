"""`extends` and overrides: the child's tables laid over the parent's, by key and one level deep.

Deeper merging would unite allow-lists that the child meant to replace. `~` removes a key (and stays, to be complained
of, where nothing is inherited). Keys of `shape` and `scim` merge by their bare name, and the child's bounds and flags
replace the parent's. The child's error table is tried first.
"""

from collections.abc import Callable, Iterable
from typing import Any

from gateway.lens.shapes import ShapeError, parse_key
from gateway.mapping.diagnose import Diagnosis, Place
from gateway.mapping.source import Path, Source

FILE_TABLES = ("params", "connect")
RESOURCE_TABLES = ("ops", "calls", "can", "shape", "urns", "scim", "map", "send", "show")
TYPED = ("shape", "scim")  # tables in the notation of types
OWN = ("name", "title", "abstract", "examples", "extends")


def merge(parent: Source, child: Source) -> Source:
    """The child laid over the parent. `name`, `title`, `abstract` and `examples` are the child's alone."""
    overlay = Overlay(parent, child)
    inherited = {key: value for key, value in parent.data.items() if key not in OWN}
    data = overlay.join((), inherited, child.data, _join_file)
    return Source(child.file, data, overlay.places)


def bare_name(key: str) -> str:
    """A shape's key without bounds and flags."""
    try:
        return parse_key(key).name
    except ShapeError:
        return key


class Overlay:
    """A merged document under construction, with the place of every part."""

    def __init__(self, parent: Source, child: Source) -> None:
        self.parent = parent
        self.child = child
        self.places: dict[Path, Place] = {}

    def copy(self, source: Source, path: Path, value: Any, to: Path) -> Any:
        """A value of one of the two, with its places."""
        self.places[to] = source.place(path)
        if isinstance(value, dict):
            return {key: self.copy(source, (*path, key), one, (*to, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self.copy(source, (*path, at), one, (*to, at)) for at, one in enumerate(value)]
        return value

    def join(
        self, path: Path, parent: dict[str, Any], child: dict[str, Any], below: "Join", name: Callable[[str], str] = str
    ) -> dict[str, Any]:
        """Two tables: the parent's keys that the child does not name, then the child's; shared ones by `below`."""
        self.places[path] = self.child.place(path)
        named, merged = {name(key) for key in child}, {}
        inherited = {name(key): key for key in parent}
        for key, value in parent.items():
            if name(key) not in named:
                merged[key] = self.copy(self.parent, (*path, key), value, (*path, key))
            elif key in child and child[key] is not None:
                merged[key] = below(self, (*path, key), value, child[key])
        for key, value in child.items():
            if key not in merged and (value is not None or name(key) not in inherited):
                merged[key] = self.copy(self.child, (*path, key), value, (*path, key))
        return merged


Join = Callable[[Overlay, Path, Any, Any], Any]


def _replace(overlay: Overlay, path: Path, parent: Any, child: Any) -> Any:
    return overlay.copy(overlay.child, path, child, path)


def _table(below: Join, name: Callable[[str], str] = str) -> Join:
    """Two tables are joined, anything else is replaced."""

    def join(overlay: Overlay, path: Path, parent: Any, child: Any) -> Any:
        if not isinstance(parent, dict) or not isinstance(child, dict):
            return _replace(overlay, path, parent, child)
        return overlay.join(path, parent, child, below, name)

    return join


def _join_file(overlay: Overlay, path: Path, parent: Any, child: Any) -> Any:
    match path[0]:
        case "params" | "connect":
            return _table(_replace)(overlay, path, parent, child)
        case "errors":
            return _table(_join_errors)(overlay, path, parent, child)
        case "resources":
            return _table(_table(_join_resource))(overlay, path, parent, child)
        case _:
            return _replace(overlay, path, parent, child)


def _join_errors(overlay: Overlay, path: Path, parent: Any, child: Any) -> Any:
    if path[-1] != "table" or not isinstance(parent, list) or not isinstance(child, list):
        return _replace(overlay, path, parent, child)
    rows = _replace(overlay, path, parent, child)
    for number, row in enumerate(parent):
        rows.append(overlay.copy(overlay.parent, (*path, number), row, (*path, len(child) + number)))
    return rows


def _join_resource(overlay: Overlay, path: Path, parent: Any, child: Any) -> Any:
    if path[-1] not in RESOURCE_TABLES:
        return _replace(overlay, path, parent, child)
    return _table(_replace, bare_name if path[-1] in TYPED else str)(overlay, path, parent, child)


def refuse_removals(source: Source, diagnosis: Diagnosis) -> Source:
    """The source without a `~` that removes nothing. Complaints: E119."""
    removals = set(_removals(source.data))
    for path in removals:
        message = f"{path[-1]} is empty, which removes what is inherited, and nothing is"
        diagnosis.add("E119", message, source.place(path), "remove the line, or correct the key")
    return Source(source.file, _without(source.data, (), removals), source.places)


def _removals(data: dict[str, Any]) -> Iterable[Path]:
    tables: list[tuple[Path, Any]] = [((), data), *(((key,), data.get(key)) for key in (*FILE_TABLES, "errors"))]
    resources = data.get("resources")
    tables.append((("resources",), resources))
    for name, row in resources.items() if isinstance(resources, dict) else ():
        tables.append((("resources", name), row))
        if isinstance(row, dict):
            tables += [(("resources", name, key), row.get(key)) for key in RESOURCE_TABLES]
    for path, table in tables:
        if isinstance(table, dict):
            yield from ((*path, key) for key, value in table.items() if value is None)


def _without(value: Any, path: Path, removed: set[Path]) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _without(one, (*path, key), removed) for key, one in value.items() if (*path, key) not in removed}
