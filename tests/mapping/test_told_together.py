"""Everything that is wrong with a mapping is told in one go: a fault in one place hides none in another."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.mapping.diagnose import MappingError
from gateway.mapping.load import check_mapping
from gateway.mapping.source import read_yaml

HERE = Path(__file__).parent
BAD, PARENTS = HERE / "bad", HERE / "parents"

# Faults elsewhere, put beside the fault of each file: a rule, a call and a duration that cannot be read.
BESIDE: tuple[tuple[tuple[str, ...], Any, str], ...] = (
    (("resources", "User", "map", "preferredLanguage"), {"to": "speech"}, "E105"),
    (("resources", "User", "ops", "retrieve"), "FETCH /users/{id}", "E117"),
    (("resources", "User", "ops", "delete"), "REMOVE /users/{id}", "E117"),
    (("resources", "User", "ops", "query"), "LIST /users", "E117"),
    (("connect", "timeout"), "soon", "E118"),
)
# What is missing, lost or out of reach is said only when all rules and all abilities were understood.
OF_THE_WHOLE = {
    "E130", "E401", "E601", "E602", "E603", "E605", "E606", "E641", "E642", "E645", "E653", "N702", "N704", "N705",
    "N706", "N720", "N741", "W601", "W603", "W604", "W608", "W609", "E124-list-of-names-asked-for",
}  # fmt: skip


def read_table(file: Path) -> dict[str, Any] | None:
    """The file's data; None where it is no table of keys, so that there is nothing to put anything beside."""
    try:
        data = read_yaml(file.read_text("utf-8"), file.name).data
    except MappingError:
        return None
    tables = isinstance(data, dict) and isinstance(data.get("connect", {}), dict)
    return data if tables and isinstance(data.get("resources", {}), dict) and "extends" in data else None


FILES = {file.stem: data for file in sorted(BAD.glob("*.yaml")) if (data := read_table(file)) is not None}
LEFT_OUT = (*OF_THE_WHOLE, "E119", "E120", "E121", "E122", "E102-timeout-without-unit")  # the last is in the way itself
SOUND = [name for name in FILES if not name.startswith(LEFT_OUT)]


def with_faults(data: dict[str, Any]) -> dict[str, Any]:
    spoiled = json.loads(json.dumps(data))
    for path, value, _ in BESIDE:
        here = spoiled
        for key in path[:-1]:
            here = here.setdefault(key, {})
            if not isinstance(here, dict):
                break
        else:
            here.setdefault(path[-1], value)  # the file's own fault stays
    return spoiled


def codes_of(folder: Path, data: dict[str, Any]) -> set[str]:
    (folder / "spoiled.yaml").write_text(json.dumps(data))  # JSON is YAML
    return {one.code for one in check_mapping("spoiled", (folder, BAD, PARENTS)).diagnosis.diagnostics}


@pytest.mark.parametrize("name", SOUND)
def test_a_fault_is_told_beside_faults_elsewhere(tmp_path: Path, name: str) -> None:
    told = codes_of(tmp_path, with_faults(FILES[name]))
    assert {name[:4], "E105", "E117", "E118"} <= told


def test_most_files_could_be_tried() -> None:
    assert len(SOUND) > 100
