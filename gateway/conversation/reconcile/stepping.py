"""Long work in steps: between them there is a moment for everything else, and time for the next one."""

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from gateway.conversation.effects import Conversation, Prolong, Wait, ask
from gateway.pipeline.problems import Problem

Stage = Literal["reading", "comparing", "repairing"]
SECONDS: Mapping[Stage, float] = {"reading": 1_800.0, "comparing": 300.0, "repairing": 600.0}  # a list is one step


class Progress(Struct, frozen=True):
    """How far it has come with one resource type. `total` 0: nobody knows yet of how many."""

    stage: Stage
    type: str
    done: int = 0
    total: int = 0


Step = Callable[[Progress], Conversation[None]]


def go_on(progress: Progress) -> Conversation[None]:
    """Time for the next step; SG604 once the process was told to end."""
    yield from ask(Prolong(SECONDS[progress.stage]))
    if not (yield from ask(Wait(0))):
        raise Problem("SG604")
