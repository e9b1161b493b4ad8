"""Misbehaviour, the ledger and the door: what is common to all pretend vendors."""

import asyncio
import re
import time

import aiohttp
import pytest

from gateway.sandbox import (
    KNOWN_FAULTS,
    LEDGER,
    RECORDS,
    VENDORS,
    UnknownFault,
    UnknownVendor,
    base_path,
    build_sandbox,
    start_sandbox,
)

VENDOR = "cube-cloud"
BODY = {"userName": "bjensen@example.com"}
NOBODY = {"filter": 'userName eq "nobody"'}  # some vendors list nothing without a filter


@pytest.mark.parametrize(
    ("fault", "status", "kept"),
    [("error-500", 500, 0), ("throttle", 429, 0), ("refuse-auth", 401, 0), ("garbage", 200, 0)],
)
async def test_a_fault_that_does_nothing_keeps_nothing(dial, fault, status, kept):
    line = await dial(VENDOR, fault)
    answer = await line("POST", "/Users", BODY)
    assert answer.status == status
    assert len(line.running.app[RECORDS].all("Users")) == kept


async def test_throttling_says_when_to_come_back(dial):
    answer = await (await dial(VENDOR, "throttle"))("GET", "/Users")
    assert answer.headers["Retry-After"] == "1"


async def test_garbage_is_a_page_of_html(dial):
    answer = await (await dial(VENDOR, "garbage"))("GET", "/Users")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!doctype html>")


async def test_a_truncated_answer_is_no_json_and_the_work_is_done(dial):
    line = await dial(VENDOR, "truncate")
    answer = await line("POST", "/Users", BODY)
    assert answer.status == 201
    assert isinstance(answer.body, str)
    assert len(line.running.app[RECORDS].all("Users")) == 1


async def test_a_lost_answer_was_applied(dial):
    line = await dial(VENDOR, "lost-answer:1")
    with pytest.raises(aiohttp.ClientConnectionError):
        await line("POST", "/Users", BODY)
    assert (await line("GET", "/Users")).body["totalResults"] == 1


async def test_a_slow_vendor_takes_two_seconds_the_first_time_only(dial):
    line = await dial(VENDOR, "slow:1")
    begun = time.monotonic()
    await line("GET", "/Users")
    slow = time.monotonic() - begun
    begun = time.monotonic()
    await line("GET", "/Users")
    assert slow >= 2 > time.monotonic() - begun


async def test_a_number_limits_a_fault_to_the_first_requests(dial):
    line = await dial(VENDOR, "throttle:2", "error-500:3")
    assert [(await line("GET", "/Users")).status for _ in range(4)] == [429, 429, 500, 200]


@pytest.mark.parametrize("vendor", sorted(VENDORS))
@pytest.mark.parametrize("text", ["sloow", "slow:", "slow:0", "slow:x", "slow:-1", "", "put-merges:2"])
def test_an_unknown_fault_lists_the_known_ones(vendor, text):
    with pytest.raises(UnknownFault) as problem:
        build_sandbox(vendor, token="t", faults=[text])
    assert all(name in str(problem.value) for name in [*KNOWN_FAULTS, *VENDORS[vendor].options])


def test_an_unknown_vendor_is_told_the_nearest_one():
    with pytest.raises(UnknownVendor, match="Did you mean 'cube-cloud'"):
        build_sandbox("cube-clod", token="t")


@pytest.mark.parametrize(
    ("vendor", "path"),
    [
        ("cube-cloud", "/api/scim/v2"),
        ("rsa-unified-directory", "/identity/scim"),
        ("huawei-identity-center", "/d-7f31c0a9/scim/v2"),
        ("ping-directory", "/scim/v2"),
        ("new-relic", "/scim/v2"),
        ("slack", "/scim/v2"),
        ("aws-identity-center", "/Abc1d2e3f4g-5678/scim/v2"),
        ("gitlab-group", "/api/scim/v2/groups/acme"),
        ("google-cloud-identity", "/v1/customers/C01234abc/v2"),
        ("github-emu", "/scim/v2/enterprises/acme"),
        ("webex", "/identity/scim/0ae87ade-8c8a-4952-af08-318798958d0c/v2"),
    ],
)
async def test_each_vendor_serves_under_its_own_path_and_nowhere_else(dial, vendor, path):
    assert base_path(vendor) == path
    line = await dial(vendor)
    assert line.running.url.endswith(path)
    assert (await line("GET", "/Users", params=NOBODY)).body["totalResults"] == 0
    root = line.running.url.removesuffix(path)
    assert (await line("GET", "/Users", url=root)).status == 404
    assert (await line("GET", "/", url=root)).status == 404


@pytest.mark.parametrize("vendor", sorted(VENDORS))
async def test_the_ledger_has_every_exchange_and_never_the_token(dial, vendor):
    line = await dial(vendor)
    await line("GET", "/Users", params=NOBODY)
    await line("POST", "/Users", {"shoeSize": 44})
    await line("DELETE", "/Users/none", token="other")
    ledger = line.running.app[LEDGER]
    assert [(each.method, each.status) for each in ledger] == [("GET", 200), ("POST", 400), ("DELETE", 401)]
    assert ledger[0].path == f"{base_path(vendor)}/Users"
    assert ledger[0].query == f"filter={NOBODY['filter']}"
    assert ledger[0].response_body["totalResults"] == 0
    assert (ledger[0].request_body, ledger[1].request_body) == (None, {"shoeSize": 44})
    assert not re.search("sandbox-token|other", repr([each.headers for each in ledger]))


async def test_the_ledger_names_the_faults_done_to_an_answer(dial):
    line = await dial(VENDOR, "truncate:1")
    await line("GET", "/Users")
    await line("GET", "/Users")
    assert [each.faults for each in line.running.app[LEDGER]] == [("truncate",), ()]


async def test_a_taken_port_is_an_os_error_and_close_gives_it_back():
    first = await start_sandbox(VENDOR, token="t")
    port = int(first.url.split(":")[2].split("/")[0])
    with pytest.raises(OSError, match="in use"):
        await start_sandbox(VENDOR, token="t", port=port)
    await first.close()
    again = await start_sandbox(VENDOR, token="t", port=port)
    await again.close()


async def test_a_hundred_creates_at_once_of_one_user_make_one(dial):
    line = await dial(VENDOR)
    answers = await asyncio.gather(*(line("POST", "/Users", BODY) for _ in range(100)))
    assert sorted(each.status for each in answers) == [201] + [409] * 99


async def test_an_id_with_odd_characters_is_just_not_found(dial):
    line = await dial(VENDOR)
    for segment in ("%2e%2e", "a%2Fb", "%00", "%ff"):
        assert (await line("GET", f"/Users/{segment}")).status == 404
