"""If-Match and If-None-Match: what is read of them, what is refused, and what they decide."""

import pytest

from gateway.pipeline.preconditions import Preconditions, is_known, read_preconditions, require_current
from gateway.pipeline.problems import Problem

VERSION = 'W/"LyiylrERxTwhjk9_"'


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (VERSION, {'"LyiylrERxTwhjk9_"'}),
        ('"strong"', {'"strong"'}),
        ('W/"a", "b" ,W/"c"', {'"a"', '"b"', '"c"'}),
        ('"a,b"', {'"a,b"'}),
        ('""', {'""'}),
        (" * ", {"*"}),
        ('"caf\u00e9"', {'"caf\u00e9"'}),
    ],
)
def test_entity_tags_are_read_weak_or_strong_alone_or_many(text, tags):
    assert read_preconditions({"if-match": text}) == Preconditions(match=frozenset(tags))
    assert read_preconditions({"if-none-match": text}) == Preconditions(none_match=frozenset(tags))


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", '"a', 'w/"a"', '"a" "b"', '*, "a"', '"a",*', ',"a"', '"a b"', 'W/ "a"', '"a"b', "'a'", '"\x7f"'],
)
@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
def test_what_is_no_entity_tag_is_refused_and_not_taken_for_one_that_does_not_match(header, text):
    with pytest.raises(Problem, match=rf"The header {header} holds no entity tags\. .*\(SG140\)") as caught:
        read_preconditions({header.lower(): text})
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidSyntax")


def test_a_request_without_either_header_has_no_preconditions():
    assert read_preconditions({"if-modified-since": "Sat, 29 Oct 1994 19:43:31 GMT"}) is None


@pytest.mark.parametrize(
    ("headers", "known", "allowed"),
    [
        ({"if-match": VERSION}, False, True),
        ({"if-match": VERSION.removeprefix("W/")}, False, True),
        ({"if-match": "*"}, False, True),
        ({"if-match": f'"old", {VERSION}'}, False, True),
        ({"if-match": 'W/"old"'}, False, False),
        ({"if-match": VERSION[:3] + VERSION[3:].swapcase()}, False, False),
        ({"if-none-match": VERSION}, True, False),
        ({"if-none-match": VERSION.removeprefix("W/")}, True, False),
        ({"if-none-match": "*"}, True, False),
        ({"if-none-match": 'W/"old"'}, False, True),
        ({"if-match": VERSION, "if-none-match": 'W/"old"'}, False, True),
        ({"if-match": 'W/"old"', "if-none-match": VERSION}, True, False),
    ],
)
def test_what_they_decide(headers, known, allowed):
    preconditions = read_preconditions(headers)
    assert preconditions is not None
    assert is_known(preconditions, VERSION) is known
    if allowed:
        require_current(preconditions, VERSION)
        return
    with pytest.raises(Problem, match=r"\(SG511\)") as caught:
        require_current(preconditions, VERSION)
    assert caught.value.status == 412
