"""An observer that keeps what it is told, for the edge's tests."""

from gateway.edge.ports import Moment
from gateway.observations import Observation


class Notes:
    def __init__(self) -> None:
        self.facts: list[Observation] = []

    def observe(self, fact: Observation, moment: Moment) -> None:
        self.facts.append(fact)
