"""SCIM ids and native ids: one segment of a URL, and back without memory."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lens.ids import native_id, show_id

ROWS = [
    ("2819c223-7f76-453a-919d-413861904646", "2819c223-7f76-453a-919d-413861904646"),
    ("uid=bj,ou=People", "uid~3Dbj~2Cou~3DPeople"),
    ("a/b?c#d%2F", "a~2Fb~3Fc~23d~252F"),
    ("naïve", "na~C3~AFve"),
    ("~41", "~7E41"),
    (".", "~2E"),
    ("..", "~2E~2E"),
    ("a.b", "a.b"),
]


@pytest.mark.parametrize(("native", "shown"), ROWS)
def test_an_id_is_shown_and_read_back(native: str, shown: str) -> None:
    assert show_id(native) == shown
    assert native_id(shown) == native
    assert native_id(show_id(native, "g-"), "g-") == native


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.sampled_from(["", "u-", "g~"]))
def test_any_text_survives_as_one_plain_segment(native: str, prefix: str) -> None:
    shown = show_id(native, prefix)
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", shown)
    assert shown not in (".", "..")
    assert native_id(shown, prefix) == native


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_native_ids_never_share_a_shown_one(one: str, other: str) -> None:
    pair = [text.encode("utf-8", "replace").decode() for text in (one, other)]
    assert (show_id(pair[0]) == show_id(pair[1])) is (pair[0] == pair[1])


@pytest.mark.parametrize("shown", ["", ".", "..", "a/b", "~4", "~zz", "~41", "~2e", "~C3", "a b", "%41", "u-", "A\n"])
def test_what_was_never_shown_is_nobodys_id(shown: str) -> None:
    assert native_id(shown, "" if shown != "u-" else "u-") is None


def test_an_id_without_the_prefix_is_nobodys_id() -> None:
    assert native_id("7", "u-") is None
    assert native_id("g-7", "u-") is None
