# ruff: noqa: E501 (tables: one row, one line)
"""Whatever a mapping's author writes as a name, a constant or a template is data: it never becomes code."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.lens.lens import Lens
from gateway.mapping.diagnose import MappingError

Mini = Callable[..., Lens]

HOSTILE = [
    "it's", 'say "x"', "back\\slash", "new\nline", "tab\tbed", "{brace", "}}", "{{0}}", "%s %(x)s", "$HOME", "`id`",
    "__import__('os').abort()", "'); raise SystemExit; ('", "x if True else y", "f'{1/0}'", "lambda: 0", "None", "record", "v", "SC",
    "KEY", "STEPS", "x", "refuse", "EMPTY", "class", "日本 語", "\u202e", "é\u0301", "\x7f", "a" * 300, "#", "- x", "*", "&a", "!t", "@",
]  # fmt: skip
# Words behind a space are flags, a colon is an alias or a URN, braces are holes, and a field is not split.
REFUSED = {"new\nline", "{brace", "{{0}}", "f'{1/0}'", "x if True else y", "- x"}
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


def blocks(name: str, constant: str, template: str) -> str:
    """A mapping with the text as a field's name, as a constant that is sent, and inside a template that is shown."""
    key, path = json.dumps(name), json.dumps(f'"{name}"')
    return "\n".join(
        [
            "shape:", "  id: string ro", "  login: string! key", "  on: bool", "  source: string",
            f"  {key}: string", "  inner:", f"    {key}: string",
            "map:", "  userName: login", "  active: on", f"  title: {path}",
            f"  nickName: {json.dumps('inner.' + chr(34) + name + chr(34))}",
            "send:", f"  source: {{ value: {json.dumps(constant)} }}",
            "show:", f"  displayName: {json.dumps(template + '{login}')}",
        ]
    )  # fmt: skip


def escape(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_only_a_text(mini: Mini, text: str) -> None:
    name = text.replace('"', "'")  # a quoted segment of a path cannot hold its own quote
    try:
        lens = mini(blocks(name, escape(text), escape(text)))
    except MappingError:
        assert text in REFUSED, "the notation has a use for these, and only these"
        return
    made = lens.out({"userName": "bj", "title": "T", "nickName": "N"}, None)
    assert made == {"schemas": [CORE], "login": "bj", name: "T", "inner": {name: "N"}, "source": text}
    shown = lens.into({**made, "id": "7"})
    assert shown == {"id": "7", "userName": "bj", "title": "T", "nickName": "N", "displayName": f"{text}bj"}


PIECES = st.lists(
    st.sampled_from(["'", '"', "\\", "\n", "{", "}", "(", ")", "x", "import os", ";", "#", " ", "\u2028", "="]),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(PIECES.map("".join))
def test_texts_made_of_code_are_carried_as_they_are(mini: Mini, text: str) -> None:
    lens = mini(blocks("plain", escape(text), escape(text)))
    made = lens.out({"userName": "bj", "title": text}, None)
    assert (made["source"], made["plain"]) == (text, text)
    assert lens.into({**made, "id": "7"})["displayName"] == f"{text}bj"
