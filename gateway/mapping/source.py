"""YAML with places: a strict subset, every value with its line and column.

Refused: duplicate keys, anchors and aliases, tags, several documents, more than 20,000 nodes, keys that are not text.
Only `true`, `false`, `null`, `~` and decimal numbers are anything but text: `NO`, `on`, `010` and `12:30` stay text.
"""

import re
from typing import Any

import yaml
from msgspec import Struct

from gateway.mapping.diagnose import Diagnosis, MappingError, Place
from gateway.mapping.syntax import explain_syntax, explain_unreadable

Path = tuple[str | int, ...]
MAX_NODES = 20_000
MAX_DEPTH = 40
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
ESCAPED = {"'": "'", '"': '"\\'}  # what takes two characters between such quotes


class Source(Struct, frozen=True):
    """A file read: plain data, the place of every key and item by its path, and of every text with its quote."""

    file: str
    data: Any
    places: dict[Path, Place]
    texts: dict[Path, tuple[Place, str]] = {}

    def place(self, path: Path = ()) -> Place:
        """Where the value at `path` stands, or its nearest known ancestor."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1, 1))

    def place_in(self, path: Path, text: str, at: int) -> Place:
        """Where character number `at` (from 0) of the text at `path` stands; of one on several lines, its beginning."""
        if path not in self.texts:
            return self.place(path)
        start, quote = self.texts[path]
        escaped = sum(one in ESCAPED.get(quote, "") for one in text[:at])
        return Place(start.file, start.line, start.column + len(quote) + at + escaped)


def read_yaml(text: str, file: str, beside: Diagnosis | None = None) -> Source:
    """Read one document. Raises MappingError with E100 (syntax), E103 (key twice) and friends, all at once.

    With `beside`, complaints that leave a document to look at are added there instead of raised.
    """
    diagnosis = Diagnosis()
    places: dict[Path, Place] = {}
    texts: dict[Path, tuple[Place, str]] = {}
    try:
        data = _Reader(text, file, places, texts, diagnosis).read()
    except yaml.YAMLError as error:
        diagnosis.add("E100", *explain_syntax(error, text, file))
        raise MappingError(diagnosis.diagnostics) from None
    except UnicodeEncodeError:  # half of a pair of surrogates
        diagnosis.add("E100", *explain_unreadable(text, file))
        raise MappingError(diagnosis.diagnostics) from None
    if beside is None:
        diagnosis.stop_on_errors()
    else:
        beside.diagnostics += diagnosis.diagnostics
    return Source(file, data, places, texts)


def read_scalar(text: str) -> Any:
    """The value of a plain scalar: a word of the subset, a number, else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


class _Reader:
    """Builds data from the parser's events; one instance per file."""

    def __init__(
        self,
        text: str,
        file: str,
        places: dict[Path, Place],
        texts: dict[Path, tuple[Place, str]],
        diagnosis: Diagnosis,
    ) -> None:
        self.events = yaml.parse(text, Loader=_LOADER)
        self.file = file
        self.places = places
        self.texts = texts
        self.diagnosis = diagnosis
        self.nodes = 0

    def read(self) -> Any:
        data = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.complain("E107", "a second document begins here", event, "one file is one document")
                    break
                data = self.value((), next(self.events))
        return data

    def complain(self, code: str, message: str, event: Any, hint: str) -> None:
        self.diagnosis.add(code, message, self.at(event), hint)

    def at(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def value(self, path: Path, event: Any) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.complain("E108", "the file is too large", event, f"at most {MAX_NODES} values")
            raise MappingError(self.diagnosis.diagnostics)
        if len(path) > MAX_DEPTH:
            self.complain("E108", "the file is too deeply nested", event, f"at most {MAX_DEPTH} levels")
            raise MappingError(self.diagnosis.diagnostics)
        self.places.setdefault(path, self.at(event))
        self.refuse_extras(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        if isinstance(event, yaml.ScalarEvent):
            self.note(path, event)
            return read_scalar(event.value) if not event.style else event.value
        return None

    def note(self, path: Path, event: Any) -> None:
        """Where a text stands, if it is on one line."""
        if event.start_mark.line == event.end_mark.line:
            self.texts[path] = (self.at(event), event.style or "")

    def refuse_extras(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.complain("E109", "an alias (*name) is not allowed", event, "write the value out; quote a leading *")
        elif getattr(event, "anchor", None):
            self.complain("E109", "an anchor (&name) is not allowed", event, "write the value out; quote a leading &")
        elif getattr(event, "tag", None) not in (None, "!"):
            self.complain("E109", "a tag (!name) is not allowed", event, "quote a text that begins with !")

    def mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, where = self.key(event), self.at(event)
            value_event = next(self.events)
            if key in found:
                first = self.places[(*path, key)].line
                self.diagnosis.add(
                    "E103", f"key '{key}' appears twice (first at line {first})", where, "keep one of them"
                )
                self.value((*path, key, "again"), value_event)
                continue
            self.places[(*path, key)] = where
            found[key] = self.value((*path, key), value_event)
        return found

    def key(self, event: Any) -> str:
        self.refuse_extras(event)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        self.complain("E110", "a key must be text", event, 'quote it: "{a} {b}": name')
        raise MappingError(self.diagnosis.diagnostics)

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value((*path, len(items)), event))
        return items
