"""Reconcile: what has drifted between the primary and a follower is told, and brought back in step."""

import pytest
from msgspec.structs import replace
from reconcile_stage import FOLLOWER, Theatre, person, step

from gateway.conversation.effects import Key, Mark
from gateway.conversation.followers.settling import PARK_AFTER
from gateway.conversation.reconcile import surveying
from gateway.conversation.reconcile.reconciling import reconcile
from gateway.conversation.reconcile.withholding import FREELY
from gateway.observations_followers import FollowerCompared, MarkParked
from gateway.pipeline.brake import Brake
from gateway.pipeline.problems import Problem

ANN, BOB, EVE = (f"{name}@example.com" for name in ("ann.able", "bob.best", "eve.east"))


def staff(*people, follower="webex", **said):
    """A primary with these people and a group of all of them, before a follower that has nobody yet."""
    theatre = Theatre(follower=follower, **said)
    for number, login in enumerate(people):
        theatre.primary.put(f"p{number}", **person(login))
    members = [{"value": f"p{number}"} for number in range(len(people))]
    theatre.primary.put("g1", "Groups", displayName="Staff", members=members)
    return theatre


def in_step(*people, **said):
    theatre = staff(*people, **said)
    theatre.reconcile()
    theatre.facts.clear()
    return theatre


def told(report, kind="User"):
    """What is said of each: kind, the primary's id, attributes, code, repaired."""
    return [(one.kind, one.native, one.attributes, one.code, one.repaired) for one in report[kind].drifts]


def there(theatre, login):
    return next(native for native, one in theatre.follower.all().items() if one["userName"] == login)


def is_written(calls):
    return any(method != "GET" for method, _ in calls)


def test_a_follower_without_anybody_gets_everybody_and_is_then_only_compared():
    theatre = staff(ANN, BOB)
    dry = theatre.reconcile(repairs=False)
    assert told(dry) == [("missing", "p0", (), "", False), ("missing", "p1", (), "", False)]
    assert told(dry, "Group") == [("missing", "g1", (), "", False)]
    assert not is_written(theatre.follower.calls)
    assert theatre.reconcile()["Group"].left == 0
    assert theatre.follower.names() == [ANN, BOB]
    (group,) = theatre.follower.all("Groups").values()
    assert {one["value"] for one in group["members"]} == set(theatre.follower.all())
    theatre.follower.calls.clear()
    again = theatre.reconcile()
    assert (again["User"].drifts, again["Group"].drifts) == ((), ())
    assert theatre.follower.calls == [("GET", "/Users"), ("GET", "/Groups")]
    assert theatre.state.marks.open == {}


def test_what_differs_is_told_by_the_names_of_attributes():
    theatre = in_step(ANN, BOB)
    theatre.follower.put(there(theatre, ANN), name={"givenName": "Anna", "familyName": "Able"})
    theatre.follower.put(there(theatre, BOB), active=False)
    expected = [("differs", "p0", ("name",)), ("differs", "p1", ("active",))]
    assert [one[:3] for one in told(theatre.reconcile(repairs=False))] == expected
    report = theatre.reconcile()
    assert [one[:3] for one in told(report)] == expected
    assert report["User"].left == 0
    assert FollowerCompared("acme", FOLLOWER, "User", 2, 2, 0) in theatre.facts
    assert theatre.reconcile()["User"].drifts == ()


@pytest.mark.parametrize("forgets", [False, True])
def test_a_member_whom_the_follower_does_not_have_is_named_with_the_group_and_brought_there(forgets):
    theatre = in_step(ANN, BOB)
    theatre.follower.drop(there(theatre, BOB))
    ((native, group),) = theatre.follower.all("Groups").items()
    theatre.follower.put(native, "Groups", members=[{"value": there(theatre, ANN)}], displayName=group["displayName"])
    if forgets:
        theatre.forget_everything()
    dry = theatre.reconcile(repairs=False)
    assert (told(dry), told(dry, "Group")) == (
        [("missing", "p1", (), "", False)],
        [("differs", "g1", ("members",), "", False)],
    )
    report = theatre.reconcile()
    assert (report["User"].left, report["Group"].left) == (0, 0)
    (group,) = theatre.follower.all("Groups").values()
    assert {one["value"] for one in group["members"]} == set(theatre.follower.all())


def test_who_is_gone_from_the_primary_goes_only_where_a_link_proves_that_she_was_brought():
    theatre = in_step(ANN, BOB)
    theatre.primary.drop("p1")
    theatre.primary.put("g1", "Groups", members=[{"value": "p0"}])
    theatre.follower.put("guest", **person(EVE, displayName="Eve"))
    theatre.follower.put("barred", **person("old@example.com", displayName="Old", active=False))
    dry = theatre.reconcile(repairs=False)
    assert [(one.native, one.there, one.ours) for one in dry["User"].drifts] == [
        ("p1", there(theatre, BOB), True),
        ("", "guest", False),
    ]
    report = theatre.reconcile()
    assert [(one.kind, one.there, one.repaired) for one in report["User"].drifts if one.ours is False] == [
        ("extra", "guest", False)
    ]
    assert report["User"].left == 1
    assert theatre.follower.names() == [ANN, EVE, "old@example.com"]
    assert ("GET", "/Users/p1") in theatre.primary.calls


def test_nobody_is_taken_away_after_everything_was_forgotten():
    theatre = in_step(ANN, BOB)
    theatre.primary.drop("p1")
    theatre.forget_everything()
    report = theatre.reconcile()
    assert [(one.kind, one.ours, one.repaired) for one in report["User"].drifts] == [("extra", False, False)]
    assert theatre.follower.names() == [ANN, BOB]


def test_a_store_full_of_garbage_misleads_nobody():
    theatre = in_step(ANN, BOB)
    theatre.follower.put(there(theatre, ANN), active=False)
    theatre.primary.drop("p1")
    state = theatre.state
    state.hints.update({key: (b"\xff{garbage", until) for key, (_, until) in state.hints.items()})
    theatre.run(iter_mark(Key("mark", "acme", FOLLOWER, "User", "id p0")))
    report = theatre.reconcile()
    assert [(one.kind, one.ours, one.repaired) for one in report["User"].drifts] == [
        ("differs", True, True),
        ("extra", False, False),
    ]
    assert theatre.follower.names() == [ANN, BOB]


def iter_mark(key):
    yield Mark(((key, b"\xff{garbage"),), 90.0)


def test_a_primary_that_does_not_answer_for_one_proves_nothing():
    theatre = in_step(ANN, BOB)
    theatre.primary.drop("p1")
    serve = theatre.primary.answer

    def fail(call):
        reply = serve(call)
        return type(reply)(500) if call.path == "/Users/p1" else reply

    theatre.primary.answer = fail
    report = theatre.reconcile()
    assert [(one.kind, one.code, one.repaired) for one in report["User"].drifts] == [("extra", "SG503", False)]
    assert theatre.follower.names() == [ANN, BOB]


def test_a_brake_holds_for_what_reconcile_takes_away_as_well():
    theatre = in_step(ANN, BOB, EVE, brake=Brake(1, 3_600))
    for native in ("p0", "p1", "p2"):
        theatre.primary.drop(native)
    report = theatre.reconcile()
    assert [(one.kind, one.code, one.repaired) for one in report["User"].drifts] == [
        ("extra", "", True),
        ("extra", "", True),  # one alone passes over the bound
        ("extra", "SG330", False),
    ]
    assert len(theatre.follower.all()) == 1
    assert theatre.state.marks.open == {}


@pytest.mark.parametrize("gone", [FREELY, FREELY + 1])
def test_a_primary_that_everybody_has_left_is_not_believed_without_a_brake(gone):
    theatre = in_step(*(f"user{number}@example.com" for number in range(gone)))
    for number in range(gone):
        theatre.primary.drop(f"p{number}")
    believed = gone <= FREELY
    report = theatre.reconcile()["User"]
    assert {(one.kind, one.code, one.repaired) for one in report.drifts} == {
        ("extra", "" if believed else "SG345", believed)
    }
    assert len(theatre.follower.all()) == (0 if believed else gone)
    theatre.tenant = replace(theatre.tenant, brake=Brake(gone, 3_600))
    assert theatre.reconcile()["User"].left == 0
    assert theatre.follower.all() == {}


def test_who_does_not_belong_there_loses_access_when_she_was_brought_and_is_told_of_when_not():
    theatre = in_step(ANN, "bob@corp.example", when='userName ew "@example.com"')
    assert theatre.follower.names() == [ANN]
    theatre.follower.put("guest", **person("bob@corp.example", displayName="Bob"))
    theatre.primary.put("p0", userName="ann@corp.example")
    report = theatre.reconcile()
    assert [(one.kind, one.native, one.attributes, one.ours, one.repaired) for one in report["User"].drifts] == [
        ("not wanted", "p0", ("active",), True, True),
        ("not wanted", "p1", ("active",), False, False),
    ]
    assert [one["active"] for one in theatre.follower.all().values()] == [False, True]
    assert report["Group"].drifts == (), "who does not belong there is no member there either"
    assert [one.native for one in theatre.reconcile()["User"].drifts] == ["p1"]


def test_a_value_that_is_refused_for_ever_is_parked_named_and_tried_again():
    theatre = staff(ANN, BOB)
    theatre.follower.refuses = BOB
    report = theatre.reconcile()
    assert told(report)[1] == ("missing", "p1", (), "SG509", False)
    for _ in range(PARK_AFTER):
        theatre.catch_up()
    assert any(isinstance(one, MarkParked) for one in theatre.facts)
    dry = theatre.reconcile(repairs=False)
    assert told(dry)[0] == ("parked", "p1", (), "SG509", False)
    assert told(theatre.reconcile())[0] == ("parked", "p1", (), "SG509", False)
    assert told(theatre.reconcile(repairs=False))[0] == ("parked", "p1", (), "SG509", False)
    theatre.follower.refuses = ""
    assert theatre.reconcile()["User"].left == 0
    theatre.catch_up()
    assert theatre.state.marks.open == {}


def test_what_is_parked_and_in_step_by_now_is_forgotten():
    theatre = staff(ANN)
    theatre.follower.refuses = ANN
    theatre.reconcile()
    for _ in range(PARK_AFTER):
        theatre.catch_up()
    theatre.follower.put("w1", **person(ANN, displayName=None))
    theatre.follower.refuses = ""
    theatre.reconcile()
    theatre.catch_up()
    assert theatre.reconcile()["User"].drifts == ()
    assert theatre.state.marks.open == {}
    assert theatre.follower.names() == [ANN]


def test_what_is_parked_of_somebody_who_is_nowhere_ends():
    theatre = staff(ANN)
    theatre.follower.refuses = ANN
    theatre.reconcile()
    for _ in range(PARK_AFTER):
        theatre.catch_up()
    theatre.primary.drop("p0")
    theatre.primary.put("g1", "Groups", members=[])
    assert told(theatre.reconcile(repairs=False)) == [("parked", "p0", (), "SG509", False)]
    assert told(theatre.reconcile()) == [("parked", "p0", (), "SG509", True)]
    theatre.catch_up()
    assert theatre.state.marks.open == {}


def test_two_records_that_could_be_the_group_are_told_of_and_left_alone():
    theatre = in_step(ANN)
    theatre.forget_everything()
    theatre.follower.put("second", "Groups", displayName="Staff", members=[])
    before = theatre.follower.all("Groups")
    report = theatre.reconcile()
    assert told(report, "Group")[0] == ("ambiguous", "g1", (), "SG342", False)
    assert theatre.follower.all("Groups") == before


def test_a_weaker_name_does_not_overrule_a_stronger_one():
    theatre = Theatre(follower="aws-identity-center")
    theatre.primary.put("p0", **person(ANN, externalId="1"))
    theatre.follower.put("a1", **person(ANN, externalId="2", displayName="Ann"))
    report = theatre.reconcile()
    assert told(report)[0] == ("ambiguous", "p0", (), "SG343", False)
    assert theatre.follower.all()["a1"]["externalId"] == "2"


def test_names_that_changed_hands_lead_to_nobody_elses_record():
    theatre = in_step(ANN, BOB)
    anns, bobs = there(theatre, ANN), there(theatre, BOB)
    theatre.primary.put("p0", userName="ann.new@example.com")
    theatre.primary.put("p9", **person(ANN))
    theatre.primary.put("p1", userName="bob.new@example.com")
    report = theatre.reconcile()
    assert report["User"].left == 0
    names = {native: one["userName"] for native, one in theatre.follower.all().items()}
    assert (names[anns], names[bobs]) == ("ann.new@example.com", "bob.new@example.com")
    assert sorted(names.values()) == [ANN, "ann.new@example.com", "bob.new@example.com"]


def test_a_second_group_of_a_name_does_not_take_the_firsts_record():
    theatre = in_step(ANN)
    (first,) = theatre.follower.all("Groups")
    theatre.primary.put("g2", "Groups", displayName="Staff", members=[])
    report = theatre.reconcile()
    assert told(report, "Group") == [("missing", "g2", (), "", True)]
    groups = theatre.follower.all("Groups")
    assert len(groups) == 2
    assert [one["value"] for one in groups[first]["members"]] == list(theatre.follower.all())


def test_a_record_that_makes_no_sense_holds_up_nobody_else():
    theatre = in_step(ANN, BOB)
    theatre.follower.put(there(theatre, BOB), name="Bob")
    theatre.primary.put("p9", **person(EVE))
    report = theatre.reconcile()
    assert {(one.kind, one.native, one.repaired) for one in report["User"].drifts} == {
        ("missing", "p1", False), ("missing", "p9", True), ("unreadable", "", False),
    }  # fmt: skip
    assert len(theatre.follower.all()) == 3


def test_more_than_is_compared_is_refused(monkeypatch):
    theatre = staff(ANN, BOB)
    monkeypatch.setattr(surveying, "MOST", 1)
    with pytest.raises(Problem, match=r"hr-prod has more than the 1 resources of type User that are compared\..*SG303"):
        theatre.reconcile()
    assert theatre.follower.calls == []


def test_a_follower_that_is_down_is_not_asked_for_each_one():
    theatre = staff(*(f"user{number}@example.com" for number in range(40)))
    progress = []

    def watch(one):
        progress.append(one)
        theatre.follower.down = one.stage == "repairing" and one.done >= 16
        yield from step(one)

    with pytest.raises(Problem, match="SG501"):
        theatre.run(reconcile(theatre.tenant, theatre.one, watch, repairs=True))
    assert len(theatre.follower.all()) == 16
    assert [(one.stage, one.done, one.total) for one in progress if one.stage != "comparing"] == [
        ("reading", 0, 0), ("reading", 0, 40), ("reading", 0, 0), ("repairing", 0, 40), ("repairing", 16, 40),
    ]  # fmt: skip
    theatre.follower.down = False
    assert theatre.reconcile()["User"].left == 0
    assert len(theatre.follower.all()) == 40
