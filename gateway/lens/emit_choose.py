"""The statements of choices, outward and inward: what decides is looked at once, then each takes its branch."""

import ast
from collections.abc import Callable, Sequence
from typing import Any

from gateway.lens.code import quote
from gateway.lens.emit import leaf_in, leaf_out
from gateway.lens.guards import holds
from gateway.lens.kinds import ChooseRule, keys_of
from gateway.lens.lens import Document, LensError
from gateway.lens.scene import Scene, Statements, holders
from gateway.scim.filter import Filter

_NOWHERE = ast.Constant("has no field at the backend for a resource like this")


def pick_branch(guards: Sequence[Filter | None], seen: Document | None) -> int | None:
    """The number of the first condition that holds of what is seen; None where none does, or nothing can be seen."""
    if seen is None:
        return None
    return next((number for number, when in enumerate(guards) if when is None or holds(when, seen)), None)


def look_back(look: Callable[..., Document], *objects: Any) -> Document | None:
    """What a record showed before, None where it cannot be read."""
    try:
        return look(*objects)
    except LensError:
        return None


def look(rules: Sequence[ChooseRule], scene: Scene, *, back: bool = False) -> Statements:
    """Give `seen` what the record shows of all that decides; `back`: `before`, of the record that was read."""
    if not rules:
        return []
    reads = {read.s: read for rule in rules for read in rule.reads}
    above = list(dict.fromkeys(read.v[:-1] for read in reads.values()))
    arguments = tuple(f"a{number}" for number in range(len(above)))
    if "look" not in scene.code.shared:
        scene.code.shared["look"] = scene.code.fresh("look")
        paths = holders("s", [keys_of(path) for path in reads])
        inner = Scene(scene.code, {**paths, (): "seen"}, dict(zip(above, arguments, strict=True)))
        body = quote("seen = {}")
        for local in paths.values():
            body += quote("X = {}", X=local)
        for read in reads.values():
            body += leaf_in(read, inner)
        for path, local in reversed(paths.items()):
            body += quote("if X: UP[KEY] = X", X=local, UP=inner.s_holders[path[:-1]], KEY=ast.Constant(path[-1]))
        scene.code.define(scene.code.shared["look"], arguments, [*body, *quote("return seen")])
    objects = {f"A{number}": scene.v_holders[path] for number, path in enumerate(above)}
    call = f"before = look_back(LOOK, {', '.join(objects)})" if back else f"seen = LOOK({', '.join(objects)})"
    return quote(call, LOOK=scene.code.shared["look"], **objects)


def choose_out(rule: ChooseRule, scene: Scene) -> Statements:
    """Write the branch that the record is of now; what another one held before is taken away."""
    sc, sk = scene.s(rule.s)
    nowhere = quote(
        "if SC.get(SK) is not None: refuse(ATTR, WHY)", SC=sc, SK=sk, ATTR=ast.Constant(str(rule.s)), WHY=_NOWHERE
    )
    written = _branches(rule, [leaf_out(one.rule, scene) for one in rule.branches], nowhere)
    return [*_pick(rule, scene), *([] if scene.anew else _leave(rule, scene)), *written]


def choose_in(rule: ChooseRule, scene: Scene) -> Statements:
    """Read the branch that the record is of."""
    return [*_pick(rule, scene), *_branches(rule, [leaf_in(one.rule, scene) for one in rule.branches], [])]


def _pick(rule: ChooseRule, scene: Scene) -> Statements:
    return quote("now = pick_branch(GUARDS, seen)", GUARDS=_guards(rule, scene))


def _guards(rule: ChooseRule, scene: Scene) -> ast.expr:
    return scene.code.constant(tuple(branch.when for branch in rule.branches))


def _leave(rule: ChooseRule, scene: Scene) -> Statements:
    made = quote("was = pick_branch(GUARDS, before)", GUARDS=_guards(rule, scene))
    for number, branch in enumerate(rule.branches):
        vc, vk = scene.v(branch.rule.v)
        made += quote(
            "if was == NUMBER and now != NUMBER and VK in VC: del VC[VK]",
            NUMBER=ast.Constant(number), VC=vc, VK=vk,
        )  # fmt: skip
    return made


def _branches(rule: ChooseRule, bodies: Sequence[Statements], rest: Statements) -> Statements:
    """One of the bodies, by the number of the branch; the rest where there is none."""
    for number, branch in reversed(list(enumerate(rule.branches))):
        if branch.when is None:
            rest = bodies[number]
            continue
        rest = quote(
            "if now == NUMBER:\n    BODY\nelse:\n    REST",
            NUMBER=ast.Constant(number), BODY=bodies[number], REST=rest,
        )  # fmt: skip
    return rest
