"""Names that are ids (`kind: natural`): which attributes give a name, who keeps which id, and who keeps the name.

With an anchor a record is known by its first name, and may get others. Without one the name stays.
"""

from copy import deepcopy

from gateway.lens.absence import read_at, read_raw, write_at
from gateway.lens.kinds import Field, attributes_of, flatten
from gateway.lens.lens import Document, LensError
from gateway.lens.places import spell
from gateway.mapping.dialect import Resource
from gateway.pipeline.interpret import blame_record
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.names import fold
from gateway.scim.operation import Operation


def name_of(target: Target, record: Document) -> str:
    """What the record is called in the paths of calls. Raises SG507 where it has no name."""
    return _as_name(read_raw(record, target.lens.id_field), target.lens.id_field)


def first_name(target: Target, record: Document) -> str | None:
    """What its anchor says; None where it has none. Raises SG507 where it holds what is no name."""
    said = None if target.lens.anchor is None else read_at(record, target.lens.anchor)
    return None if said is None else _as_name(said, target.lens.anchor or ())


def _as_name(said: object, field: Field) -> str:
    """A text, or a number as one. Of a record without a name nobody can say whose it is: it is the backend's fault."""
    if said.__class__ not in (str, int) or said == "":
        raise blame_record(LensError(spell(field), "is missing" if said in (None, "") else "is no name"))
    return str(said)


def identify(target: Target, record: Document) -> str:
    """The native id behind the id that the record is shown by."""
    return first_name(target, record) or name_of(target, record)


def is_owner(target: Target, record: Document, native: str) -> bool:
    """Does the record say itself that the id is its own?"""
    return first_name(target, record) == native


def naming_attributes(resource: Resource) -> frozenset[AttrPath]:
    """The attributes whose values make the name; none where ids are the backend's own."""
    if not resource.natural:
        return frozenset()
    field = resource.lens.id_field
    rules = (rule for rule in resource.lens.rules if any(one.v == field for one in flatten((rule,))))
    return frozenset(path for rule in rules for path in attributes_of(rule))


def touches_name(target: Target, operations: tuple[Operation, ...]) -> bool:
    """Might one of the operations change the name? Whether it does, the record says."""
    names = {(path.urn, path.attr) for path in naming_attributes(target.resource)}
    return any((one.path.target.urn, one.path.target.attr) in names for one in operations)


def renames(target: Target, record: Document, changed: Document) -> bool:
    """Is the record going to have another name, which is no other id?"""
    return target.lens.anchor is not None and name_of(target, record) != name_of(target, changed)


def settle_name(target: Target, record: Document, changed: Document) -> Document:
    """The changed record under a name it may have.

    With an anchor any: who gets another name and has no anchor yet gets that too. Without one only its own: raises
    SG360. A name in other letters is the same one to the standard then, unless its attribute says otherwise.
    """
    field, anchor = target.lens.id_field, target.lens.anchor
    old, new = read_raw(record, field), read_raw(changed, field)
    if not target.resource.natural or old == new:
        return changed
    if anchor is None and (is_exact(target) or fold(str(old)) != fold(str(new))):
        raise Problem("SG360")
    if anchor is not None:
        return with_anchor(target, changed, identify(target, record))
    settled = deepcopy(changed)
    write_at(settled, field, old)
    return settled


def with_anchor(target: Target, record: Document, native: str) -> Document:
    """The record with this id in its anchor, where it has none yet."""
    anchor = target.lens.anchor
    if anchor is None or first_name(target, record) is not None:
        return record
    settled = deepcopy(record)
    write_at(settled, anchor, native)
    return settled


def with_old_name(target: Target, record: Document, changed: Document) -> Document:
    """The changed record, but for what a new name changes."""
    kept = deepcopy(changed)
    for field in (target.lens.id_field, target.lens.anchor):
        if field is not None:
            write_at(kept, field, read_raw(record, field))
    return kept


def is_exact(target: Target) -> bool:
    """Do letters of another case make another name?"""
    found = (target.type.find(path) for path in naming_attributes(target.resource))
    return any(one is not None and one.case_exact for one in found)
