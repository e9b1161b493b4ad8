"""More records than a page holds: each vendor's own paging behind `startIndex` and `count`, with true totals."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from scene import ACME, VENDOR_TOKEN, Stage, backend, open_stage, tenant, write_config, write_secret

from gateway.sandbox import LEDGER, RECORDS, Exchange, start_sandbox

VENDORS = ["cube-cloud", "rsa-unified-directory", "huawei-identity-center", "ping-directory"]
BY_CURSOR = [*VENDORS, "aws-identity-center", "gitlab-group"]
USERS = "/acme/scim/v2/Users"
PEOPLE = 137


def person(number: int) -> dict[str, Any]:
    """What every vendor keeps of a user."""
    return {
        "userName": f"user{number:03}@example.com",
        "name": {"givenName": "User", "familyName": f"Number{number:03}"},
        "emails": [{"value": f"user{number:03}@example.com", "type": "work", "primary": True}],
        "active": number % 2 == 0,
    }


def stored(number: int, vendor: str) -> dict[str, Any]:
    document = person(number)
    if vendor == "cube-cloud":
        del document["emails"][0]["type"]
    if vendor in ("huawei-identity-center", "aws-identity-center"):
        document["displayName"] = f"User Number{number:03}"
    return document


@asynccontextmanager
async def crowd(vendor: str, folder: Path) -> AsyncIterator[tuple[Stage, list[Exchange]]]:
    """A vendor that holds 137 people, and the gateway before it."""
    running = await start_sandbox(vendor, token=VENDOR_TOKEN)
    try:
        for number in range(PEOPLE):
            running.app[RECORDS].add("Users", stored(number, vendor))
        raw = backend(vendor, running.url, write_secret(folder))
        async with open_stage(write_config(folder, {"vendor": raw}, {"acme": tenant(ACME, "vendor")})) as stage:
            yield stage, running.app[LEDGER]
    finally:
        await running.close()


@pytest.mark.parametrize("count", [10, 50, 100, 1000])
@pytest.mark.parametrize("vendor", VENDORS)
async def test_an_import_reads_everybody_once(vendor: str, count: int, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as (stage, _):
        names, start = [], 1
        while True:
            answer = await stage.ask("GET", f"{USERS}?startIndex={start}&count={count}")
            assert answer.status == 200, answer.body
            assert answer.body["totalResults"] == PEOPLE
            assert answer.body["startIndex"] == start
            page = [each["userName"] for each in answer.body["Resources"]]
            assert answer.body["itemsPerPage"] == len(page)
            names += page
            start += len(page)
            if start > PEOPLE:
                break
            assert page
        assert sorted(names) == [f"user{number:03}@example.com" for number in range(PEOPLE)]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_the_last_one_is_found_by_name_and_nobody_by_another(vendor: str, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as (stage, _):
        found = await stage.ask("GET", f'{USERS}?filter=userName eq "USER136@example.com"')
        assert [each["userName"] for each in found.body["Resources"]] == ["user136@example.com"]
        nobody = await stage.ask("GET", f'{USERS}?filter=userName eq "user137@example.com"')
        assert (nobody.status, nobody.body["totalResults"], nobody.body["Resources"]) == (200, 0, [])


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_filter_that_is_checked_here_has_a_true_total_on_every_page(vendor: str, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as (stage, _):
        target = f'{USERS}?filter=active eq true and name.familyName ew "8"&count=5&startIndex='
        first = await stage.ask("GET", target + "1")
        rest = await stage.ask("GET", target + "6")
        beyond = await stage.ask("GET", target + "99")
        wanted = [f"user{number:03}@example.com" for number in range(PEOPLE) if number % 10 == 8]
        names = [each["userName"] for answer in (first, rest) for each in answer.body["Resources"]]
        assert sorted(names) == wanted[:10]
        assert [answer.body["totalResults"] for answer in (first, rest, beyond)] == [len(wanted)] * 3
        assert beyond.body["Resources"] == []


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_count_of_nothing_gives_the_total_alone(vendor: str, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as (stage, _):
        answer = await stage.ask("GET", f"{USERS}?count=0")
        assert (answer.body["totalResults"], answer.body.get("Resources", [])) == (PEOPLE, [])
        negative = await stage.ask("GET", f"{USERS}?count=-5&startIndex=-5")
        assert (negative.body["totalResults"], negative.body["startIndex"]) == (PEOPLE, 1)


async def test_a_vendor_that_refuses_filters_is_never_sent_one(tmp_path: Path) -> None:
    async with crowd("huawei-identity-center", tmp_path) as (stage, ledger):
        await stage.ask("GET", f'{USERS}?filter=userName eq "user136@example.com"')
        assert [call.status for call in ledger] == [200, 200, 200]
        assert [call for call in ledger if "filter" in call.query] == []


async def turn_pages(stage: Stage, query: str, count: int) -> AsyncIterator[dict[str, Any]]:
    """Every page of a list by cursor (RFC 9865)."""
    cursor: str | None = ""
    while cursor is not None:
        answer = await stage.ask("GET", f"{USERS}?{query}count={count}&cursor={cursor}")
        assert answer.status == 200, answer.body
        page: dict[str, Any] = answer.body
        assert "startIndex" not in page
        assert page["itemsPerPage"] == len(page["Resources"]) <= count
        yield page
        cursor = page.get("nextCursor")


@pytest.mark.parametrize("count", [7, 50, 1000])
@pytest.mark.parametrize("vendor", BY_CURSOR)
async def test_an_import_by_cursor_reads_everybody_once(vendor: str, count: int, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as (stage, _):
        pages = [page async for page in turn_pages(stage, "", count)]
    names = [each["userName"] for page in pages for each in page["Resources"]]
    assert sorted(names) == [f"user{number:03}@example.com" for number in range(PEOPLE)]
    assert {page.get("totalResults", PEOPLE) for page in pages} == {PEOPLE}
    assert all(page["Resources"] for page in pages)


@pytest.mark.parametrize("vendor", BY_CURSOR)
async def test_a_filter_that_is_checked_here_is_read_by_cursor_too(vendor: str, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as (stage, _):
        query = 'filter=userName ew "8@example.com"&'
        names = [each["userName"] async for page in turn_pages(stage, query, 3) for each in page["Resources"]]
    assert sorted(names) == [f"user{number:03}@example.com" for number in range(PEOPLE) if number % 10 == 8]


@pytest.mark.parametrize("vendor", BY_CURSOR)
async def test_an_order_holds_from_page_to_page(vendor: str, tmp_path: Path) -> None:
    async with crowd(vendor, tmp_path) as (stage, _):
        query = "sortBy=userName&sortOrder=descending&"
        names = [each["userName"] async for page in turn_pages(stage, query, 60) for each in page["Resources"]]
    assert names == [f"user{number:03}@example.com" for number in reversed(range(PEOPLE))]


async def test_a_list_of_tokens_is_walked_by_index_page_for_page(tmp_path: Path) -> None:
    async with crowd("aws-identity-center", tmp_path) as (stage, ledger):
        for start in (1, 101):
            answer = await stage.ask("GET", f"{USERS}?startIndex={start}&count=100")
            assert (answer.body["totalResults"], answer.body["startIndex"]) == (PEOPLE, start)
        assert [call.query.split("&")[0].partition(":")[0] for call in ledger] == ["cursor=", "cursor=c", "cursor=c"]
