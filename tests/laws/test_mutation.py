"""Do the laws notice a broken translation? One generated statement is taken out at a time.

At a small size here: a sample of the statements. `python tests/laws/test_mutation.py` takes every statement of every
mapping and prints what no law noticed.
"""

import sys
from collections.abc import Iterator

import pytest

from gateway.lens.laws_mutants import Mutant, unnoticed
from gateway.mapping.dialect import Resource
from gateway.mapping.load import is_abstract, known_mappings, load_dialect

EXAMPLES = 25
EVERY = 20  # one statement out of so many
MOST_UNNOTICED = 0.06  # of a small sample on few examples, equivalent programs among them


def subjects() -> Iterator[tuple[str, Resource]]:
    for name in known_mappings():
        if not is_abstract(name):
            for kind, resource in load_dialect(name).resources.items():
                yield f"{name} {kind}", resource


def tell(mutant: Mutant) -> str:
    first, *rest = mutant.statement.splitlines()
    return f"{mutant.function}: {first}{' ...' if rest else ''}"


def test_the_laws_notice_a_missing_statement() -> None:
    total, left = 0, []
    for number, (name, resource) in enumerate(subjects()):
        count, survivors = unnoticed(resource, EXAMPLES, EVERY, number % EVERY)
        total += count
        left += [f"{name} {tell(one)}" for one in survivors]
    assert total > 100
    assert len(left) <= total * MOST_UNNOTICED, "\n".join(left)


@pytest.mark.parametrize("name", ["cube-cloud", "rsa-unified-directory"])
def test_the_sound_lens_is_not_noticed(name: str) -> None:
    resource = load_dialect(name).resources["User"]
    count, _ = unnoticed(resource, 1, every=10_000)
    assert count > 0


def main(examples: int) -> None:
    total, missed = 0, 0
    for name, resource in subjects():
        count, survivors = unnoticed(resource, examples)
        total, missed = total + count, missed + len(survivors)
        print(f"{name}: {count} statements, {count - len(survivors)} noticed", flush=True)
        for one in survivors:
            print(f"    {tell(one)}")
    print(f"all: {total} statements, {total - missed} noticed ({100 * (total - missed) / total:.1f} %)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
