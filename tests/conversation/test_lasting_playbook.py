"""What a follower sets once and never changes: the rest goes on, the difference is told once, nobody is doubled."""

import pytest
from followed import make_followed, scan
from followers_stage import World, change, names
from msgspec.structs import replace

from gateway.conversation.followers.marking import read_open
from gateway.conversation.reconcile.reconciling import reconcile
from gateway.conversation.reconcile.stepping import go_on
from gateway.mapping.load import load_dialect
from gateway.mapping.source import read_yaml
from gateway.observations_followers import FollowerBehind, FollowerInStep, MarkParked

SHAPES = {
    "emails": '"emails[] im": { value: string, type: string, primary: bool }',
    "userName": "userName: string! im key",
    "name": "name: { givenName: string im, familyName: string }",
    "type": '"emails[]": { value: string, type: string im, primary: bool }',
    "unseen": "nickName: string wo im",
}
HOME, WORK = {"value": "a@home.example", "type": "home"}, {"value": "a@work.example", "type": "work"}


def fixing(name):
    """A gateway whose follower sets an attribute once."""
    text = f"resources: {{ User: {{ shape: {{ {SHAPES[name]} }} }} }}"
    dialect = load_dialect("scim2", overrides=read_yaml(text, "gateway.yaml"))
    resources = {name: replace(one, can=scan(one.can)) for name, one in dialect.resources.items()}
    return replace(dialect, resources=resources)


@pytest.fixture
def world():
    return World()


def noted(world, kind):
    return [fact for fact in world.facts if isinstance(fact, kind)]


def opened(world, gateway):
    """What the marks say."""
    seat = gateway.tenants["acme"].followers[0].seat
    return [read_open(seat, marked.entry) for marked in world.marks.list_all(("acme", "desk"))]


def compare(world, gateway, *, repairs=True):
    """What reconcile tells of users."""
    tenant = gateway.tenants["acme"]
    reports = world.run(reconcile(tenant, tenant.followers[0], go_on, repairs=repairs)).types
    return [(one.kind, one.native, one.attributes, one.code, one.repaired) for one in reports[0].drifts]


def writes(world):
    return [line for line in world.told() if line.startswith("desk: ") and "GET" not in line]


def test_the_rest_is_sent_and_the_difference_is_told_once_and_parked(world):
    gateway = make_followed(follower=fixing("emails"))
    world.ask(gateway, "POST /Users", {"userName": "ada", "title": "Clerk", "emails": [HOME]})
    world.told()
    both = change(("replace", "emails", [WORK]), ("replace", "title", "Guide"))
    assert world.ask(gateway, "PATCH /Users/h1", both)[0] == 200
    assert writes(world) == ["desk: PATCH /Users/d1"]
    assert (world.desk.all["User"]["d1"]["emails"], names(world.desk)) == ([HOME], {"ada": "Guide"})
    (fact,) = noted(world, MarkParked)
    assert (fact.code, fact.attributes) == ("SG346", ("emails",))
    assert len(noted(world, FollowerInStep)) == 1, "of the create"
    assert not noted(world, FollowerBehind)
    (mark,) = opened(world, gateway)
    assert (mark.parked, mark.there, mark.fixed, mark.code) == (True, "d1", ("emails",), "SG346")

    world.now += 10_000.0
    assert world.catch_up(gateway) == 0, "nobody tries again"
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "title", "Boss")))
    assert names(world.desk) == {"ada": "Boss"}
    assert len(noted(world, MarkParked)) == 1, "it was told before"
    assert opened(world, gateway)[0].parked


@pytest.mark.parametrize("forgets", [False, True])
def test_reconcile_names_what_lasts_and_writes_nothing(world, forgets):
    gateway = make_followed(follower=fixing("emails"))
    world.ask(gateway, "POST /Users", {"userName": "ada", "emails": [HOME]})
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "emails", [WORK])))
    if forgets:
        world.flush()
    world.told()
    lasting = [("lasting", "h1", ("emails",), "SG346", False)]
    assert compare(world, gateway, repairs=False) == lasting
    for _ in range(3):
        assert compare(world, gateway) == lasting
        assert opened(world, gateway)[0].parked
    assert writes(world) == []
    assert len(noted(world, MarkParked)) == (2 if forgets else 1)


def test_what_was_mended_by_hand_is_parked_no_more(world):
    gateway = make_followed(follower=fixing("emails"))
    world.ask(gateway, "POST /Users", {"userName": "ada", "emails": [HOME]})
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "emails", [WORK])))
    world.desk.all["User"]["d1"]["emails"] = [WORK]
    assert compare(world, gateway) == []
    assert opened(world, gateway) == []


def test_what_changes_back_is_in_step_again(world):
    gateway = make_followed(follower=fixing("emails"))
    world.ask(gateway, "POST /Users", {"userName": "ada", "emails": [HOME]})
    for value in (WORK, HOME):
        world.ask(gateway, "PATCH /Users/h1", change(("replace", "emails", [value])))
    assert opened(world, gateway) == []
    assert len(noted(world, FollowerInStep)) == 2


def test_both_are_told_where_the_rest_has_drifted_too(world):
    gateway = make_followed(follower=fixing("emails"))
    world.ask(gateway, "POST /Users", {"userName": "ada", "title": "Clerk", "emails": [HOME]})
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "emails", [WORK])))
    world.desk.all["User"]["d1"]["title"] = "Nobody"
    assert compare(world, gateway, repairs=False) == [("differs", "h1", ("emails", "title"), "", False)]
    assert compare(world, gateway) == [("lasting", "h1", ("emails",), "SG346", False)]
    assert names(world.desk) == {"ada": "Clerk"}


def test_who_is_known_by_what_lasts_stays_the_same_record(world):
    """The name that a record is found by is the one that it had, for good: the link alone says who that is."""
    gateway = make_followed(follower=fixing("userName"))
    world.ask(gateway, "POST /Users", {"userName": "ada", "title": "Clerk"})
    both = change(("replace", "userName", "lovelace"), ("replace", "title", "Guide"))
    assert world.ask(gateway, "PATCH /Users/h1", both)[0] == 200
    assert names(world.desk) == {"ada": "Guide"}
    assert [one.attributes for one in noted(world, MarkParked)] == [("userName",)]
    world.now += 90 * 86_400.0
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "title", "Boss")))
    assert names(world.desk) == {"ada": "Boss"}
    assert compare(world, gateway) == [("lasting", "h1", ("userName",), "SG346", False)]
    assert world.ask(gateway, "DELETE /Users/h1")[0] == 204
    assert names(world.desk) == {}


def test_a_newcomer_of_the_old_name_is_not_taken_for_who_still_has_it(world):
    gateway = make_followed(follower=fixing("userName"))
    world.ask(gateway, "POST /Users", {"userName": "ada", "title": "Clerk"})
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "userName", "lovelace")))
    world.now += 90 * 86_400.0
    assert world.ask(gateway, "POST /Users", {"userName": "ada", "title": "New"})[0] == 201
    world.work_off(gateway, turns=12)
    assert names(world.desk) == {"ada": "Clerk"}, "the follower has no place for her while the name is taken"
    marks = {one.native: (one.code, one.parked) for one in opened(world, gateway)}
    assert marks == {"h1": ("SG346", True), "h2": ("SG204", True)}
    world.ask(gateway, "DELETE /Users/h1")
    assert [one[1:] for one in compare(world, gateway)] == [("h2", (), "SG204", True)]
    assert names(world.desk) == {"ada": "New"}


@pytest.mark.parametrize(
    ("name", "before", "after", "left", "told"),
    [
        ("name", {"name": {"givenName": "A", "familyName": "B"}},
         ("replace", "name", {"givenName": "C", "familyName": "D"}),
         {"name": {"givenName": "A", "familyName": "D"}}, "name.givenName"),
        ("type", {"emails": [HOME]}, ("replace", "emails", [{**HOME, "type": "work"}, WORK]),
         {"emails": [HOME, WORK]}, "emails"),
        ("emails", {"emails": [HOME]}, ("remove", "emails"), {"emails": [HOME]}, "emails"),
    ],
)  # fmt: skip
def test_what_cannot_change_stays_and_what_is_beside_it_changes(world, name, before, after, left, told):
    gateway = make_followed(follower=fixing(name))
    world.ask(gateway, "POST /Users", {"userName": "ada", **before})
    assert world.ask(gateway, "PATCH /Users/h1", change(after))[0] == 200
    record = world.desk.all["User"]["d1"]
    assert {key: record[key] for key in left} == left
    assert [one.attributes for one in noted(world, MarkParked)] == [(told,)]


def test_what_is_not_there_yet_may_be_given_and_an_order_is_no_difference(world):
    gateway = make_followed(follower=fixing("emails"))
    world.ask(gateway, "POST /Users", {"userName": "ada"})
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "emails", [HOME, WORK])))
    assert world.desk.all["User"]["d1"]["emails"] == [HOME, WORK]
    world.hr.all["User"]["h1"]["emails"] = [{**WORK, "primary": False}, HOME]
    assert compare(world, gateway) == []
    assert not noted(world, MarkParked)


def test_what_is_never_shown_is_sent_with_the_create_alone(world):
    gateway = make_followed(follower=fixing("unseen"))
    world.ask(gateway, "POST /Users", {"userName": "ada", "nickName": "Countess"})
    world.ask(gateway, "PATCH /Users/h1", change(("replace", "nickName", "A"), ("replace", "title", "Guide")))
    sent = [json for call in world.sent if call.backend == "desk" and call.method != "GET" for json in [str(call.body)]]
    assert ["nickName" in one for one in sent] == [True, False]
    assert opened(world, gateway) == []
