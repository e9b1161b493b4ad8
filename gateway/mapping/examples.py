"""Examples stand in the mapping file and are checked in both directions: documented pairs that must come out."""

from typing import Any

from msgspec import UNSET

from gateway.lens.lens import LensError
from gateway.mapping.diagnose import Diagnosis
from gateway.mapping.dialect import Dialect, Resource
from gateway.mapping.document import ExampleRow, File, read_row
from gateway.mapping.source import Path, Source


def check_examples(source: Source, file: File, dialect: Dialect, diagnosis: Diagnosis) -> None:
    """Each example's `resource` must give its `record`, its `answer` must be shown as `shown`. Complaints: E130."""
    for name, rows in file.examples.items():
        for number, data in enumerate(rows):
            path: Path = ("examples", name, number)
            row = read_row(source, path, data, ExampleRow, diagnosis)
            if row is None:
                continue
            if name not in dialect.resources:
                diagnosis.add("E130", f"there is no resource type {name}", source.place(path))
                continue
            for key, complaint in _failures(dialect.resources[name], row):
                diagnosis.add("E130", f"example '{row.of}': {complaint}", source.place((*path, key)))


def _failures(resource: Resource, row: ExampleRow) -> list[tuple[str, str]]:
    failures: list[tuple[str, str]] = []
    try:
        if row.record is not UNSET:
            made = resource.lens.out(row.resource, None, "create")
            failures += [("record", text) for text in _differences(made, row.record)]
        if row.answer is not UNSET and row.shown is not UNSET:
            shown = resource.lens.into(row.answer)
            failures += [("shown", text) for text in _differences(shown, row.shown)]
    except LensError as error:
        failures.append(("resource", f"refused: {error}"))
    return failures


def _differences(made: Any, wanted: Any) -> list[str]:
    keys = [*made, *(key for key in wanted if key not in made)]
    return [
        f"{key} comes out as {made.get(key)!r}, not {wanted.get(key)!r}"
        for key in keys
        if made.get(key) != wanted.get(key)
    ]
