"""A breaker: after some failures in a row it stops asking, and then lets exactly one probe through at a time."""

from gateway.edge.ports import Clock

FAILURES = 5
PAUSE = 1.0


class Breaker:
    """Closed until `failures` in a row; open for `pause` seconds; then one probe decides."""

    def __init__(self, clock: Clock, failures: int = FAILURES, pause: float = PAUSE) -> None:
        self.clock = clock
        self.failures = failures
        self.pause = pause
        self.failed_in_row = 0
        self.reopens = 0.0
        self.probing = False

    @property
    def is_open(self) -> bool:
        return self.failed_in_row >= self.failures

    def admit(self) -> bool:
        """May one more call be made? When it was, `succeed` or `fail` must follow."""
        if not self.is_open:
            return True
        if self.probing or self.clock() < self.reopens:
            return False
        self.probing = True
        return True

    def succeed(self) -> None:
        self.failed_in_row = 0
        self.probing = False

    def fail(self) -> None:
        self.failed_in_row += 1
        self.probing = False
        if self.is_open:
            self.reopens = self.clock() + self.pause

    def abandon(self) -> None:
        """The call was given up by whoever asked for it: nothing was learnt."""
        self.probing = False
