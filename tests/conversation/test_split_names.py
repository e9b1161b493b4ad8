"""A branch whose names are ids: people there keep their ids under another name, as long as the name stays there."""

import pytest
from anchor_stage import NameWorld, rename
from split_stage import EUROPE, SplitWorld, split_gateway, told

GATEWAY = split_gateway((("eu", "anchor-vendor", EUROPE), ("us", "scim2", None)))
BOB = "eu~~bob~40eu.acme.example"


class Both(SplitWorld):
    """`eu` knows people by their names, `us` by ids of its own."""

    def __init__(self):
        super().__init__()
        self.people = NameWorld()

    def serve(self, call):
        return self.people.serve(call) if call.backend == "eu" else super().serve(call)


@pytest.fixture
def world():
    world = Both()
    status, made = told(world, GATEWAY, "POST /Users", {"userName": "bob@eu.acme.example"})
    assert (status, made["id"]) == (201, BOB)
    assert told(world, GATEWAY, "POST /Users", {"userName": "bob@us.acme.example"})[1]["id"] == "us~~1"
    return world


def test_a_rename_within_the_branch_keeps_the_id(world):
    status, _ = told(world, GATEWAY, f"PATCH /Users/{BOB}", rename(BOB, "rob@eu.acme.example")[3])
    assert status in (200, 204)
    world.entries = {}
    assert told(world, GATEWAY, f"GET /Users/{BOB}")[1]["userName"] == "rob@eu.acme.example"
    assert [one["id"] for one in told(world, GATEWAY, "GET /Users")[1]["Resources"]] == [BOB, "us~~1"]
    found = told(world, GATEWAY, f'GET /Users?filter=id eq "{BOB}"')[1]
    assert [one["userName"] for one in found["Resources"]] == ["rob@eu.acme.example"]


def test_a_rename_out_of_the_branch_is_refused(world):
    status, refused = told(world, GATEWAY, f"PATCH /Users/{BOB}", rename(BOB, "rob@us.acme.example")[3])
    assert (status, refused["detail"][-7:]) == (400, "(SG350)")
    assert world.people.firsts == {"bob@eu.acme.example": "bob@eu.acme.example"}
