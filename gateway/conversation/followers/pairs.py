"""A resource type at the primary and at one follower, and how the follower stands with one resource of it."""

from msgspec import Struct

from gateway.pipeline.request import Follower
from gateway.pipeline.target import Target, find_target


class Pair(Struct, frozen=True):
    """A resource type at the primary and at one of its followers."""

    leader: Target
    follower: Follower

    @property
    def there(self) -> Target:
        return find_target(self.follower.seat, self.leader.resource.name)

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
