"""What an author does with a hint: the ways to apply it to the file, as trees of data.

A hint that is YAML is one key with its value: it takes the place of the key that is complained of, or joins the table
that the complaint stands in, or one above it. `known: ...` and `did you mean ...?` put another name there; some words
say that the faulty place goes.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

from gateway.mapping.diagnose import Diagnostic, MappingError
from gateway.mapping.merge import bare_name
from gateway.mapping.source import Path, Source, read_yaml

_GOES = re.compile(
    r"keep one of them|take it off the list.*|remove (it|the line|the rule|or|required|values:|via:)(\W.*)?"
    r"|[\w `]+ takes? [a-z_]+(, [a-z_]+)*"  # the keys that are taken: the one complained of is none of them
)
_KEYED = re.compile(r"(?:'[^']+'|\"[^\"]+\"|[\w.$:*\[\]-]+): .+", re.DOTALL)


def is_prose(hint: str) -> bool:
    """Can only a person apply it?"""
    return as_yaml(hint) is None and not names_offered(hint) and not goes(hint)


def as_yaml(hint: str) -> dict[str, Any] | None:
    """The key and value that a hint shows, None where it is prose."""
    if hint.startswith("known: ") or not _KEYED.fullmatch(hint):
        return None
    try:
        data = read_yaml(hint, "hint.yaml").data
    except MappingError:
        return None
    return data if isinstance(data, dict) and len(data) == 1 else None


def cures(source: Source, said: Diagnostic, blanks: Mapping[str, str]) -> Iterator[Any]:
    """The file's data with the hint applied, in each way that an author might take it; `blanks` are filled in."""
    hint = said.hint
    for blank, given in blanks.items():
        hint = hint.replace(blank, given)
    shown = as_yaml(hint)
    for path in paths_at(source, said):
        if shown is not None:
            yield from _put(source.data, path, *next(iter(shown.items())), instead=bool(path) and "# instead" in hint)
        if not path:
            continue
        for name in names_offered(said.hint):
            yield from _rename(source.data, path, name)
        if goes(said.hint) or said.message.startswith("unknown key"):
            yield _without(source.data, path)


def paths_at(source: Source, said: Diagnostic) -> list[Path]:
    """What stands at the place of a complaint, from the outside in."""
    return sorted((path for path, place in source.places.items() if place == said.place), key=len)


def goes(hint: str) -> bool:
    """Does the hint say that the faulty place is to be taken away?"""
    return _GOES.fullmatch(hint) is not None


def names_offered(hint: str) -> list[str]:
    """The names that a hint says are to be taken instead."""
    if found := re.fullmatch(r"did you mean (.+)\?", hint):
        return [found[1]]
    if found := re.fullmatch(r"write (\S+)", hint):
        return [found[1]]
    return hint.removeprefix("known: ").split(", ") if hint.startswith("known: ") else []


def at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _put(data: Any, path: Path, key: str, value: Any, instead: bool) -> Iterator[Any]:
    if instead:
        yield from _put(_without(data, path), path[:-1], key, value, instead=False)
        return
    for depth in range(len(path), -1, -1):
        made = deepcopy(data)
        here = path[:depth]
        if here and isinstance(here[-1], str) and bare_name(here[-1]) == bare_name(key):
            there = at(made, here)
            if isinstance(there, dict) and isinstance(value, dict):
                _join(there, value)
                yield made
                made = deepcopy(data)
            at(made, here[:-1])[here[-1]] = value
            yield made
            continue
        there = at(made, here)
        if isinstance(there, str) and here and key != "to":
            there = at(made, here[:-1])[here[-1]] = {"to": there}  # the short form of a rule
        if isinstance(there, dict):
            _join(there, {key: value})
            yield made


def _join(table: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        old = next((one for one in table if bare_name(one) == bare_name(key)), None)
        here = table.get(old) if old is not None else None
        if isinstance(here, dict) and isinstance(value, dict):
            _join(here, value)
        elif isinstance(here, list) and isinstance(value, list) and key == "drop":
            table[key] = [*here, *value]
        else:
            if old is not None:
                del table[old]
            table[key] = value


def _rename(data: Any, path: Path, name: str) -> Iterator[Any]:
    """The name in the place of the word at the path that is most like it, be it a key or a value."""
    made = deepcopy(data)
    above, value = at(made, path[:-1]), at(made, path)
    if isinstance(path[-1], str) and isinstance(above, dict):
        renamed = {_swap(key, name) if key == path[-1] else key: one for key, one in above.items()}
        above.clear()
        above.update(renamed)
        yield made
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        for number, one in enumerate(value):
            made = deepcopy(data)
            at(made, path)[number] = _swap(one, name)
            yield made
    if not isinstance(value, dict | list):
        for other in {name, _swap(str(value), name)}:
            made = deepcopy(data)
            at(made, path[:-1])[path[-1]] = read_yaml(f"- {other}", "name.yaml").data[0] if other == name else other
            yield made


def _swap(text: str, name: str) -> str:
    words = re.findall(r"[\w.$:-]+", text)
    if not words:
        return name
    nearest = max(words, key=lambda one: SequenceMatcher(None, one.casefold(), name.casefold()).ratio())
    return text.replace(nearest, name, 1)


def _without(data: Any, path: Path) -> Any:
    made = deepcopy(data)
    del at(made, path[:-1])[path[-1]]
    return made
