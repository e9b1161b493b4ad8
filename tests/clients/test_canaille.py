"""Canaille 0.3.6, a whole identity provider, provisions people and groups: a rich vendor, and poorer and poorer ones.

Canaille finds everything by `externalId` and builds what it sends from `/Schemas`. Where a vendor's groups have no
externalId the operator lets the gateway keep it; where the schema lacks an attribute `client: canaille` tells the rest.
"""

from pathlib import Path
from typing import Any

import pytest
from canaille_stage import open_canaille


def keep_external_id(*drop: str) -> dict[str, Any]:
    """Overrides by which the gateway keeps the externalId of groups; `drop` is what the vendor loses besides."""
    return {"resources": {"Group": {"map": {"externalId": {"keep": "gateway"}}, "drop": list(drop)}}}


VENDORS: dict[str, dict[str, Any]] = {  # with the overrides that Canaille needs there
    "webex": {},
    "github-emu": {},
    "new-relic": keep_external_id("members.type"),
    "cube-cloud": keep_external_id("members.type"),
    "huawei-identity-center": keep_external_id(),
}
BABS = {
    "user_name": "bjensen@example.com",
    "formatted_name": "Barbara Jensen",
    "family_name": "Jensen",
    "given_name": "Barbara",
    "display_name": "Babs Jensen",
    "emails": ["bjensen@example.com", "babs@example.com"],
    "phone_numbers": ["+1 555 0100"],
    "title": "Tour Guide",
    "department": "Tours",
    "locality": "Hollywood",
}
JOHN = {
    "user_name": "jsmith@example.com",
    "formatted_name": "John Smith",
    "family_name": "Smith",
    "given_name": "John",
    "display_name": "John Smith",
    "emails": ["jsmith@example.com"],
}


@pytest.mark.parametrize("vendor", VENDORS)
async def test_people_come_change_are_locked_let_in_again_and_go(
    vendor: str, canaille_python: Path, tmp_path: Path
) -> None:
    async with open_canaille(canaille_python, tmp_path, vendor, VENDORS[vendor]) as canaille:
        assert await canaille.act("save", "User", **BABS) == []
        assert canaille.writes() == ["POST Users"]
        assert canaille.people[BABS["user_name"]]["name"]["familyName"] == "Jensen"

        assert await canaille.act("save", "User", user_name=BABS["user_name"], family_name="Jensen-Lie") == []
        assert list(canaille.people) == [BABS["user_name"]]
        assert canaille.people[BABS["user_name"]]["name"]["familyName"] == "Jensen-Lie"
        assert canaille.people[BABS["user_name"]]["active"] is True

        assert await canaille.act("save", "User", user_name=BABS["user_name"], lock_date="2026-01-05T09:00:00Z") == []
        assert canaille.people[BABS["user_name"]]["active"] is False
        assert await canaille.act("save", "User", user_name=BABS["user_name"], lock_date=None) == []
        assert canaille.people[BABS["user_name"]]["active"] is True

        canaille.writes()
        assert await canaille.act("delete", "User", user_name=BABS["user_name"]) == []
        assert canaille.writes() == ["DELETE Users"]
        assert canaille.people == {}


@pytest.mark.parametrize("vendor", VENDORS)
async def test_groups_come_with_their_members_change_and_go(vendor: str, canaille_python: Path, tmp_path: Path) -> None:
    babs, john, guides = BABS["user_name"], JOHN["user_name"], "Tour Guides"
    async with open_canaille(canaille_python, tmp_path, vendor, VENDORS[vendor]) as canaille:
        assert await canaille.act("save", "User", **BABS) == []
        assert await canaille.act("save", "User", **JOHN) == []
        assert await canaille.act("save", "Group", display_name=guides, members=[babs]) == []
        assert canaille.memberships == {guides: {babs}}

        assert await canaille.act("save", "Group", display_name=guides, members=[babs, john]) == []
        assert canaille.memberships == {guides: {babs, john}}
        assert await canaille.act("save", "Group", display_name=guides, members=[john]) == []
        assert canaille.memberships == {guides: {john}}

        canaille.writes()
        assert await canaille.act("save", "User", user_name=john, lock_date="2026-01-05T09:00:00Z") == []
        assert canaille.memberships == {guides: {john}}
        assert canaille.people[john]["active"] is False

        assert await canaille.act("delete", "Group", display_name=guides) == []
        assert canaille.memberships == {}
        assert set(canaille.people) == {babs, john}


@pytest.mark.parametrize("vendor", ["github-emu", "cube-cloud"])
async def test_what_has_not_changed_is_not_written_again(vendor: str, canaille_python: Path, tmp_path: Path) -> None:
    async with open_canaille(canaille_python, tmp_path, vendor, VENDORS[vendor]) as canaille:
        assert await canaille.act("save", "User", **JOHN) == []
        canaille.writes()
        assert await canaille.act("save", "User", **JOHN) == []
        assert canaille.writes() == []


async def test_without_its_name_canaille_takes_the_gateway_for_no_scim_server_and_sends_nothing(
    canaille_python: Path, tmp_path: Path
) -> None:
    async with open_canaille(canaille_python, tmp_path, "webex", {}, client="any") as canaille:
        assert await canaille.act("save", "User", **JOHN) == []
        assert canaille.writes() == []
        assert canaille.people == {}
