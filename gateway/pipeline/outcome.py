"""What came of a plan: past tense. Resources are in SCIM's terms, without `schemas` and locations.

Of an answer to a write, `sent` may complete what the backend accepts and does not return. `lasting` is false where the
resource is shown once more, as it was asked to be, and is not there any longer.
"""

from msgspec import Struct

from gateway.lens.lens import Document
from gateway.pipeline.paging import Position
from gateway.scim.filter import AttrPath


class Created(Struct, frozen=True):
    """`taken_up`: it was there before, and others may refer to it already."""

    resource: Document
    sent: Document = {}
    lasting: bool = True
    taken_up: bool = False


class Found(Struct, frozen=True):
    resource: Document


class Listed(Struct, frozen=True):
    """`total` counts all matches; `resources` is the page that begins at the 1-based `start`."""

    resources: tuple[Document, ...]
    total: int
    start: int


class Paged(Struct, frozen=True):
    """A page by cursor. `next` is where the next one begins, None after the last; `total` None: nobody knows."""

    resources: tuple[Document, ...]
    total: int | None
    next: Position | None


class Changed(Struct, frozen=True):
    """`resource` is None when the backend answered without it and the client did not ask for it.

    `listed` are the lists of it that calls of their own had read, and that nothing has changed since.
    """

    resource: Document | None
    sent: Document = {}
    lasting: bool = True
    listed: tuple[AttrPath, ...] = ()


class Deleted(Struct, frozen=True):
    pass


class Described(Struct, frozen=True):
    """The document is made when it is answered: it holds only what the configuration knows."""


Outcome = Created | Found | Listed | Paged | Changed | Deleted | Described
