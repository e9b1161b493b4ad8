"""Every story, replayed: what the client asks, what the vendor is asked and replies, what the client gets."""

from difflib import unified_diff
from pathlib import Path

import pytest
from transcript_stage import CLIENTS, play
from transcript_text import MalformedTranscript, read_story, write_story

from gateway.sandbox import VENDORS

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*/*/*.txt"))


def name_of(file: Path) -> str:
    return str(file.relative_to(HERE).with_suffix(""))


def read_file(file: Path) -> str:
    return file.read_text()


def accept_file(file: Path, text: str) -> str:
    file.write_text(text)
    return text


@pytest.mark.parametrize("file", STORIES, ids=name_of)
async def test_a_story_goes_as_it_was_accepted(file: Path, accept: bool, tmp_path: Path) -> None:
    client, vendor = file.parts[-3], file.parts[-2]
    written = read_file(file)
    story = read_story(written)
    played = write_story(story, await play(story, CLIENTS[client], vendor, tmp_path))
    if accept:
        written = accept_file(file, played)
    difference = "".join(unified_diff(written.splitlines(True), played.splitlines(True), "accepted", "played"))
    assert played == written, f"{name_of(file)} went otherwise:\n{difference}"


@pytest.mark.parametrize(("client", "vendor"), [(name, each) for name, one in CLIENTS.items() for each in one.vendors])
def test_every_client_has_a_life_cycle_with_its_vendors(client: str, vendor: str) -> None:
    assert (HERE / client / vendor / "a-user-from-match-to-delete.txt").exists()


def test_every_folder_is_a_client_that_is_known() -> None:
    assert {file.parts[-3] for file in STORIES} == set(CLIENTS)
    assert {file.parts[-2] for file in STORIES} == set(VENDORS)


@pytest.mark.parametrize("file", STORIES, ids=name_of)
def test_a_story_opens_with_its_deviation_and_its_source(file: Path) -> None:
    comments = " ".join(read_story(file.read_text()).comments)
    assert "Source:" in comments


@pytest.mark.parametrize("file", STORIES, ids=name_of)
def test_no_client_ever_gets_a_server_error_in_a_story(file: Path) -> None:
    answers = [line for line in file.read_text().splitlines() if line.startswith("<<")]
    assert answers
    assert [line for line in answers if line.startswith("<< 5")] == []


def test_the_readme_names_stories_that_exist() -> None:
    rows = [line for line in (HERE / "README.md").read_text().splitlines() if line.startswith("| ")][1:]
    named = {name for row in rows for name in row.rsplit("|", 2)[1].split("`")[1::2]}
    assert named
    assert named <= {file.stem for file in STORIES}


ROWS = [
    ("no comment", ">> GET /Users\n", "opens with a comment"),
    ("a line out of place", "# Source: x\n\n>> GET /Users\nnonsense\n", "line 4"),
]


@pytest.mark.parametrize(("what", "text", "says"), ROWS)
def test_a_malformed_transcript_is_refused_with_its_line(what: str, text: str, says: str) -> None:
    with pytest.raises(MalformedTranscript, match=says):
        read_story(text)


def test_a_story_keeps_the_words_of_its_author() -> None:
    text = (
        "# Why. Source: x\n# options: put-merges, slow:1\n# tenant: { client: okta }\n\n"
        '== One\n>> PUT /Users/1\n   Accept: a/b\n   {"a":\n    1}\n'
    )
    story = read_story(text)
    assert (story.options, story.tenant) == (("put-merges", "slow:1"), {"client": "okta"})
    assert (story.asks[0].method, story.asks[0].target, story.asks[0].headers) == ("PUT", "/Users/1", {"Accept": "a/b"})
    assert story.asks[0].body == '{"a":\n 1}'
    assert write_story(story, [[]]) == text
