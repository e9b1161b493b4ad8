"""Every code of the table of problems ends some story: nothing is promised that no test has seen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_failing_vendors import FAILURES
from test_hostile_requests import EVERY

from gateway.pipeline.problems import PROBLEMS

HERE = Path(__file__).parent
SHOWN = re.compile(r"\((SG\d{3})\)")
NAMED = re.compile(r"""["(](SG\d{3})[")]""")


def codes_in_stories() -> Iterator[str]:
    """Of transcripts, what a client got; of hostile rows, what each must end with."""
    for story in (HERE / "transcripts").rglob("*.txt"):
        yield from SHOWN.findall(story.read_text())
    yield from (row.code for row in EVERY.values())
    yield from (code for _, _, code in FAILURES.values())


def codes_in_tests() -> Iterator[str]:
    """What playbooks and the tests of the door and of whole processes expect."""
    for folder in ("conversation", "edge", "contract", "hostile"):
        for test in (HERE / folder).glob("test_*.py"):
            yield from NAMED.findall(test.read_text())


STORIES = frozenset((*codes_in_stories(), *codes_in_tests()))


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_story_ends_in_it(code: str) -> None:
    assert code in STORIES


def test_no_story_ends_in_a_code_that_the_table_does_not_have() -> None:
    assert PROBLEMS.keys() >= STORIES


def test_the_table_is_in_order_and_whole() -> None:
    assert list(PROBLEMS) == sorted(PROBLEMS)
    for row in PROBLEMS.values():
        assert row.sentence.endswith(".")
        assert row.hint.endswith(".")
        assert 400 <= row.status < 600
        assert (row.blame == "client") == (row.status < 500 or row.status == 501) or row.status == 429
