"""The page: headings, scenes in columns or stacked, the summary, and what to try next; lines of text, nothing else."""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from gateway.demo.compare import Row
from gateway.demo.paint import Line, Look, Span, pad, wrap, wrap_words
from gateway.demo.play import Scene
from gateway.demo.remarks import remarks_on
from gateway.demo.scene import Act, stage_scene
from gateway.demo.stage import Booth

INDENT = 4


def rule(look: Look, style: str = "quiet") -> Line:
    return ((look.glyphs.rule * look.columns, style),)


def opening(look: Look, url: str) -> Iterator[Line]:
    """What is about to happen."""
    yield ()
    yield (("SCIM Gateway", "title"), ("  standard SCIM in, four vendors out", "strong"))
    yield ()
    text = (
        f"One gateway at {url}, four tenants, a pretend vendor behind each. An identity provider takes one person "
        "through her life, with the same requests every time. Left: what the client sends and gets. Right: the calls "
        "it became and what the vendor said. Everything below went over real HTTP just now."
    )
    if not look.wide:
        text = text.replace("Left: what", "First: what").replace("Right: the", "Then: the")
    yield from wrap_words(text, "plain", look.columns, 0)
    yield (
        ("- ", "dropped"), ("left out   ", "plain"), ("+ ", "added"), ("added   ", "plain"),
        ("~ ", "changed"), ("changed", "plain"),
    )  # fmt: skip


def act_heading(look: Look, number: int, booth: Booth, base: str) -> Iterator[Line]:
    """A vendor enters."""
    yield ()
    yield rule(look, "title")
    name = f"{number}. {booth.title}"
    people = f", {booth.residents} people in it already" if booth.residents else ""
    facts = f"   mapping {booth.vendor}{people}"
    if len(name + facts) > look.columns:
        yield ((name, "title"),)
        yield ((facts.strip(), "quiet"),)
    else:
        yield ((name, "title"), (facts, "quiet"))
    client, vendor = (("client  ", "client"), (base, "quiet")), (("vendor  ", "vendor"), (booth.sandbox.url, "quiet"))
    if look.wide:
        lead, bar = (" " * (INDENT + 2), "plain"), (f" {look.glyphs.bar}   ", "quiet")
        yield (lead, *pad(client, column_width(look) - 2), bar, *vendor)
    else:
        yield client
        yield vendor


def scene_lines(look: Look, booth: Booth, scene: Scene) -> Iterator[Line]:
    """One step: its heading, both columns, what is odd about it, and what went wrong."""
    yield ()
    yield from title_lines(look, scene)
    for act in stage_scene(scene, look.glyphs):
        yield from side_by_side(look, act) if look.wide else stacked(look, act)
    for remark in remarks_on(booth.vendor, scene):
        for number, line in enumerate(wrap_words(remark.says, "note", look.columns - INDENT - 2, 0)):
            yield ((" " * INDENT, "plain"), (f"{look.glyphs.note} " if number == 0 else "  ", "note"), *line)
    if scene.fault:
        yield from wrap_words(f"    step {scene.number}, {scene.step.name}: {scene.fault}", "bad", look.columns, INDENT)


def title_lines(look: Look, scene: Scene) -> Iterator[Line]:
    head = f"{scene.number:>2}  {scene.step.name}"
    room = look.columns - INDENT - 17
    for number, line in enumerate(wrap_words(scene.step.says, "quiet", room, 0)):
        yield ((f"{head if number == 0 else '':<{INDENT + 17}}", "strong"), *line)


def side_by_side(look: Look, act: Act) -> Iterator[Line]:
    """Two columns with a bar between them; rows of a pair begin on the same line."""
    width = column_width(look)
    bar, more = ((f" {look.glyphs.bar} ", "quiet"),), look.glyphs.more
    for left, right in act.pairs:
        for here, there in zip_longest(row_lines(left, width, more), row_lines(right, width, more), fillvalue=()):
            yield ((" " * INDENT, "plain"), *pad(here or (), width), *bar, *(there or ()))


def column_width(look: Look) -> int:
    return (look.columns - INDENT - 3) // 2


def stacked(look: Look, act: Act) -> Iterator[Line]:
    """The client's side, then the vendor's, or the other way round for an answer; each line says whose it is."""
    width = look.columns - INDENT - 9
    sides = [("client", 0), ("vendor", 1)]
    for name, index in sides if act.heading == "request" else reversed(sides):
        rows = [row for pair in act.pairs for row in pair[index]]
        for number, line in enumerate(row_lines(rows, width, look.glyphs.more)):
            label = name if number == 0 else ""
            yield ((" " * INDENT, "plain"), (f"{label:<7}", name if name in ("client", "vendor") else "plain"), *line)


def row_lines(rows: Iterable[Row], width: int, more: str) -> list[Line]:
    """Rows, wrapped, with their marks before them."""
    lines: list[Line] = []
    for row in rows:
        room = width - 2 - row.indent
        for number, line in enumerate(wrap(shorten(row.spans, more), room, 2)):
            mark = (f"{row.mark if number == 0 else ' '} ", MARKS.get(row.mark, "plain"))
            lines.append((mark, (" " * row.indent, "plain"), *line))
    return lines


def shorten(spans: Iterable[Span], more: str) -> Iterator[Span]:
    """The long ids that vendors give are told by their first digits."""
    for text, style in spans:
        yield UUID.sub(lambda found: f"{found[1]}{more}", text), style


UUID = re.compile(r"([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MARKS = {"-": "dropped", "+": "added", "~": "changed"}
