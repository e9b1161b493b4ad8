"""One PATCH operation (RFC 7644 3.5.2), and small changes of a run of them that keep its meaning."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final, Literal

from msgspec import Struct

from gateway.scim.lenience import Habit, Lenience
from gateway.scim.path import Path
from gateway.scim.terms import AttrPath, Compare, Filter, Or

Op = Literal["add", "remove", "replace"]


class Operation(Struct, frozen=True):
    """An operation on one canonical path. `value` is canonical too; a removal has none."""

    op: Op
    path: Path
    value: Any = None


_CREATES: Final[dict[Op, Habit]] = {"add": "add-creates", "replace": "replace-creates"}


def creating(lenience: Lenience) -> frozenset[Op]:
    """The operations that create the value which the brackets of their path describe, where there is none."""
    return frozenset(op for op, habit in _CREATES.items() if lenience.allows(habit))


def must_match(operation: Operation, lenience: Lenience) -> bool:
    """Does the operation fail where the brackets of its path select nothing?"""
    return operation.path.where is not None and operation.op in _CREATES and operation.op not in creating(lenience)


def fuse(operations: Sequence[Operation]) -> Iterator[Operation]:
    """The same operations in fewer: neighbours that add to, or remove named values from, one list become one.

    Okta and authentik send one operation per member; a thousand of them should walk the list once.
    """
    for key, run in groupby(operations, key=_fuse_key):
        together = list(run)
        if key is None or len(together) == 1:
            yield from together
        elif key[0] == "add":
            yield Operation("add", together[0].path, [value for each in together for value in each.value])
        else:
            named = tuple(where for each in together for where in alternatives(each.path.where))
            yield Operation("remove", Path(together[0].path.target, Or(named)))


def _fuse_key(operation: Operation) -> tuple[str, AttrPath] | None:
    path, value = operation.path, operation.value
    if operation.op == "add" and path.where is None and isinstance(value, list):
        if not any(isinstance(each, dict) and each.get("primary") for each in value):
            return "add", path.target
    elif operation.op == "remove" and path.target.sub is None and alternatives(path.where):
        return "remove", path.target
    return None


def alternatives(where: Filter | None) -> tuple[Compare, ...]:
    """`value eq "a"` or an `or` of such comparisons as a tuple; empty for any other filter."""
    parts = where.parts if isinstance(where, Or) else (where,)
    named = tuple(part for part in parts if isinstance(part, Compare) and part.op == "eq" and part.path.attr == "value")
    return named if len(named) == len(parts) else ()
