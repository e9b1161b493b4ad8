"""The statements at the end of a record: its objects put in place, what is required, the schemas it lists."""

import ast
from collections.abc import Iterable, Sequence

from gateway.lens.code import quote
from gateway.lens.emit import is_sure
from gateway.lens.emit_lists import is_always_filled
from gateway.lens.emit_sources import any_of, is_always_sent
from gateway.lens.footprints import made_of
from gateway.lens.kinds import ChooseRule, Field, LeafRule, ListRule, Rule, SendRule, SlotsRule, Urns, flatten
from gateway.lens.places import Place, labels_of, spell
from gateway.lens.scene import Scene, Statements
from gateway.lens.sent import spell_path
from gateway.lens.shapes import Leaf, ListShape, ObjectShape, Shape
from gateway.scim.filter import AttrPath


def close_object(path: Field, local: str, scene: Scene, rules: Sequence[Rule], shape: ObjectShape) -> Statements:
    """Put an object of the record in its place, and take an empty one away."""
    up, key = scene.v_holders[path[:-1]], ast.Constant(str(path[-1]))
    settled: Statements = []
    if isinstance(path[-1], Place) and (labels_of(path[-1]) or not scene.anew):
        settle = "if X: X = settle_item(X, None, KEY)" if scene.anew else "X = settle_item(X, UP.get(KEY), KEY)"
        settled = quote(settle, X=local, UP=up, KEY=key)
    stays = scene.anew or _is_certain(path, rules, scene) or not _can_be_emptied(path, rules)
    clear = "" if stays else "elif UP.get(KEY): del UP[KEY]"
    return settled + quote(
        f"if X:\n    REQUIREMENTS\n    UP[KEY] = X\n{clear}",
        X=local, UP=up, KEY=key, REQUIREMENTS=requirements(path, scene, rules, shape),
    )  # fmt: skip


def requirements(path: Field, scene: Scene, rules: Sequence[Rule], shape: ObjectShape) -> Statements:
    """Refuse a record that lacks what the backend requires of this object; what it hides it may have."""
    here = _object_at(shape, path)
    steps: Statements = []
    known = labels_of(path[-1]) if path and isinstance(path[-1], Place) else {}
    for key, field in here.fields.items() if here else ():
        asked = _is_required(field) and key not in known and (scene.anew or not _is_hidden(field))
        if asked and not _is_certain((*path, key), rules, scene) and not _is_alone((*path, key), rules, scene):
            steps += quote(
                "if X.get(KEY) is None: refuse(ATTR, 'is required by the backend')",
                KEY=ast.Constant(key), X=scene.v_holders[path], ATTR=ast.Constant(attribute_for((*path, key), rules)),
            )  # fmt: skip
    return steps


def _can_be_emptied(path: Field, rules: Sequence[Rule]) -> bool:
    """Is anything in an object ever taken away? What is only sent is not."""
    inside = [rule for rule in flatten(rules) if rule.v[: len(path)] == path]
    return any(not isinstance(rule, SendRule) for rule in inside)


def _is_alone(field: Field, rules: Sequence[Rule], scene: Scene) -> bool:
    """Is nothing else written into the object of a new record? Then the one is there with the other, or neither is."""
    written = {rule.v for rule in flatten(rules) if rule.v[: len(field) - 1] == field[:-1]}
    return scene.anew and len(field) > 1 and written == {field}


def _is_certain(field: Field, rules: Sequence[Rule], scene: Scene) -> bool:
    """Is something filled in there whenever there is no value? Into a record that was read, what is required alone."""
    own = flatten(rule for rule in rules if not isinstance(rule, ChooseRule))
    inside = [rule for rule in own if isinstance(rule, LeafRule) and rule.writable and rule.v[: len(field)] == field]
    if any((scene.anew or rule.leaf.required) and is_sure(rule, scene) for rule in inside):
        return True
    if any(isinstance(rule, SendRule) and rule.v == field and is_always_sent(rule, scene) for rule in rules):
        return True
    if any(isinstance(rule, ListRule) and rule.v == field and is_always_filled(rule, scene) for rule in rules):
        return True
    slots = (slot for rule in rules if isinstance(rule, SlotsRule) for slot in rule.slots)
    marks = (slot.presence for slot in slots if slot.presence is not None and slot.presence.writable)
    return scene.anew and any(mark.v[: len(field)] == field for mark in marks)


def list_schemas(urns: Urns, scene: Scene) -> Statements:
    """`schemas` of a record. Of one that was read they stay, unless an extension came or went."""
    if urns.core is None:
        return []
    if scene.anew:
        present = quote("x = [CORE]", CORE=ast.Constant(urns.core))
        for urn in urns.extensions:
            present += quote("if v.get(URN): x.append(URN)", URN=ast.Constant(urn))
        return [*present, *quote("v['schemas'] = x")]
    tests = [_came_or_went(urn) for urn in urns.extensions]
    again = quote("v['schemas'] = list_schemas(v, URNS, v.get('schemas'))", URNS=scene.code.constant(urns))
    return quote("if TEST: AGAIN", TEST=any_of(tests), AGAIN=again) if tests else []


def _came_or_went(urn: str) -> ast.expr:
    test = quote("bool(v.get(URN)) is not bool(record.get(URN))", URN=ast.Constant(urn))[0]
    assert isinstance(test, ast.Expr)  # noqa: S101  # narrows for the type checker
    return test.value


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


def attribute_for(field: Field, rules: Iterable[Rule]) -> str:
    """SCIM's name for a field: the attribute of the rule that writes it or part of it."""
    for rule in flatten(rules):
        if isinstance(rule, SendRule):
            read = made_of(rule) if rule.v == field else ()
            if read:
                return spell_path(read[0])
        elif rule.v[: len(field)] == field:
            return str(rule.s) if rule.v == field else str(AttrPath(rule.s.urn, rule.s.attr, None))
    return spell(field)
