"""Statements of what is made of other values: texts with holes, and the rules that go one way."""

import ast
from collections.abc import Sequence

from gateway.lens.code import name, quote
from gateway.lens.holes import Source, Template, holes, may_be_empty
from gateway.lens.kinds import SendRule, ShowRule
from gateway.lens.scene import Scene, Statements
from gateway.lens.sent import is_held
from gateway.scim.filter import AttrPath
from gateway.scim.path import Path

_ID = AttrPath(None, "id")


def make_first(sources: Sequence[Source], scene: Scene) -> Statements:
    """Give `x` the first of the sources that is complete, None where none is."""
    return [*make(sources[0], scene), *first_complete(sources[1:], scene)]


def first_complete(sources: Sequence[Source], scene: Scene) -> Statements:
    """Give `x`, when it is None, the first of the sources that is complete."""
    made: Statements = []
    for source in reversed(sources):
        made = quote("if x is None:\n    MAKE\n    REST", MAKE=make(source, scene), REST=made)
    return made


def make(source: Source, scene: Scene) -> Statements:
    """Give `x` a constant or a template's text (None while a hole is absent)."""
    if not isinstance(source, Template):
        return quote("x = VALUE", VALUE=scene.code.constant(source))
    reads: Statements = []
    pieces: list[ast.expr] = []
    needed: list[ast.expr] = []
    for part in source.parts:
        if isinstance(part, str):
            pieces.append(ast.Constant(part))
            continue
        local = scene.code.fresh("h")
        holder, key = scene.hole(part)
        reads += quote("H = HOLDER.get(KEY)", H=local, HOLDER=holder, KEY=key)
        if isinstance(part.path, Path):
            reads += quote("H = value_where(PATH, H)", H=local, PATH=scene.code.constant(part.path))
        if part.path == _ID:
            reads += quote("H = native_or_none(H, PREFIX)", H=local, PREFIX=ast.Constant(scene.id_prefix))
        if part.spelled:
            reads += quote("H = print_value(H)", H=local)
        if part.kind != "any":
            reads += quote("H = fit(KIND, H)", H=local, KIND=ast.Constant(part.kind))
        if part.optional:
            reads += quote("H = '' if H is None else H", H=local)
        else:
            needed.append(_is_there(local, in_a_record=isinstance(part.path, tuple) and part.path not in scene.sure))
        pieces.append(ast.FormattedValue(name(local), -1, None))
    text = ast.JoinedStr(pieces)
    if may_be_empty(source):
        return reads + quote("x = TEXT or None", TEXT=text)
    return reads + quote("x = TEXT if READY else None", TEXT=text, READY=all_of(needed))


def _is_there(local: str, *, in_a_record: bool) -> ast.expr:
    """A record may hold an empty text where it has no value."""
    test = quote("H or H is not None and H != ''" if in_a_record else "H is not None", H=local)[0]
    assert isinstance(test, ast.Expr)  # noqa: S101  # narrows for the type checker
    return test.value


def is_complete(source: Source, scene: Scene) -> bool:
    """Is there always a text, or a constant?"""
    if not isinstance(source, Template):
        return True
    sure = all(hole.optional or (hole.kind == "any" and hole.path in scene.sure) for hole in holes(source))
    return sure and not may_be_empty(source)


def all_of(tests: list[ast.expr]) -> ast.expr:
    """One test out of several."""
    return ast.BoolOp(ast.And(), tests) if len(tests) > 1 else tests[0] if tests else ast.Constant(True)


def any_of(tests: list[ast.expr]) -> ast.expr:
    """One test that holds where one of several does."""
    return ast.BoolOp(ast.Or(), tests) if len(tests) > 1 else tests[0]


# One way


def send_out(rule: SendRule, scene: Scene) -> Statements:
    """Write a field that is a function of the resource."""
    vc, vk = scene.v(rule.v)
    tests: list[ast.expr] = []
    if rule.companion is not None:
        sc, sk = scene.s(rule.companion)
        tests.append(ast.Compare(sk, [ast.In()], [name(sc)]))
    if rule.when is not None:
        guard = quote("holds(WHEN, r)", WHEN=scene.code.constant(rule.when))[0]
        assert isinstance(guard, ast.Expr)  # noqa: S101  # narrows for the type checker
        tests.append(guard.value)
    is_sure = not is_held(rule) and any(is_complete(one, scene) for one in rule.values)
    write = "MAKE\nVC[VK] = x" if is_sure else "MAKE\nif x is not None: VC[VK] = x"
    body = quote(write, MAKE=[*make_first(rule.values, scene), *_held(rule, scene)], VC=vc, VK=vk)
    return quote("if TEST:\n    BODY", TEST=all_of(tests), BODY=body) if tests else body


def is_always_sent(rule: SendRule, scene: Scene) -> bool:
    """Does the field hold something afterwards, whatever the resource has?"""
    asked = rule.when is not None or rule.companion is not None or is_held(rule)
    return not asked and any(is_complete(one, scene) for one in rule.values)


def _held(rule: SendRule, scene: Scene) -> Statements:
    """The text as its field takes it, where that takes not every text."""
    if not is_held(rule):
        return []
    there = "None, None" if scene.anew else "record, into"
    return quote(f"if x is not None: x = send_made(RULE, x, r, {there})", RULE=scene.code.constant(rule))


def show_in(rule: ShowRule, scene: Scene) -> Statements:
    """Make an attribute that is a function of the record."""
    sc, sk = scene.s(rule.s)
    body = quote(
        "FIRST\nif x is not None:\n    SC[SK] = x",
        FIRST=make_first(rule.values, scene), SC=sc, SK=sk,
    )  # fmt: skip
    if rule.when is None:
        return body
    return quote("if holds(WHEN, v):\n    BODY", WHEN=scene.code.constant(rule.when), BODY=body)
