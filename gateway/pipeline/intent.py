"""What the client wants, in SCIM's terms and checked against the standard; nothing of a backend yet."""

from typing import Literal

from msgspec import Struct

from gateway.lens.lens import Document
from gateway.pipeline.cursors import ByCursor
from gateway.pipeline.preconditions import Preconditions
from gateway.scim.filter import AttrPath, Filter
from gateway.scim.forms import Form
from gateway.scim.patch import Operation
from gateway.scim.project import Projection


class Intent(Struct, frozen=True, kw_only=True):
    """`url` is the absolute base the client used, `type` the resource type's name, `ignored` unknown names.

    `preconditions` are the versions that the client says it knows of the one resource addressed.
    """

    url: str
    type: str = ""
    projection: Projection | None = None
    ignored: tuple[str, ...] = ()
    preconditions: Preconditions | None = None


class Create(Intent, frozen=True, kw_only=True):
    """POST: a new resource."""

    resource: Document


class Retrieve(Intent, frozen=True, kw_only=True):
    """GET of one resource."""

    id: str


class Query(Intent, frozen=True, kw_only=True):
    """GET of a list, or POST to `.search`. `count` None leaves the page size to us; `start` is 1-based.

    `cursor` is set where the page is asked for by one, and says then where it begins and how long it is. `form` is the
    filter's, where it has one: it only makes planning cheaper.
    """

    filter: Filter | None = None
    form: Form | None = None
    start: int = 1
    count: int | None = None
    sort_by: AttrPath | None = None
    descending: bool = False
    cursor: ByCursor | None = None


class Replace(Intent, frozen=True, kw_only=True):
    """PUT: the resource as it shall be."""

    id: str
    resource: Document


class Modify(Intent, frozen=True, kw_only=True):
    """PATCH: operations in order."""

    id: str
    operations: tuple[Operation, ...]


class Delete(Intent, frozen=True, kw_only=True):
    """DELETE."""

    id: str


class Describe(Intent, frozen=True, kw_only=True):
    """A discovery document, or one part of it by id."""

    document: Literal["ServiceProviderConfig", "ResourceTypes", "Schemas"]
    id: str = ""
