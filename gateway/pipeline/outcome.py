"""What came of a plan: past tense. Resources are in SCIM's terms, without `schemas` and locations."""

from msgspec import Struct

from gateway.lens.lens import Document


class Created(Struct, frozen=True):
    resource: Document


class Found(Struct, frozen=True):
    resource: Document


class Listed(Struct, frozen=True):
    """`total` counts all matches; `resources` is the page that begins at the 1-based `start`."""

    resources: tuple[Document, ...]
    total: int
    start: int


class Changed(Struct, frozen=True):
    """`resource` is None when the backend answered without it and the client did not ask for it."""

    resource: Document | None


class Deleted(Struct, frozen=True):
    pass


class Described(Struct, frozen=True):
    """The document is made when it is answered: it holds only what the configuration knows."""


Outcome = Created | Found | Listed | Changed | Deleted | Described
