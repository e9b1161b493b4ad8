"""From a name to a Dialect: the file is found, its parents are laid under it, and it is compiled.

Reading files is the only effect of this room; it happens at start and at reload, never while a request is served.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any

from msgspec import Struct

from gateway.mapping.compile import compile_source
from gateway.mapping.diagnose import Diagnosis, MappingError, Place, did_you_mean
from gateway.mapping.dialect import Dialect
from gateway.mapping.merge import merge
from gateway.mapping.source import Source, read_yaml

MAX_PARENTS = 8


class Report(Struct, frozen=True):
    """A mapping that was checked: the dialect when there were no errors, and everything there is to say."""

    dialect: Dialect | None
    diagnosis: Diagnosis


def shipped_folder() -> FilePath:
    """The mappings that come with the gateway: in the wheel, or beside the package in a checkout."""
    inside = FilePath(str(files("gateway"))) / "_mappings"
    return inside if inside.is_dir() else FilePath(str(files("gateway"))).parent / "mappings"


def known_mappings(folders: Sequence[FilePath] = ()) -> Mapping[str, FilePath]:
    """Every mapping by name; the given folders come before the shipped one."""
    found: dict[str, FilePath] = {}
    for folder in (*folders, shipped_folder()):
        for file in sorted(folder.glob("*.yaml")):
            found.setdefault(file.stem, file)
    return found


def load_dialect(name: str, folders: Sequence[FilePath] = (), overrides: Source | None = None) -> Dialect:
    """The compiled mapping of that name. Raises MappingError with every diagnostic when it has errors."""
    report = check_mapping(name, folders, overrides)
    if report.dialect is None:
        if not report.diagnosis.has_errors:
            message = f"{name} is an abstract parent and describes no backend"
            report.diagnosis.add("E122", message, Place(name), "use a mapping that extends it, such as scim2")
        raise MappingError(report.diagnosis.diagnostics)
    return report.dialect


def check_mapping(name: str, folders: Sequence[FilePath] = (), overrides: Source | None = None) -> Report:
    """Load and compile, collecting complaints. `overrides` is laid over the file as a child is over its parent."""
    diagnosis = Diagnosis()
    try:
        source = read_mapping(name, known_mappings(folders))
    except MappingError as error:
        diagnosis.diagnostics += error.diagnostics
        return Report(None, diagnosis)
    if overrides is not None:
        source = _override(source, overrides)
    return Report(compile_source(source, diagnosis), diagnosis)


def is_abstract(name: str, folders: Sequence[FilePath] = ()) -> bool:
    """Is the mapping only a parent for others?"""
    data = read_mapping(name, known_mappings(folders)).data
    return isinstance(data, dict) and data.get("abstract") is True


def read_mapping(name: str, known: Mapping[str, FilePath]) -> Source:
    """The file of that name laid over its parents. Raises MappingError (E120 unknown, E121 cycle or too deep)."""
    chain: list[Source] = []
    seen: list[str] = []
    wanted: Any = name
    place = Place(name)
    while wanted is not None:
        if wanted in seen or len(seen) >= MAX_PARENTS:
            message = f"extends goes in a circle or too far: {' -> '.join([*seen, str(wanted)])}"
            raise MappingError(_one("E121", message, place, f"at most {MAX_PARENTS} parents"))
        if wanted not in known:
            raise MappingError(_one("E120", f"there is no mapping {wanted}", place, did_you_mean(str(wanted), known)))
        source = read_yaml(known[wanted].read_text("utf-8"), _shown(known[wanted]))
        if not isinstance(source.data, dict):
            raise MappingError(_one("E102", "a mapping is a table of keys", source.place(), "scimap: 1"))
        seen.append(wanted)
        chain.append(source)
        place = source.place(("extends",))
        wanted = source.data.get("extends")
    merged = chain.pop()
    while chain:
        merged = merge(merged, chain.pop())
    return merged


def _one(code: str, message: str, place: Place, hint: str) -> list[Any]:
    diagnosis = Diagnosis()
    diagnosis.add(code, message, place, hint)
    return diagnosis.diagnostics


def _shown(file: FilePath) -> str:
    """A path as a person would type it."""
    try:
        return str(file.relative_to(FilePath.cwd()))
    except ValueError:
        return str(file)


def _override(source: Source, overrides: Source) -> Source:
    data = {**overrides.data, "scimap": 1, "name": source.data.get("name", "")}
    return merge(source, Source(overrides.file, data, overrides.places))
