"""Templates: texts with holes, their classes, and braces that are only braces."""

import pytest

from gateway.lens.holes import Hole, holes
from gateway.lens.templates import TemplateError, fits, parse_template
from gateway.scim.filter import AttrPath


def read(text: str) -> AttrPath:
    return AttrPath(None, text)


USER = Hole(AttrPath(None, "userName"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ("plain",)),
        ("{userName}", (USER,)),
        ("<{userName}>", ("<", USER, ">")),
        ("{{userName}}", ("{userName}",)),
        ("{{{userName}}}", ("{", USER, "}")),
        ("{userName|word}", (Hole(AttrPath(None, "userName"), "word"),)),
        ("{userName?|email}", (Hole(AttrPath(None, "userName"), "email", True),)),
        ("{ userName }!", (USER, "!")),
        ("", ()),
    ],
)
def test_a_template_is_read(text: str, parts: tuple[str | Hole, ...]) -> None:
    made = parse_template(text, read)
    assert made.parts == parts
    assert holes(made) == tuple(one for one in parts if isinstance(one, Hole))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{userName", "a lone '{'"),
        ("userName}", "a lone '}'"),
        ("{userName|phone}", "is no class of text"),
        ("{a{b}}", "a lone"),
    ],
)
def test_a_text_that_is_no_template_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason):
        parse_template(text, read)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("any", ["", "a b\n"], [None, 7]),
        ("word", ["a-b", "日本"], ["a b", "", "a\u00a0b"]),
        ("digits", ["007"], ["7a", "", "²", "٣", 7]),
        ("local", ["b.jensen+x"], ["b@x", "b jensen", ""]),
        ("host", ["example.com", "a"], ["example..com", ".com", "exa_mple.com", ""]),
        ("line", ["a b"], ["a\nb", "", "a\r"]),
        (
            "email",
            ["bjensen@example.com", "o'neil@a.b"],
            ["bjensen", "a@b@c", "a b@c", "@example.com", "a@", "a@.com", "x" * 65 + "@example.com"],
        ),
    ],
)
def test_a_class_takes_what_belongs_to_it(kind: str, good: list[str], bad: list[object]) -> None:
    assert [text for text in good if not fits(kind, text)] == []
    assert [text for text in bad if fits(kind, text)] == []
