"""What is going to be done, as data: frozen and printable. `plan.py` and `querying.py` decide it."""

from typing import Literal

from msgspec import Struct

from gateway.lens.kinds import ListRule
from gateway.lens.lens import Document, FieldChange, Pushdown
from gateway.pipeline.narrowing import Loss
from gateway.pipeline.paging import Pairs, Position
from gateway.pipeline.preconditions import Preconditions
from gateway.scim.filter import AttrPath, Filter
from gateway.scim.patch import Operation


class Plan(Struct, frozen=True, kw_only=True):
    """`type` is the resource type's name; `narrowed` lists (attribute, how) of what is not carried as sent.

    `lists` are read by calls of their own, to be shown.
    """

    type: str = ""
    narrowed: tuple[Loss, ...] = ()
    lists: tuple[ListRule, ...] = ()


class CreatePlan(Plan, frozen=True, kw_only=True):
    """Send `record`, then `further` changes of it; `resource` is what the client wants it to be."""

    resource: Document
    record: Document
    further: tuple[FieldChange, ...] = ()


class RetrievePlan(Plan, frozen=True, kw_only=True):
    """`fields` are the query pairs that ask for a part of the record."""

    native: str
    fields: Pairs = ()


class Sort(Struct, frozen=True):
    """`field` is the backend's own name when it sorts, None when it is done here."""

    by: AttrPath
    descending: bool
    field: str | None


Way = Literal["read", "recall", "pages", "scan", "sort", "onward"]


class QueryPlan(Plan, frozen=True, kw_only=True):
    """`how`: `read` one id; `recall` a kept attribute; `pages` as the backend counts them; `scan` all and match here;
    `sort`: read all and put it in order here; `onward`: read on from `place` until a page is full.

    `start` is 1-based, `count` the page's size, `scan` the most records that may be read. `correlation` names the
    attribute under which a scan's single finding is remembered. `matched` are lists read by calls of their own before
    the filter is checked here. `place` is where a page by cursor begins, None for one by index.
    """

    how: Way
    filter: Filter | None
    pushdown: Pushdown
    start: int
    count: int
    scan: int
    sort: Sort | None = None
    place: Position | None = None
    correlation: AttrPath | None = None
    fields: Pairs = ()
    matched: tuple[ListRule, ...] = ()


class ChangePlan(Plan, frozen=True, kw_only=True):
    """A change of one resource. With `preconditions` it is read first, whatever the change itself would need."""

    native: str
    preconditions: Preconditions | None = None


class ReplacePlan(ChangePlan, frozen=True, kw_only=True):
    resource: Document


class ModifyDirectly(ChangePlan, frozen=True, kw_only=True):
    """Every operation crosses whole: one call. No changes: nothing of it is carried, so nothing is to do.

    `fields` are the query pairs that ask for a part of the record where it is read to be shown.
    """

    operations: tuple[Operation, ...]
    changes: tuple[FieldChange, ...]
    wants_body: bool
    fields: Pairs = ()


class ModifyByComparison(ChangePlan, frozen=True, kw_only=True):
    """Read, apply in memory, translate out onto the record just read, send the difference.

    `changes` go along with it: they need no look at the record, or none that would show what they change.
    """

    operations: tuple[Operation, ...]
    wants_body: bool
    changes: tuple[FieldChange, ...] = ()


class DeletePlan(ChangePlan, frozen=True, kw_only=True):
    """Take it away."""


class DescribePlan(Plan, frozen=True, kw_only=True):
    document: str
    id: str
