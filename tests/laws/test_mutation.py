"""Do the laws notice a broken translation? One generated statement is taken out at a time.

At a small size here: a sample of the statements. `python tests/laws/test_mutation.py` takes every statement of every
mapping (or of those named) and prints what no law noticed, and why.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from survivors import reason

from gateway.lens.laws_mutants import Mutant, mutants, unnoticed
from gateway.mapping.dialect import Resource
from gateway.mapping.load import is_abstract, known_mappings, load_dialect

VENDORS = Path(__file__).parents[1] / "mapping" / "vendors"  # they use what no shipped mapping does
EXAMPLES = 15
MORE = 150  # for what is left
EVERY = 40  # one statement out of so many
LEAST_NOTICED = 0.98


def subjects(*names: str) -> Iterator[tuple[str, Resource]]:
    shipped = [name for name in known_mappings() if not is_abstract(name)]
    for name in names or (*shipped, *(path.stem for path in sorted(VENDORS.glob("*.yaml")))):
        for kind, resource in load_dialect(name, [VENDORS]).resources.items():
            yield f"{name} {kind}", resource


def survivors(name: str, resource: Resource, made: Sequence[Mutant]) -> list[Mutant]:
    """What no law notices on a few examples, nor, where it should be, on many."""
    left = unnoticed(resource, made, EXAMPLES)
    strange = [one for one in left if reason(name, one) is None]
    again = unnoticed(resource, strange, MORE) if strange else []
    return [one for one in left if reason(name, one) is not None or one in again]


def tell(mutant: Mutant) -> str:
    return f"{mutant.function}: {' '.join(mutant.statement.split())}"


def hold_laws_to(share: int) -> None:
    """Every other mapping, so that two processes can share the work: pytest gives a class to one of them."""
    total, left = 0, []
    for number, (name, resource) in enumerate(subjects()):
        if number % 2 == share:
            made = list(mutants(resource.lens, EVERY, number % EVERY))
            total += len(made)
            left += [(name, one) for one in survivors(name, resource, made)]
    strange = [f"{name} {tell(one)}" for name, one in left if reason(name, one) is None]
    assert strange == []
    assert total > 100
    assert len(left) <= total * (1 - LEAST_NOTICED) + 1, [tell(one) for _, one in left]


class TestOneHalf:
    def test_the_laws_notice_a_missing_statement(self) -> None:
        hold_laws_to(0)


class TestTheOtherHalf:
    def test_the_laws_notice_a_missing_statement(self) -> None:
        hold_laws_to(1)


@pytest.mark.parametrize("name", ["cube-cloud", "rsa-unified-directory"])
def test_the_sound_lens_is_not_noticed(name: str) -> None:
    resource = load_dialect(name).resources["User"]
    assert unnoticed(resource, [Mutant("out", "nothing", resource.lens)], EXAMPLES) != []


def main(*names: str) -> None:
    total, missed = 0, 0
    for name, resource in subjects(*names):
        made = list(mutants(resource.lens))
        left = survivors(name, resource, made)
        total, missed = total + len(made), missed + len(left)
        print(f"{name}: {len(made)} statements, {len(made) - len(left)} noticed", flush=True)
        for one in left:
            print(f"    {tell(one)}\n        {reason(name, one) or 'NOT EXPLAINED'}")
    print(f"all: {total} statements, {total - missed} noticed ({100 * (total - missed) / total:.1f} %)")


if __name__ == "__main__":
    main(*sys.argv[1:])
