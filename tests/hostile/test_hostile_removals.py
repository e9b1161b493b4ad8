"""A mass of removals stops at the brake: the vendor sees no more of it than may pass, and the client when to go on."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hall import Loop, RawVendor, answer_with, open_gateway
from raw_stage import SECONDS, json_bytes
from rows_removals import BOUND, CROWD, MASSES, Ask, Mass, delete
from scene import backend, tenant, write_config, write_secret
from wire import Heard, request, speak

NAMES = {name: f"t{number}" for number, name in enumerate([*MASSES, "at once"])}
GROUP = {"id": "g", "displayName": "Crowd", "members": [{"value": one} for one in CROWD]}


class Braked:
    """A gateway with a tenant for each row, and the vendor behind it."""

    def __init__(self, port: int, vendor: RawVendor) -> None:
        self.port = port
        self.vendor = vendor

    def ask(self, name: str, one: Ask) -> Heard:
        body = None if one.body is None else json.dumps(one.body).encode()
        bearer = {"Authorization": f"Bearer {token_of(name)}"}
        return speak(self.port, request(one.method, f"/{NAMES[name]}/scim/v2{one.target}", body, bearer))

    def removed(self) -> int:
        """How many calls the vendor got that change something."""
        return len([line for line in self.vendor.lines() if not line.startswith("GET")])


def token_of(name: str) -> str:
    return f"token-of-{NAMES[name]}-0123456789"


def answer(asked: bytes) -> bytes:
    if asked.startswith(b"DELETE"):
        return answer_with(b"", "204 No Content")
    user = {"id": "u-1", "userName": "bjensen", "active": False}
    return answer_with(json_bytes(GROUP if b"/Groups/" in asked.split(b"\r\n")[0] else user))


@pytest.fixture(scope="module")
def braked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Braked]:
    folder, loop, vendor = tmp_path_factory.mktemp("braked"), Loop(), RawVendor()
    vendor.script = answer
    tenants = {short: tenant(token_of(name), "raw", brake={"removals": f"{BOUND}/h"}) for name, short in NAMES.items()}
    config: Path = write_config(folder, {"raw": backend("scim2", vendor.url, write_secret(folder))}, tenants)
    try:
        with open_gateway(config, loop) as running:
            yield Braked(int(running.url.rsplit(":", 1)[1]), vendor)
    finally:
        vendor.close()
        loop.close()


@pytest.mark.parametrize(("name", "mass"), MASSES.items(), ids=MASSES)
def test_no_more_of_a_mass_passes_than_may(name: str, mass: Mass, braked: Braked) -> None:
    before = braked.removed()
    heard = [braked.ask(name, one) for one in mass.asks]
    assert braked.removed() - before == mass.passed
    check_held(heard[-1])


def test_a_mass_that_comes_all_at_once_is_counted_as_well(braked: Braked) -> None:
    before = braked.removed()
    with ThreadPoolExecutor(20) as pool:
        heard = list(pool.map(lambda number: braked.ask("at once", delete(number)), range(60)))
    assert braked.removed() - before == BOUND + 1
    assert sorted(one.status for one in heard) == [204] * (BOUND + 1) + [429] * (59 - BOUND)


def check_held(last: Heard) -> None:
    """It says when to come again, and a bulk request says it of each operation."""
    results = last.document.get("Operations") if last.status == 200 else None
    held = [one["response"] for one in results if one["status"] == "429"] if results else [last.document]
    assert held
    seconds = int(last.headers["retry-after"])
    assert 3_590 <= seconds <= 3_600
    for one in held:
        assert (one["status"], one["detail"][-7:]) == ("429", "(SG330)")
        assert results is None or "Retry-After of this operation is 3" in one["detail"]
    assert last.seconds < SECONDS
