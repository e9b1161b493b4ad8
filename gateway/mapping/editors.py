"""The JSON Schema of a mapping file, made from the grammar: what an editor completes, explains and underlines.

It says less than `check`, which reads names and compares types; what it refuses, `check` refuses too.
"""

from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from gateway.lens.shapes import FLAGS, LeafType
from gateway.mapping import document as grammar
from gateway.mapping import document_calls as calls
from gateway.mapping.dialect import Operation
from gateway.mapping.filters import OPERATORS
from gateway.mapping.manual import TABLES
from gateway.mapping.manual_words import KEY_WORDS

Schema = dict[str, Any]
_NULL: Final[Schema] = {"type": "null"}
_TEXT: Final[Schema] = {"type": "string"}
_VALUE: Final[Schema] = {"type": ["string", "number", "boolean"]}
# `~` takes an inherited key out of these tables.
_MERGED = ("File", "ConnectRow", "ErrorsRow", "ResourceRow", "CanRow")


def make_schema() -> Schema:
    """The whole document, for `mappings/mapping.schema.json`."""
    rows = tuple(dict.fromkeys(struct for structs in TABLES.values() for struct in structs))
    _, components = msgspec.json.schema_components(rows, ref_template="#/$defs/{name}")
    for name, component in components.items():
        for key, schema in component["properties"].items():
            schema = BELOW.get((name, key), schema)
            schema = _or(schema, _NULL) if name in _MERGED else schema
            component["properties"][key] = {"description": KEY_WORDS.get(f"{name}.{key}", "")} | schema
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A mapping of the SCIM Gateway",
        "$ref": "#/$defs/File",
        "$defs": {**components, "shape": _table(_or(_leaf(), _ref("shape")))},
    }


def _or(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def _ref(name: str | type[Struct]) -> Schema:
    return {"$ref": f"#/$defs/{name if isinstance(name, str) else name.__name__}"}


def _table(value: Schema, named: Mapping[str, Schema] | None = None) -> Schema:
    """A table of any keys; some of them may be known."""
    return {"type": "object", "properties": dict(named or {}), "additionalProperties": _or(value, _NULL)}


def _known(keys: tuple[str, ...], value: Schema) -> Schema:
    return {"type": "object", "properties": dict.fromkeys(keys, value), "additionalProperties": False}


def _leaf() -> Schema:
    """The notation of a field: `string(1..64)! key`."""
    kinds = "|".join([*get_args(LeafType), "enum~"])
    return _TEXT | {"pattern": rf"^({kinds})(\([^()]*\))?!?( ({'|'.join(FLAGS).replace('500', '[0-9]+')}))*$"}


def _list(value: Schema) -> Schema:
    return {"type": "array", "items": value}


_LINE = _TEXT | {"pattern": "^(GET|POST|PUT|PATCH|DELETE) /"}
_CALL = _or(_LINE, _ref(calls.OpRow))
_FURTHER = _or(_LINE, _ref(calls.CallRow))
_BODY = _or({"const": "none"}, {"type": "object"})
_RULE = _or(_TEXT, _ref(grammar.RuleRow))
_ASKED = _known(OPERATORS, _or(_TEXT, _ref(calls.AskRow)))

# What stands below the keys that the grammar knows as tables, or leaves open.
BELOW: Final[Mapping[tuple[str, str], Schema]] = {
    ("File", "params"): _table(_ref(grammar.ParamRow)),
    ("File", "connect"): _ref(grammar.ConnectRow),
    ("File", "errors"): _ref(grammar.ErrorsRow),
    ("File", "resources"): _table(_ref(grammar.ResourceRow)),
    ("File", "examples"): _table(_list(_ref(grammar.ExampleRow))),
    ("ErrorsRow", "table"): _list(_ref(grammar.ErrorCase)),
    ("ResourceRow", "id"): _ref(grammar.IdRow),
    ("ResourceRow", "ops"): _known(get_args(Operation), _or(_CALL, _list(_CALL), _ref(calls.SoftDeleteRow), _NULL)),
    ("ResourceRow", "calls"): _table(_or(_FURTHER, _ref(calls.MembersRow))),
    ("CallRow", "body"): _BODY,
    ("MembersRow", "add"): _FURTHER,
    ("MembersRow", "remove"): _FURTHER,
    ("MembersRow", "read"): _or(_LINE, _ref(calls.ReadRow), _NULL),
    ("MembersRow", "many"): _known(("add", "remove"), _ref(calls.ManyRow)),
    ("ManyRow", "body"): _BODY,
    ("ReadRow", "page"): _ref(calls.PageRow),
    ("ResourceRow", "can"): _ref(calls.CanRow),
    ("ResourceRow", "shape"): _ref("shape"),
    ("ResourceRow", "urns"): _table(_ref(grammar.UrnRow)),
    ("ResourceRow", "scim"): _ref("shape"),
    ("ResourceRow", "map"): _table(_RULE, {"same": {"const": "all"}}),
    ("ResourceRow", "send"): _table(_or(_VALUE, _list(_VALUE), _ref(grammar.SendRow))),
    ("ResourceRow", "show"): _table(_or(_VALUE, _list(_VALUE), _ref(grammar.ShowRow))),
    ("CanRow", "page"): _ref(calls.PageRow),
    ("CanRow", "filter"): _ref(calls.FilterRow),
    ("FilterRow", "allow"): _table(_or(_list({"enum": list(OPERATORS)}), _ASKED)),
    ("RuleRow", "values"): _table(_VALUE),
    ("RuleRow", "also"): _table(_VALUE),
    ("RuleRow", "types"): _table(_TEXT),
    ("RuleRow", "each"): _or({"enum": ["same", "value"]}, _table(_RULE)),
    ("RuleRow", "fill"): _or(_VALUE, _list({"type": ["string", "number", "boolean", "object"]}), {"type": "object"}),
    ("RuleRow", "assume"): _VALUE,
    ("RuleRow", "absent"): _VALUE,
    ("SoftDeleteRow", "set"): _table(_VALUE),
    ("BranchRow", "values"): _table(_VALUE),
    ("BranchRow", "also"): _table(_VALUE),
    ("BranchRow", "fill"): _or(_VALUE, _list(_VALUE)),
    ("BranchRow", "assume"): _VALUE,
    ("RuleRow", "choose"): _list(_ref(grammar.BranchRow)),
    ("RuleRow", "through"): _or(_TEXT, _table(_TEXT)),
    ("SendRow", "value"): _or(_VALUE, _list(_VALUE)),
    ("ShowRow", "value"): _or(_VALUE, _list(_VALUE)),
}
