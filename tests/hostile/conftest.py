"""A gateway on a thread of its own, so that tests can speak to it in plain, wrong bytes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
for folder in (_HERE, _HERE.parent / "stage"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from hall import Hall, open_hall  # noqa: E402  (the path above comes first)
from raw_stage import RawStage, open_raw_stage  # noqa: E402


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
