"""A list's statements, outward and inward: whole items, aligned by their key, types narrowed, numbers bounded."""

import ast
from collections.abc import Sequence

from msgspec.structs import replace

from gateway.lens.code import Code, name, quote
from gateway.lens.emit import is_sure, leaf_in, leaf_out
from gateway.lens.emit_sources import all_of, is_complete, make
from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.places import spell
from gateway.lens.scene import Scene, Statements

_OUT = """
x = SC.get(SK)
NAMED
FILL
KEEP
ONCE
LIMIT
if x:
    WRITE
if x: VC[VK] = x
CLEAR
"""
_ONTO = """
old = VC.get(VK)
x = write_items(x, old, KEY, NEEDED, SPELLED, ITEMS, ONTO, SHOW) if old else ITEMS(x)
"""
_IN = """
if VK in VC:
    x = VC[VK]
    if x:
        if x.__class__ is not list: x = read_list(x, FIELD)
        x = ITEMS(x, FIELD)
        if x:
            ONE
            BARE
            SC[SK] = x
"""


def list_out(rule: ListRule, scene: Scene) -> Statements:
    """Write a list, each item onto the old item that it was."""
    if rule.read_only:
        return []
    code, attr = scene.code, ast.Constant(str(rule.s))
    (sc, sk), (vc, vk) = scene.s(rule.s), scene.v(rule.v)
    items = items_out(rule, code)
    write = quote("x = ITEMS(x)", ITEMS=items)
    if not scene.anew and rule.readable:
        write = quote(
            _ONTO, VC=vc, VK=vk, ITEMS=items, ONTO=_item_onto(rule, code), SHOW=items_in(rule, code),
            KEY=ast.Constant(rule.key[0]), NEEDED=code.constant(_needed(rule)), SPELLED=ast.Constant(_is_spelled(rule)),
        )  # fmt: skip
    clears = not scene.anew and rule.readable and not is_always_filled(rule, scene)
    return quote(
        _OUT, SC=sc, SK=sk, VC=vc, VK=vk, WRITE=write,
        NAMED=quote("if x: x = name_values(x)") if rule.plain else [],
        FILL=_filled(rule, scene),
        KEEP=_keep(rule, attr, code),
        ONCE=_once(rule, scene),
        LIMIT=_limit(rule, attr),
        CLEAR=quote("if not x and VK in VC and VC[VK]: del VC[VK]", VC=vc, VK=vk) if clears else [],
    )  # fmt: skip


def _needed(rule: ListRule) -> tuple[str, ...]:
    """The parts that are asked for, or filled in, where an item is without them."""
    writable = (item for item in rule.items if item.v and item.writable)
    return tuple(str(item.s.attr) for item in writable if item.leaf.required or item.fill)


def _is_spelled(rule: ListRule) -> bool:
    """Does the backend have a spelling of its own for the key of an item?"""
    codecs = (one.codec for one in rule.items if one.s.attr == rule.key[0])
    return any(codec is not None and codec.law == "canon" for codec in codecs)


def items_out(rule: ListRule, code: Code) -> str:
    """The function that writes items where there are no old ones; one of which nothing is carried is not written."""
    purpose = _purpose("items out", rule)
    if purpose in code.shared:
        return code.shared[purpose]
    code.shared[purpose] = function = code.fresh("items_out")
    start = "made = []\nfor one in x:\n    v = {}\n    STEPS\n    "
    end = "v = v.get(VK)\n    if v is not None: made.append(v)" if rule.scalar else "if v: made.append(v)"
    steps = _parts_out(rule, rule.items, _inside(rule, code, anew=True), clears=False)
    only = ast.Constant(rule.items[0].v[-1] if rule.items[0].v else "")
    code.define(function, ("x",), quote(f"{start}{end}\nreturn made", STEPS=steps, VK=only))
    return function


def _inside(rule: ListRule, code: Code, *, anew: bool = False) -> Scene:
    return Scene(code, {(): "one"}, {(): "v"}, anew=anew, listed=str(rule.s), plain=rule.plain)


def _item_onto(rule: ListRule, code: Code) -> ast.expr:
    """The function that writes one item onto its old self; None: it stays as it was.

    Partners have the same key, or are equal where there is no key: then only what is filled in can be new.
    """
    key = next((item for item in rule.items if item.s.attr == rule.key[0] and item.v), None)
    items = [item for item in rule.items if item.fill] if key is None else [item for item in rule.items if item != key]
    steps = _parts_out(rule, items, _inside(rule, code), clears=key is not None)
    if rule.scalar or not steps:
        return ast.Constant(None)
    purpose = _purpose("item onto", rule)
    if purpose not in code.shared:
        code.shared[purpose] = code.fresh("item_onto")
        body = quote("v = dict(record)\nSTEPS\nreturn v", STEPS=steps)
        code.define(code.shared[purpose], ("one", "record"), body)
    return name(code.shared[purpose])


def _parts_out(rule: ListRule, items: Sequence[LeafRule], inner: Scene, *, clears: bool) -> Statements:
    steps: Statements = []
    for item in items:
        types = rule.types if item.s.attr == rule.type_field else None
        steps += leaf_out(item, inner, types, clears=clears and not is_sure(item, inner))
        steps += _require(item, inner, rule)
    return steps


def _purpose(kind: str, rule: ListRule) -> str:
    """Lists with the same parts share their functions: all that shows in these stands in the name.

    What is written may be refused under the list's name; what is read gets its name with each call.
    """
    items = [replace(item, line=0) for item in rule.items]
    named = "" if kind == "items in" else str(rule.s)
    return repr((kind, items, rule.key, rule.types, rule.type_field, rule.scalar, rule.plain, named))


def _require(item: LeafRule, inner: Scene, rule: ListRule) -> Statements:
    if not item.leaf.required or not item.v or is_sure(item, inner) or rule.plain:
        return []  # a plain value is there, or is no item
    vc, vk = inner.v(item.v)
    attr = inner.name_attribute(item.s)
    return quote("if VK not in VC: refuse(ATTR, 'is required by the backend')", VC=vc, VK=vk, ATTR=attr)


def _filled(rule: ListRule, scene: Scene) -> Statements:
    """Items where there are none; a list that was not there when it was read stays away."""
    made = _fill_items(rule, scene)
    if scene.anew or rule.required or not rule.readable or not made:
        return made
    vc, vk = scene.v(rule.v)
    return quote("if VC.get(VK):\n    MADE", VC=vc, VK=vk, MADE=made)


def is_always_filled(rule: ListRule, scene: Scene) -> bool:
    """Is there always an item: one of those that fill in, if need be?"""
    needed = scene.anew or rule.required
    fills = (item.values() for item in rule.fill)
    return needed and rule.types is None and any(all(is_complete(one, scene) for one in item) for item in fills)


def _fill_items(rule: ListRule, scene: Scene) -> Statements:
    made: Statements = []
    for item in reversed(rule.fill):
        reads: Statements = []
        pairs: list[tuple[str, str]] = []
        for number, (key, source) in enumerate(item.items()):
            local = f"part{number}"
            reads += [*make(source, scene), *quote("PART = x", PART=local)]
            pairs.append((key, local))
        built = ast.Dict([ast.Constant(key) for key, _ in pairs], [name(local) for _, local in pairs])
        ready = all_of([ast.Compare(name(local), [ast.IsNot()], [ast.Constant(None)]) for _, local in pairs])
        made = quote(
            "if not x:\n    READS\n    x = [BUILT] if READY else None\n    REST",
            READS=reads, BUILT=built, READY=ready, REST=made,
        )  # fmt: skip
    return made


def _limit(rule: ListRule, attr: ast.expr) -> Statements:
    steps: Statements = []
    if rule.cap is not None:
        snippet = "x = limit_items(x, CAP)" if rule.over == "truncate" else "refuse(ATTR, WHY)"
        why = ast.Constant(f"has more than the {rule.cap} value(s) the backend takes")
        steps += quote(f"if x and len(x) > CAP: {snippet}", CAP=ast.Constant(rule.cap), ATTR=attr, WHY=why)
    if rule.least > 1:
        why = ast.Constant(f"has fewer than the {rule.least} values the backend asks for")
        steps += quote("if x and len(x) < LEAST: refuse(ATTR, WHY)", LEAST=ast.Constant(rule.least), ATTR=attr, WHY=why)
    return steps


def list_in(rule: ListRule, scene: Scene) -> Statements:
    """Read a list, item by item."""
    if not rule.readable:
        return []
    (sc, sk), (vc, vk) = scene.s(rule.s), scene.v(rule.v)
    return quote(
        _IN, SC=sc, SK=sk, VC=vc, VK=vk, ITEMS=items_in(rule, scene.code), FIELD=ast.Constant(spell(rule.v)),
        BARE=quote("x = bare_values(x)") if rule.plain else [],
        ONE=quote("show_on_one(x, ASSUMED)", ASSUMED=scene.code.constant(rule.of_one)) if rule.of_one else [],
    )  # fmt: skip


def items_in(rule: ListRule, code: Code) -> str:
    """The function that reads items; one that shows nothing is left out."""
    purpose = _purpose("items in", rule)
    if purpose in code.shared:
        return code.shared[purpose]
    code.shared[purpose] = function = code.fresh("items_in")
    inner = Scene(code, {(): "r"}, {(): "v"}, field="" if rule.scalar else "field")
    steps: Statements = []
    for one in rule.items:
        if one.of == "primary":
            continue  # one item shows it: which, is seen from all of them
        steps += leaf_in(one, inner, rule.types if one.s.attr == rule.type_field else None)
    start = "v = {ONLY: v}" if rule.scalar else "if v.__class__ is not dict: v = read_object(v, field)"
    only = ast.Constant(rule.items[0].v[-1] if rule.items[0].v else "")
    body = quote(
        f"made = []\nfor v in x:\n    {start}\n    r = {{}}\n    STEPS\n    if r: made.append(r)\nreturn made",
        STEPS=steps, ONLY=only,
    )  # fmt: skip
    code.define(function, ("x", "field"), body)
    return function


def _once(rule: ListRule, scene: Scene) -> Statements:
    """Items that differ only in what has no field are one."""
    if not rule.uncarried or (rule.cap == 1 and rule.over == "truncate"):
        return []  # of several values the first primary one is left, whether equal ones went before or not
    vc, vk = scene.v(rule.v)
    # One item alone is written as it is: what has no field is not.
    once = "if x and len(x) > 1: x = send_once(x, None, OF_ONE, ITEMS, SHOW)"
    return quote(
        once if scene.anew else "if x: x = send_once(x, VC.get(VK), OF_ONE, ITEMS, SHOW)",
        VC=vc, VK=vk, OF_ONE=scene.code.constant(frozenset(rule.of_one)),
        ITEMS=items_out(rule, scene.code), SHOW=items_in(rule, scene.code),
    )  # fmt: skip


def _keep(rule: ListRule, attr: ast.expr, code: Code) -> Statements:
    """Leave out the items whose type is declared as dropped."""
    if rule.types is None or None not in (rule.types.other, *rule.types.out.values()):
        return []
    return quote("if x: x = keep_items(TYPES, x, ATTR)", TYPES=code.constant(rule.types), ATTR=attr)
