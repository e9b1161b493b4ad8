"""One of two vendors of a split tenant fails: no list is shown without it, nobody is named or kept unasked, and those
of the other are served.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hall import Loop, RawVendor, Script, answer_with, open_gateway
from msgspec import Struct
from raw_stage import BEARER, DEADLINE, TIMEOUT, USERS, check_blame, json_bytes, listing, user
from scene import ACME, backend, tenant, write_config, write_secret
from test_failing_vendors import FAILURES
from wire import Heard, request, speak

LIST = "/acme/scim/v2/Users"
GROUPS = "/acme/scim/v2/Groups"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SALES = f'{ENTERPRISE}:department eq "Sales"'
GROUP = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g-1", "displayName": "Guides"}


def healthy(asked: bytes) -> bytes:
    """A vendor that has one person and one group."""
    line = asked.partition(b" HTTP")[0].decode()
    records = {"Users": user(), "Groups": GROUP}
    kind = next(name for name in records if f"/{name}" in line)
    if line.startswith("GET") and f"/{kind}/" not in line:
        return answer_with(json_bytes(listing() if "filter" in line else listing(records[kind])))
    return answer_with(json_bytes(records[kind]))


class Branches(Struct, frozen=True):
    """A gateway before a vendor that is well and one that is not."""

    port: int
    well: RawVendor
    ill: RawVendor

    def ask(self, method: str, target: str, body: Any = None) -> Heard:
        raw = None if body is None else json_bytes(body)
        return speak(self.port, request(method, target, raw, BEARER))

    def writes(self) -> list[str]:
        """What was written to either, and forget it."""
        lines = [line for vendor in (self.well, self.ill) for line in vendor.lines()]
        self.well.asked.clear()
        self.ill.asked.clear()
        return [line for line in lines if not line.startswith("GET")]


def ask_once(url: str, secret: Path) -> dict[str, Any]:
    """A backend that is not asked again."""
    return backend("scim2", url, secret, timeout=TIMEOUT, overrides={"connect": {"tries": 1}})


@pytest.fixture(scope="module")
def branches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branches]:
    folder, loop, well, ill = tmp_path_factory.mktemp("branches"), Loop(), RawVendor(), RawVendor()
    secret = write_secret(folder)
    backends = {name: ask_once(vendor.url, secret) for name, vendor in (("well", well), ("ill", ill))}
    whole = {"tokens": tenant(ACME, "well")["tokens"], "deadline": DEADLINE, "absent_member": "keep"}
    split = {**whole, "split": [{"use": "well", "when": SALES}, "ill"]}
    config = write_config(folder, backends, {"acme": split})
    well.script = healthy
    with open_gateway(config, loop) as running:
        yield Branches(int(running.url.rsplit(":", 1)[1]), well, ill)
    well.close()
    ill.close()
    loop.close()


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_no_list_is_shown_without_a_vendor_that_fails(failure: tuple[Script, int, str], branches: Branches) -> None:
    branches.ill.script, status, code = failure
    heard = branches.ask("GET", LIST)
    check_blame(heard, status, code)
    assert b"bjensen" not in heard.body
    assert branches.ask("GET", f"{USERS}/well~~u-1").status == 200


# Some that say neither that somebody is there nor that nobody is.
UNSURE = ["401", "500 with a stack trace", "a redirect", "no HTTP", "not modified"]


@pytest.mark.parametrize("name", UNSURE)
@pytest.mark.parametrize("query", ["count=0", "sortBy=userName", "startIndex=2&count=1", "cursor=&count=1"])
def test_nor_a_page_a_total_or_an_order(name: str, query: str, branches: Branches) -> None:
    branches.ill.script, status, code = FAILURES[name]
    check_blame(branches.ask("GET", f"{LIST}?{query}"), status, code)


@pytest.mark.parametrize("name", UNSURE)
@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("PATCH", f"{USERS}/well~~u-1",
         {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "userName", "value": "babs"}]}),
        ("POST", USERS, {"userName": "babs", ENTERPRISE: {"department": "Sales"}}),
        ("PATCH", f"{GROUPS}/well~~g-1",
         {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "members", "value": [{"value": "ill~~u-9"}]}]}),
        ("PUT", f"{GROUPS}/well~~g-1", {"displayName": "Guides", "members": [{"value": "ill~~u-9"}]}),
    ],
)  # fmt: skip
def test_nobody_is_named_or_kept_while_the_vendor_that_might_know_them_fails(
    name: str, method: str, target: str, body: Any, branches: Branches
) -> None:
    branches.ill.script, status, _ = FAILURES[name]
    branches.writes()
    heard = branches.ask(method, target, body)
    assert heard.status in (status, 503), heard.body
    assert branches.writes() == []
    members = branches.ask("GET", f"{GROUPS}/well~~g-1").document.get("members", [])
    assert members == []
