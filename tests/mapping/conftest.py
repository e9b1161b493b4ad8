"""`--accept` writes down what comes out now; the difference is then read like any other change."""

import pytest


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--accept", default=False))
