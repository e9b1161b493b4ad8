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
MAX_BYTES = 2_000_000
OVERRIDABLE = ("params", "connect", "errors", "resources")


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
            place = read_mapping(name, known_mappings(folders)).place(("abstract",))
            report.diagnosis.add("E122", message, place, "use a mapping that extends it, such as scim2")
        raise MappingError(report.diagnosis.diagnostics)
    return report.dialect


def check_mapping(name: str, folders: Sequence[FilePath] = (), overrides: Source | None = None) -> Report:
    """Load and compile, collecting complaints. `overrides` is laid over the file as a child is over its parent."""
    diagnosis = Diagnosis()
    known = known_mappings(folders)
    try:
        source = read_mapping(name, known)
    except MappingError as error:
        diagnosis.diagnostics += error.diagnostics
        return Report(None, diagnosis)
    if isinstance(source.data.get("name", name), str) and source.data.get("name", name) != name:
        message = f"the mapping is called {source.data['name']}, but its file {known[name].name}"
        diagnosis.add("W611", message, source.place(("name",)), f"name: {name}")
    if overrides is not None:
        source = _override(source, overrides, diagnosis)
    dialect = compile_source(source, diagnosis)
    diagnosis.diagnostics.sort(key=lambda one: (one.place.file, one.place.line, one.place.column))
    return Report(dialect, diagnosis)


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
        if not isinstance(wanted, str):
            raise MappingError(_one("E120", "extends names one mapping", place, "extends: scim2-base"))
        if wanted not in known:
            raise MappingError(_one("E120", f"there is no mapping {wanted}", place, did_you_mean(wanted, known)))
        if wanted in seen or len(seen) >= MAX_PARENTS:
            message = f"extends goes in a circle or too far: {' -> '.join([*seen, wanted])}"
            raise MappingError(_one("E121", message, place, f"at most {MAX_PARENTS} mappings in a row"))
        source = read_file(known[wanted])
        if not isinstance(source.data, dict):
            message = "the file is empty" if source.data is None else "a mapping is a table of keys"
            raise MappingError(_one("E102", message, source.place(), "scimap: 1"))
        seen.append(wanted)
        chain.append(source)
        place = source.place(("extends",))
        wanted = source.data.get("extends")
    merged = chain.pop()
    while chain:
        merged = merge(merged, chain.pop())
    return merged


def read_file(file: FilePath) -> Source:
    """One mapping file. Raises MappingError (E108 too large, E123 when it cannot be read, those of `read_yaml`)."""
    place = Place(_shown(file), 1, 1)
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        message, hint = f"the file cannot be read: {error.strerror}", "name a file that the gateway may open"
        raise MappingError(_one("E123", message, Place(place.file), hint)) from None
    if len(raw) > MAX_BYTES:
        raise MappingError(_one("E108", "the file is too large", place, f"at most {MAX_BYTES // 1_000_000} MB"))
    try:
        return read_yaml(raw.decode().replace("\r\n", "\n").replace("\r", "\n"), place.file)
    except UnicodeDecodeError as error:
        place = _place_of(raw, error.start, place.file)
        message = f"the file is not UTF-8 text (byte {raw[error.start]:02x})"
    raise MappingError(_one("E123", message, place, "save it as UTF-8, which it is not now"))


def _place_of(raw: bytes, at: int, file: str) -> Place:
    """Where a byte stands; what is before it is UTF-8."""
    before = raw[:at].decode().split("\n")
    return Place(file, len(before), len(before[-1]) + 1)


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


def _override(source: Source, overrides: Source, diagnosis: Diagnosis) -> Source:
    """The overrides laid over a mapping: a fragment of one, without a name or examples of its own."""
    data = dict(overrides.data) if isinstance(overrides.data, dict) else {}
    for key in [key for key in data if key not in OVERRIDABLE]:
        del data[key]
        diagnosis.add("E102", f"overrides cannot hold {key}", overrides.place((key,)), did_you_mean(key, OVERRIDABLE))
    for key in ("scimap", "name", "title"):
        if key in source.data:
            data[key] = source.data[key]
    return merge(source, Source(overrides.file, data, overrides.places))
