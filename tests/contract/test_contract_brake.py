"""A brake that two gateways share: a mass of deletions stops at both, one alone passes, and the operator releases."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TOKEN = "token-of-acme-0123456789"
SECRET = "0123456789abcdef0123456789abcdef"
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: redis://127.0.0.1:{redis}/0
secret: {{ env: SCIM_GATEWAY_SECRET }}
backends:
  people: {{ mapping: rsa-unified-directory, url: '{vendor}', auth: {{ bearer: {{ file: credential }} }} }}
tenants: {{ acme: {{ tokens: [ {{ sha256: {token} }} ], backends: [ people ], brake: {{ removals: 3/h }} }} }}
"""
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture(scope="module")
def folder(vendor: str, redis: Any, hash_of: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("brake")
    (made / "credential").write_text("vendor-credential\n")
    (made / "gateway.yaml").write_text(CONFIG.format(redis=redis.port, vendor=vendor, token=hash_of(TOKEN)))
    return made


def test_a_mass_of_deletions_stops_at_every_gateway_until_it_is_released(folder, redis, start, run, ask):
    opened = [start("serve", folder=folder, SCIM_GATEWAY_SECRET=SECRET) for _ in range(2)]
    said = [one.wait_for_event("startup") for one in opened]

    def create(name: str) -> str:
        body = {
            "schemas": [USER], "userName": f"{name}@example.com", "name": {"givenName": "B", "familyName": name},
            "emails": [{"value": f"{name}@example.com", "type": "work"}],
        }  # fmt: skip
        return str(ask(said[0]["listen"], "POST", "/acme/scim/v2/Users", body, TOKEN).json["id"])

    def delete(number: int) -> Any:
        return ask(said[number % 2]["listen"], "DELETE", f"/acme/scim/v2/Users/{people[number]}", token=TOKEN)

    people = [create(f"leaver{number}") for number in range(8)]
    assert [delete(number).status for number in range(4)] == [204] * 4  # three, and one alone
    held = delete(4)
    assert (held.status, held.json["detail"][-7:]) == (429, "(SG330)")
    assert 3_500 < int(held.headers["retry-after"]) <= 3_600
    assert delete(5).status == 429
    assert ask(said[0]["listen"], "GET", f"/acme/scim/v2/Users/{people[5]}", token=TOKEN).status == 200
    metrics = "".join(ask(one["admin"], "GET", "/metrics").text for one in said)
    assert metrics.count('scim_gateway_removals_braked_total{tenant="acme"} 1.0') == 2

    released = run("brake", "release", "acme", folder=folder, SCIM_GATEWAY_SECRET=SECRET)
    assert (released.returncode, released.stdout) == (0, "Removals of acme pass for one hour from now.\n")
    assert [delete(number).status for number in range(4, 8)] == [204] * 4

    redis.kill()
    unheard = run("brake", "release", "acme", folder=folder, SCIM_GATEWAY_SECRET=SECRET)
    assert (unheard.returncode, "nothing was released" in unheard.stderr) == (1, True)
