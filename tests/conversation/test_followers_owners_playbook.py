"""Whose a follower's record is: of people who are deleted and made again, renamed under way, or let in late."""

import pytest
from followed import load, make_followed
from followers_stage import World, change, names
from msgspec.structs import replace

from gateway.conversation.effects import Lost
from gateway.conversation.followers.marking import Open, set_marks

STAFF = change(("replace", "userType", "staff"))


@pytest.fixture
def world():
    return World()


def put_in(world, gateway, name, *natives):
    members = [{"value": one} for one in natives]
    status, body = world.ask(gateway, "POST /Groups", {"displayName": name, "members": members})
    assert status == 201
    return body["id"]


def test_who_is_deleted_and_made_again_does_not_come_into_the_groups_of_before(world):
    """The follower missed the deletion: the record is still there under the name, with all its memberships."""
    gateway = make_followed()
    world.ask(gateway, "POST /Users", {"userName": "ada", "title": "Clerk"})
    put_in(world, gateway, "payroll", "h1")
    world.down = {"desk"}
    assert world.ask(gateway, "DELETE /Users/h1")[0] == 204
    assert world.ask(gateway, "POST /Users", {"userName": "ada", "title": "Guide"})[0] == 201
    world.down = set()
    world.work_off(gateway)
    assert names(world.desk) == {"ada": "Guide"}
    assert names(world.desk, "Group") == {"payroll": []} == names(world.hr, "Group")


def test_a_name_that_another_gave_up_is_taken_once_she_has_given_it_up_at_the_follower_too(world):
    gateway = make_followed()
    world.ask(gateway, "POST /Users", {"userName": "ada", "title": "first"})
    world.down = {"desk"}
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "userName", "lovelace")))
    world.entries = {key: found for key, found in world.entries.items() if key.kind != "resting"}
    world.down = set()
    assert world.ask(gateway, "POST /Users", {"userName": "ada", "title": "second"})[0] == 201
    assert names(world.desk) == {"ada": "second", "lovelace": "first"}


@pytest.mark.parametrize("late", [False, True])
def test_who_is_adopted_is_in_her_groups_at_the_follower(world, late):
    gateway = make_followed(when='userType eq "staff"')
    tenant = replace(gateway.tenants["acme"], adopt=("userName",))
    gateway = replace(gateway, tenants={"acme": tenant})
    world.hr.create("User", {"userName": "ada", "userType": "guest"}, 0.0)
    world.ask(gateway, "POST /Users", {"userName": "bo", "userType": "staff"})
    put_in(world, gateway, "choir", "h1", "h2")
    world.down = {"desk"} if late else set()
    assert world.ask(gateway, "POST /Users", {"userName": "ada", "userType": "staff"})[0] == 201
    world.down = set()
    world.work_off(gateway)
    assert names(world.desk, "Group") == {"choir": ["ada", "bo"]}
    assert not world.marks.open


def test_who_comes_to_belong_is_in_her_groups_and_leads_her_people_at_the_follower(world):
    gateway = make_followed(when='userType eq "staff"')
    world.ask(gateway, "POST /Users", {"userName": "ada", "userType": "guest"})
    world.ask(gateway, "POST /Users", {"userName": "bo", "userType": "staff"})
    put_in(world, gateway, "choir", "h1", "h2")
    assert names(world.desk, "Group") == {"choir": ["bo"]}
    assert world.ask(gateway, "PATCH /Users/h1", STAFF)[0] == 200
    world.work_off(gateway)
    assert names(world.desk, "Group") == {"choir": ["ada", "bo"]}
    assert not world.marks.open


def lose_first_create(world):
    """The follower loses the answer of its first create; what carries it out at last."""
    serve, late = world.desk.serve, []

    def lose(call, *when):
        if call.method == "POST" and not late:
            late.append(call)
            raise TimeoutError
        return serve(call, *when)

    def call(call, strikes):
        try:
            return World.call(world, call, strikes)
        except TimeoutError:
            return Lost("unknown", "timeout")

    world.desk.serve, world.call = lose, call
    return lambda: serve(late[0], world.now)


def test_a_create_that_is_lost_and_lands_after_a_rename_is_the_same_record(world):
    gateway = make_followed()
    land = lose_first_create(world)
    assert world.ask(gateway, "POST /Groups", {"displayName": "choir"})[0] == 201
    assert world.ask(gateway, "PATCH /Groups/h1", change(("replace", "displayName", "band")))[0] == 200
    world.now += 20.0
    world.catch_up(gateway)
    assert world.desk.all["Group"] == {}, "the one that was sent may still appear"
    land()
    world.work_off(gateway)
    assert names(world.desk, "Group") == {"band": []}


OUT = change(("replace", "userType", "guest"))
OFF = change(("replace", "active", False))


DELETES = "resources: { User: { map: { active: { keep: gateway, assume: true, when_false: delete } } } }"


@pytest.mark.parametrize(
    ("follower", "when", "line", "body"),
    [("", "", "DELETE /Users/h1", None), ("", 'userType eq "staff"', "PATCH /Users/h1", OUT),
     ("", "", "PATCH /Users/h1", OFF), (DELETES, "", "PATCH /Users/h1", OFF)],
    ids=["deleted", "let out", "barred", "barred where that is a deletion"],
)  # fmt: skip
def test_who_is_kept_out_meanwhile_does_not_come_in_with_a_create_that_lands_late(world, follower, when, line, body):
    gateway = make_followed(follower=load("scim2", overrides=follower), when=when)
    land = lose_first_create(world)
    assert world.ask(gateway, "POST /Users", {"userName": "ada", "userType": "staff"})[0] == 201
    assert world.ask(gateway, line, body)[0] in (200, 204)
    (follower,) = gateway.tenants["acme"].followers
    world.run(set_marks([(follower.seat, Open("User", "h1", ours=True))], 2.0))  # of one who knows nothing of it
    for _ in range(4):
        world.now += 15.0
        world.catch_up(gateway)
    assert world.marks.open, "the one that was sent may still appear"
    land()
    world.work_off(gateway)
    assert not world.marks.open
    assert not [one for one in world.desk.all["User"].values() if one.get("active", True)]


def test_where_all_are_required_who_was_deleted_since_can_be_made_again(world):
    """Her create was half done, which is remembered for a day."""
    gateway = make_followed(require="all")
    world.down = {"desk"}
    assert world.ask(gateway, "POST /Users", {"userName": "ada"})[0] == 503
    world.down = set()
    world.work_off(gateway)
    assert world.ask(gateway, "DELETE /Users/h1")[0] == 204
    status, body = world.ask(gateway, "POST /Users", {"userName": "ada"})
    assert (status, body["id"]) == (201, "h2")
    assert names(world.desk) == {"ada": None}


def test_who_is_kept_out_is_found_again_long_after_her_create_was_lost(world):
    """The worker died, and the create is not spoken of any more: the mark still says that she was to be there."""
    gateway = make_followed(when='userType eq "staff"')
    land = lose_first_create(world)
    world.ask(gateway, "POST /Users", {"userName": "ada", "userType": "guest"})
    assert world.ask(gateway, "PATCH /Users/h1", STAFF)[0] == 200
    assert world.ask(gateway, "PATCH /Users/h1", OUT)[0] == 200
    land()
    world.now += 200.0
    world.work_off(gateway)
    assert [one["active"] for one in world.desk.all["User"].values()] == [False]


def test_who_was_deleted_at_the_follower_comes_back_into_her_groups(world):
    gateway = make_followed()
    world.ask(gateway, "POST /Users", {"userName": "ada"})
    put_in(world, gateway, "choir", "h1")
    world.desk.delete("User", "d1")
    assert world.ask(gateway, "PATCH /Users/h1", change(("replace", "title", "Guide")))[0] == 200
    world.work_off(gateway)
    assert (names(world.desk), names(world.desk, "Group")) == ({"ada": "Guide"}, {"choir": ["ada"]})
