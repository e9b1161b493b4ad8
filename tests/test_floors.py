"""The house stands on floors: a room imports only from floors below it, and the core touches no world."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "gateway"

FLOORS = {
    "observations": 0,
    "scim": 1,
    "lens": 2,
    "mapping": 3,
    "pipeline": 4,
    "conversation": 5,
    "edge": 6,
    "sandbox": 6,
    "settings": 7,
    "app": 7,
    "tenants": 7,
    "cli": 7,
    "demo": 7,
    "__main__": 7,
    "": 7,
}
OUTSIDE = {0: {"msgspec"}, 1: {"msgspec"}, 2: {"msgspec"}, 3: {"msgspec", "yaml"}, 4: {"msgspec"}, 5: {"msgspec"}}
IMPURE = {"asyncio", "socket", "time", "random", "os", "logging", "subprocess", "threading", "secrets", "ssl", "http"}
LAWS = {"laws", "strategies"}
VENDOR_ROOMS = {"sandbox", "demo"}
VENDOR = re.compile(
    r"(?i)(?<![a-z])(cube|rsa|huawei|ping[ _-]?directory|pingidentity|unboundid|aws|amazon|gitlab|zoom|snowflake"
    r"|salesforce|google|slack|github|atlassian|webex|new[ _-]?relic|databricks)(?![a-z])"
)

REASONS = {
    "up": "a room that imports from a floor above it cannot be understood or tested without it",
    "impure": "time, chance and the world are given to the core, not taken by it",
    "outside": "one door per library: only the floor that owns it may import it",
    "sandbox": "the sandbox must be able to disagree with our mappings, so it knows neither lens nor mapping",
}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "_mappings" not in path.parts)


def room_of(path: Path) -> str:
    return room_named(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))


def room_named(name: str) -> str:
    """Facts are one room in two files; what stands in no room is the package itself."""
    if name.startswith("observations"):
        return "observations"
    return "" if name == "__init__" else name


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative path"
            found |= {named(node.module or "", alias.name) for alias in node.names}
    return found


def named(module: str, name: str) -> str:
    """What `from module import name` reaches: a module of that name, or the module it stands in."""
    inner = ROOT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if inner.with_suffix(".py").is_file() or (inner / "__init__.py").is_file() else module


def complaints(path: Path) -> list[str]:
    room = room_of(path)
    floor = FLOORS[room]
    found: list[str] = []
    for name in sorted(imports_of(path)):
        top, _, rest = name.partition(".")
        if top == "gateway":
            other = room_named(rest.split(".")[0])
            if other and other != room and FLOORS.get(other, 7) >= floor and floor < 7:
                found.append(f"{name}: {REASONS['up']}")
            if room == "sandbox" and other in ("lens", "mapping", "pipeline", "conversation", "edge"):
                found.append(f"{name}: {REASONS['sandbox']}")
        elif top in sys.stdlib_module_names:
            if floor <= 5 and top in IMPURE:
                found.append(f"{name}: {REASONS['impure']}")
        elif floor <= 5 and top not in OUTSIDE[floor] and not is_laws_door(path, top):
            found.append(f"{name}: {REASONS['outside']}")
    return found


def is_laws_door(path: Path, library: str) -> bool:
    """The derived laws stand behind an extra of their own."""
    return library == "hypothesis" and any(path.stem.startswith(stem) for stem in LAWS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_floor_may(path: Path) -> None:
    assert complaints(path) == []


def test_every_room_has_a_floor() -> None:
    assert {room_of(path) for path in modules()} <= set(FLOORS)


def test_rooms_do_not_import_each_other_in_a_circle() -> None:
    edges = {path: imports_of(path) for path in modules()}
    by_name = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in edges}
    graph = {
        name: {other for other in edges[path] if other in by_name and other != name} for name, path in by_name.items()
    }
    settled: set[str] = set()
    while ready := {name for name, others in graph.items() if name not in settled and others <= settled}:
        settled |= ready
    assert sorted(set(graph) - settled) == []


def test_every_room_opens_with_its_rules() -> None:
    silent = [
        path for path in PACKAGE.rglob("__init__.py") if len(ast.get_docstring(ast.parse(path.read_text())) or "") < 40
    ]
    assert silent == []


def words_of(path: Path) -> Iterator[str]:
    """The names and texts of a module that can decide something: docstrings and the commands' examples cannot."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLE":
            told |= {one for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in told:
            yield node.value
        yield from (value for _, value in ast.iter_fields(node) if isinstance(value, str) and node not in told)


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if room_of(path) not in VENDOR_ROOMS],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_no_vendor_is_known_by_name_outside_its_mapping(path: Path) -> None:
    assert [word for word in words_of(path) if VENDOR.search(word)] == []


@pytest.mark.parametrize("line", ['name = "cube-cloud"', "def read_rsa(): ...", "import a.ping_directory", "x.huawei"])
def test_a_vendors_name_is_found_wherever_it_stands(line: str, tmp_path: Path) -> None:
    (tmp_path / "probe.py").write_text(f'"""PingDirectory may be told of."""\n{line}\n')
    assert any(VENDOR.search(word) for word in words_of(tmp_path / "probe.py"))
    (tmp_path / "probe.py").write_text(
        '"""PingDirectory may be told of."""\nEXAMPLE = "check cube-cloud"\nclient.ping()\n'
    )
    assert not any(VENDOR.search(word) for word in words_of(tmp_path / "probe.py"))


def test_the_map_names_every_room_and_only_files_that_are_there() -> None:
    text = (PACKAGE / "README.md").read_text("utf-8")
    rooms = {name for name in FLOORS if name}
    assert {name for name in rooms if f"`{name}/`" not in text and f"`{name}.py`" not in text} == set()
    known = {str(path.relative_to(PACKAGE)) for path in modules()}
    known |= {path.name for path in modules()}
    assert set(re.findall(r"`((?!tests/)[a-z_/]+\.py)`", text)) <= known
    for tests in set(re.findall(r"`(tests/[\w/.]+|mappings/[\w.]+)`", text)):
        assert (ROOT / tests).exists(), tests


@pytest.mark.parametrize(
    ("room", "name", "allowed"),
    [
        ("lens", "gateway.mapping.load", False),
        ("lens", "gateway.scim.filter", True),
        ("pipeline", "asyncio", False),
        ("conversation", "gateway.edge.ports", False),
        ("scim", "yaml", False),
        ("sandbox", "gateway.lens.lens", False),
        ("edge", "aiohttp", True),
    ],
)
def test_the_check_can_fail(
    room: str, name: str, allowed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / room / "probe.py"
    module.parent.mkdir()
    module.write_text(f"import {name}\n")
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    assert (complaints(module) == []) is allowed
