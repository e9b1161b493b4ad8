"""What a backend can be asked in one filter: parts joined, turned round, cut to size, and written down.

None is a part that the backend cannot be asked. Polarity is the trap: only an exact part may be negated, or results
would be lost.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from gateway.lens.ability import PLAIN, FilterAbility, Question
from gateway.lens.templates import print_value
from gateway.scim.filter import And, Compare, Filter, Literally, Not, Or, Present, Within, format_filter

Pairs = tuple[tuple[str, str], ...]


class Carried(Struct, frozen=True):
    """A part of a filter in the backend's terms. `unique`: at most one record has the value it asks for."""

    f: Filter
    exact: bool
    unique: bool = False


def all_of(parts: Sequence[Carried | None], ability: FilterAbility) -> Carried | None:
    """As many of the parts as can stand in one filter; without one of them it is not exact."""
    carried = [part for part in parts if part is not None]
    chosen = _choose(carried, ability)
    if not chosen:
        return None
    exact = len(chosen) == len(parts) and all(part.exact for part in chosen)
    unique = any(part.unique for part in chosen)
    return Carried(chosen[0].f if len(chosen) == 1 else And(tuple(part.f for part in chosen)), exact, unique)


def _choose(carried: Sequence[Carried], ability: FilterAbility) -> Sequence[Carried]:
    if ability.connect_and and ability.language == "scim":
        return carried
    chosen: list[int] = []
    for at in sorted(range(len(carried)), key=lambda at: _weight(carried[at])):
        if not chosen or (
            ability.connect_and and all(_stand_together(carried[at], carried[one], ability) for one in chosen)
        ):
            chosen.append(at)
    return [carried[at] for at in sorted(chosen)]


def _stand_together(one: Carried, two: Carried, ability: FilterAbility) -> bool:
    """A parameter stands once, and the constants beside it say how all values of the call are meant."""
    pairs = [(left, right) for left in questions_of(one.f, ability) for right in questions_of(two.f, ability)]
    return all(
        left.constants == right.constants and not left.variables & right.variables for (left, _), (right, _) in pairs
    )


def any_of(parts: Sequence[Carried | None], ability: FilterAbility) -> Carried | None:
    """All of the parts, or nothing."""
    carried = [part for part in parts if part is not None]
    if len(carried) < len(parts) or not carried or (len(carried) > 1 and not ability.connect_or):
        return None
    exact = all(part.exact for part in carried)
    return carried[0] if len(carried) == 1 else Carried(Or(tuple(part.f for part in carried)), exact)


def opposite(part: Carried | None, ability: FilterAbility) -> Carried | None:
    """The negation of an exact part."""
    return Carried(Not(part.f), True) if part is not None and part.exact and ability.negate else None


def most_selective(parts: Sequence[Carried]) -> Carried:
    """What names one record, then an equality of texts, then anything else of texts."""
    return min(parts, key=_weight)


def _weight(part: Carried) -> tuple[bool, bool, bool]:
    text = isinstance(part.f, Compare) and isinstance(part.f.value, str)
    equal = isinstance(part.f, Compare) and part.f.op == "eq"
    return not part.unique, not (text and equal), not text


def cut_to_size(part: Carried | None, ability: FilterAbility) -> Carried | None:
    """As much of a filter as the backend takes: of a conjunction what fits, of anything else the whole or nothing."""
    most = ability.clauses
    if part is None or most is None or count_clauses(part.f) <= most:
        return part
    kept: list[Filter] = []
    for one in part.f.parts if isinstance(part.f, And) else ():
        if sum(map(count_clauses, kept)) + count_clauses(one) <= most:
            kept.append(one)
    if not kept:
        return None
    return Carried(kept[0] if len(kept) == 1 else And(tuple(kept)), False)


def count_clauses(f: Filter) -> int:
    """The comparisons in a filter."""
    return sum(1 for _ in clauses_of(f))


def clauses_of(f: Filter) -> Iterator[Compare | Present]:
    """The comparisons in a filter, left to right."""
    match f:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from clauses_of(part)
        case Not(part=part):
            yield from clauses_of(part)
        case Within(where=where):
            yield from clauses_of(where)
        case Compare() | Present():
            yield f


def questions_of(f: Filter, ability: FilterAbility) -> Iterator[tuple[Question, Literally]]:
    """How each comparison is asked, and its value."""
    for clause in clauses_of(f):
        op, value = (clause.op, clause.value) if isinstance(clause, Compare) else ("pr", None)
        yield ability.question(str(clause.path), op) or PLAIN, value


def render_filter(pushed: Filter, ability: FilterAbility) -> Pairs:
    """The query parameters that ask the backend, decoded; each stands once."""
    if ability.language != "params":
        return ((ability.param, format_filter(pushed, quote=ability.quote)),)
    pairs = (
        (name, text.replace("{value}", print_value(value) or ""))
        for question, value in questions_of(pushed, ability)
        for name, text in question.pairs
    )
    return tuple(dict.fromkeys(pairs))
