"""A resource type at the primary and at one follower: what the primary has of it, and how the follower stands."""

from msgspec import Struct

from gateway.conversation.effects import Conversation
from gateway.conversation.membership import show_lists
from gateway.conversation.reading import find_record, read_resource
from gateway.lens.lens import Document
from gateway.pipeline.request import Follower
from gateway.pipeline.target import Target, find_target
from gateway.pipeline.through import read_lists
from gateway.pipeline.unseen import compared


class Pair(Struct, frozen=True):
    """A resource type at the primary and at one of its followers."""

    leader: Target
    follower: Follower

    @property
    def there(self) -> Target:
        return find_target(self.follower.seat, self.leader.resource.name)

    @property
    def seen(self) -> Target:
        """The follower's, as its records are compared."""
        return compared(self.there)

    def of(self, name: str) -> "Pair":
        """The same for another resource type."""
        return Pair(find_target(self.leader.tenant, name), self.follower)


class Converged(Struct, frozen=True):
    """How a follower stands now. `native`: its id of the resource, None where it shall not have it.

    `lacks`: it refers to resources that the follower should have and does not have yet. `fixed`: the attributes of
    which it has another value, and never takes a second one.
    """

    native: str | None
    lacks: bool = False
    fixed: tuple[str, ...] = ()


def read_state(leader: Target, native: str) -> Conversation[Document | None]:
    """All that the primary has of a resource; None when it has none."""
    record = yield from find_record(leader, native)
    if record is None:
        return None
    return (yield from show_lists(leader, (yield from read_resource(leader, record)), read_lists(leader)))
