"""One rule's statements, outward and inward. Adding a kind of rule means one pair of functions here.

In the snippets `x` is the value under way, `SC`/`VC` are the objects that hold it in the resource and in the record,
`SK`/`VK` its keys there, `ATTR`/`FIELD` its names for refusals. `record` is the record read, None on create.
"""

import ast
from collections.abc import Mapping, Sequence

from msgspec import UNSET

from gateway.lens.code import Code, name, quote
from gateway.lens.kinds import Field, Hole, LeafRule, SendRule, ShowRule, Source, Template, Types, keys_of
from gateway.lens.runtime import Shown
from gateway.lens.shapes import Leaf
from gateway.scim.filter import AttrPath

_ID = AttrPath(None, "id")
Holders = Mapping[Field, str]
Statements = list[ast.stmt]

_READERS = {
    "bool": "if x.__class__ is not bool: x = as_bool(x, FIELD)",
    "int": "if x.__class__ is not int: x = as_int(x, FIELD)",
    "number": "x = as_number(x, FIELD)",
    "datetime": "x = as_instant(x, FIELD)",
    "any": "pass",
}
_READ_TEXT = "if x.__class__ is not str: x = as_text(x, FIELD)"
# The commonest rule by far: two tests for a text that is there.
_TEXT_IN = """
x = VC.get(VK)
if x:
    if x.__class__ is not str: x = as_text(x, FIELD)
    SC[SK] = x
elif x is not None and x != '':
    SC[SK] = as_text(x, FIELD)
"""
_OCCASIONS = {"create": "occasion == 'create'", "replace": "occasion == 'replace'", "always": "True"}


class Scene:
    """Where a rule's statements stand: the objects in reach on both sides."""

    def __init__(self, code: Code, s_holders: Holders, v_holders: Holders, id_prefix: str = "") -> None:
        self.code = code
        self.id_prefix = id_prefix
        self.s_holders = s_holders
        self.v_holders = v_holders

    def s(self, path: AttrPath) -> tuple[str, ast.expr]:
        """The holder and the key of an attribute."""
        keys = keys_of(path)
        return self.s_holders[keys[:-1]], ast.Constant(keys[-1])

    def v(self, field: Field) -> tuple[str, ast.expr]:
        """The holder and the key of a field."""
        return self.v_holders[field[:-1]], ast.Constant(str(field[-1]))

    def hole(self, hole: Hole) -> tuple[str, ast.expr]:
        """The holder and the key of what a template's hole reads."""
        return self.s(hole.path) if isinstance(hole.path, AttrPath) else self.v(hole.path)


# One attribute, one field


def leaf_out(rule: LeafRule, scene: Scene, types: Types | None = None, *, clears: bool = True) -> Statements:
    """Write one field from one attribute. `clears`: a field without a value is taken away."""
    if not rule.v or not rule.writable:
        return []
    (sc, sk), (vc, vk) = scene.s(rule.s), scene.v(rule.v)
    clear = "elif record is not None and VC.get(VK) not in (None, ''): del VC[VK]" if clears and rule.readable else ""
    return quote(
        f"x = SC.get(SK)\nFILL\nif x is not None:\n    STEPS\n    VC[VK] = x\n{clear}",
        SC=sc, SK=sk, VC=vc, VK=vk,
        FILL=first_complete(rule.fill, scene),
        STEPS=leaf_steps_out(rule, scene, types),
    )  # fmt: skip


def is_sure(rule: LeafRule) -> bool:
    """Does a constant stand in where there is no value? Then there always is one."""
    return any(not isinstance(source, Template) for source in rule.fill)


def leaf_steps_out(rule: LeafRule, scene: Scene, types: Types | None = None) -> Statements:
    """Convert the value `x` outward."""
    code, leaf = scene.code, rule.leaf
    attr = ast.Constant(str(rule.s))
    vc, vk = scene.v(rule.v)
    steps: Statements = []
    if rule.ref:
        steps += quote("x = to_native(x, PREFIX, ATTR)", PREFIX=ast.Constant(rule.ref_prefix), ATTR=attr)
    if types is not None:
        written = quote("x = send_type(TYPES, x, ATTR)", TYPES=code.constant(types), ATTR=attr)
        told_apart = bool(types.known) and not types.back  # what is shown is then what is sent
        meant = _unless_meant("show_type(KNOWN, old)", code.constant(types), written, scene.v(rule.v))
        steps += written if told_apart else meant
    steps += _convert_out(rule, scene)
    if leaf.type == "enum" and rule.table is None and not leaf.open_enum and not _stays_within(types, leaf):
        allowed = code.constant(frozenset(leaf.values))
        why = ast.Constant(f"is none of the values the backend takes: {', '.join(leaf.values)}")
        steps += quote(
            "if x not in ALLOWED: refuse(ATTR, WHY)",
            ALLOWED=allowed, ATTR=attr, WHY=why,
        )  # fmt: skip
    steps += _bounds(rule, attr)
    if leaf.immutable:
        steps += quote(
            "if record is not None and VC.get(VK, x) != x: refuse(ATTR, 'cannot be changed any more', 'mutability')",
            VC=vc, VK=vk, ATTR=attr,
        )  # fmt: skip
    return steps


def _stays_within(types: Types | None, leaf: Leaf) -> bool:
    """Are all types that can be sent values of the enumeration already?"""
    if types is None:
        return False
    sent = (*types.known, *types.out.values(), *(() if types.other is UNSET else (types.other,)))
    return all(one is None or one in leaf.values for one in sent)


def _convert_out(rule: LeafRule, scene: Scene) -> Statements:
    """Through the table, then through the codec."""
    code, attr = scene.code, ast.Constant(str(rule.s))
    steps: Statements = []
    if rule.table is not None:
        table = code.constant(dict(rule.table.out))
        steps += quote("x = look_up(OUT, x, ATTR, 'has no value at the backend')", OUT=table, ATTR=attr)
    if rule.codec is not None:
        steps += quote("x = encode(CODEC, x, ATTR)", CODEC=code.constant(rule.codec), ATTR=attr)
    place = scene.v(rule.v)
    if rule.table is not None and rule.codec is None:
        return _unless_meant("KNOWN.get(old, UNSET)", code.constant(dict(rule.table.back)), steps, place)
    if rule.codec is not None or rule.leaf.type == "datetime":
        return _unless_meant("shown_as(KNOWN, old)", code.constant(Shown(rule.codec, rule.table)), steps, place)
    return steps


def _unless_meant(shown: str, known: ast.expr, steps: Statements, place: tuple[str, ast.expr]) -> Statements:
    """The old value stays when it already means the wanted one: a LOCKED user replayed as inactive stays LOCKED."""
    vc, vk = place
    return quote(
        f"""
        old = VC.get(VK)
        if old is not None and {shown} == x:
            x = old
        else:
            STEPS
        """,
        VC=vc, VK=vk, KNOWN=known, STEPS=steps,
    )  # fmt: skip


def _bounds(rule: LeafRule, attr: ast.expr) -> Statements:
    leaf = rule.leaf
    steps: Statements = []
    if leaf.high is not None:
        steps += quote(
            "if len(x) > HIGH: x = x[:HIGH]" if rule.over == "truncate" else "if len(x) > HIGH: refuse(ATTR, WHY)",
            HIGH=ast.Constant(leaf.high), ATTR=attr,
            WHY=ast.Constant(f"is longer than the {leaf.high} characters the backend takes"),
        )  # fmt: skip
    if leaf.low > 1:
        why = ast.Constant(f"is shorter than the {leaf.low} characters the backend asks for")
        steps += quote("if len(x) < LOW: refuse(ATTR, WHY)", LOW=ast.Constant(leaf.low), ATTR=attr, WHY=why)
    return steps


def leaf_in(rule: LeafRule, scene: Scene, types: Types | None = None) -> Statements:
    """Read one attribute from one field."""
    if rule.v and not rule.readable:
        return []
    sc, sk = scene.s(rule.s)
    assumed: Statements = []
    if rule.assume is not UNSET:
        assumed = quote("SC[SK] = ASSUMED", SC=sc, SK=sk, ASSUMED=scene.code.constant(rule.assume))
    if not rule.v:
        return assumed
    vc, vk = scene.v(rule.v)
    if _is_plain_text(rule) and not assumed and types is None:
        field = ast.Constant(".".join(rule.v))
        return quote(_TEXT_IN, SC=sc, SK=sk, VC=vc, VK=vk, FIELD=field)
    snippet = "x = VC.get(VK)\nif x is not None and x != '':\n    STEPS\n    SC[SK] = x"
    return quote(
        snippet + ("\nelse:\n    ASSUMED" if assumed else ""),
        SC=sc, SK=sk, VC=vc, VK=vk, STEPS=steps_in(rule, scene, types), ASSUMED=assumed,
    )  # fmt: skip


def _is_plain_text(rule: LeafRule) -> bool:
    return rule.leaf.type not in _READERS and not rule.ref and rule.codec is None and rule.table is None


def steps_in(rule: LeafRule, scene: Scene, types: Types | None = None) -> Statements:
    """Convert the value `x` inward."""
    code = scene.code
    field = ast.Constant(".".join(rule.v))
    if rule.ref:
        return quote("x = to_shown(x, PREFIX)", PREFIX=ast.Constant(rule.ref_prefix))
    if rule.codec is not None:
        steps = quote("x = decode(CODEC, x, FIELD)", CODEC=code.constant(rule.codec), FIELD=field)
    else:
        steps = quote(_READERS.get(rule.leaf.type, _READ_TEXT), FIELD=field)
    if rule.table is not None:
        steps += quote(
            "x = look_up(BACK, x, FIELD, 'holds a value the mapping does not list')",
            BACK=code.constant(dict(rule.table.back)), FIELD=field,
        )  # fmt: skip
    if types is not None and types.back:
        steps += quote("x = show_type(TYPES, x)", TYPES=code.constant(types))
    return steps


# Texts made of others


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
    for number, part in enumerate(source.parts):
        if isinstance(part, str):
            pieces.append(ast.Constant(part))
            continue
        local = f"h{number}"
        holder, key = scene.hole(part)
        reads += quote("H = HOLDER.get(KEY)", H=local, HOLDER=holder, KEY=key)
        if part.path == _ID:
            reads += quote("H = native_or_none(H, PREFIX)", H=local, PREFIX=ast.Constant(scene.id_prefix))
        elif not isinstance(part.path, AttrPath):
            reads += quote("if H == '': H = None", H=local)
        if part.kind != "any":
            reads += quote("H = fit(KIND, H)", H=local, KIND=ast.Constant(part.kind))
        if part.optional:
            reads += quote("H = '' if H is None else H", H=local)
        else:
            needed.append(ast.Compare(name(local), [ast.IsNot()], [ast.Constant(None)]))
        pieces.append(ast.FormattedValue(name(local), -1, None))
    text = ast.JoinedStr(pieces)
    return reads + quote("x = TEXT if READY else None", TEXT=text, READY=all_of(needed))


def all_of(tests: list[ast.expr]) -> ast.expr:
    """One test out of several."""
    return ast.BoolOp(ast.And(), tests) if len(tests) > 1 else tests[0] if tests else ast.Constant(True)


# One way


def send_out(rule: SendRule, scene: Scene) -> Statements:
    """Write a field that is a function of the resource."""
    vc, vk = scene.v(rule.v)
    tests = [ast.parse(_OCCASIONS[rule.on], mode="eval").body]
    if rule.companion is not None:
        sc, sk = scene.s(rule.companion)
        tests.append(ast.Compare(sk, [ast.In()], [name(sc)]))
    if rule.when is not None:
        guard = quote("holds(WHEN, r)", WHEN=scene.code.constant(rule.when))[0]
        assert isinstance(guard, ast.Expr)  # noqa: S101  # narrows for the type checker
        tests.append(guard.value)
    return quote(
        "if TEST:\n    MAKE\n    if x is not None:\n        VC[VK] = x",
        TEST=all_of(tests), MAKE=make(rule.value, scene), VC=vc, VK=vk,
    )  # fmt: skip


def show_in(rule: ShowRule, scene: Scene) -> Statements:
    """Make an attribute that is a function of the record."""
    sc, sk = scene.s(rule.s)
    body = quote(
        "x = None\nFIRST\nif x is not None:\n    SC[SK] = x",
        FIRST=first_complete(rule.values, scene), SC=sc, SK=sk,
    )  # fmt: skip
    if rule.when is None:
        return body
    return quote("if holds(WHEN, v):\n    BODY", WHEN=scene.code.constant(rule.when), BODY=body)
