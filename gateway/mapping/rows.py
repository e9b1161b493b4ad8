"""One table of a YAML file, converted to its Struct; what is wrong with it is said in plain words."""

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from gateway.mapping.diagnose import Diagnosis, did_you_mean
from gateway.mapping.flow import write_flow
from gateway.mapping.source import Path, Source
from gateway.mapping.units import with_unit

S = TypeVar("S", bound=Struct)

# Words of the design that are not in the language: an author who read of them gets a plain answer.
LATER = frozenset({"cel", "needs"})
# Words that the design has in one place and the language in another.
ELSEWHERE = {"ref": "remove it: that a field refers to others is said in the shape, ref(User)"}

MOST = 10**12  # beyond it no number of a mapping makes sense
_PLAIN = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "nothing",
    "object": "a table of keys", "array": "a list",
}  # fmt: skip
_EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`(?: - at `(?P<at>[^`]+)`)?")
_MISSING = re.compile(r"Object missing required field `(?P<key>[^`]+)`(?: - at `(?P<at>[^`]+)`)?")
_ENUM = re.compile(r"Invalid enum value (?P<value>.*?)(?: - at `(?P<at>[^`]+)`)?", re.DOTALL)
_EXTRA = re.compile(r"Object contains unknown field `(?P<key>[^`]+)`(?: - at `(?P<at>[^`]+)`)?")


def read_row(
    source: Source,
    path: Path,
    data: Any,
    kind: type[S],
    diagnosis: Diagnosis,
    *,
    instead: Mapping[str, Any] | None = None,
) -> S | None:
    """Convert one table. Complaints: E102 for an unknown key or a value of another kind, E124 for what comes later.

    Every value of another kind is told. `instead` is what to go on with where a needed key is missing or of another
    kind, so that what stands beside it is looked at too; without it the answer is None then.
    """
    if not isinstance(data, dict):
        diagnosis.add("E102", f"{name_place(path)} is a table of keys", source.place(path), _keys(kind))
        return None
    known = kind.__struct_encode_fields__
    for key in data:
        if key not in known:
            _refuse_key(source, (*path, key), kind, known, diagnosis)
    good = {key: value for key, value in data.items() if key in known}
    given = len(good)
    while True:
        try:
            row = msgspec.convert(good, kind)
        except msgspec.ValidationError as error:
            below, message, hint = _explain(str(error), path, data, kind)
            missing = _missing_key(str(error))
            if below or missing not in data:
                diagnosis.add("E102", message, source.place((*path, *below)), hint)
            if below and below[0] in good:
                del good[str(below[0])]
            elif not below and missing in (instead or {}):
                good[str(missing)] = (instead or {})[str(missing)]
            else:
                return None
        else:
            return row if instead is not None or len(good) == given else None


def _missing_key(error: str) -> str | None:
    """The key of the table itself that is not there; it may have been told of already."""
    found = _MISSING.fullmatch(error)
    return found["key"] if found is not None and not found["at"] else None


def _refuse_key(source: Source, path: Path, kind: type[Struct], known: tuple[str, ...], diagnosis: Diagnosis) -> None:
    key, where = str(path[-1]), source.place(path)
    if key in getattr(kind, "LATER", ()):
        diagnosis.add("E124", f"'{key}' is not in the language yet", where, "see mappings/README.md for what is")
    else:
        hint = ELSEWHERE.get(key) or did_you_mean(key, known)
        diagnosis.add("E102", f"unknown key '{key}' in {name_place(path[:-1])}", where, hint)


def name_place(path: Path) -> str:
    """A table by the name that its author would give it."""
    match path:
        case ():
            return "the file"
        case ("resources", _, "map" | "send" | "show", name, *rest):
            return f"the rule for {name}" + "".join(f", {part}" for part in rest)
        case ("resources", name):
            return f"resources.{name}"
        case ("resources", _, *rest):
            return ".".join(map(str, rest))
        case (*above, int(number)):
            return f"item {number + 1} of {'.'.join(map(str, above))}"
        case _:
            return ".".join(map(str, path))


def _explain(error: str, path: Path, data: Any, kind: type[Struct]) -> tuple[Path, str, str]:
    """Where below the table, what is wrong, and a hint."""
    if found := _MISSING.fullmatch(error):
        below = _below(found["at"])
        return (
            below,
            f"{name_place((*path, *below))} needs the key {found['key']}",
            _required(kind, below, found["key"]),
        )
    if found := _EXTRA.fullmatch(error):
        below = _below(found["at"])
        message = f"unknown key '{found['key']}' in {name_place((*path, *below))}"
        return (*below, found["key"]), message, did_you_mean(found["key"], _hints(_type_at(kind, below)))
    if found := _EXPECTED.fullmatch(error):
        below = _below(found["at"])
        wanted = " or ".join(_PLAIN.get(one, one) for one in found["wanted"].split(" | ") if one != "null")
        message = f"{_name_value(path, below)} takes {wanted}, not {_PLAIN.get(found['got'], found['got'])}"
        return below, message, _instead(data, below, found["wanted"])
    if found := _ENUM.fullmatch(error):
        below = _below(found["at"])
        value = found["value"].strip("'")
        return below, f"{_name_value(path, below)} cannot be {value}", _allowed(kind, below, value)
    return (), f"{name_place(path)}: {error}", _keys(kind)


def _below(text: str | None) -> Path:
    """msgspec's `$.limit.max` or `$.detail[0]` as a path; what it cannot name is left out."""
    parts: list[str | int] = []
    for name, number in re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", text or ""):
        if number == "...":
            break
        parts.append(name or int(number))
    return tuple(parts)


def _name_value(path: Path, below: Path) -> str:
    names = [str(part) for part in below if isinstance(part, str)]
    return ".".join(names) if names else name_place(path)


def _instead(data: Any, below: Path, wanted: str) -> str:
    """What the author may have meant, as the key takes it."""
    value = data
    for part in below:
        value = value[part]
    key, kinds = below[-1] if below else "", wanted.split(" | ")
    if "object" in kinds and below:
        return f"write keys below {key}:"
    if "str" in kinds and isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    elif "str" in kinds and isinstance(value, int | float):
        measured = with_unit(str(key), value)
        if measured is not None:
            return f"{key}: {measured}"
        text = str(value).lower() if isinstance(value, bool) else value
        return f'{key}: "{text}" # in quotes' if below else f'quote it: "{text}"'
    elif "array" in kinds and isinstance(value, str):
        value = [one.strip() for one in value.split(",")]
    elif "int" in kinds:
        value = _as_number(value)
        if value is None:
            return "a whole number is written in digits alone"
    elif "bool" in kinds:
        value = {"yes": True, "on": True, "no": False, "off": False}.get(str(value).lower(), True)
    else:
        return ""
    return f"{key}: {write_flow(value)}" if isinstance(key, str) and value is not None else ""


def _as_number(value: Any) -> int | None:
    """A whole number that is written as other languages write it: 010, 0x1F, 5_000, 1e3, 1.0."""
    text = str(value).lower().replace("_", "")
    try:
        found = int(text, 0) if text.startswith("0x") else float(text)
    except (ValueError, OverflowError):
        return None
    return int(found) if abs(found) < MOST and found == int(found) else None


def _allowed(kind: type[Struct], below: Path, value: str) -> str:
    """The words that a key may hold."""
    hint: Any = kind
    for part in below:
        hint = _hints(hint).get(part) if isinstance(part, str) else hint
    words = [str(word) for word in _words(hint)]
    return did_you_mean(value, words) if words else ""


def _hints(kind: Any) -> dict[str, Any]:
    structs = [one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, Struct)]
    if not structs:
        return {}
    hints = get_type_hints(structs[0])
    pairs = zip(structs[0].__struct_fields__, structs[0].__struct_encode_fields__, strict=True)
    return {encoded: hints[name] for name, encoded in pairs}


def _words(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(word for part in get_args(hint) for word in _words(part))


def _required(kind: type[Struct], below: Path, key: str) -> str:
    return f"{key}: {_sample(_hints(_type_at(kind, below)).get(key))}"


def _type_at(kind: Any, below: Path) -> Any:
    for part in below:
        kind = _hints(kind).get(str(part))
    return kind


def _sample(hint: Any) -> str:
    words = _words(hint)
    return str(words[0]) if words else "..."


def _keys(kind: type[Struct]) -> str:
    return f"known: {', '.join(kind.__struct_encode_fields__)}"
