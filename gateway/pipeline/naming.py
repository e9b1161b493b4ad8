"""Names that are ids (`kind: natural`): which attributes give a name, and that nobody gets another one."""

from copy import deepcopy

from gateway.lens.absence import read_raw, write_at
from gateway.lens.kinds import attributes_of, flatten
from gateway.lens.lens import Document
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.names import fold
from gateway.scim.operation import Operation


def naming_attributes(target: Target) -> frozenset[AttrPath]:
    """The attributes whose values make the name; none where ids are the backend's own."""
    if not target.resource.natural:
        return frozenset()
    field = target.lens.id_field
    rules = (rule for rule in target.lens.rules if any(one.v == field for one in flatten((rule,))))
    return frozenset(path for rule in rules for path in attributes_of(rule))


def touches_name(target: Target, operations: tuple[Operation, ...]) -> bool:
    """Might one of the operations change the name? Whether it does, the record says."""
    names = {(path.urn, path.attr) for path in naming_attributes(target)}
    return any((one.path.target.urn, one.path.target.attr) in names for one in operations)


def settle_name(target: Target, record: Document, changed: Document) -> Document:
    """The changed record under the name it has. Raises SG360 where it would get another one.

    A name in other letters is the same one to the standard, unless its attribute says otherwise.
    """
    field = target.lens.id_field
    old, new = read_raw(record, field), read_raw(changed, field)
    if not target.resource.natural or old == new:
        return changed
    if is_exact(target) or fold(str(old)) != fold(str(new)):
        raise Problem("SG360")
    settled = deepcopy(changed)
    write_at(settled, field, old)
    return settled


def is_exact(target: Target) -> bool:
    """Do letters of another case make another name?"""
    found = (target.type.find(path) for path in naming_attributes(target))
    return any(one is not None and one.case_exact for one in found)
