"""How good are the laws? Lenses with one generated statement taken out, and which of them no law notices."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gateway.lens.code import quote
from gateway.lens.laws import LAWS, Law, Subject, draw_examples
from gateway.lens.laws_case import Case
from gateway.lens.lens import Lens
from gateway.lens.translate import link, write_code

_QUICK = (
    "Whole",
    "Send",
    "Show",
    "Kinds",
    "Bounds",
    "Alone",
    "Conform",
    "Clear",
    "Fill",
)  # those that notice most, first


class Mutant(Struct, frozen=True):
    """A lens without one statement: the function it stood in, and what it said."""

    function: str
    statement: str
    lens: Lens


def mutants(lens: Lens, every: int = 1, first: int = 0) -> Iterator[Mutant]:
    """Each lens that lacks one statement; with `every`, only each n-th of them, from `first` on."""
    code, converters = write_code(lens.rules, lens.shape, lens.urns, lens.id_field, lens.id_prefix, lens.anchor)
    whole = list(code.functions)
    for number, function in enumerate(whole):
        for place in range(first, len(list(_blocks(function))), every):
            mutant = deepcopy(function)
            block, at = list(_blocks(mutant))[place]
            statement = ast.unparse(block[at])
            block[at] = quote("pass")[0]
            code.functions = [*whole[:number], mutant, *whole[number + 1 :]]
            made = link(code.compile("mutant"), converters)
            name = function.name if isinstance(function, ast.FunctionDef) else ""
            yield Mutant(name, statement, replace(lens, out=made.out, into=made.into, convert=made.convert))


def _blocks(node: ast.AST) -> Iterator[tuple[list[ast.stmt], int]]:
    """Every statement, as its block and its place there."""
    for child in ast.walk(node):
        for field in ("body", "orelse"):
            block = getattr(child, field, None)
            if isinstance(block, list):
                yield from ((block, at) for at, one in enumerate(block) if not isinstance(one, ast.Pass))


def unnoticed(resource: Subject, made: Iterable[Mutant], examples: int) -> list[Mutant]:
    """The mutants that keep every law on the examples drawn from the sound lens."""
    drawn = {law.name: draw_examples(resource, law, examples) for law in LAWS}
    laws = sorted(LAWS, key=lambda law: _QUICK.index(law.name) if law.name in _QUICK else len(_QUICK))
    left = []
    for mutant in made:
        case = Case(mutant.lens, resource.can.filter, resource.can.replace)
        if not any(is_noticed(law, case, drawn) for law in laws):
            left.append(mutant)
    return left


def is_noticed(law: Law, case: Case, drawn: Mapping[str, Sequence[Any]]) -> bool:
    """Does one of the examples break the law?"""
    for example in drawn[law.name]:
        try:
            law.hold(case, deepcopy(example))
        except Exception:  # whatever is raised, it was noticed
            return True
    return False
