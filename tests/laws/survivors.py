"""Statements whose absence no law can notice, and why: what is left without them does the same.

Each row: the function it stands in, a pattern of the whole statement, the reason.
"""

import re

from gateway.lens.laws_mutants import Mutant

EXPLAINED: tuple[tuple[str, str, str], ...] = (
    (
        r"out",
        r"if x:\n    x = items_out_\d+\(x\)|x = items_out_\d+\(x\)",
        "Every part of an item has a field of its own name: writing the items copies them.",
    ),
)


def reason(mutant: Mutant) -> str | None:
    """Why nothing is missing without the statement; None where nobody has said so."""
    rows = (why for where, text, why in EXPLAINED if _is(where, mutant.function) and _is(text, mutant.statement))
    return next(rows, None)


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.DOTALL) is not None
