"""Examples stand in the mapping file and are checked in both directions: documented pairs that must come out."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET
from msgspec.json import encode

from gateway.lens.lens import LensError
from gateway.mapping.diagnose import Diagnosis, did_you_mean
from gateway.mapping.dialect import Resource
from gateway.mapping.document import ExampleRow, File, read_row
from gateway.mapping.names import plain
from gateway.mapping.source import Path, Source
from gateway.scim.errors import ScimError
from gateway.scim.resource import read_resource


def check_examples(source: Source, file: File, resources: Mapping[str, Resource], diagnosis: Diagnosis) -> None:
    """Each example's `resource` gives its `record`, its `answer` is shown as `shown`. Complaints: E102, E125, E130.

    `resources` are those without an error; examples of the others are read and not tried.
    """
    for name, rows in file.examples.items() if file.resources else ():
        if name not in file.resources:
            where = source.place(("examples", name))
            diagnosis.add("E125", f"there is no resource type {name}", where, did_you_mean(name, file.resources))
            continue
        for number, data in enumerate(rows):
            path: Path = ("examples", name, number)
            row = read_row(source, path, data, ExampleRow, diagnosis)
            if row is None or name not in resources:
                continue
            for key, complaint in _failures(resources[name], row):
                diagnosis.add("E130", f"example '{row.of}': {complaint}", source.place((*path, *key)))


def _failures(resource: Resource, row: ExampleRow) -> Iterator[tuple[Path, str]]:
    if row.record is UNSET and row.answer is UNSET:
        yield (), "nothing to check: add record, or answer and shown"
    if (row.answer is UNSET) != (row.shown is UNSET):
        yield (), "answer and shown go together"
    yield from _outward(resource, row)
    if row.answer is not UNSET and row.shown is not UNSET:
        try:
            yield from _differences("shown", resource.lens.into(row.answer), row.shown)
        except LensError as error:
            yield ("answer",), f"refused: {error}"


def _outward(resource: Resource, row: ExampleRow) -> Iterator[tuple[Path, str]]:
    try:
        admitted = read_resource(row.resource, resource.lens.type, partial=True)
        for name in admitted.ignored:
            yield ("resource", name.split(".")[0]), f"SCIM knows no {name}"
        if row.record is not UNSET:
            made = resource.lens.out(admitted.resource, None)
            yield from _differences("record", made, row.record)
    except (LensError, ScimError) as error:
        yield ("resource",), f"refused: {plain(error.detail) if isinstance(error, ScimError) else error}"


def _differences(side: str, made: Any, wanted: Any) -> Iterator[tuple[Path, str]]:
    for key in dict.fromkeys((*made, *wanted)):
        if made.get(key) != wanted.get(key):
            where: Path = (side, key) if key in wanted else (side,)
            yield where, f"{key} comes out as {_show(made, key)}, not as {_show(wanted, key)}"


def _show(document: Any, key: str) -> str:
    return encode(document[key]).decode() if key in document else "nothing"
