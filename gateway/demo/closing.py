"""The end of the page: what became of the profile at every vendor, and what to try oneself."""

import shlex
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gateway.demo.paint import Line, Look, wrap_words
from gateway.demo.play import Scene
from gateway.demo.stage import Booth, Stage
from gateway.demo.story import STEPS
from gateway.demo.tally import Tally, tally

_WORDS = (
    ("carried", "carried", "ok"),
    ("changed", "translated", "changed"),
    ("cut", "cut to one", "changed"),
    ("filled", "filled in", "added"),
    ("kept", "kept here", "note"),
    ("dropped", "left out", "dropped"),
    ("shown", "shown here", "note"),
)


class Run(Struct, frozen=True):
    """One vendor's run through the story."""

    booth: Booth
    scenes: tuple[Scene, ...]

    @property
    def calls(self) -> int:
        return sum(len(scene.calls) for scene in self.scenes)

    @property
    def tally(self) -> Tally | None:
        """What became of the profile in `create`."""
        for scene in self.scenes:
            if scene.step.name == "create" and scene.calls and not scene.fault:
                call = scene.calls[-1]
                return tally(scene.sent or {}, call.request_body, scene.answer, call.response_body)
        return None


def summary(look: Look, runs: Sequence[Run]) -> Iterator[Line]:
    """A paragraph per vendor: steps, calls, and every attribute of the profile by what became of it."""
    yield ()
    yield ((look.glyphs.rule * look.columns, "title"),)
    yield (("Summary", "title"), ("   what became of the profile in step 3", "quiet"))
    text = (
        "kept here: by the gateway, as the vendor cannot; shown here: made for the client, not in the vendor's answer"
    )
    yield from wrap_words(text, "quiet", look.columns, 0)
    for run in runs:
        yield ()
        groups = "" if any(scene.step.group and not scene.none for scene in run.scenes) else ", no groups"
        facts = f"   {len(run.scenes)} of {len(STEPS)} steps, {run.calls} vendor calls{groups}"
        yield ((f"{look.glyphs.done} ", "ok"), (run.booth.title, "strong"), (facts, "quiet"))
        if run.tally is not None:
            yield from tally_lines(look, run.tally)


def tally_lines(look: Look, counted: Tally) -> Iterator[Line]:
    for field, word, style in _WORDS:
        names = getattr(counted, field)
        if not names:
            continue
        text = ", ".join(names) if field != "carried" else f"{len(names)} attributes as they are"
        for number, line in enumerate(wrap_words(text, "plain", look.columns - 16, 0)):
            yield ((f"    {word if number == 0 else '':<12}", style), *line)


def farewell(look: Look, stage: Stage) -> Iterator[Line]:
    """How to go on by hand. Long lines are left whole, so that they can be pasted."""
    yield ()
    yield ((look.glyphs.rule * look.columns, "title"),)
    yield (("Try it yourself", "title"), (f"   the gateway stays up at {stage.gateway.url}; Ctrl-C stops all", "quiet"))
    for booth in stage.booths:
        header = shlex.quote(f"Authorization: Bearer {booth.token}")
        yield ()
        yield ((booth.title, "strong"),)
        yield (("  url    ", "quiet"), (stage.base(booth), "plain"))
        yield (("  token  ", "quiet"), (booth.token, "plain"))
        yield ((f"  curl -sS -H {header} {stage.base(booth)}/Users", "client"),)
    yield ()
    yield (("metrics ", "quiet"), (f"{stage.gateway.admin_url}/metrics", "plain"))
