"""Every shape that a client is known to send is told in a story, and a story that names one sends it."""

from collections import defaultdict
from pathlib import Path

import pytest
from shapes import SHAPES, named_shapes, shapes_table, shows
from transcript_text import read_story

HERE = Path(__file__).parent
README = HERE / "README.md"
STORIES = sorted(HERE.glob("*/*/*.txt"))
START, END = "<!-- shapes -->\n", "<!-- /shapes -->"

Told = dict[str, list[tuple[str, str, str]]]


def collect() -> Told:
    """By shape the stories that name it: client, vendor, name."""
    told: Told = defaultdict(list)
    for file in STORIES:
        for name in named_shapes(read_story(file.read_text())):
            told[name].append((file.parts[-3], file.parts[-2], file.stem))
    return told


TOLD = collect()


def test_every_known_shape_is_in_the_table() -> None:
    ranges = {"E": 22, "O": 10, "P": 18}
    assert set(SHAPES) == {f"{kind}{number}" for kind, last in ranges.items() for number in range(1, last + 1)}
    assert set(TOLD) <= set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_told_before_a_rich_and_a_poor_vendor(name: str) -> None:
    assert len({vendor for _, vendor, _ in TOLD[name]}) >= 2


@pytest.mark.parametrize("file", STORIES, ids=lambda file: str(file.relative_to(HERE).with_suffix("")))
def test_a_story_sends_the_shapes_that_it_names(file: Path) -> None:
    story = read_story(file.read_text())
    missing = [name for name in named_shapes(story) if not shows(story.asks, SHAPES[name])]
    assert missing == []


def test_the_table_of_shapes_is_current(accept: bool) -> None:
    before, rest = README.read_text().split(START)
    written, after = rest.split(END)
    table = shapes_table(TOLD) + "\n"
    if accept:
        README.write_text(before + START + table + END + after)
        written = table
    assert written == table, "run: pytest tests/transcripts/test_story_shapes.py --accept"
