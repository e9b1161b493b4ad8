"""In which order the operations of a bulk request are carried out (RFC 7644 3.7.1 and 3.7.2).

The order of the request, but that what refers to a new resource waits until that is created, and operations on one
resource keep their order. A circle is broken where it is entered first: that resource is created without what refers to
the others, which is added when they are there.
"""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

from msgspec import Struct


class Link(Struct, frozen=True, kw_only=True):
    """What an operation has to do with others.

    `creates` is the bulkId of a POST, empty for the rest; `refers` are the bulkIds in its data, `at` the one in its
    path. `resource` names the resource that it changes, empty for one that creates.
    """

    creates: str = ""
    refers: frozenset[str] = frozenset()
    at: str = ""
    resource: str = ""


class Step(Struct, frozen=True, order=True):
    """Carry an operation out; or, `completing` it, add in the end what it was made `without`: these bulkIds."""

    operation: int
    completing: bool = False
    without: frozenset[str] = frozenset()


Node = tuple[int, bool]  # an operation by its number, or its completion


def order_operations(links: Sequence[Link]) -> tuple[Step, ...]:
    """Every operation once, and once more where it is completed. References to nothing that is created wait for none.

    `links` are in the order of the request; an operation's number is its place there, from 0.
    """
    return tuple(_Order(links).steps())


class _Order:
    """What still waits for what."""

    def __init__(self, links: Sequence[Link]) -> None:
        self.links = links
        self.waits = wait_for(links)
        self.followers: dict[Node, set[Node]] = {}
        for node, others in self.waits.items():
            for other in others:
                self.followers.setdefault(other, set()).add(node)
        self.without: dict[int, frozenset[str]] = {}
        self.ready = [node for node, others in self.waits.items() if not others]
        heapify(self.ready)

    def steps(self) -> Iterator[Step]:
        while self.waits:
            if not self.ready:
                self.break_circle()
            node = heappop(self.ready)
            del self.waits[node]
            yield Step(*node, self.without.get(node[0], frozenset()))
            for follower in self.followers.pop(node, ()):
                self.waits[follower].discard(node)
                if not self.waits[follower]:
                    heappush(self.ready, follower)

    def break_circle(self) -> None:
        """Let the first operation of a circle go ahead; its completion waits for what it waited for itself.

        Who changes the new resource by its bulkId waits for the completion, for it came later in the request.
        """
        first = min(self.find_circle())
        others, completion = self.waits[first], (first[0], True)
        self.without[first[0]] = frozenset(self.links[number].creates for number, _ in others)
        for other in others:
            self.followers[other].discard(first)
        self.waits[first] = set()
        self.add(completion, {*others, first})
        for follower in tuple(self.followers[first]):
            if self.links[follower[0]].at == self.links[first[0]].creates and follower != completion:
                self.add(follower, {completion})
        heappush(self.ready, first)

    def add(self, node: Node, others: set[Node]) -> None:
        self.waits.setdefault(node, set()).update(others)
        for other in others:
            self.followers.setdefault(other, set()).add(node)

    def find_circle(self) -> list[Node]:
        """Operations each of which waits for the next: one waits for a POST alone, so only POSTs stand in a circle."""
        path: dict[Node, int] = {}
        node = min(self.waits)
        while node not in path:
            path[node] = len(path)
            node = min(self.waits[node])
        return list(path)[path[node] :]


def wait_for(links: Sequence[Link]) -> dict[Node, set[Node]]:
    """By operation, those that come before it: who creates what it refers to, and who changed its resource last."""
    makers = {link.creates: (number, False) for number, link in enumerate(links) if link.creates}
    waits: dict[Node, set[Node]] = {}
    last: dict[str, Node] = {}
    for number, link in enumerate(links):
        node = (number, False)
        waits[node] = {makers[name] for name in (*link.refers, link.at) if name in makers}
        if link.resource:
            waits[node] |= {last[link.resource]} if link.resource in last else set()
            last[link.resource] = node
    return waits
