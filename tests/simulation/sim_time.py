"""Time that passes only when nothing else is left to do: everything that happens is an entry of one queue.

The same seed draws the same delays, so a history is told by its number alone.
"""

import heapq
from collections.abc import Callable
from itertools import count
from random import Random

Happening = Callable[[], None]


class Timeline:
    """What is going to happen, in order; `now` is in seconds."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = 0.0
        self.queue: list[tuple[float, int, Happening]] = []
        self.numbers = count()

    def after(self, seconds: float, happening: Happening) -> None:
        """Let something happen so many seconds from now."""
        heapq.heappush(self.queue, (self.now + seconds, next(self.numbers), happening))

    def soon(self, happening: Happening, most: float = 0.05) -> None:
        """Let something happen within a moment that chance decides."""
        self.after(self.random.uniform(0.0001, most), happening)

    def run(self, until: float) -> None:
        """Let everything happen that was to happen before `until`."""
        while self.queue and self.queue[0][0] <= until:
            self.now, _, happening = heapq.heappop(self.queue)
            happening()
        self.now = until

    def chance(self, share: float) -> bool:
        """True so often out of one time."""
        return self.random.random() < share
