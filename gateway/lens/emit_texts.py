"""The statements of texts, outward and inward: attributes joined and split into fields, and back."""

import ast

from msgspec.structs import replace

from gateway.lens.code import name, quote
from gateway.lens.emit import is_shown_as_it_is, leaf_steps_out, steps_in, text_as_it_is
from gateway.lens.emit_sources import make_first
from gateway.lens.holes import holes
from gateway.lens.kinds import TextRule, attributes_of
from gateway.lens.scene import Scene, Statements
from gateway.lens.texts import another_form, is_bare


def text_out(rule: TextRule, scene: Scene) -> Statements:
    """Write the fields out of the attributes; where these are absent, the fields are taken away."""
    if not rule.writable:
        return []
    if scene.anew and is_bare(rule.left) and len(rule.right.parts) == 1 and not rule.fill:
        return _class_out(rule, scene)
    values = [_get(*scene.s(path)) for path in attributes_of(rule)]
    olds = [_get(*scene.v(end.v)) for end in rule.ends]
    pieces = scene.code.fresh("pieces")
    fill = make_first(rule.fill, scene) if rule.fill else []
    made = fill + quote(
        "PIECES = send_text(RULE, VALUES, OLDS, FILL, anew=ANEW)",
        PIECES=pieces, RULE=scene.code.constant(rule), VALUES=_tuple(values), OLDS=_tuple(olds),
        FILL=name("x") if rule.fill else ast.Constant(None), ANEW=ast.Constant(scene.anew),
    )  # fmt: skip
    written: Statements = []
    for number, end in enumerate(rule.ends):
        vc, vk = scene.v(end.v)
        clear = "" if scene.anew else "elif VK in VC: del VC[VK]"
        written += quote(
            f"x = PIECES[NUMBER]\nif x is not None:\n    STEPS\n    VC[VK] = x\n{clear}",
            PIECES=pieces, NUMBER=ast.Constant(number), STEPS=leaf_steps_out(end, scene), VC=vc, VK=vk,
        )  # fmt: skip
    return made + quote("if PIECES is not None:\n    WRITTEN", PIECES=pieces, WRITTEN=written)


def _class_out(rule: TextRule, scene: Scene) -> Statements:
    """Write a text into the one field that takes it, where it is of the field's class."""
    (path,), (hole,), (end,) = attributes_of(rule), holes(rule.right), rule.ends
    (sc, sk), (vc, vk) = scene.s(path), scene.v(end.v)
    return quote(
        "if SK in SC:\n    x = SC[SK]\n    if not fits(KIND, x): refuse(ATTR, WHY)\n    STEPS\n    VC[VK] = x",
        SC=sc, SK=sk, KIND=ast.Constant(hole.kind), ATTR=ast.Constant(str(path)), WHY=ast.Constant(another_form(rule)),
        STEPS=leaf_steps_out(end, scene), VC=vc, VK=vk,
    )  # fmt: skip


def text_in(rule: TextRule, scene: Scene) -> Statements:
    """Read the attributes out of the fields."""
    if len(rule.left.parts) == len(rule.right.parts) == 1 and is_shown_as_it_is(rule.ends[0]):
        return _class_in(rule, scene)
    fields = [scene.code.fresh("field") for _ in rule.ends]
    made: Statements = []
    for end, local in zip(rule.ends, fields, strict=True):
        vc, vk = scene.v(end.v)
        made += quote(
            "x = VC.get(VK)\nif x is not None and x != '':\n    STEPS\n    FIELD = x\nelse:\n    FIELD = None",
            VC=vc, VK=vk, STEPS=steps_in(end, scene), FIELD=local,
        )  # fmt: skip
    shown = scene.code.fresh("shown")
    made += quote(
        "SHOWN = show_text(RULE, FIELDS)",
        SHOWN=shown, RULE=scene.code.constant(rule), FIELDS=_tuple([name(one) for one in fields]),
    )  # fmt: skip
    for number, path in enumerate(attributes_of(rule)):
        sc, sk = scene.s(path)
        made += quote(
            "x = SHOWN[NUMBER]\nif x is not None: SC[SK] = x",
            SHOWN=shown, NUMBER=ast.Constant(number), SC=sc, SK=sk,
        )  # fmt: skip
    return made


def _class_in(rule: TextRule, scene: Scene) -> Statements:
    """A text that is shown as it is, where it is of its class."""
    (path,), (hole,), (end,) = attributes_of(rule), holes(rule.left), rule.ends
    if hole.kind == "any":
        return text_as_it_is(replace(end, s=path), scene)
    (sc, sk), (vc, vk) = scene.s(path), scene.v(end.v)
    return quote(
        "x = VC.get(VK)\nif x is not None and x != '':\n    STEPS\n    if fits(KIND, x): SC[SK] = x",
        VC=vc, VK=vk, STEPS=steps_in(end, scene), KIND=ast.Constant(hole.kind), SC=sc, SK=sk,
    )  # fmt: skip


def _get(holder: str, key: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(name(holder), "get", ast.Load()), [key], [])


def _tuple(parts: list[ast.expr]) -> ast.expr:
    return ast.Tuple(parts, ast.Load())
