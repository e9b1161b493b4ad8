"""One scene as two columns of rows: what the client sent and got, beside the calls it became and their replies."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from msgspec import Struct

from gateway.demo.compare import Pair, Row, encode, is_alike, pair_members, show_member
from gateway.demo.paint import Glyphs, Span
from gateway.demo.play import Scene
from gateway.lens.lens import Document
from gateway.sandbox import Exchange

# Rows that are shown although they are alike on both sides.
_TELLING = ("id", "active")


class Act(Struct, frozen=True):
    """A part of a scene. `pairs` stand beside each other row by row; `heading` is for where they stand apart."""

    heading: str
    pairs: tuple[Pair, ...]


def stage_scene(scene: Scene, glyphs: Glyphs) -> Iterator[Act]:
    """The request and what it became, then the answers."""
    earlier, last = scene.calls[:-1], scene.calls[-1] if scene.calls else None
    head = (call_row(scene.step.method, scene.path, "client"),)
    steps = tuple(row for call in earlier for row in (call_row(call.method, call_path(call), "vendor"), said(call)))
    target = (call_row(last.method, call_path(last), "vendor"),) if last else (Row(" ", (("(no call)", "quiet"),)),)
    called = last.request_body if last else None
    if steps:
        pairs = zip_columns((*head, *sent_rows(scene, glyphs)), (*steps, *target, *written(scene.calls, glyphs)))
    elif isinstance(called, dict) and can_pair(scene.sent, called):
        pairs = [(head, target), *pair_bodies(scene.sent or {}, called)]
    else:
        pairs = [(head, target), *zip_columns(sent_rows(scene, glyphs), alone(called))]
    yield Act("request", tuple(pairs))
    yield Act("answer", tuple(answer_pairs(scene, last, glyphs)))


def call_row(method: str, path: str, style: str) -> Row:
    """`GET /Users?filter=...`, which may be parted after the question mark and at spaces."""
    route, mark, query = path.partition("?")
    words = query.replace("&", " &").split(" ")
    spans = [(word if number == 0 else f" {word}", "plain") for number, word in enumerate(words) if word]
    return Row(" ", ((f"{method} ", style), (f"{route}{mark}", style), *(span(text) for text, _ in spans)))


def span(text: str) -> Span:
    return (text.replace(" &", "&"), "plain")


def call_path(call: Exchange) -> str:
    return f"{call.path}?{call.query}" if call.query else call.path


def can_pair(sent: Document | None, called: Document) -> bool:
    """Do both bodies say things the same way: both PATCH messages, or both whole resources?"""
    return sent is not None and ("Operations" in sent) == ("Operations" in called)


def pair_bodies(sent: Document, called: Document) -> Iterator[Pair]:
    """Two bodies of one kind, row by row."""
    if "Operations" not in sent:
        yield from pair_members(sent, called)
    else:
        yield from zip_columns(alone(sent), alone(called))


def sent_rows(scene: Scene, glyphs: Glyphs) -> tuple[Row, ...]:
    """What the client sent; a whole resource that it sent before, only where it is different now."""
    body, earlier = scene.sent, scene.earlier
    if earlier is None or not isinstance(body, dict) or "Operations" in body:
        return alone(body)
    return (*news(body, earlier, "left out now"), *rest_of(body, earlier, "as in step 3", glyphs))


def news(body: Document, earlier: Document, gone: str) -> Iterator[Row]:
    """The members that are not as they were, and those that are there no more."""
    for key in body:
        if not is_alike(earlier, body, key):
            yield from show_member(key, body[key], earlier.get(key), "vendor")
    for key in earlier:
        if key not in body and key not in ("id", "meta", "schemas"):
            yield Row("-", ((f"{encode(key)}: ", "quiet"), (gone, "dropped")))


def rest_of(body: Document, earlier: Document, word: str, glyphs: Glyphs) -> tuple[Row, ...]:
    """A line for all the members that are as they were."""
    same = sum(is_alike(earlier, body, key) for key in body)
    return (Row(" ", ((f"{glyphs.more} {same} more, {word}", "quiet"),)),) if same else ()


def alone(body: Any) -> tuple[Row, ...]:
    """A body that has no counterpart: its operations, or its members."""
    if not isinstance(body, dict):
        return ()
    if "Operations" in body:
        return tuple(Row(" ", operation_spans(one)) for one in body["Operations"])
    return tuple(row for key, value in body.items() for row in show_member(key, value, value, "client"))


def operation_spans(operation: Document) -> tuple[Span, ...]:
    """One operation of a PATCH, in spans that may be parted between its members."""
    last = len(operation) - 1
    parts = []
    for number, (key, value) in enumerate(operation.items()):
        opening, closing = ("{" if number == 0 else ""), ("}" if number == last else ",")
        parts.append((f"{opening}{encode(key)}:{encode(value)}{closing}", "plain"))
    return tuple(parts)


def written(calls: Sequence[Exchange], glyphs: Glyphs) -> tuple[Row, ...]:
    """What the last of several calls sends: against the record just read, only what is new."""
    body = calls[-1].request_body
    read = calls[-2].response_body if len(calls) > 1 else None
    if not isinstance(body, dict) or "Operations" in body or not isinstance(read, dict):
        return alone(body)
    return (*news(body, read, "left out, so cleared"), *rest_of(body, read, "as read", glyphs))


def said(call: Exchange) -> Row:
    """The reply to a call that another one followed, in a line."""
    body = call.response_body
    listed = isinstance(body, dict) and isinstance(body.get("Resources"), list)
    text = f"  {call.status}, {len(body['Resources'])} of {body['totalResults']}" if listed else f"  {call.status}"
    return Row(" ", ((text, "quiet"),))


def answer_pairs(scene: Scene, last: Exchange | None, glyphs: Glyphs) -> Iterator[Pair]:
    """Both answers: their status, and of the bodies what differs."""
    shown, replied = scene.answer, last.response_body if last else None
    if is_list(shown):
        right = (status_row(last.status, list_words(replied) if is_list(replied) else ""),) if last else ()
        yield (status_row(scene.status, list_words(shown)),), right
        return
    yield (status_row(scene.status),), (status_row(last.status),) if last else ()
    if isinstance(shown, dict) and isinstance(replied, dict) and "id" in shown and "id" in replied:
        yield from differing(shown, replied, glyphs) if scene.before is None else changed_since(scene, replied, glyphs)
    else:
        yield from zip_columns(alone(plain_error(shown)), error_rows(replied))


def plain_error(answer: Any) -> Any:
    """An error without its `schemas`, which says nothing to a reader."""
    return {key: one for key, one in answer.items() if key != "schemas"} if isinstance(answer, dict) else answer


def error_rows(replied: Any) -> tuple[Row, ...]:
    """A vendor's error, which need not be JSON."""
    if isinstance(replied, str):
        return (Row(" ", tuple((f"{word} ", "plain") for word in replied.split())),)
    return alone(plain_error(replied))


def status_row(status: int, words: str = "") -> Row:
    return Row(" ", ((str(status), "ok" if status < 300 else "refused"), (words, "quiet")))


def is_list(body: Any) -> TypeGuard[Document]:
    return isinstance(body, dict) and "totalResults" in body


def list_words(body: Document) -> str:
    """A list in a line: how many there are, and who, when they are few."""
    found = body.get("Resources", [])
    name = found[0].get("userName", found[0].get("displayName")) if found else ""
    more = "" if len(found) < 2 else f" and {len(found) - 1} more"
    who = f", {name}{more}" if found else ""
    return f'  "totalResults": {body["totalResults"]}{who}'


def differing(shown: Document, replied: Document, glyphs: Glyphs) -> Iterator[Pair]:
    """The members of two answers that differ, and a line for all that are alike."""
    keys = (*shown, *(key for key in replied if key not in shown))
    alike = [key for key in keys if is_alike(shown, replied, key) and key not in _TELLING]
    for key in keys:
        if key not in alike:
            yield answer_pair(key, shown, replied)
    if alike:
        yield both(f"{glyphs.more} {len(alike)} more, alike")


def changed_since(scene: Scene, replied: Document, glyphs: Glyphs) -> Iterator[Pair]:
    """The members that are new to a client who has seen the resource before, and what the vendor said of them."""
    before, shown = scene.before or {}, scene.answer
    keys = [key for key in (*shown, *(key for key in before if key not in shown)) if key not in ("meta", "schemas")]
    new = [key for key in keys if shown.get(key) != before.get(key)]
    for key in new:
        gone = () if key in shown else (Row(" ", ((f"{encode(key)}: ", "quiet"), ("no more", "changed"))),)
        left, right = answer_pair(key, shown, replied)
        yield left or gone, right
    yield both(f"{glyphs.more} {len(keys) - len(new)} more, as before")


def both(text: str) -> Pair:
    row = (Row(" ", ((text, "quiet"),)),)
    return row, row


def answer_pair(key: str, shown: Document, replied: Document) -> Pair:
    """One member in both answers. What an answer gains is the client's, so dropped and added change places."""
    here, there = prune(cut(shown, key), cut(replied, key)), prune(cut(replied, key), cut(shown, key))
    return swap_marks(next(iter(pair_members(here, there)), ((), ())))


def prune(body: Document, other: Document) -> Document:
    """Of objects that differ only the members that differ."""
    return {
        key: {name: inner for name, inner in one.items() if other[key].get(name) != inner} or one
        if isinstance(one, dict) and isinstance(other.get(key), dict) and one != other[key]
        else one
        for key, one in body.items()
    }


def cut(body: Document, key: str) -> Document:
    return {key: body[key]} if key in body else {}


def swap_marks(pair: Pair) -> Pair:
    """Dropped and added change places, as the direction does."""
    return tuple(turn(row) for row in pair[0]), tuple(turn(row) for row in pair[1])


_TURNED = {"-": "+", "+": "-", "dropped": "added", "added": "dropped"}


def turn(row: Row) -> Row:
    spans = tuple((text, _TURNED.get(style, style)) for text, style in row.spans)
    return Row(_TURNED.get(row.mark, row.mark), spans, row.indent)


def zip_columns(left: Sequence[Row], right: Sequence[Row]) -> list[Pair]:
    """Two columns that have nothing to do with each other row by row, as one pair."""
    return [(tuple(left), tuple(right))] if left or right else []
