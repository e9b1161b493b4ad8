"""Templates that can be undone: joined out of values, and split into them again by looking at neighbours.

No hole touches another, and a hole before a literal is of a class that lacks the literal's first character (the
compiler of mappings proves it), so a text is split in one walk from left to right. A hole that may be absent takes
the text up to its neighbour with it; which holes are there makes the variants of a template.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from gateway.lens.holes import Hole, Template, holes
from gateway.lens.kinds import TextRule, attributes_of
from gateway.lens.lens import LensError
from gateway.lens.templates import fits

Values = tuple[str | None, ...]  # one for each hole, in order
Variant = tuple[tuple[bool, ...], tuple[str | Hole, ...]]


@lru_cache(maxsize=1024)
def variants(template: Template) -> tuple[Variant, ...]:
    """Which holes are there, and the parts that are left then; the whole template first."""
    choices = product(*((True, False) if hole.optional else (True,) for hole in holes(template)))
    return tuple((there, _parts(template, there)) for there in choices if any(there))


def _parts(template: Template, there: Sequence[bool]) -> tuple[str | Hole, ...]:
    parts = list(template.parts)
    for hole, kept in zip(holes(template), there, strict=True):
        if not kept:
            at = parts.index(hole)
            left = next((n for n in range(at - 1, -1, -1) if isinstance(parts[n], Hole)), -1)
            right = next((n for n in range(at + 1, len(parts)) if isinstance(parts[n], Hole)), len(parts))
            # A hole between two others takes the text behind it, one at either end all that is on its side.
            parts[(at if left >= 0 and right < len(parts) else left + 1) : right] = []
    return tuple(parts)


def join_text(template: Template, values: Sequence[Any]) -> str | None:
    """The text of the variant that has exactly these values; None where a hole that must be there is absent."""
    if len(template.parts) == 1:  # a hole alone
        return None if values[0] is None else str(values[0])
    there = tuple(value is not None for value in values)
    parts = next((parts for known, parts in variants(template) if known == there), None)
    if parts is None:
        return None
    given = iter(str(value) for value in values if value is not None)
    return "".join(next(given) if isinstance(part, Hole) else part for part in parts)


def split_text(template: Template, text: str) -> Values | None:
    """The values of the first variant that a text is of, None when it is of none."""
    if len(template.parts) == 1 and isinstance(hole := template.parts[0], Hole):
        return (text,) if text and fits(hole.kind, text) else None
    for there, parts in variants(template):
        found = _split(parts, text)
        if found is not None:
            values = iter(found)
            return tuple(next(values) if kept else None for kept in there)
    return None


def _split(parts: Sequence[str | Hole], text: str) -> list[str] | None:
    found: list[str] = []
    at = 0
    for part, behind in zip(parts, (*parts[1:], None), strict=True):
        if isinstance(part, str):
            if not text.startswith(part, at):
                return None
            at += len(part)
            continue
        end = text.find(behind, at) if isinstance(behind, str) else len(text)
        if end <= at or not fits(part.kind, text[at:end]):
            return None
        found.append(text[at:end])
        at = end
    return found if at == len(text) else None


def only_pieces(rule: TextRule, value: str) -> Values | None:
    """The fields' values of every record that shows this one attribute so; None where there could be others."""
    text = join_text(rule.left, (value,)) if len(attributes_of(rule)) == 1 else None
    if text is None or split_text(rule.left, text) != (value,) or any(hole.optional for hole in holes(rule.right)):
        return None
    found = split_text(rule.right, text)
    return found if found is not None and _is_only_way(rule.right.parts, text.casefold()) else None


def _is_only_way(parts: Sequence[str | Hole], text: str) -> bool:
    """Does every literal between two holes stand in the text as often as in the template, and no more?"""
    literals = [part.casefold() for part in parts if isinstance(part, str)]
    first = literals.pop(0) if isinstance(parts[0], str) else ""
    last = literals.pop() if isinstance(parts[-1], str) else ""
    inner = text[len(first) : len(text) - len(last)]
    return all(_count(inner, one) == literals.count(one) for one in literals)


def _count(text: str, part: str) -> int:
    return sum(text.startswith(part, at) for at in range(len(text)))


def is_bare(template: Template) -> bool:
    """Is it one hole and nothing else?"""
    return template.parts == holes(template) and holes(template)[0].kind == "any"


def show_text(rule: TextRule, fields: Sequence[Any]) -> Values:
    """The attributes' values out of the fields'; nothing at all where they are of another form."""
    text = join_text(rule.right, fields)
    found = None if text is None else split_text(rule.left, text)
    return (None,) * len(attributes_of(rule)) if found is None else found


def send_text(rule: TextRule, values: Values, olds: Sequence[Any], fill: str | None, *, anew: bool) -> Values | None:
    """The fields' values out of the attributes'. None: the old ones mean the same already, and stay.

    LensError for values that would not come back as they were sent.
    """
    if not anew and show_text(rule, [_plain(old) for old in olds]) == values:
        return None
    if any(value is not None for value in values):
        text = _joined(rule, values)
    elif fill is None:
        return (None,) * len(rule.ends)
    else:
        text = fill
    pieces = split_text(rule.right, text)
    if pieces is None:
        raise LensError(str(attributes_of(rule)[0]), another_form(rule))
    return pieces


def another_form(rule: TextRule) -> str:
    """Why a text is refused that the fields cannot hold."""
    return f"is not of the form '{rule.right.text}', as the backend needs it"


def _plain(old: Any) -> str | None:
    """An old value as it is read: a number counts as its text, nothing else but a text counts."""
    is_number = isinstance(old, int) and not isinstance(old, bool)
    return str(old) if is_number else old if isinstance(old, str) and old else None


def _joined(rule: TextRule, values: Values) -> str:
    text = join_text(rule.left, values)
    if text is not None and split_text(rule.left, text) == values:
        return text
    form = f"the backend keeps '{rule.left.text}' as one text"
    given = list(zip(attributes_of(rule), holes(rule.left), values, strict=True))
    for path, hole, value in given:
        if value is None and not hole.optional:
            raise LensError(str(path), f"is missing: {form}")
    for path, hole, value in given:
        if value is not None and not fits(hole.kind, value):
            raise LensError(str(path), f"does not fit: {form}, where it is of the class {hole.kind}")
    path = next(path for path, _, value in given if value is not None)
    raise LensError(str(path), f"would come back as another value: {form}")
