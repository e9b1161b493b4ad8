"""What keeps a text from being YAML: the parser's words in plain ones, with the place that an author would look at."""

import re
from collections.abc import Sequence
from typing import Any

import yaml

from gateway.mapping.diagnose import Place

Said = tuple[str, Place, str]  # what is wrong, where, and a hint

_QUOTE = 'inside { } quote a text that contains { } [ ] or a comma: call: "GET /Users/{id}"'
_INDENT = "lines of one table begin in the same column"
_SYNTAX = (  # part of the parser's words, in plain words, and a hint
    ("block mapping", "this line does not fit the table above it", _INDENT),
    ("block collection", "this line does not fit the list above it", _INDENT),
    ("simple key", "a key without ': ' and a value", "key: value"),
    ("expected ':'", "a key without ': ' and a value", "key: value"),
    ("',' or '}'", "a comma or the closing brace is missing before this", _QUOTE),
    ("',' or ']'", "a comma or the closing bracket is missing before this", _QUOTE),
    ("flow node", "a comma or a closing bracket is missing before this", _QUOTE),
    ("quoted scalar", "a quote is opened and never closed", "close the quote on the same line"),
    ("end of stream", "the file ends inside a quote or a bracket", "close it"),
    ("directive", "a line begins with %", "quote a text that begins with %"),
    ("alphabetic or numeric", "a text begins with * or &", "quote a text that begins with * or &"),
)
_GLUED = re.compile(r"\s*(?:- +)*([\w.$-]+):([^\s/].*)")  # `userName:login`, and no address
_QUOTED = re.compile(r"\s*(?:- +)*(.*?: +)(['\"])(.*?)\2?")
# What word processors put in place of the characters of a keyboard, and what was meant.
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]")
_CURLY = re.compile("[\u2018-\u201f\u00ab\u00bb]")


def explain_syntax(error: yaml.YAMLError, text: str, file: str) -> Said:
    """What the parser did not take."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return explain_unreadable(text, file)
    problem, context = (str(getattr(error, part, None) or "") for part in ("problem", "context"))
    escape = "escape character" in problem
    opened = getattr(error, "context_mark", None) or mark
    if "quoted scalar" in context and not escape:
        mark = opened
    lines = text.split("\n")
    place = Place(file, mark.line + 1, mark.column + 1)
    strange = _find_strange(lines, mark.line, file)
    line = lines[mark.line] if mark.line < len(lines) else ""
    character = line[mark.column : mark.column + 1]
    if character == "\t":
        return "a tab stands where spaces belong", place, "indent with spaces"
    if strange is not None:
        return strange
    if escape:
        shown = line[mark.column :].removeprefix("\\")[:1]
        return f"\\{shown} has no meaning between double quotes", place, "write \\\\ for \\, or use single quotes"
    if "mapping values" in problem:
        return _explain_colon(lines, mark, file)
    if line[mark.column - 1 : mark.column] in ("'", '"') and "block mapping" in context:
        return "behind the closing quote the text goes on", place, _requoted(line)
    said = " ".join(filter(None, (context, problem)))
    if "any token" in said:
        return f"a text cannot begin with {character}", place, f'quote it: "{character}..."'
    for part, plain, hint in _SYNTAX:
        if part in said:
            before = f" (opened in line {opened.line + 1})" if hint == _QUOTE and opened.line < mark.line else ""
            return plain + before, place, "close it" if before else hint
    return f"this is not YAML ({said})", place, _QUOTE


def _find_strange(lines: Sequence[str], number: int, file: str) -> Said | None:
    """A space or a quote that is none to a parser, in the line that it did not take or in the one above."""
    for at in (number, number - 1):
        line = lines[at] if 0 <= at < len(lines) else ""
        found = _SPACES.search(line) or _CURLY.search(line)
        if found is not None and not (at == number == 0 and found[0] == "\ufeff"):
            place = Place(file, at + 1, found.start() + 1)
            named = f"(U+{ord(found[0]):04X})"
            if _SPACES.match(found[0]):
                return f"a space of another kind {named} stands where one of the keyboard's belongs", place, "retype it"
            return f"a curly quote {named} quotes nothing", place, "write \" or ' instead"
    return None


def _explain_colon(lines: Sequence[str], mark: Any, file: str) -> Said:
    """A colon where none can be: behind a value, or in a line that belongs to the value above it."""
    line = lines[mark.line]
    key, colon, value = line.partition(": ")
    if colon and len(key) < mark.column:
        rest = value.strip()
        hint = f'{key.strip().removeprefix("- ")}: "{rest}"' if '"' not in rest and "\\" not in rest else 'key: "a: b"'
        return "a second ': ' on one line", Place(file, mark.line + 1, mark.column + 1), hint
    above = next((at for at in range(mark.line - 1, -1, -1) if lines[at].split("#")[0].strip()), mark.line)
    written = lines[above].split(" #")[0].rstrip()
    start = Place(file, above + 1, len(written) - len(written.lstrip()) + 1)
    glued = _GLUED.fullmatch(written)
    if glued is not None:
        return f"behind the colon of {glued[1]} a space is missing", start, f"{glued[1]}: {glued[2]}"
    if ": " not in written:
        name, _, meant = written.strip().removeprefix("- ").partition("=")
        hint = f"{name.strip()}: {meant.strip()}" if meant else "key: value"
        return "a key without ': ' and a value", start, hint
    place = Place(file, mark.line + 1, len(line) - len(line.lstrip()) + 1)
    return "this line is indented deeper than the one above it, which has its value already", place, _INDENT


def _requoted(line: str) -> str:
    """The same text between the other quotes."""
    found = _QUOTED.fullmatch(line.rstrip())
    other = "'" if found is not None and found[2] == '"' else '"'
    if found is None or other in found[3]:
        return "double the quote that is part of the text: 'it''s'"
    return f"{found[1]}{other}{found[3]}{other}"


def explain_unreadable(text: str, file: str) -> Said:
    """The place of the first character that no YAML text may hold."""
    for number, line in enumerate(text.split("\n"), 1):
        for column, character in enumerate(line, 1):
            if not character.isprintable() and character not in "\t\r\ufeff":
                message = f"a character that cannot be printed (U+{ord(character):04X})"
                return message, Place(file, number, column), "remove it"
    return "this is not YAML", Place(file, 1, 1), _QUOTE
