"""The tables of `mappings/README.md`, made from the grammar itself, so that the manual cannot fall behind it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import NODEFAULT, UNSET, Struct

from gateway.lens.codecs import CODECS
from gateway.mapping import document as grammar
from gateway.mapping import document_calls as calls
from gateway.mapping.codes import CODES
from gateway.mapping.manual_words import CODEC_WORDS, FLAG_WORDS, KEY_WORDS, KIND_WORDS, TYPE_WORDS
from gateway.mapping.rules import KEYS

TABLES: Mapping[str, tuple[type[Struct], ...]] = {
    "file": (grammar.File,),
    "param": (grammar.ParamRow,),
    "connect": (grammar.ConnectRow,),
    "errors": (grammar.ErrorsRow, grammar.ErrorCase, grammar.ErrorAnswer),
    "resource": (grammar.ResourceRow,),
    "id": (grammar.IdRow,),
    "op": (calls.OpRow, calls.SoftDeleteRow),
    "calls": (calls.CallRow,),
    "members": (calls.MembersRow, calls.ManyRow, calls.ReadRow),
    "can": (calls.CanRow, calls.ReplaceRow),
    "modify": (calls.ModifyRow,),
    "page": (calls.PageRow,),
    "filter": (calls.FilterRow, calls.AskRow),
    "urn": (grammar.UrnRow,),
    "branch": (grammar.BranchRow,),
    "rule": (grammar.RuleRow, grammar.LimitRow),
    "send": (grammar.SendRow,),
    "show": (grammar.ShowRow,),
    "example": (grammar.ExampleRow,),
}
_PLAIN = {str: "text", bool: "true, false", int: "number", Any: "any", type(None): ""}


def make_tables() -> dict[str, str]:
    """Every generated table by the name of its place in the manual, as Markdown."""
    keys = {name: _key_table(structs) for name, structs in TABLES.items()}
    levels = {"E": "error", "W": "warning", "N": "note"}
    return keys | {
        "together": _table(("a rule for", "takes"), ((kind, _code_list(names)) for kind, names in KEYS.items())),
        "types": _table(("type", "meaning"), TYPE_WORDS.items()),
        "flags": _table(("flag", "meaning"), ((f"`{flag}`", words) for flag, words in FLAG_WORDS.items())),
        "classes": _table(("class", "holds"), ((f"`{kind}`", words) for kind, words in KIND_WORDS.items())),
        "codecs": _table(
            ("codec", "does", "can be undone"),
            ((f"`{name}`", words, _law(name)) for name, words in CODEC_WORDS.items()),
        ),
        "codes": _table(
            ("code", "level", "meaning", "what to do"),
            ((f"`{code}`", levels[code[0]], *words) for code, words in sorted(CODES.items(), key=_by_level)),
        ),
    }


def place_tables(manual: str) -> str:
    """The manual with every `<!-- table: name -->` followed by its table. Raises KeyError for an unknown name."""
    tables = make_tables()
    parts = manual.split("<!-- table: ")
    made = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition(" -->\n")
        _, _, after = rest.partition("<!-- end -->")
        made.append(f"<!-- table: {name} -->\n{tables[name]}<!-- end -->{after}")
    return "".join(made)


def _by_level(item: tuple[str, tuple[str, str]]) -> tuple[int, str]:
    return "EWN".index(item[0][0]), item[0]


def _law(codec: str) -> str:
    known = CODECS.get(codec)
    return {"iso": "yes", "canon": "yes, up to spelling", "lossy": "no: under `send` alone"}[
        known.law if known else "iso"
    ]


def _code_list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _key_table(structs: Iterable[type[Struct]]) -> str:
    rows = [row for struct in structs for row in _key_rows(struct)]
    return _table(("key", "value", "without it", "meaning"), rows)


def _key_rows(struct: type[Struct]) -> Iterable[tuple[str, ...]]:
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        name = f"{struct.__name__}.{field.encode_name}"
        yield f"`{field.encode_name}`", _value(hints[field.name]), _default(field), KEY_WORDS[name]


def _value(hint: Any) -> str:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(hint))
    if get_origin(hint) is list:
        return "list"
    if get_origin(hint) is dict or (isinstance(hint, type) and issubclass(hint, Struct)):
        return "table"
    parts = (_value(part) for part in get_args(hint) if part is not msgspec.UnsetType)
    return " or ".join(dict.fromkeys(part for part in parts if part))


def _default(field: Any) -> str:
    if field.default is NODEFAULT and field.default_factory is NODEFAULT:
        return "**needed**"
    value = field.default_factory() if field.default is NODEFAULT else field.default
    if value in (UNSET, None, "") or value == [] or value == {}:
        return ""
    return f"`{json.dumps(value) if isinstance(value, bool) else value}`"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
