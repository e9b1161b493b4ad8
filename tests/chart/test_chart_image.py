"""The image that the chart runs: its Dockerfile, and the locks that fill it."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

LOCKS = (
    "requirements.lock",
    "requirements-test.lock",
    "requirements-build.lock",
    "requirements-canaille.lock",
    "requirements-jupyterhub.lock",
)
# Their arguments are a command: written as a list they need no shell in the image.
COMMANDS = {"RUN", "CMD", "ENTRYPOINT"}


def read_lock(root: Path, lock: str) -> dict[str, tuple[str, list[str]]]:
    """Each pinned name with its version and its digests."""
    text = (root / ".ci" / lock).read_text()
    entry = r"^([a-z0-9][\w.-]*)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    entries = re.findall(entry, text, re.MULTILINE)
    return {name: (version, re.findall(r"sha256:\w+", digests)) for name, version, digests in entries}


@pytest.fixture(scope="session")
def root(chart: Path) -> Path:
    return chart.parent


@pytest.fixture(scope="session")
def project(root: Path) -> Any:
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="session")
def steps(root: Path) -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, arguments)."""
    text = (root / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_line_by_digest_and_names_no_host(root: Path, name: str) -> None:
    text = (root / ".ci" / name).read_text()
    pinned = re.findall(r"^[^\s#].*", text, re.MULTILINE)
    assert len(pinned) == len(read_lock(root, name)) > 3
    assert re.findall(r"://|--index|--extra-index|--find-links|--trusted-host| @ ", text) == []


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_the_locks_hold_every_dependency_of_the_project(root: Path, project: Any) -> None:
    runtime, test = read_lock(root, "requirements.lock"), read_lock(root, "requirements-test.lock")
    extras = project["optional-dependencies"]
    assert {plain(word) for word in project["dependencies"]} - set(runtime) == set()
    assert {plain(word) for word in [*extras["test"], *extras["laws"]]} - set(test) == set()


def test_the_tests_run_on_what_the_image_ships(root: Path) -> None:
    runtime, test = read_lock(root, "requirements.lock"), read_lock(root, "requirements-test.lock")
    assert {name: test.get(name) for name in runtime} == runtime


def test_no_step_of_the_image_needs_a_shell(steps: list[tuple[str, str]]) -> None:
    commands = [(word, arguments) for word, arguments in steps if word in COMMANDS]
    assert {word for word, _ in commands} == COMMANDS
    assert [arguments for _, arguments in commands if not arguments.startswith("[")] == []


def test_the_image_ends_as_an_ordinary_user(steps: list[tuple[str, str]]) -> None:
    last = max(index for index, (word, _) in enumerate(steps) if word == "FROM")
    assert [arguments for word, arguments in steps[last:] if word == "USER"] == ["65532:65532"]
    assert ("EXPOSE", "8080 9090") in steps[last:]
    assert ("ENTRYPOINT", '["scim-gateway"]') in steps[last:]


def test_every_download_of_the_image_is_checked_against_a_lock(steps: list[tuple[str, str]]) -> None:
    installs = [arguments for word, arguments in steps if word == "RUN" and '"install"' in arguments]
    assert len(installs) == 3
    assert all('"--require-hashes"' in words or '"--no-index"' in words for words in installs)


def test_the_build_context_holds_what_the_image_copies_and_no_more(root: Path, steps: list[tuple[str, str]]) -> None:
    copied = [words.split()[:-1] for word, words in steps if word == "COPY" and not words.startswith("--from")]
    admitted = [line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert sorted(path for paths in copied for path in paths) == sorted(admitted)
    assert all((root / path).exists() for path in admitted)


def test_the_image_and_the_project_have_one_version(steps: list[tuple[str, str]], project: Any) -> None:
    assert ("ARG", f"VERSION={project['version']}") in steps
