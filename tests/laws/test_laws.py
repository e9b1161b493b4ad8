"""Every mapping that comes with the gateway keeps every law, for each of its resource types."""

from functools import cache

import pytest

from gateway.lens.laws import LAWS, Law, check
from gateway.mapping.dialect import Dialect
from gateway.mapping.load import is_abstract, known_mappings, load_dialect

EXAMPLES = 30  # per law and resource type; `scim-gateway laws` draws as many as one likes
MAPPINGS = [name for name in known_mappings() if not is_abstract(name)]


@cache
def dialect(name: str) -> Dialect:
    return load_dialect(name)


SUBJECTS = [(name, kind) for name in MAPPINGS for kind in dialect(name).resources]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
@pytest.mark.parametrize(("name", "kind"), SUBJECTS, ids=[" ".join(pair) for pair in SUBJECTS])
def test_a_shipped_mapping_keeps_the_law(name: str, kind: str, law: Law) -> None:
    found = check(dialect(name).resources[kind], law, EXAMPLES)
    assert found is None, f"{law.sentence}\n{found.why}\ngiven {found.given}\nmade  {found.made}"


def test_the_shipped_mappings_are_all_there() -> None:
    assert {"scim2", "cube-cloud", "rsa-unified-directory", "huawei-identity-center", "ping-directory"} <= set(MAPPINGS)
