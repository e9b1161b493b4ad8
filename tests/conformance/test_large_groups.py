"""Groups of 10,000 members and more over real sockets: what clients do to them, and what the vendor is asked for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from scene import ACME, VENDOR_TOKEN, Stage, backend, open_stage, tenant, write_config, write_secret

from gateway.sandbox import LEDGER, RECORDS, Exchange, start_sandbox

MANY = 10_000
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def named(count: int, begin: int = 0) -> list[dict[str, Any]]:
    return [{"value": f"u{number}"} for number in range(begin, begin + count)]


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


class Crowd:
    """A group of 10,000 members behind a gateway, and what its vendor was asked."""

    def __init__(self, stage: Stage, group: Any, ledger: list[Exchange]) -> None:
        self.stage, self.group, self.ledger = stage, group, ledger
        self.path = f"/acme/scim/v2/Groups/{group.id}"

    async def ask(self, method: str, body: Any = None, query: str = "") -> tuple[Any, list[str]]:
        """The answer, and the methods and last segments of the calls it took."""
        self.ledger.clear()
        answer = await self.stage.ask(method, f"{self.path}{query}", body)
        return answer, [f"{call.method} {call.path.rpartition('/')[2]}" for call in self.ledger]

    @property
    def members(self) -> list[str]:
        return [one["value"] for one in self.group.document.get("members", [])]


@asynccontextmanager
async def crowd(vendor: str, folder: Path, count: int = MANY) -> AsyncIterator[Crowd]:
    running = await start_sandbox(vendor, token=VENDOR_TOKEN)
    try:
        group = running.app[RECORDS].add("Groups", {"displayName": "Tour Guides", "members": named(count)})
        raw = backend(vendor, running.url, write_secret(folder))
        async with open_stage(
            write_config(folder, {"vendor": raw}, {"acme": tenant(ACME, "vendor", deadline="2m")})
        ) as stage:
            yield Crowd(stage, group, running.app[LEDGER])
    finally:
        await running.close()


@pytest.mark.parametrize("vendor", ["cube-cloud", "webex", "aws-identity-center"])
async def test_members_come_and_go_without_a_read(vendor: str, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as guides:
        for operation, count in [
            ({"op": "add", "path": "members", "value": named(1, MANY)}, MANY + 1),
            ({"op": "add", "path": "members", "value": named(1, MANY)}, MANY + 1),
            ({"op": "remove", "path": 'members[value eq "u7"]'}, MANY),
            ({"op": "Remove", "path": "members", "value": named(2, 7)}, MANY - 1),
            ({"op": "remove", "path": 'members[value eq "nobody"]'}, MANY - 1),
        ]:
            answer, calls = await guides.ask("PATCH", patch(operation))
            assert (answer.status in (200, 204), calls) == (True, [f"PATCH {guides.group.id}"])
            assert len(guides.members) == count


@pytest.mark.parametrize(("vendor", "requests"), [("cube-cloud", 1), ("webex", 1), ("aws-identity-center", 101)])
async def test_as_many_members_again_come_in_the_largest_changes_that_the_vendor_takes(
    vendor: str, requests: int, tmp_path: Path
) -> None:
    async with crowd(vendor, tmp_path) as guides:
        body = patch({"op": "add", "path": "members", "value": named(MANY + 1, MANY)})
        answer, calls = await guides.ask("PATCH", body)
        assert (answer.status in (200, 204), len(calls)) == (True, requests)
        assert guides.members == [f"u{number}" for number in range(2 * MANY + 1)]


async def test_a_list_of_members_is_paged_to_its_end_or_left_out(tmp_path: Path) -> None:
    async with crowd("webex", tmp_path) as guides:
        answer, calls = await guides.ask("GET")
        assert [one["value"] for one in answer.body["members"]] == guides.members
        assert calls == [f"GET {guides.group.id}", *["GET Members"] * 20]
        answer, calls = await guides.ask("GET", query="?excludedAttributes=members")
        assert (answer.status, "members" in answer.body, calls) == (200, False, [f"GET {guides.group.id}"])


@pytest.mark.parametrize(("vendor", "pages"), [("cube-cloud", 0), ("webex", 20)])
async def test_a_put_takes_the_difference_of_all_members(vendor: str, pages: int, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as guides:
        body = {"schemas": [GROUP], "displayName": "Tour Guides", "members": named(MANY, 1)}
        answer, calls = await guides.ask("PUT", body)
        assert answer.status == 200
        assert sorted(guides.members) == sorted(f"u{number}" for number in range(1, MANY + 1))
        assert [call.split()[0] for call in calls].count("GET") == 1 + 2 * pages
        answer, calls = await guides.ask("PUT", body)
        assert (answer.status, len(answer.body["members"])) == (200, MANY)
        assert calls == [f"GET {guides.group.id}", *["GET Members"] * pages]


async def test_a_hundred_thousand_members_are_shown(tmp_path: Path) -> None:
    async with crowd("webex", tmp_path, 100_000) as guides:
        answer, calls = await guides.ask("GET")
        assert (len(answer.body["members"]), len(calls)) == (100_000, 201)


async def test_one_more_is_refused_with_a_way_out(tmp_path: Path) -> None:
    async with crowd("webex", tmp_path, 100_001) as guides:
        answer, calls = await guides.ask("GET")
        assert (answer.status, answer.body["scimType"], len(calls)) == (400, "tooMany", 2)
        assert "excludedAttributes=members" in answer.body["detail"]


async def test_a_record_of_a_hundred_thousand_members_is_read_and_a_larger_one_than_16_mb_refused(
    tmp_path: Path,
) -> None:
    async with crowd("cube-cloud", tmp_path, 100_000) as guides:
        answer, _ = await guides.ask("GET")
        assert len(answer.body["members"]) == 100_000
        guides.group.document["members"] = [{"value": f"{number:0>160}"} for number in range(100_000)]
        answer, _ = await guides.ask("GET")
        assert (answer.status, answer.body["scimType"]) == (400, "tooMany")
        assert "(SG320)" in answer.body["detail"]
        body = patch({"op": "add", "path": "members", "value": named(1)})
        answer, _ = await guides.ask("PATCH", body)
        assert (answer.status, len(guides.members)) == (204, 100_001)
