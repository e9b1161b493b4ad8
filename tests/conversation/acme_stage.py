"""What every tenant of a playbook has: an address, a token, a seal, and mappings that are loaded once."""

from functools import cache
from pathlib import Path

from gateway.mapping.dialect import Dialect
from gateway.mapping.load import load_dialect
from gateway.pipeline.sealing import Seal

BASE = "https://api.acme.example/scim"
TOKEN = "secret-token-of-acme"
SEAL = Seal((b"a secret of thirty-two bytes, 32",))
VENDORS = Path(__file__).parents[1] / "mapping" / "vendors"


@cache
def load(name: str) -> Dialect:
    return load_dialect(name, (VENDORS,))


def together(*steps):
    """Steps of a playbook that are made side by side, as one; a single one is itself."""
    return [(" | ".join(line for line, _ in steps), tuple(reply for _, reply in steps))] if len(steps) > 1 else [*steps]
