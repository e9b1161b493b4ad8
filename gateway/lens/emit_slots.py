"""The statements of slots, outward and inward: each value of a list to fields of its own, and back."""

import ast

from gateway.lens.code import name, quote
from gateway.lens.emit import leaf_in, leaf_out, steps_in
from gateway.lens.kinds import LeafRule, Slot, SlotsRule, keys_of, parts_of
from gateway.lens.lens import Document
from gateway.lens.scene import Scene, Statements


def slots_out(rule: SlotsRule, scene: Scene) -> Statements:
    """Write the fields of every slot from the value that it takes; without one they are taken away."""
    if not any(part.writable for part in parts_of(rule)):
        return []
    sc, sk = scene.s(rule.s)
    taken, one = scene.code.fresh("taken"), scene.code.fresh("one")
    inner = _inside(rule, scene, one)
    none: tuple[Document, ...] = ({},) * len(rule.slots)
    made = quote(
        "TAKEN = take_slots(SC[SK], RULE) if SK in SC else NONE",
        TAKEN=taken, SC=sc, SK=sk, RULE=scene.code.constant(rule), NONE=scene.code.constant(none),
    )  # fmt: skip
    for number, slot in enumerate(rule.slots):
        made += quote("ONE = TAKEN[NUMBER]", ONE=one, TAKEN=taken, NUMBER=ast.Constant(number))
        for part in slot.parts:
            made += leaf_out(part, inner)
        if slot.presence is not None and slot.presence.writable:
            made += _mark(slot.presence, scene, one)
    return made


def _inside(rule: SlotsRule, scene: Scene, one: str) -> Scene:
    """The parts of a slot name their attribute in full; one value stands where the list would."""
    return Scene(
        scene.code, {**scene.s_holders, keys_of(rule.s): one}, scene.v_holders, scene.id_prefix,
        anew=scene.anew, sure=scene.sure,
    )  # fmt: skip


def _mark(rule: LeafRule, scene: Scene, one: str) -> Statements:
    vc, vk = scene.v(rule.v)
    return quote(
        "mark(VC, VK, RULE, bool(ONE), record)",
        VC=vc, VK=vk, RULE=scene.code.constant(rule), ONE=one,
    )  # fmt: skip


def slots_in(rule: SlotsRule, scene: Scene) -> Statements:
    """Show a value for every slot whose fields hold something."""
    sc, sk = scene.s(rule.s)
    found, one = scene.code.fresh("found"), scene.code.fresh("one")
    made = quote("FOUND = []", FOUND=found)
    for slot in rule.slots:
        made += _slot_in(slot, _inside(rule, scene, one), found, one)
    return made + quote("if FOUND: SC[SK] = FOUND", FOUND=found, SC=sc, SK=sk)


def _slot_in(slot: Slot, scene: Scene, found: str, one: str) -> Statements:
    chosen = ast.Dict([ast.Constant(key) for key, _ in slot.select], [ast.Constant(value) for _, value in slot.select])
    if slot.presence is not None and not slot.parts:
        shown = _presence_in(slot.presence, scene)
        return shown + quote("if x is True: FOUND.append(CHOSEN)", FOUND=found, CHOSEN=chosen)
    made = quote("ONE = {}", ONE=one)
    for part in slot.parts:
        made += leaf_in(part, scene)
    there: ast.expr = name(one)
    if slot.presence is not None:
        made += _presence_in(slot.presence, scene)
        there = ast.BoolOp(ast.Or(), [ast.Compare(name("x"), [ast.Is()], [ast.Constant(True)]), there])
    return made + quote(
        "if THERE: FOUND.append({**CHOSEN, **ONE})", THERE=there, FOUND=found, CHOSEN=chosen, ONE=name(one)
    )


def _presence_in(rule: LeafRule, scene: Scene) -> Statements:
    vc, vk = scene.v(rule.v)
    return quote("x = VC.get(VK)\nif x is not None and x != '':\n    STEPS", VC=vc, VK=vk, STEPS=steps_in(rule, scene))
