"""Members in other branches that the gateway keeps: while the store is away, and when they are nobody."""

import pytest
from acme_stage import SEAL
from kept_stage import ADDED, EU, GATEWAY, GROUP, OTHER, US, by_id, ids, patch, with_group
from split_stage import SplitWorld, split_gateway, told

from gateway.conversation.abreast import ABREAST
from gateway.conversation.effects import Forget, Keep, Recall, Spend, Spent, Together, Unavailable
from gateway.conversation.reconcile.renewing import Renewed, renew_all
from gateway.pipeline.brake import Brake
from gateway.pipeline.sealing import Seal


@pytest.fixture
def world():
    return with_group(SplitWorld())


class Forgetful(SplitWorld):
    """The state store is away while `out`; while `full` it saves nothing."""

    out = full = False

    def answer(self, effect):
        if self.out and isinstance(effect, Recall):
            return Unavailable()
        if (self.out or self.full) and isinstance(effect, Keep | Forget):
            return False
        return super().answer(effect)


@pytest.fixture
def forgetful():
    return with_group(Forgetful())


UNSAVED = {
    "an addition": (f"PATCH {GROUP}", patch("add", [ADDED]), ["us~~1", "eu~~1", "eu~~2"]),
    "a removal": (f"PATCH {GROUP}", patch("remove", path=by_id("eu~~1")), ["us~~1"]),
    "a removal of somebody in each": (f"PATCH {GROUP}", patch("remove", path=by_id("eu~~1", "us~~1")), []),
    "a removal by what is said of them": (f"PATCH {GROUP}", patch("remove", path='members[type eq "User"]'), []),
    "a removal of all": (f"PATCH {GROUP}", patch("remove"), []),
    "a replacement": (f"PATCH {GROUP}", patch("replace", [ADDED]), ["eu~~2"]),
    "a replacement by those of the backend": (f"PATCH {GROUP}", patch("replace", [OTHER]), ["us~~2"]),
    "a PUT": (f"PUT {GROUP}", {"displayName": "Guides", "members": [US, ADDED]}, ["us~~1", "eu~~2"]),
    "a PUT of those of the backend": (f"PUT {GROUP}", {"displayName": "Guides", "members": [US]}, ["us~~1"]),
}


@pytest.mark.parametrize(("line", "body", "members"), UNSAVED.values(), ids=UNSAVED)
def test_while_the_store_is_away_no_change_of_kept_members_is_answered_as_done(forgetful, line, body, members):
    forgetful.out = True
    forgetful.sent.clear()
    status, refused = told(forgetful, GATEWAY, line, body)
    assert (status, refused["detail"][-7:], forgetful.sent) == (503, "(SG353)", [])
    assert not forgetful.locks
    forgetful.out = False
    assert ids(told(forgetful, GATEWAY, f"GET {GROUP}")[1]) == ["us~~1", "eu~~1"]
    assert told(forgetful, GATEWAY, line, body)[0] in (200, 204)
    assert ids(told(forgetful, GATEWAY, f"GET {GROUP}")[1]) == members


@pytest.mark.parametrize(("line", "body", "members"), UNSAVED.values(), ids=UNSAVED)
def test_nor_where_it_goes_away_meanwhile_and_a_repetition_makes_the_rest_of_the_change(forgetful, line, body, members):
    forgetful.full = True
    status, refused = told(forgetful, GATEWAY, line, body)
    assert (status, refused["detail"][-7:]) == (503, "(SG353)")
    assert "What us has of the change is made" in refused["detail"]
    forgetful.full = False
    assert told(forgetful, GATEWAY, line, body)[0] in (200, 204)
    assert ids(told(forgetful, GATEWAY, f"GET {GROUP}")[1]) == members


UNTOUCHED = [
    (patch("replace", "Scouts", "displayName"), ["us~~1", "eu~~1"]),
    (patch("add", [OTHER]), ["us~~1", "us~~2", "eu~~1"]),
    (patch("remove", path=by_id("us~~1")), ["eu~~1"]),
]


@pytest.mark.parametrize(("body", "members"), UNTOUCHED)
def test_while_the_store_is_away_what_the_backend_knows_is_changed_and_shown_without_the_others(
    forgetful, body, members
):
    forgetful.out = True
    assert ids(told(forgetful, GATEWAY, f"GET {GROUP}")[1]) == ["us~~1"]
    status, shown = told(forgetful, GATEWAY, f"PATCH {GROUP}", body)
    assert status in (200, 204)
    assert shown is None or ids(shown) == [one for one in members if one[:2] == "us"]
    assert "members" in forgetful.lost
    forgetful.out = False
    assert ids(told(forgetful, GATEWAY, f"GET {GROUP}")[1]) == members


def test_while_the_store_is_away_nothing_is_found_or_compared_by_who_is_kept(forgetful):
    version = told(forgetful, GATEWAY, f"GET {GROUP}")[1]["meta"]["version"]
    forgetful.out = True
    status, refused = told(forgetful, GATEWAY, 'GET /Groups?filter=id eq "us~~1" and members eq "eu~~1"')
    assert (status, refused["detail"][-7:]) == (503, "(SG605)")
    renaming = patch("replace", "Scouts", "displayName")
    for line, body in ((f"PATCH {GROUP}", renaming), (f"DELETE {GROUP}", None)):
        status, refused = told(forgetful, GATEWAY, line, body, **{"if-match": version})
        assert (status, refused["detail"][-7:]) == (503, "(SG353)")
    assert told(forgetful, GATEWAY, f"DELETE {GROUP}")[0] == 204


def test_what_the_store_did_not_forget_is_forgotten_when_the_group_is_deleted_again(forgetful):
    forgetful.full = True
    assert told(forgetful, GATEWAY, f"DELETE {GROUP}")[0] == 204
    assert any(key.kind == "absent" for key in forgetful.entries)
    forgetful.full = False
    assert told(forgetful, GATEWAY, f"DELETE {GROUP}")[0] == 404
    assert not any(key.kind == "absent" for key in forgetful.entries)
    assert not forgetful.locks


def test_no_group_is_made_while_its_members_cannot_be_kept(forgetful):
    body = {"displayName": "Scouts", "members": [EU, US]}
    forgetful.out = True
    status, refused = told(forgetful, GATEWAY, "POST /Groups", body)
    assert (status, refused["detail"][-7:]) == (503, "(SG353)")
    assert forgetful.names("us", "Group") == ["Guides"]
    assert told(forgetful, GATEWAY, "POST /Groups", {"displayName": "Pilots", "members": [US]})[0] == 201
    forgetful.out, forgetful.full = False, True
    status, made = told(forgetful, GATEWAY, "POST /Groups", body)
    assert (status, ids(made)) == (201, ["us~~1"])
    assert "members" in forgetful.lost


class Braked(SplitWorld):
    """The state store counts removals."""

    passed = 0

    def answer(self, effect):
        if isinstance(effect, Spend):
            granted = self.passed + effect.amount <= effect.bound
            self.passed += effect.amount * granted
            return Spent(granted, 60)
        return super().answer(effect)


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (f"PATCH {GROUP}", patch("remove", path=by_id("eu~~1", "eu~~2"))),
        (f"PATCH {GROUP}", patch("remove")),
        (f"PATCH {GROUP}", patch("replace", [US])),
        (f"PUT {GROUP}", {"displayName": "Guides", "members": [US]}),
    ],
)
def test_who_is_kept_and_taken_out_counts_for_the_brake(line, body):
    world = with_group(Braked())
    told(world, GATEWAY, f"PATCH {GROUP}", patch("add", [ADDED]))
    status, refused = told(world, split_gateway(absent_member="keep", brake=Brake(1, 3600)), line, body)
    assert (status, refused["detail"][-7:]) == (429, "(SG330)")
    assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == ["us~~1", "eu~~1", "eu~~2"]
    passing = split_gateway(absent_member="keep", brake=Brake(9, 3600))
    assert told(world, passing, line, body)[0] in (200, 204)
    assert world.passed == (3 if body == patch("remove") else 2)


NOBODY = {"value": "eu~~9", "type": "User"}
NAMING = {
    "POST": ("POST /Groups", {"displayName": "Scouts", "members": [US, EU, NOBODY]}),
    "PUT": (f"PUT {GROUP}", {"displayName": "Guides", "members": [US, EU, NOBODY]}),
    "PATCH": (f"PATCH {GROUP}", patch("add", [US, ADDED, NOBODY])),
    "replacement": (f"PATCH {GROUP}", patch("replace", [NOBODY])),
    "group": (f"PATCH {GROUP}", patch("add", [{"value": "eu~~2", "type": "Group"}])),
}


@pytest.mark.parametrize(("line", "body"), NAMING.values(), ids=NAMING)
def test_who_is_nowhere_is_refused_and_not_kept(world, line, body):
    world.sent.clear()
    status, refused = told(world, GATEWAY, line, body)
    assert (status, refused["scimType"], refused["detail"][-7:]) == (400, "invalidValue", "(SG364)")
    assert "whom the backend eu does not have" in refused["detail"]
    assert {method for _, method, _ in world.sent} == {"GET"}
    assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == ["us~~1", "eu~~1"]
    assert not world.locks


@pytest.mark.parametrize(("line", "body"), NAMING.values(), ids=NAMING)
def test_while_their_backend_is_away_nobody_knows_and_nothing_is_written(world, line, body):
    world.away.add("eu")
    status, _ = told(world, GATEWAY, line, body)
    assert status == 503
    assert world.names("us", "Group") == ["Guides"]
    assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == ["us~~1", "eu~~1"]


class Counting(SplitWorld):
    """Knows how many calls were made at once."""

    def __init__(self):
        super().__init__()
        self.widths = []

    def answer(self, effect):
        if isinstance(effect, Together):
            self.widths.append(len(effect.calls))
        return super().answer(effect)


def test_many_are_looked_for_side_by_side_and_no_more_than_the_bound():
    world = with_group(Counting())
    people = {str(one): {"id": str(one), "userName": f"{one}@eu"} for one in range(3 * ABREAST)}
    world.shelves["eu", "User"] = people
    world.sent.clear()
    members = [{"value": f"eu~~{one}"} for one in people if one != "1"]  # she is kept already
    status, shown = told(world, GATEWAY, f"PATCH {GROUP}", patch("add", members))
    assert status in (200, 204)
    assert shown is None or len(ids(shown)) == len(people) + 1
    looks = [path for key, method, path in world.sent if (key, method) == ("eu", "GET")]
    assert sorted(looks) == sorted(f"/Users/{one}" for one in people if one != "1")
    assert max(world.widths) == ABREAST


def test_who_is_kept_already_is_not_looked_for_again(world):
    world.away.add("eu")
    status, put = told(world, GATEWAY, f"PUT {GROUP}", {"displayName": "Guides", "members": [US, OTHER, EU]})
    assert (status, ids(put)) == (200, ["us~~1", "us~~2", "eu~~1"])
    assert told(world, GATEWAY, f"PATCH {GROUP}", patch("remove", path=by_id("eu~~1")))[0] in (200, 204)


def test_a_group_may_be_a_member_and_is_told_from_a_person_of_the_same_id(world):
    assert told(world, GATEWAY, "POST /Groups", {"displayName": "Sailors", "members": [EU]})[1]["id"] == "eu~~1"
    for value in ({"value": "eu~~1", "type": "Group"}, {"value": "eu~~1"}):
        assert told(world, GATEWAY, f"PATCH {GROUP}", patch("replace", [value]))[0] in (200, 204)
        assert ids(told(world, GATEWAY, f"GET {GROUP}")[1]) == ["eu~~1"]


NEW = Seal((b"the new secret of thirty-two byt",))
BOTH = Seal((*NEW.secrets, *SEAL.secrets))


def step(progress):
    """Nothing in between."""
    return None
    yield


def drive(world, conversation):
    answer = None
    while True:
        try:
            answer = world.answer(conversation.send(answer))
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("how", ["read", "all"])
def test_kept_members_outlive_the_secret_they_were_sealed_with(world, how):
    both, new = (split_gateway(absent_member="keep", seal=seal) for seal in (BOTH, NEW))
    if how == "read":
        assert ids(told(world, both, f"GET {GROUP}")[1]) == ["us~~1", "eu~~1"]
    else:
        done = drive(world, renew_all(both.tenants["acme"], step))
        assert [one for one in done if one.sealed] == [Renewed("us", "Group", sealed=1)]
        assert {(one.backend, one.type) for one in done} == {("eu", "Group"), ("us", "Group")}
    assert ids(told(world, new, f"GET {GROUP}")[1]) == ["us~~1", "eu~~1"]
    assert world.lost == []
