"""A gateway on a thread of its own, so that tests can speak to it in plain, wrong bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from canary_stage import Served, open_served
from hall import Hall, open_hall
from raw_stage import RawStage, open_raw_stage


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """Two tenants before two pretend vendors."""
    with open_hall(tmp_path_factory.mktemp("hall")) as opened:
        yield opened


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawStage]:
    """A tenant before a backend of raw bytes."""
    with open_raw_stage(tmp_path_factory.mktemp("raw")) as opened:
        yield opened


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The process, before a good vendor and before one that repeats what it is told."""
    with open_served(tmp_path) as opened:
        yield opened
