"""A hint that shows YAML is YAML: what an author copies from it can be read. Remarks stand behind a `#`."""

import re
from pathlib import Path

import pytest

from gateway.mapping.source import read_yaml

BAD = Path(__file__).parent / "bad"
HINT = re.compile(r"    hint: ((?:'[^']+'|[\w.$:<>*\[\]-]+): .*)")
HINTS = sorted({found[1] for file in BAD.glob("*.txt") for found in HINT.finditer(file.read_text("utf-8"))})
SHOWN = [hint for hint in HINTS if not hint.startswith("known: ")]


@pytest.mark.parametrize("hint", SHOWN)
def test_a_hint_that_shows_a_key_reads_as_yaml(hint: str) -> None:
    data = read_yaml(hint, "hint.yaml").data
    assert isinstance(data, dict)
    assert len(data) == 1
    assert not re.search(r", or |, if ", str(next(iter(data.values())))), "a remark belongs behind a #"


def test_many_hints_show_yaml() -> None:
    assert len(SHOWN) > 60
