"""Laws of what is changed: operations carried across, the difference of two records, the body of a PUT."""

from typing import Any

from gateway.lens.ability import Replace
from gateway.lens.absence import prune, read_at, write_at
from gateway.lens.changes import carry_operations, difference, replacement
from gateway.lens.conform import complaints
from gateway.lens.edit import apply_changes, apply_replacement
from gateway.lens.laws_case import Case, breaks, expect_equal
from gateway.lens.laws_values import Pair, without_shown
from gateway.lens.lens import Document, FieldChange, LensError
from gateway.lens.strategies_changes import messages
from gateway.lens.strategies_plain import Values
from gateway.lens.strategies_records import records
from gateway.scim.errors import ScimError
from gateway.scim.patch import Operation, apply_patch, parse_patch

_READINGS = (Replace("cleared"), Replace("kept", "null"))


def draw_operations(case: Case) -> Values:
    """A record and a PATCH request."""
    lens = case.lens
    return records(lens).flatmap(
        lambda record: messages(lens, lens.into(record)).map(lambda message: (record, message))
    )


def patch_agree(case: Case, drawn: tuple[Document, Document]) -> None:
    """tau(e) applied to v reads like e applied to the resource of v, written back and read."""
    record, message = drawn
    try:
        operations = parse_patch(message, case.lens.type)
    except ScimError:
        return
    carried = _carry(case, operations)
    if carried is None:
        return
    folded = _fold(case, record, tuple(one for one in operations if not _is_idle(case, one)))
    if isinstance(carried, LensError) or isinstance(folded, ScimError | LensError):
        if not (isinstance(carried, LensError) and isinstance(folded, ScimError | LensError)):
            breaks(f"carried: {_told(carried)}; folded: {_told(folded)}", drawn, _shown(carried))
        return
    changed = apply_changes(case.lens, record, carried)
    found = complaints(case.lens.shape, changed, read_back=True)
    if found:
        breaks(f"the changes break the shape: {found[0]}", drawn, changed)
    why = "the changes sent and the operations folded differ"
    seen, wanted = case.lens.into(changed), case.lens.into(folded)
    expect_equal(why, drawn, without_shown(case, seen), without_shown(case, wanted))


def _is_idle(case: Case, operation: Operation) -> bool:
    """Does nothing that the operation touches go to the backend? Then it is no operation, whatever it says."""
    try:
        return carry_operations(case.lens, (operation,)) == ()
    except LensError:
        return False


def _carry(case: Case, operations: tuple[Operation, ...]) -> tuple[FieldChange, ...] | LensError | None:
    try:
        return carry_operations(case.lens, operations)
    except LensError as error:
        return error


def _fold(case: Case, record: Document, operations: tuple[Operation, ...]) -> Document | ScimError | LensError:
    try:
        return case.lens.out(apply_patch(case.lens.into(record), operations, case.lens.type), record)
    except (ScimError, LensError) as error:
        return error


def _told(found: Any) -> str:
    return f"refused ({found})" if isinstance(found, Exception) else "taken"


def _shown(found: Any) -> Any:
    return str(found) if isinstance(found, Exception) else [[one.op, one.path, one.value] for one in found]


def difference_agrees(case: Case, pair: Pair) -> None:
    """apply(difference(v, v'), v) reads like v', and it is empty only where nothing is to be written."""
    resource, record = pair
    made = case.out(resource, record) if record is not None else None
    if record is None or made is None or isinstance(made, LensError):
        return
    changes = difference(case.lens, record, made)
    if not changes and made != record:
        breaks("the record differs and no change says so", pair, made)
    changed = apply_changes(case.lens, record, changes)
    expect_equal("the changes give another record", pair, _plain(changed), _plain(made))


def _plain(record: Document) -> Any:
    plain = prune(record)
    plain.pop("schemas", None)
    for value in plain.values():
        if isinstance(value, list):
            value.sort(key=str)
    return plain


def replacement_agrees(case: Case, pair: Pair) -> None:
    """The body of a PUT, taken by a backend of either reading, reads like the record wanted."""
    resource, record = pair
    made = case.out(resource, record) if record is not None else None
    if case.replace is None or record is None or made is None or isinstance(made, LensError):
        return
    readings = [case.replace] if case.replace.omitted == "cleared" else _READINGS
    for reading in readings:
        body = replacement(case.lens, record, made, case.replace)
        found = complaints(case.lens.shape, body, read_back=True)
        if found:
            breaks(f"the body breaks the shape: {found[0]}", pair, body)
        stored = apply_replacement(record, body, reading.omitted)
        for field in case.lens.through:
            write_at(stored, field, read_at(made, field))  # calls of their own bring it about
        why = f"PUT that leaves things {reading.omitted} gives another record"
        expect_equal(why, pair, _written(case, record, stored), _written(case, record, made))


def _written(case: Case, old: Document, record: Document) -> Any:
    """What is read of a record, but for what the backend itself sets."""
    seen = without_shown(case, case.lens.into({**record, case.lens.id_field[0]: old[case.lens.id_field[0]]}))
    shown = {one.name for one in case.lens.type.schema.attributes if one.mutability == "readOnly"}
    return {key: value for key, value in seen.items() if key not in {"meta", *shown}}
