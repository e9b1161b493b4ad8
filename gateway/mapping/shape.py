"""The `shape` table: the backend's fields in the notation of `gateway.lens.shapes`, with a place for each complaint."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from gateway.lens.shapes import (
    FLAGS,
    Key,
    Leaf,
    ListShape,
    ObjectShape,
    Shape,
    ShapeError,
    parse_key,
    parse_leaf,
    shown_at_most,
)
from gateway.mapping.diagnose import Diagnosis, did_you_mean
from gateway.mapping.source import Path, Source

_NO_FLAGS: frozenset[str] = frozenset()
_AGAINST = ({"ro", "wo"}, {"ci", "cs"})
_MEASURED = ("string", "binary", "ref", "datetime")


def read_shape(
    source: Source, path: Path, data: Mapping[str, Any], diagnosis: Diagnosis, types: frozenset[str] = frozenset()
) -> ObjectShape:
    """The `shape` table; `types` are the resource types of the file. Complaints: E103, E111, E125."""
    return _Reader(source, diagnosis, types).table(path, data, _NO_FLAGS)


class _Reader:
    """Reads one shape; flags of a table hold for all that is in it."""

    def __init__(self, source: Source, diagnosis: Diagnosis, types: frozenset[str]) -> None:
        self.source = source
        self.diagnosis = diagnosis
        self.types = types

    def table(self, path: Path, data: Mapping[str, Any], flags: frozenset[str], required: bool = False) -> ObjectShape:
        fields: dict[str, Shape] = {}
        for text, value in data.items():
            here = (*path, text)
            key: Key | None = None
            try:
                key = parse_key(text)
                if key.name in fields:
                    message = f"{key.name} stands twice"
                    self.diagnosis.add("E103", message, self.source.place(here), "keep one of them")
                    continue
                fields[key.name] = self.field(here, key, value, flags | key.flags)
            except ShapeError as error:
                self.diagnosis.add("E111", str(error), self.source.place(here), _hint(str(error)))
                if key is not None and not key.many:
                    fields[key.name] = Leaf(type="any")  # it is there all the same: rules that name it are right
        return ObjectShape(fields=fields, required=required, **_list_flags(flags))

    def field(self, path: Path, key: Key, value: Any, flags: frozenset[str]) -> Shape:
        required = key.required and not key.many
        shows = shown_at_most(key.flags)
        if shows is not None and not key.many:
            raise ShapeError(f"shows:{shows} stands behind the name of a list: members[] shows:{shows}")
        if "asked" in key.flags and not (key.many and "wo" in flags):
            raise ShapeError("asked stands behind the name of a list that no record shows: members[] wo asked")
        if isinstance(value, dict):
            one: Leaf | ObjectShape = self.table(path, value, flags, required)
        elif isinstance(value, str):
            one = self.leaf(path, value, flags, required)
        else:
            raise ShapeError("a field is a type, such as string, or a table of fields")
        if not key.many:
            return one
        _refuse_bounds(key.low, key.high)
        flagged = {**_list_flags(flags), "asked": "asked" in key.flags}
        return ListShape(item=one, low=key.low, high=key.high, required=key.required, shows=shows, **flagged)

    def leaf(self, path: Path, text: str, flags: frozenset[str], required: bool) -> Leaf:
        leaf = parse_leaf(text)
        _refuse_bounds(leaf.low, leaf.high)
        if (leaf.low or leaf.high is not None) and leaf.type not in _MEASURED:
            raise ShapeError(f"'{text}': only texts have a length")
        words = set(text.split()[1:]) | flags
        if shown_at_most(frozenset(text.split()[1:])):
            raise ShapeError(f"'{text}': shows: stands behind the name of a list")
        if "asked" in text.split()[1:]:
            raise ShapeError(f"'{text}': asked stands behind the name of a list")
        for pair in _AGAINST:
            if pair <= words:
                raise ShapeError(f"'{text}': {' and '.join(sorted(pair))} contradict each other")
        for type_ in leaf.refs:
            if self.types and type_ not in self.types | {"User", "Group"}:
                message = f"there is no resource type {type_}"
                hint = did_you_mean(type_, self.types | {"User", "Group"})
                self.diagnosis.add("E125", message, self.source.place(path), hint)
        return replace(
            leaf,
            required=leaf.required or required,
            read_only=leaf.read_only or "ro" in flags,
            write_only=leaf.write_only or "wo" in flags,
            immutable=leaf.immutable or "im" in flags,
            unechoed=leaf.unechoed or "echo:sent" in flags,
        )


def _refuse_bounds(low: int, high: int | None) -> None:
    if high is not None and high < low:
        raise ShapeError(f"the bounds {low}..{high} leave room for nothing")


def _hint(error: str) -> str:
    return f"flags are {', '.join(FLAGS)}" if "is no flag" in error else ""


def _list_flags(flags: frozenset[str]) -> dict[str, bool]:
    return {"read_only": "ro" in flags, "write_only": "wo" in flags, "unechoed": "echo:sent" in flags}
