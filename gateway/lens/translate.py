"""Two functions out of a list of rules: `out` writes a record, `into` reads one.

The objects that several rules share are fetched once, at the start; empty ones are left out at the end. Rules are
pairwise disjoint on both sides (the compiler of mappings proves it), so their order does not matter.
"""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from msgspec import UNSET

from gateway.lens import assumed, emit, emit_lists, emit_places, emit_slots, emit_texts, runtime, slots, texts
from gateway.lens.code import Code, quote
from gateway.lens.footprints import attributes_sent, attributes_shown, fields_sent, fields_shown, is_sent
from gateway.lens.guards import holds
from gateway.lens.kinds import (
    Field,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    ShowRule,
    SlotsRule,
    TextRule,
    Urns,
    flatten,
    keys_of,
)
from gateway.lens.lens import Document, Occasion
from gateway.lens.places import Place, labels_of, settle_item
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape
from gateway.scim.filter import AttrPath

Out = Callable[[Document, Document | None, Occasion], Document]
Into = Callable[[Document], Document]

_RUNTIME: Mapping[str, Any] = {
    "EMPTY": runtime.EMPTY,
    "UNSET": UNSET,
    "holds": holds,
    "send_once": assumed.send_once,
    "show_on_one": assumed.show_on_one,
    "take_slots": slots.take_slots,
    "mark": slots.mark,
    "settle_item": settle_item,
    "send_text": texts.send_text,
    "show_text": texts.show_text,
    **{one.__name__: one for one in vars(runtime).values() if callable(one) and hasattr(one, "__name__")},
}


class Compiled(NamedTuple):
    """The functions of one lens."""

    out: Out
    into: Into
    convert: Mapping[Field, Callable[[Any], Any]]


def compile_rules(
    label: str, rules: Sequence[Rule], shape: ObjectShape, urns: Urns, id_field: Field, id_prefix: str
) -> Compiled:
    """Compile both directions. `label` names the mapping and the resource type in tracebacks."""
    code, converters = write_code(rules, shape, urns, id_field, id_prefix)
    return link(code.compile(label), converters)


def write_code(
    rules: Sequence[Rule], shape: ObjectShape, urns: Urns, id_field: Field, id_prefix: str
) -> tuple[Code, Mapping[Field, str]]:
    """The module that is to be compiled, and its converters by field."""
    code = Code(_RUNTIME)
    _define_out(code, rules, shape, urns, id_prefix)
    _define_in(code, rules, id_field, id_prefix)
    return code, _define_converters(code, rules)


def link(made: Mapping[str, Callable[..., Any]], converters: Mapping[Field, str]) -> Compiled:
    """The functions of a compiled module."""
    convert = {field: made[function] for field, function in converters.items()}
    return Compiled(cast(Out, made["out"]), cast(Into, made["into"]), convert)


def _define_converters(code: Code, rules: Sequence[Rule]) -> dict[Field, str]:
    """What turns one value outward where no old value matters, and one item of a list of references."""
    made: dict[Field, str] = {}
    marks = {one.presence.v for rule in rules if isinstance(rule, SlotsRule) for one in rule.slots if one.presence}
    for rule in flatten(one for one in rules if not isinstance(one, TextRule)):
        if rule.v in marks:
            continue  # whether there is a value is no value
        if isinstance(rule, LeafRule) and is_sent(rule):
            scene = emit.Scene(code, {}, {rule.v[:-1]: "v"})
            steps = emit.leaf_steps_out(rule, scene)
            start = quote("v = {}\nrecord = None") if _reads_record(steps) else []
            made[rule.v] = code.fresh("convert")
            code.define(made[rule.v], ("x",), [*start, *steps, *quote("return x")])
        elif isinstance(rule, ListRule) and is_sent(rule) and any(item.ref for item in rule.items):
            item, made[rule.v] = emit_lists.item_out(rule, code), code.fresh("convert")
            code.define(made[rule.v], ("x",), quote("return ITEM(x, None)", ITEM=item))
    return made


def _reads_record(steps: Sequence[ast.stmt]) -> bool:
    names = (node.id for step in steps for node in ast.walk(step) if isinstance(node, ast.Name))
    return any(name in ("v", "record") for name in names)


def _define_out(code: Code, rules: Sequence[Rule], shape: ObjectShape, urns: Urns, id_prefix: str) -> None:
    s_holders = _holders("s", attributes_sent(rules))
    v_holders = _holders("v", fields_sent(rules))
    scene = emit.Scene(code, {**s_holders, (): "r"}, {**v_holders, (): "v"}, id_prefix)
    # `schemas` comes first in a body, as people write it.
    new = "{}" if urns.core is None else "{'schemas': None}"
    body = quote(f"v = {new} if record is None else dict(record)")
    for path, local in s_holders.items():
        body += quote("X = UP.get(KEY, EMPTY)", X=local, UP=scene.s_holders[path[:-1]], KEY=ast.Constant(path[-1]))
    opened = emit_places.opened(fields_sent(rules))
    for path, local in v_holders.items():
        up = scene.v_holders[path[:-1]]
        if path in opened:
            body += emit_places.open_list(path, local, scene, opened[path])
            continue
        copy = "X = {} if record is None else copy_object(UP.get(KEY))"
        body += quote(copy, X=local, UP=up, KEY=ast.Constant(str(path[-1])))
    for rule in rules:
        body += _out(rule, scene)
    for path, local in reversed(v_holders.items()):
        close = (
            emit_places.close_list(path, local, scene, opened[path], _attribute_for(path, rules), shape)
            if path in opened
            else None
        )
        body += close or _close(path, local, scene, rules, shape)
    body += _requirements((), "v", rules, shape)
    if urns.core is not None:
        body += quote("set_schemas(v, record, URNS)", URNS=code.constant(urns))
    code.define("out", ("r", "record", "occasion"), [*body, *quote("return v")])


def _out(rule: Rule, scene: emit.Scene) -> list[ast.stmt]:
    match rule:
        case LeafRule():
            return emit.leaf_out(rule, scene)
        case ListRule():
            return emit_lists.list_out(rule, scene)
        case SlotsRule():
            return emit_slots.slots_out(rule, scene)
        case TextRule():
            return emit_texts.text_out(rule, scene)
        case SendRule():
            return emit.send_out(rule, scene)
        case _:
            return []


def _define_in(code: Code, rules: Sequence[Rule], id_field: Field, id_prefix: str) -> None:
    s_holders = _holders("s", attributes_shown(rules))
    v_holders = _holders("v", [id_field, *fields_shown(rules)])
    scene = emit.Scene(code, {**s_holders, (): "r"}, {**v_holders, (): "v"})
    body: list[ast.stmt] = []
    opened = emit_places.opened(fields_shown(rules))
    for path, local in v_holders.items():
        if path in opened:
            body += emit_places.open_list(path, local, scene, opened[path])
            continue
        up, last, field = scene.v_holders[path[:-1]], ast.Constant(str(path[-1])), ast.Constant(".".join(path))
        fetch = "X = UP.get(KEY)\nif X.__class__ is not dict: X = read_object(X, FIELD)"
        body += quote(fetch, X=local, UP=up, KEY=last, FIELD=field)
    holder, key = scene.v(id_field)
    body += quote(
        "x = HOLDER.get(KEY)\nif x is None or x == '': refuse(FIELD, 'is missing')\nr = {'id': to_shown(x, PREFIX)}",
        HOLDER=holder, KEY=key, FIELD=ast.Constant(".".join(id_field)), PREFIX=ast.Constant(id_prefix),
    )  # fmt: skip
    for local in s_holders.values():
        body += quote("X = {}", X=local)
    for rule in rules:
        body += _in(rule, scene)
    for path, local in reversed(s_holders.items()):
        body += quote("if X: UP[KEY] = X", X=local, UP=scene.s_holders[path[:-1]], KEY=ast.Constant(path[-1]))
    code.define("into", ("v",), [*body, *quote("return r")])


def _in(rule: Rule, scene: emit.Scene) -> list[ast.stmt]:
    match rule:
        case LeafRule() if keys_of(rule.s) != ("id",):
            return emit.leaf_in(rule, scene)
        case ListRule():
            return emit_lists.list_in(rule, scene)
        case SlotsRule():
            return emit_slots.slots_in(rule, scene)
        case TextRule():
            return emit_texts.text_in(rule, scene)
        case ShowRule():
            return emit.show_in(rule, scene)
        case _:
            return []


def _holders(side: str, paths: Iterable[Field]) -> dict[Field, str]:
    """A local name for every object on the way to the paths, parents first."""
    prefixes = {path[:depth] for path in paths for depth in range(1, len(path))}
    return {path: f"{side}{number}" for number, path in enumerate(sorted(prefixes, key=lambda one: (len(one), one)))}


def _close(path: Field, local: str, scene: emit.Scene, rules: Sequence[Rule], shape: ObjectShape) -> list[ast.stmt]:
    up, key = scene.v_holders[path[:-1]], ast.Constant(str(path[-1]))
    settled: list[ast.stmt] = []
    if isinstance(path[-1], Place):
        settled = quote("X = settle_item(X, UP.get(KEY), KEY)", X=local, UP=up, KEY=key)
    return settled + quote(
        "if X:\n    REQUIREMENTS\n    UP[KEY] = X\nelif UP.get(KEY):\n    del UP[KEY]",
        X=local, UP=up, KEY=key, REQUIREMENTS=_requirements(path, local, rules, shape),
    )  # fmt: skip


def _requirements(path: Field, local: str, rules: Sequence[Rule], shape: ObjectShape) -> list[ast.stmt]:
    """Refuse a record that lacks what the backend requires of this object."""
    here = _object_at(shape, path)
    steps: list[ast.stmt] = []
    known = labels_of(path[-1]) if path and isinstance(path[-1], Place) else {}
    for key, field in here.fields.items() if here else ():
        if _is_required(field) and key not in known:
            attribute = ast.Constant(_attribute_for((*path, key), rules))
            why = "if X.get(KEY) is None and (record is None or NEEDED): refuse(ATTR, 'is required by the backend')"
            needed = ast.Constant(not _is_hidden(field))
            steps += quote(why, KEY=ast.Constant(key), X=local, ATTR=attribute, NEEDED=needed)
    return steps


def _object_at(shape: ObjectShape, path: Field) -> ObjectShape | None:
    here: Shape = shape
    for key in path:
        if isinstance(here, ListShape) and isinstance(key, Place):
            here = here.item
            continue
        if not isinstance(here, ObjectShape) or key not in here.fields:
            return None
        here = here.fields[key]
    return here if isinstance(here, ObjectShape) else None


def _is_required(field: Shape) -> bool:
    return field.required and not field.read_only


def _is_hidden(field: Shape) -> bool:
    return isinstance(field, Leaf | ListShape) and (field.write_only or field.unechoed)


def _attribute_for(field: Field, rules: Iterable[Rule]) -> str:
    """SCIM's name for a field: the attribute of the rule that writes it or part of it."""
    for rule in flatten(rules):
        if not isinstance(rule, SendRule) and rule.v[: len(field)] == field:
            return str(rule.s) if rule.v == field else str(AttrPath(rule.s.urn, rule.s.attr, None))
    return ".".join(field)
