"""Each row of the matrix is asked of every stand; where it cannot be, it is not collected."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from matrix_bench import Bench
from matrix_stage import MAPPINGS, POOR, open_stand

SERVED = f"{POOR}-served"
EVERY = 6  # each sixth row is also asked of the process that `serve` starts


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "row(local): a requirement of the matrix")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = next(metafunc.definition.iter_markers("row"), None)
    if mark is None:
        return
    number = int(metafunc.function.__name__.split("_")[1][1:])
    local = mark.kwargs["local"]
    names = [*MAPPINGS] + ([SERVED] if number % EVERY == 0 and not local else [])
    if "SCIM_GATEWAY_URL" in os.environ:
        names = ["remote"]
    metafunc.parametrize("stand", names, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A gateway elsewhere is not asked what takes more than its URL and a token."""
    if "SCIM_GATEWAY_URL" in os.environ:
        local = [one for one in items if any(mark.kwargs["local"] for mark in one.iter_markers("row"))]
        items[:] = [one for one in items if one not in local]
        config.hook.pytest_deselected(items=local)


@pytest.fixture(scope="session")
def stands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Stands by name, each started once."""
    with ExitStack() as opened:
        known: dict[str, Any] = {}

        def find(name: str) -> Any:
            if name not in known:
                known[name] = opened.enter_context(open_stand(name, tmp_path_factory.mktemp(name)))
            return known[name]

        yield find


@pytest.fixture(scope="session")
def stand(request: pytest.FixtureRequest, stands: Callable[[str], Any]) -> Any:
    return stands(request.param)


@pytest.fixture
def bench(stand: Any) -> Iterator[Bench]:
    one = Bench(stand)
    yield one
    one.tidy()
