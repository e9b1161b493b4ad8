"""Sealed texts: only we write them, only we read them, and each is good for one thing."""

import re

import pytest

from gateway.pipeline.sealing import Seal, close, open_

OLD, NEW = b"the old secret, thirty-two bytes", b"the new secret, thirty-two bytes"
TEXTS = [b"", b"a", b"x" * 31, b"x" * 32, b"x" * 33, bytes(range(256)), b"\x00" * 2_000]


@pytest.mark.parametrize("text", TEXTS, ids=len)
def test_what_is_closed_opens_again(text):
    sealed = close(Seal((OLD,)), text, b"for this")
    assert open_(Seal((OLD,)), sealed, b"for this") == text
    assert re.fullmatch(r"[A-Za-z0-9_-]+", sealed)


def test_the_newest_secret_closes_and_each_opens():
    both = Seal((NEW, OLD))
    assert open_(both, close(Seal((OLD,)), b"text", b""), b"") == b"text"
    assert open_(Seal((NEW,)), close(both, b"text", b""), b"") == b"text"
    assert open_(Seal((OLD,)), close(both, b"text", b""), b"") is None
    assert open_(Seal(), close(both, b"text", b""), b"") is None


def test_it_opens_for_nothing_else():
    sealed = close(Seal((OLD,)), b"text", b"for this")
    assert [open_(Seal((OLD,)), sealed, bound) for bound in (b"", b"for that", b"for thi", b"for thiste")] == [None] * 4


@pytest.mark.parametrize("text", [b"three of three", b"three of three+", b"three of three++"])
def test_not_one_letter_of_it_can_be_changed_left_out_or_added(text):
    sealed = close(Seal((OLD,)), text, b"for this")
    for place, letter in enumerate(sealed):
        for other in {*"ABCQgw048_-.! ="} - {letter}:
            assert open_(Seal((OLD,)), sealed[:place] + other + sealed[place + 1 :], b"for this") is None
        assert open_(Seal((OLD,)), sealed[:place], b"for this") is None
    assert open_(Seal((OLD,)), sealed + "AAAA", b"for this") is None


@pytest.mark.parametrize("text", ["=", "A", "é", "\ud800", "%%%%", "A" * 10_000, " ", "\x00"])
def test_what_was_never_sealed_is_no_text(text):
    assert open_(Seal((OLD,)), text, b"") is None


def test_nothing_of_the_text_shows():
    sealed = close(Seal((OLD,)), b"bjensen@example.com" * 3, b"")
    again = close(Seal((OLD,)), b"bjensen@example.con" * 3, b"")
    assert sum(one == other for one, other in zip(sealed, again, strict=True)) < len(sealed) // 4
    assert repr(Seal((OLD, NEW))) == "Seal(2 secrets)"
