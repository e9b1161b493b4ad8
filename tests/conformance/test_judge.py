"""The outside judge: scim2-tester before the gateway, scim2-server behind it, real HTTP on both sides.

README.md beside this file explains every finding that is left, with the sentence of the RFC that is on our side.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from judge_bench import SocketClient, serve_scim2
from scene import ACME, VENDOR_TOKEN, backend, open_stage, tenant, write_config, write_secret
from scim2_tester import check_server
from scim2_tester.utils import CheckResult, Status, fields_equality

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
REFERENCES = {
    ("check_add_attribute", "User", ENTERPRISE),
    ("check_add_attribute", "User", f"{ENTERPRISE}:manager"),
    ("check_replace_attribute", "User", ENTERPRISE),
    ("check_replace_attribute", "User", f"{ENTERPRISE}:manager"),
    ("check_add_attribute", "Group", "members"),
    ("check_replace_attribute", "Group", "members"),
}
LEAST_CHECKS = 130


@pytest.fixture
def peer() -> Iterator[str]:
    with serve_scim2(VENDOR_TOKEN) as url:
        yield url


async def judge(peer: str, folder: Path) -> tuple[list[CheckResult], list[tuple[str, str, int]]]:
    config = write_config(
        folder, {"peer": backend("scim2", peer, write_secret(folder))}, {"acme": tenant(ACME, "peer")}
    )
    async with open_stage(config) as stage:
        client = SocketClient(f"{stage.url}/acme/scim/v2", ACME)
        return await asyncio.to_thread(check_server, client), client.asked


def name_of(result: CheckResult) -> tuple[str | None, str | None, Any]:
    urn = result.data.get("urn") if isinstance(result.data, dict) else None
    return result.title, result.resource_type, urn


def strip_references(value: Any) -> Any:
    """The value without the `$ref` that the gateway adds."""
    if isinstance(value, list):
        return [strip_references(each) for each in value]
    if hasattr(value, "ref"):
        return value.model_copy(update={"ref": None})
    if hasattr(value, "manager") and value.manager is not None:
        return value.model_copy(update={"manager": strip_references(value.manager)})
    return value


async def test_the_judge_finds_only_what_the_readme_explains(peer: str, tmp_path: Path) -> None:
    results, asked = await judge(peer, tmp_path)
    failed = [result for result in results if result.status in (Status.ERROR, Status.CRITICAL)]
    assert {name_of(result) for result in failed} == REFERENCES
    assert len(failed) == len(REFERENCES)
    assert len(results) >= LEAST_CHECKS
    assert [name_of(result) for result in results if result.status == Status.SKIPPED] == []
    searched = {(result.title, result.resource_type) for result in results if result.status == Status.SUCCESS}
    assert {("search_with_attributes", "User"), ("search_with_attributes", "Group")} <= searched
    assert [each for each in asked if each[2] >= 500] == []


async def test_what_the_judge_finds_is_nothing_but_our_references(peer: str, tmp_path: Path) -> None:
    results, _ = await judge(peer, tmp_path)
    for result in results:
        if name_of(result) in REFERENCES and result.status == Status.ERROR:
            sent, got = result.data["expected"], result.data["actual"]
            assert not fields_equality(sent, got)
            assert fields_equality(sent, strip_references(got))


def test_the_readme_explains_each_of_them() -> None:
    text = (Path(__file__).parent / "README.md").read_text()
    assert [urn for _, _, urn in REFERENCES if urn not in text] == []


def test_the_judge_passes_the_peer_itself(peer: str) -> None:
    results = check_server(SocketClient(peer, VENDOR_TOKEN))
    assert [name_of(result) for result in results if result.status != Status.SUCCESS] == []
