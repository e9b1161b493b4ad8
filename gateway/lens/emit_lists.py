"""A list's statements, outward and inward: whole items, aligned by their key, types narrowed, numbers bounded."""

import ast

from gateway.lens.code import Code, name, quote
from gateway.lens.emit import Scene, Statements, all_of, is_sure, leaf_in, leaf_out, make
from gateway.lens.kinds import LeafRule, ListRule


def list_out(rule: ListRule, scene: Scene) -> Statements:
    """Write a list, each item onto the old item that it was."""
    if rule.read_only:
        return []
    code = scene.code
    (sc, sk), (vc, vk) = scene.s(rule.s), scene.v(rule.v)
    attr = ast.Constant(str(rule.s))
    return quote(
        """
        x = SC.get(SK)
        FILL
        KEEP
        ONCE
        LIMIT
        if x:
            old = None if record is None else VC.get(VK)
            x = WRITTEN if not old else write_items(x, old, KEY, WRITE, SHOW)
        if x: VC[VK] = x
        CLEAR
        """,
        SC=sc, SK=sk, VC=vc, VK=vk, WRITE=item_out(rule, code), SHOW=item_in(rule, code), KEY=ast.Constant(rule.key[0]),
        WRITTEN=_written_anew(rule, item_out(rule, code)),
        FILL=_fill_items(rule, scene),
        KEEP=_keep(rule, attr, code),
        ONCE=_once(rule, scene),
        LIMIT=_limit(rule, attr),
        CLEAR=quote("if not x and VC.get(VK): del VC[VK]", VC=vc, VK=vk) if rule.readable else [],
    )  # fmt: skip


def _written_anew(rule: ListRule, function: str) -> ast.expr:
    """The items where there are no old ones; an item of which nothing is carried is not written."""
    test = " is not None" if rule.scalar else ""
    made = quote(f"[y for one in x if (y := WRITE(one, None)){test}]", WRITE=function)[0]
    assert isinstance(made, ast.Expr)  # noqa: S101  # narrows for the type checker
    return made.value


def item_out(rule: ListRule, code: Code) -> str:
    """The name of the function that writes one item, onto its old self where there is one; added when first asked."""
    purpose = f"item out {'.'.join(rule.v)}"
    if purpose in code.shared:
        return code.shared[purpose]
    code.shared[purpose] = function = code.fresh("item_out")
    inner = Scene(code, {(): "one"}, {(): "v"})
    steps: Statements = []
    # Partners have the same key; where there is no key they are equal. Then nothing is ever to be taken away.
    paired = any(item.s.attr == rule.key[0] and item.v for item in rule.items)
    for item in rule.items:
        types = rule.types if item.s.attr == rule.type_field else None
        clears = paired and item.s.attr != rule.key[0] and not is_sure(item)
        steps += leaf_out(item, inner, types, clears=clears)
        steps += _require(item, inner, rule)
    start = "v = {} if record is None else dict(record)"
    end = "return v.get(VK)" if rule.scalar else "return v"
    only = ast.Constant(rule.items[0].v[-1] if rule.items[0].v else "")
    code.define(function, ("one", "record"), quote(f"{start}\nSTEPS\n{end}", STEPS=steps, VK=only))
    return function


def _require(item: LeafRule, inner: Scene, rule: ListRule) -> Statements:
    if not item.leaf.required or not item.v or is_sure(item):
        return []
    vc, vk = inner.v(item.v)
    attr = ast.Constant(f"{rule.s}.{item.s.attr}")
    return quote("if VK not in VC: refuse(ATTR, 'is required by the backend')", VC=vc, VK=vk, ATTR=attr)


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
        """
        x = VC.get(VK)
        if x:
            if x.__class__ is not list: x = read_list(x, FIELD)
            x = [one for one in map(ITEM, x) if one]
            if x:
                ONE
                SC[SK] = x
        """,
        SC=sc, SK=sk, VC=vc, VK=vk, ITEM=item_in(rule, scene.code), FIELD=ast.Constant(".".join(rule.v)),
        ONE=quote("show_on_one(x, ASSUMED)", ASSUMED=scene.code.constant(rule.of_one)) if rule.of_one else [],
    )  # fmt: skip


def item_in(rule: ListRule, code: Code) -> str:
    """The name of the function that reads one item; it is added when it is first asked for."""
    purpose = f"item in {'.'.join(rule.v)}"
    if purpose in code.shared:
        return code.shared[purpose]
    code.shared[purpose] = function = code.fresh("item_in")
    inner = Scene(code, {(): "r"}, {(): "v"})
    steps: Statements = []
    for one in rule.items:
        if one.of == "primary":
            continue  # one item shows it: which, is seen from all of them
        steps += leaf_in(one, inner, rule.types if one.s.attr == rule.type_field else None)
    start = "v = {ONLY: v}" if rule.scalar else "if v.__class__ is not dict: v = read_object(v, FIELD)"
    field = ast.Constant(".".join(rule.v))
    only = ast.Constant(rule.items[0].v[-1] if rule.items[0].v else "")
    body = quote(f"{start}\nr = {{}}\nSTEPS\nreturn r", STEPS=steps, FIELD=field, ONLY=only)
    code.define(function, ("v",), body)
    return function


def _once(rule: ListRule, scene: Scene) -> Statements:
    """Items that differ only in what has no field are one."""
    if not rule.uncarried:
        return []
    vc, vk = scene.v(rule.v)
    return quote(
        "if x: x = send_once(x, None if record is None else VC.get(VK), OF_ONE, WRITE, SHOW)",
        VC=vc, VK=vk, OF_ONE=scene.code.constant(frozenset(rule.of_one)),
        WRITE=item_out(rule, scene.code), SHOW=item_in(rule, scene.code),
    )  # fmt: skip


def _keep(rule: ListRule, attr: ast.expr, code: Code) -> Statements:
    """Leave out the items whose type is declared as dropped."""
    if rule.types is None or None not in (rule.types.other, *rule.types.out.values()):
        return []
    return quote("if x: x = keep_items(TYPES, x, ATTR)", TYPES=code.constant(rule.types), ATTR=attr)
