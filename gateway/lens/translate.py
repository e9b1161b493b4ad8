"""Two functions out of a list of rules: `out` writes a record, `into` reads one.

The objects that several rules share are fetched once, at the start; empty ones are left out at the end. Rules are
pairwise disjoint on both sides (the compiler of mappings proves it), so their order does not matter.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import FunctionType
from typing import Any, NamedTuple, cast

from msgspec import UNSET

from gateway.lens import (
    assumed,
    emit,
    emit_choose,
    emit_close,
    emit_lists,
    emit_places,
    emit_slots,
    emit_sources,
    emit_texts,
    runtime,
    sent,
    slots,
    texts,
)
from gateway.lens.code import Code, quote
from gateway.lens.footprints import (
    attributes_demanded,
    attributes_sent,
    attributes_shown,
    fields_sent,
    fields_shown,
    is_sent,
    on_occasion,
)
from gateway.lens.guards import holds
from gateway.lens.ids import JOINED, is_plain
from gateway.lens.kinds import (
    ChooseRule,
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
from gateway.lens.lens import Document
from gateway.lens.places import Place, labels_of, settle_item, spell
from gateway.lens.scene import Holders, Scene, holders
from gateway.lens.shapes import ObjectShape
from gateway.lens.templates import fits, print_value

Out = Callable[[Document, Document | None], Document]
Into = Callable[[Document], Document]

_RUNTIME: Mapping[str, Any] = {
    "EMPTY": runtime.EMPTY,
    "UNSET": UNSET,
    "fits": fits,
    "print_value": print_value,
    "holds": holds,
    "JOINED": JOINED,
    "is_plain": is_plain,
    "read_iso": datetime.fromisoformat,
    "THIRDS": slice(4, None, 3),  # of a date-time in its usual spelling: all that is no digit
    "send_once": assumed.send_once,
    "show_on_one": assumed.show_on_one,
    "value_where": slots.value_where,
    "take_slots": slots.take_slots,
    "mark": slots.mark,
    "settle_item": settle_item,
    "look_back": emit_choose.look_back,
    "pick_branch": emit_choose.pick_branch,
    "send_made": sent.send_made,
    "send_text": texts.send_text,
    "show_text": texts.show_text,
    **{one.__name__: one for one in vars(runtime).values() if isinstance(one, FunctionType)},
}


class Compiled(NamedTuple):
    """The functions of one lens."""

    out: Out
    into: Into
    convert: Mapping[Field, Callable[[Any], Any]]


def compile_rules(
    label: str, rules: Sequence[Rule], shape: ObjectShape, urns: Urns, id_field: Field, id_prefix: str,
    anchor: Field | None = None,
) -> Compiled:  # fmt: skip
    """Compile both directions. `label` names the mapping and the resource type in tracebacks."""
    code, converters = write_code(rules, shape, urns, id_field, id_prefix, anchor)
    return link(code.compile(label), converters)


def compile_into(
    label: str, rules: Sequence[Rule], id_field: Field, id_prefix: str, anchor: Field | None = None
) -> Into:
    """The inward direction alone, of some of a lens' rules."""
    code = Code(_RUNTIME)
    _define_in(code, rules, id_field, id_prefix, anchor)
    return cast(Into, code.compile(label)["into"])


def write_code(
    rules: Sequence[Rule], shape: ObjectShape, urns: Urns, id_field: Field, id_prefix: str, anchor: Field | None = None
) -> tuple[Code, Mapping[Field, str]]:
    """The module that is to be compiled, and its converters by field."""
    code = Code(_RUNTIME)
    _define_out(code, rules, shape, urns, id_prefix)
    _define_in(code, rules, id_field, id_prefix, anchor)
    return code, _define_converters(code, rules)


def link(made: Mapping[str, Callable[..., Any]], converters: Mapping[Field, str]) -> Compiled:
    """The functions of a compiled module."""
    convert = {field: made[function] for field, function in converters.items()}
    return Compiled(cast(Out, made["out"]), cast(Into, made["into"]), convert)


def _define_converters(code: Code, rules: Sequence[Rule]) -> dict[Field, str]:
    """What turns one value outward where no old value matters, and one item of a list of references or never shown."""
    made: dict[Field, str] = {}
    marks = {one.presence.v for rule in rules if isinstance(rule, SlotsRule) for one in rule.slots if one.presence}
    for rule in flatten(one for one in rules if not isinstance(one, TextRule | ChooseRule)):
        if rule.v in marks:
            continue  # whether there is a value is no value
        if isinstance(rule, LeafRule) and is_sent(rule):
            steps = emit.leaf_steps_out(rule, Scene(code, {}, {rule.v[:-1]: "v"}, anew=True))
            made[rule.v] = _define_converter(code, [*steps, *quote("return x")], "" if steps else "as it is")
        elif isinstance(rule, ListRule) and is_sent(rule) and (not rule.readable or any(one.ref for one in rule.items)):
            items = emit_lists.items_out(rule, code)
            one = "name_values([x])" if rule.plain else "[x]"
            made[rule.v] = _define_converter(code, quote(f"return next(iter(ITEMS({one})), None)", ITEMS=items), items)
    return made


def _define_converter(code: Code, body: list[ast.stmt], purpose: str) -> str:
    """A converter, one for all that have the same purpose."""
    key = f"convert {purpose or len(code.functions)}"
    if key not in code.shared:
        code.shared[key] = code.fresh("convert")
        code.define(code.shared[key], ("x",), body)
    return code.shared[key]


def _define_out(code: Code, rules: Sequence[Rule], shape: ObjectShape, urns: Urns, id_prefix: str) -> None:
    s_holders = {**holders("s", attributes_sent(rules)), (): "r"}
    read: list[ast.stmt] = []
    for path, local in s_holders.items():
        if path:
            read += quote("X = UP.get(KEY, EMPTY)", X=local, UP=s_holders[path[:-1]], KEY=ast.Constant(path[-1]))
    # `schemas` comes first in a body, as people write it.
    new = quote("v = {}" if urns.core is None else "v = {'schemas': None}")
    anew, onto = (
        _write(_scene_out(code, s_holders, some, id_prefix, anew=fresh), some, shape, urns)
        for fresh, some in ((True, on_occasion(rules, anew=True)), (False, on_occasion(rules, anew=False)))
    )
    body = quote(
        "READ\nif record is None:\n    NEW\n    ANEW\nelse:\n    v = dict(record)\n    ONTO\nreturn v",
        READ=read, NEW=new, ANEW=anew, ONTO=onto,
    )  # fmt: skip
    code.define("out", ("r", "record"), body)


def _scene_out(code: Code, s_holders: Holders, rules: Sequence[Rule], id_prefix: str, *, anew: bool) -> Scene:
    v_holders = {**holders("v", fields_sent(rules)), (): "v"}
    return Scene(code, s_holders, v_holders, id_prefix, anew=anew, sure=attributes_demanded(rules))


def _write(scene: Scene, rules: Sequence[Rule], shape: ObjectShape, urns: Urns) -> list[ast.stmt]:
    """The statements that write a record: its objects are opened, every rule writes, the objects are closed."""
    opened = emit_places.opened(fields_sent(rules))
    held = [(path, local) for path, local in scene.v_holders.items() if path]
    body: list[ast.stmt] = []
    for path, local in held:
        if path in opened:
            body += emit_places.open_list(path, local, scene, opened[path])
        else:
            copy = "X = {}" if scene.anew else "X = copy_object(UP.get(KEY))"
            body += quote(copy, X=local, UP=scene.v_holders[path[:-1]], KEY=ast.Constant(str(path[-1])))
    chosen = [rule for rule in rules if isinstance(rule, ChooseRule)]
    body += [] if scene.anew else emit_choose.look(chosen, scene, back=True)
    for rule in rules:
        body += _out(rule, scene)
    body += emit_choose.look(chosen, scene)  # what the others have written
    for choice in chosen:
        body += emit_choose.choose_out(choice, scene)
    for path, local in reversed(held):
        if path in opened:
            attribute = emit_close.attribute_for(path, rules)
            body += emit_places.close_list(path, local, scene, opened[path], attribute, shape)
        else:
            body += emit_close.close_object(path, local, scene, rules, shape)
    return [*body, *emit_close.requirements((), scene, rules, shape), *emit_close.list_schemas(urns, scene)]


def _out(rule: Rule, scene: Scene) -> list[ast.stmt]:
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
            return emit_sources.send_out(rule, scene)
        case _:
            return []


def _define_in(code: Code, rules: Sequence[Rule], id_field: Field, id_prefix: str, anchor: Field | None = None) -> None:
    s_holders = holders("s", attributes_shown(rules))
    known_by = [id_field] if anchor is None else [id_field, anchor]
    v_holders = holders("v", [*known_by, *fields_shown(rules)])
    scene = Scene(code, {**s_holders, (): "r"}, {**v_holders, (): "v"}, sure={id_field})
    body: list[ast.stmt] = []
    opened = emit_places.opened(fields_shown(rules))
    for path, local in v_holders.items():
        if path in opened:
            body += emit_places.open_list(path, local, scene, opened[path])
            continue
        up, last, field = scene.v_holders[path[:-1]], ast.Constant(str(path[-1])), ast.Constant(spell(path))
        fetch = "X = UP.get(KEY, EMPTY)"
        if not (isinstance(path[-1], Place) and labels_of(path[-1])):  # what has labels is an object
            fetch += "\nif X.__class__ is not dict: X = read_object(X, FIELD)"
        body += quote(fetch, X=local, UP=up, KEY=last, FIELD=field)
    holder, key = scene.v(id_field)
    body += quote(
        """
        x = HOLDER.get(KEY)
        if not x and (x is None or x == ''): refuse(FIELD, 'is missing')
        FIRST
        SHOW
        r = {'id': x}
        """,
        HOLDER=holder, KEY=key, FIELD=ast.Constant(".".join(id_field)), SHOW=emit.reference_in(id_prefix),
        FIRST=[] if anchor is None else _first_name(anchor, scene),
    )  # fmt: skip
    for local in s_holders.values():
        body += quote("X = {}", X=local)
    body += emit_choose.look([rule for rule in rules if isinstance(rule, ChooseRule)], scene)
    body += _all_in(rules, scene)
    for path, local in reversed(s_holders.items()):
        body += quote("if X: UP[KEY] = X", X=local, UP=scene.s_holders[path[:-1]], KEY=ast.Constant(path[-1]))
    code.define("into", ("v",), [*body, *quote("return r")])


def _first_name(anchor: Field, scene: Scene) -> list[ast.stmt]:
    """The name that a record was given first, where it says that, in place of the one it has."""
    holder, key = scene.v(anchor)
    return quote("n = HOLDER.get(KEY)\nif n is not None and n != '': x = n", HOLDER=holder, KEY=key)


def _all_in(rules: Sequence[Rule], scene: Scene) -> list[ast.stmt]:
    """What every rule reads; the parts of an object are not looked for where there is no such object."""
    body: list[ast.stmt] = []
    parts: dict[str, list[ast.stmt]] = {}
    for rule in rules:
        reads = _in(rule, scene)
        if reads and isinstance(rule, LeafRule) and rule.v[1:] and rule.assume is UNSET:
            parts.setdefault(scene.v_holders[rule.v[:-1]], []).extend(reads)
        else:
            body += reads
    for local, reads in parts.items():
        body += quote("if X:\n    READS", X=local, READS=reads)
    return body


def _in(rule: Rule, scene: Scene) -> list[ast.stmt]:
    match rule:
        case LeafRule() if keys_of(rule.s) != ("id",):
            return emit.leaf_in(rule, scene)
        case ListRule():
            return emit_lists.list_in(rule, scene)
        case SlotsRule():
            return emit_slots.slots_in(rule, scene)
        case TextRule():
            return emit_texts.text_in(rule, scene)
        case ChooseRule():
            return emit_choose.choose_in(rule, scene)
        case ShowRule():
            return emit_sources.show_in(rule, scene)
        case _:
            return []
