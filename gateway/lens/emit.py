"""One rule's statements, outward and inward. Adding a kind of rule means one pair of functions here.

In the snippets `x` is the value under way, `SC`/`VC` are the objects that hold it in the resource and in the record,
`SK`/`VK` its keys there, `ATTR`/`FIELD` its names for refusals. `record` is the record read, None where there is none:
a scene that is `anew` stands where that is known, and asks nothing of it. Resources are canonical: a key that is there
has a value.
"""

import ast

from msgspec import UNSET

from gateway.lens.code import quote
from gateway.lens.codecs import same
from gateway.lens.emit_sources import first_complete, is_complete
from gateway.lens.kinds import LeafRule, Types
from gateway.lens.runtime import Shown
from gateway.lens.scene import Scene, Statements
from gateway.lens.shapes import Leaf

_READERS = {
    "bool": "if x is not True and x is not False: x = as_bool(x, FIELD)",
    "int": "if x.__class__ is not int: x = as_int(x, FIELD)",
    "number": "x = as_number(x, FIELD)",
    # The usual spelling (the standard library knows which days there are) has nothing to convert.
    "datetime": """
    try:
        if not (read_iso(x) and x[THIRDS] == '--T::Z'): x = as_instant(x, FIELD)
    except (TypeError, ValueError): x = as_instant(x, FIELD)
    """,
    "any": "pass",
}
_UNREADABLE = "refuse(FIELD, 'is not written the way the mapping says')"
_DECODE = f"try: x = DECODE(x)\nexcept (ValueError, TypeError, AttributeError): {_UNREADABLE}"
_PLAIN = "x.__class__ is str and (x.encode().translate(JOINED).isalnum() or is_plain(x))"
_READ_TEXT = "if x.__class__ is not str: x = as_text(x, FIELD)"
# The commonest rule by far. Nothing but a text takes a text added to it, and an empty one leaves it as it is.
_TEXT_IN = """
if VK in VC:
    x = VC[VK]
    if x:
        try: SC[SK] = x + ''
        except TypeError:
            OTHER
    elif x is not None and x != '':
        OTHER
"""
_VALUE_IN = """
if VK in VC:
    x = VC[VK]
    if x or x is not None and x != '':
        STEPS
        SC[SK] = x
"""
_VALUE_OR_ASSUMED_IN = """
x = VC.get(VK)
if x or x is not None and x != '':
    STEPS
    SC[SK] = x
else:
    ASSUMED
"""


def leaf_out(rule: LeafRule, scene: Scene, types: Types | None = None, *, clears: bool = True) -> Statements:
    """Write one field from one attribute. `clears`: a field without a value is taken away."""
    if not rule.v or not rule.writable:
        return []
    (sc, sk), (vc, vk) = scene.s(rule.s), scene.v(rule.v)
    steps = leaf_steps_out(rule, scene, types)
    if scene.anew and not rule.fill:
        write = "x = SC[SK]\n    STEPS\n    VC[VK] = x" if steps else "VC[VK] = SC[SK]"
        return quote(f"if SK in SC:\n    {write}", SC=sc, SK=sk, VC=vc, VK=vk, STEPS=steps)
    clears = clears and rule.readable and not scene.anew
    fill = first_complete(rule.fill, scene)
    if clears and not rule.leaf.required and fill:  # what was not there when it was read stays away
        fill = quote("if x is None and VC.get(VK) not in (None, ''):\n    FILL", VC=vc, VK=vk, FILL=fill)
    unsaid = " and not (x == ASSUMED and VC.get(VK) in (None, ''))" if _stays_unsaid(rule, scene) else ""
    clears = clears and not is_sure(rule, scene)
    clear = "elif VK in VC and VC[VK] not in (None, ''): del VC[VK]" if clears else ""
    return quote(
        f"x = SC.get(SK)\nFILL\nif x is not None{unsaid}:\n    STEPS\n    VC[VK] = x\n{clear}",
        SC=sc, SK=sk, VC=vc, VK=vk, FILL=fill, STEPS=steps, ASSUMED=scene.code.constant(rule.assume),
    )  # fmt: skip


def _stays_unsaid(rule: LeafRule, scene: Scene) -> bool:
    """Of a record that says nothing, what is assumed is no news."""
    return rule.assume is not UNSET and rule.readable and not rule.leaf.required and not scene.anew


def is_sure(rule: LeafRule, scene: Scene) -> bool:
    """Does something stand in where there is no value? Then there always is one."""
    return any(is_complete(source, scene) for source in rule.fill)


def leaf_steps_out(rule: LeafRule, scene: Scene, types: Types | None = None) -> Statements:
    """Convert the value `x` outward."""
    code, leaf = scene.code, rule.leaf
    attr = scene.name_attribute(rule.s)
    vc, vk = scene.v(rule.v)
    steps: Statements = []
    if rule.ref:
        bare = "if x.__class__ is not str or not is_plain(x): x = to_native(x, PREFIX, ATTR)"
        refer = "x = to_native(x, PREFIX, ATTR)" if rule.ref_prefix else bare
        steps += quote(refer, PREFIX=ast.Constant(rule.ref_prefix), ATTR=attr)
    if types is not None:
        steps += _type_out(types, attr, scene, scene.v(rule.v))
    steps += _convert_out(rule, scene)
    if leaf.type == "enum" and rule.table is None and not leaf.open_enum and not _stays_within(types, leaf):
        allowed = code.constant(frozenset(leaf.values))
        why = ast.Constant(f"is none of the values the backend takes: {', '.join(leaf.values)}")
        steps += quote(
            "if x not in ALLOWED: refuse(ATTR, WHY)",
            ALLOWED=allowed, ATTR=attr, WHY=why,
        )  # fmt: skip
    steps += _bounds(rule, attr)
    if leaf.immutable and not scene.anew:
        steps += quote(
            "if VC.get(VK, x) != x: refuse(ATTR, 'cannot be changed any more', 'mutability')",
            VC=vc, VK=vk, ATTR=attr,
        )  # fmt: skip
    return steps


def _type_out(types: Types, attr: ast.expr, scene: Scene, place: tuple[str, ast.expr]) -> Statements:
    sent = {**{one: one for one in types.known}, **types.out}
    if types.other is UNSET:
        why = ast.Constant(f"is none of the types the backend takes: {', '.join(types.known)}")
        other = quote("refuse(ATTR, WHY)", ATTR=attr, WHY=why)
    else:
        other = quote("x = OTHER", OTHER=scene.code.constant(types.other))
    same = all(one == meant for one, meant in sent.items())
    written = quote(
        "if x not in SENT:\n    REST" if same else "if x in SENT: x = SENT[x]\nelse:\n    REST",
        SENT=scene.code.constant(frozenset(sent) if same else sent), REST=other,
    )  # fmt: skip
    if bool(types.known) and not types.back:
        return written  # what is shown is then what is sent
    return _unless_meant("show_type(KNOWN, old)", scene.code.constant(types), written, scene, place)


def _stays_within(types: Types | None, leaf: Leaf) -> bool:
    """Are all types that can be sent values of the enumeration already?"""
    if types is None:
        return False
    sent = (*types.known, *types.out.values(), *(() if types.other is UNSET else (types.other,)))
    return all(one is None or one in leaf.values for one in sent)


def _convert_out(rule: LeafRule, scene: Scene) -> Statements:
    """Through the table, then through the codec."""
    code, attr = scene.code, scene.name_attribute(rule.s)
    steps: Statements = []
    if rule.table is not None:
        table = code.constant(dict(rule.table.out))
        steps += quote("x = look_up(OUT, x, ATTR, 'has no value at the backend')", OUT=table, ATTR=attr)
    if rule.codec is not None:
        steps += quote("x = encode(CODEC, x, ATTR)", CODEC=code.constant(rule.codec), ATTR=attr)
    place = scene.v(rule.v)
    if rule.table is not None and rule.codec is None and len(rule.table.back) == len(rule.table.out):
        return steps  # no two values of the backend mean the same
    if rule.table is not None and rule.codec is None:
        return _unless_meant("KNOWN.get(old, UNSET)", code.constant(dict(rule.table.back)), steps, scene, place)
    if rule.codec is not None or rule.leaf.type == "datetime":
        return _unless_meant("shown_as(KNOWN, old)", code.constant(Shown(rule.codec, rule.table)), steps, scene, place)
    return steps


def _unless_meant(
    shown: str, known: ast.expr, steps: Statements, scene: Scene, place: tuple[str, ast.expr]
) -> Statements:
    """The old value stays when it already means the wanted one: a LOCKED user replayed as inactive stays LOCKED."""
    if scene.anew:
        return steps
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
    if is_shown_as_it_is(rule) and not assumed and types is None:
        return text_as_it_is(rule, scene)
    vc, vk = scene.v(rule.v)
    return quote(
        _VALUE_OR_ASSUMED_IN if assumed else _VALUE_IN,
        SC=sc, SK=sk, VC=vc, VK=vk, STEPS=steps_in(rule, scene, types), ASSUMED=assumed,
    )  # fmt: skip


def is_shown_as_it_is(rule: LeafRule) -> bool:
    """Is the field read as a text, and shown as it is?"""
    as_it_is = rule.leaf.type not in _READERS if rule.codec is None else rule.codec.decode is same
    return as_it_is and not rule.ref and rule.table is None


def text_as_it_is(rule: LeafRule, scene: Scene) -> Statements:
    """Read such a text."""
    (sc, sk), (vc, vk), field = scene.s(rule.s), scene.v(rule.v), scene.name_field(rule.v)
    other = quote("SC[SK] = as_text(x, FIELD)" if rule.codec is None else _UNREADABLE, SC=sc, SK=sk, FIELD=field)
    return quote(_TEXT_IN, SC=sc, SK=sk, VC=vc, VK=vk, OTHER=other)


def reference_in(prefix: str) -> Statements:
    """Turn the native id `x` into the SCIM id."""
    return quote(
        f"if {_PLAIN}: PLAIN\nelse: x = to_shown(x, PREFIX)",
        PLAIN=quote("x = PREFIX + x", PREFIX=ast.Constant(prefix)) if prefix else [], PREFIX=ast.Constant(prefix),
    )  # fmt: skip


def steps_in(rule: LeafRule, scene: Scene, types: Types | None = None) -> Statements:
    """Convert the value `x` inward."""
    code = scene.code
    field = scene.name_field(rule.v)
    if rule.ref:
        return reference_in(rule.ref_prefix)
    if rule.codec is not None:
        steps = quote(_DECODE, DECODE=code.constant(rule.codec.decode), FIELD=field)
    elif rule.table is None or rule.leaf.type in _READERS or any(map(_is_number, rule.table.back)):
        steps = quote(_READERS.get(rule.leaf.type, _READ_TEXT), FIELD=field)
    else:
        steps = []  # what is no text is not in the table either
    if rule.table is not None:
        steps += quote(
            "x = look_up(BACK, x, FIELD, 'holds a value the mapping does not list')",
            BACK=code.constant(dict(rule.table.back)), FIELD=field,
        )  # fmt: skip
    if types is not None and types.back:
        steps += quote("x = show_type(TYPES, x)", TYPES=code.constant(types))
    return steps


def _is_number(text: str) -> bool:
    """May a backend spell it without quotes?"""
    return text.removeprefix("-").isdecimal()
