"""Resources made to fit: what the backend refuses is left out until it takes the rest."""

from copy import deepcopy
from typing import Any

from gateway.lens.absence import read_at, write_at
from gateway.lens.footprints import made_of
from gateway.lens.holes import attribute_read
from gateway.lens.kinds import Field, Rule, SendRule, attributes_of, keys_of
from gateway.lens.laws_case import Case
from gateway.lens.lens import Document, LensError
from gateway.lens.sent import spell_path
from gateway.lens.strategies import full_resources
from gateway.lens.strategies_plain import Values, st
from gateway.lens.strategies_records import records
from gateway.scim.filter import AttrPath
from gateway.scim.path import Path


def draw_fitting(case: Case) -> Values:
    """Resources with a value for every attribute that is carried, as far as the backend takes it."""
    return full_resources(case.lens).map(build).filter(lambda full: make_fit(case, full))


def draw_pair(case: Case) -> Values:
    """Such a resource, and a record that it is written onto, or none."""
    return st.tuples(draw_fitting(case), st.one_of(records(case.lens), st.none()))


def build(values: dict[Field, Any]) -> Document:
    """The resource of these values."""
    full: Document = {}
    for keys, value in values.items():
        write_at(full, keys, deepcopy(value))
    return full


def make_fit(case: Case, full: Document) -> bool:
    """Leave out of a resource what the backend does not take. False where it takes none of it."""
    read = [path for rule in case.lens.rules for path in _read_by(rule)]
    known = {spell_path(path): keys_of(attribute_read(path)) for path in read}
    while isinstance(refused := case.out(full, None), LensError):
        keys = known.get(refused.attribute)
        if keys is not None and read_at(full, keys) is not None:
            write_at(full, keys, None)
        elif not _leave_out_part(full, refused.attribute.rpartition(".")[2]):
            return False
    return True


def _read_by(rule: Rule) -> tuple[AttrPath | Path, ...]:
    return made_of(rule) if isinstance(rule, SendRule) else attributes_of(rule)


def _leave_out_part(full: Document, part: str) -> bool:
    items = [one for value in full.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    return sum(one.pop(part, None) is not None for one in items) > 0
