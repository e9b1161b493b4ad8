"""Facts of followers: of changes and marks, and of comparing a follower with its primary. See `observations.py`."""

from typing import Literal

from msgspec import Struct

SweepEnd = Literal["in_step", "drift", "failed"]


class FollowerBehind(Struct, frozen=True, tag=True):
    """The primary has a change that a follower does not have yet. `code`: the problem; `saved`: a mark says so."""

    tenant: str
    backend: str
    resource: str
    code: str
    saved: bool


class FollowerInStep(Struct, frozen=True, tag=True):
    """A follower has what the primary has of one resource. `late`: not within the request that changed it."""

    tenant: str
    backend: str
    resource: str
    late: bool


class MarkUnshared(Struct, frozen=True, tag=True):
    """A mark stands only in this process while the state store is away; `lost`: not even there, or it ended with it."""

    tenant: str
    backend: str
    lost: bool


class MarkParked(Struct, frozen=True, tag=True):
    """A follower refuses a resource for good, or did so too often: nothing is tried until it changes.

    `attributes` are the names of those that it never changes, where all the rest is in step.
    """

    tenant: str
    backend: str
    resource: str
    code: str
    attributes: tuple[str, ...] = ()


class FollowerCompared(Struct, frozen=True, tag=True):
    """A follower's resources of a type were compared: how many there are, had drifted, and still are out of step."""

    tenant: str
    backend: str
    resource: str
    resources: int
    drifted: int
    left: int


class FollowerSwept(Struct, frozen=True, tag=True):
    """A follower was compared with the primary and repaired, because it was due."""

    tenant: str
    backend: str
    end: SweepEnd


class PasswordMissed(Struct, frozen=True, tag=True):
    """A password could not be given to a follower within its request, and is nowhere kept."""

    tenant: str
    backend: str
