"""The transcript format: text that anyone can write and read.

    # The story's deviation, and where it is documented.
    # options: put-merges            (optional: options or faults of the pretend vendor)
    # tenant: { brake: { removals: 2/h } }    (optional: what gateway.yaml says of the tenant beside its backend)
    # follower: rsa-unified-directory { when: 'title pr' }    (optional: a second vendor, kept equal)
    # branch: rsa-unified-directory { when: 'title pr' }      (or one in which all live who do not match)

    == Create a user                 (a heading; any text)
    >> POST /Users                   (the client asks; header lines and a body may follow, indented)
       Content-Type: application/json
       {"userName": "bjensen"}
    => POST /scim/v2/Users           (we call the vendor)
       {...}
    <= 201                           (the vendor replies)
       {...}
    << 201                           (the client gets)
       {...}

Only the `>>` blocks are written by hand; `pytest --accept` writes the rest. `<id:1>` stands for the first id the
vendor made, `<its:1>` for the first that the second one made, `<cursor:1>` for the first cursor the client was given,
`<gateway>`, `<vendor>`, `<follower>` and `<branch>` for the addresses of this run. Calls to the second vendor are
marked `->` and `<-`.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

import yaml
from msgspec import Struct

INDENT = "   "
WIDTH = 112
MARKS = (">>", "=>", "<=", "->", "<-", "<<")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: .*")
_OPTIONS = re.compile(r"#\s*options:\s*(.*)")
_TENANT = re.compile(r"#\s*tenant:\s*(.*)")
_FURTHER = re.compile(r"#\s*(follower|branch):\s*([a-z0-9-]+)(.*)")


class MalformedTranscript(Exception):
    """A transcript that cannot be read: the file's line and what was expected there."""


class Ask(Struct, frozen=True):
    """One `>>` block: as written, and what it says."""

    heading: tuple[str, ...]
    lines: tuple[str, ...]
    method: str
    target: str
    headers: dict[str, str]
    body: str


class Further(Struct, frozen=True):
    """A second vendor: what it is to the first, its name, and what gateway.yaml says of it, or of a branch's first."""

    kind: str
    vendor: str
    keys: dict[str, Any]


class Story(Struct, frozen=True):
    """A transcript as its author wrote it: the comments on top, and what the client asks."""

    comments: tuple[str, ...]
    options: tuple[str, ...]
    tenant: dict[str, Any]
    further: Further | None
    asks: tuple[Ask, ...]


class Message(Struct, frozen=True):
    """One block of a transcript beside `>>`: its mark and first line, header lines, and a body (None: no body)."""

    mark: str
    line: str
    headers: tuple[str, ...] = ()
    body: Any = None


def read_story(text: str) -> Story:
    """The hand-written part of a transcript. Raises MalformedTranscript."""
    lines = text.splitlines()
    comments = []
    while lines and (lines[0].startswith("#") or not lines[0].strip()):
        comments.append(lines.pop(0))
    said = [line for line in comments if line.startswith("#")]
    if not said:
        raise MalformedTranscript("a transcript opens with a comment that names the deviation and its source")
    options = [name for line in said if (found := _OPTIONS.match(line)) for name in found[1].split(", ")]
    tenant = {key: value for line in said if (found := _TENANT.match(line)) for key, value in read_keys(found[1])}
    found = next((found for line in said if (found := _FURTHER.match(line))), None)
    further = Further(found[1], found[2], dict(read_keys(found[3] or "{}"))) if found else None
    return Story(tuple(said), tuple(options), tenant, further, tuple(read_asks(lines, len(comments))))


def read_keys(text: str) -> list[tuple[str, Any]]:
    """A mapping in YAML, key by key."""
    return list(yaml.safe_load(text).items())


def read_asks(lines: Sequence[str], offset: int) -> list[Ask]:
    asks: list[Ask] = []
    heading: list[str] = []
    block: list[str] | None = None
    for number, line in enumerate(lines, start=offset + 1):
        if line.startswith(MARKS):
            if block is not None:
                asks.append(read_ask(heading, block))
                heading = []
            block = [line] if line.startswith(">>") else None
        elif line.startswith(("==", "#")):
            if block is not None:
                asks.append(read_ask(heading, block))
                heading, block = [], None
            heading.append(line)
        elif line.strip() and not line.startswith(INDENT):
            raise MalformedTranscript(f"line {number}: expected ==, #, >>, =>, <=, ->, <-, << or an indented line")
        elif block is not None and line.strip():
            block.append(line)
    if block is not None:
        asks.append(read_ask(heading, block))
    return asks


def read_ask(heading: Sequence[str], block: Sequence[str]) -> Ask:
    method, _, target = block[0][2:].strip().partition(" ")
    rest = [line[len(INDENT) :] for line in block[1:]]
    headers: dict[str, str] = {}
    while rest and _HEADER.fullmatch(rest[0]):
        name, _, value = rest.pop(0).partition(": ")
        headers[name] = value
    return Ask(tuple(heading), tuple(block), method, target, headers, "\n".join(rest))


def write_story(story: Story, answers: Sequence[Sequence[Message]]) -> str:
    """The whole transcript."""
    parts = ["\n".join(story.comments)]
    for ask, messages in zip(story.asks, answers, strict=True):
        lines = [*ask.heading, *ask.lines]
        for message in messages:
            lines += write_message(message)
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def write_message(message: Message) -> list[str]:
    lines = [f"{message.mark} {message.line}"]
    lines += [INDENT + header for header in message.headers]
    if message.body is not None:
        lines += [INDENT + line for line in write_json(message.body).splitlines()]
    return lines


def sort_members(document: dict[str, Any]) -> dict[str, Any]:
    """Members in one order, since JSON gives theirs no meaning: `schemas`, `id`, by name, extensions, `meta`."""
    ranks = {"schemas": 0, "id": 1, "op": 0, "path": 1, "Resources": 5, "meta": 5}
    return dict(sorted(document.items(), key=lambda each: (ranks.get(each[0], 4 if ":" in each[0] else 3), each[0])))


def arrange(value: Any) -> Any:
    """The value with the members of every object in that order."""
    if isinstance(value, dict):
        return {name: arrange(each) for name, each in sort_members(value).items()}
    return [arrange(each) for each in value] if isinstance(value, list) else value


def write_json(value: Any, room: int = WIDTH) -> str:
    """JSON on one line where it fits, else one member to a line."""
    value = arrange(value)
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) <= room or not isinstance(value, dict | list) or not value:
        return flat
    inner = (
        [f"{json.dumps(key)}: {write_json(each, room - len(key) - 6)}" for key, each in value.items()]
        if isinstance(value, dict)
        else [write_json(each, room - 3) for each in value]
    )
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + ",\n ".join(each.replace("\n", "\n ") for each in inner) + closing
