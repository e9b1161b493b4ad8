"""Reconcile before vendors as they are: what one shows and another takes comes to rest after one turn."""

import pytest
from msgspec.structs import replace
from reconcile_stage import Theatre, ask_nobody, person

from gateway.conversation.followers.marking import Open, mark_key, seal_open
from gateway.conversation.followers.settling import PARK_AFTER
from gateway.edge.marks_memory import new_slips
from gateway.mapping.load import load_dialect
from gateway.mapping.source import read_yaml
from gateway.pipeline.problems import Problem

VENDORS = (
    "cube-cloud", "rsa-unified-directory", "huawei-identity-center", "ping-directory", "aws-identity-center", "webex",
    "new-relic",
)  # fmt: skip
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
RICH = {
    "displayName": "Ann Able", "nickName": "An", "title": "Dr", "locale": "en-US", "timezone": "Europe/Berlin",
    "preferredLanguage": "en", "externalId": "e1", "userType": "Employee", "profileUrl": "https://example.com/ann",
    "phoneNumbers": [{"value": "+49 30 1234567", "type": "work", "primary": True}],
    "emails": [{"value": "ann.able@example.com", "type": "work", "primary": True}],
}  # fmt: skip


def populate(theatre):
    vendor = theatre.primary
    known = {one.name for one in vendor.profile.kinds["Users"].schema.attributes} | {"externalId"}
    for number in range(3):
        given = {**person(f"user{number}@example.com"), **RICH, "externalId": f"e{number}"}
        if vendor.name == "cube-cloud":
            given["emails"] = [{"value": "ann.able@example.com", "primary": True}]
        vendor.put(f"p{number}", **{name: value for name, value in given.items() if name in known})
    if "Groups" in vendor.profile.kinds:
        members = [{"value": f"p{number}"} for number in range(3)]
        vendor.put("g1", "Groups", displayName="Staff", members=members)


@pytest.mark.parametrize("primary", VENDORS)
@pytest.mark.parametrize("follower", VENDORS)
def test_after_one_turn_there_is_nothing_left_to_do(primary, follower):
    theatre = Theatre(primary, follower)
    populate(theatre)
    assert [one.left for one in theatre.reconcile().values()] == [0] * len(theatre.reconcile())
    theatre.follower.calls.clear()
    report = theatre.reconcile()
    assert [one.drifts for one in report.values()] == [()] * len(report)
    assert {method for method, _ in theatre.follower.calls} == {"GET"}


def test_members_that_a_follower_never_shows_are_its_own_and_are_said_to_be_unseen():
    theatre = Theatre("cube-cloud", "aws-identity-center")
    ask_nobody(theatre)
    populate(theatre)
    theatre.reconcile()
    (group,) = theatre.follower.all("Groups").values()
    assert {one["value"] for one in group["members"]} == set(theatre.follower.all())
    report = theatre.reconcile()
    assert (report["User"].unseen, report["Group"].unseen) == ((), ("members",))


def test_what_is_parked_is_not_forgotten_because_nothing_of_it_is_shown():
    theatre = Theatre("cube-cloud", "aws-identity-center")
    ask_nobody(theatre)
    populate(theatre)
    theatre.reconcile()
    seat = theatre.one.seat
    one = Open("Group", "g1", tries=PARK_AFTER, code="SG509", parked=True)
    theatre.state.marks.save(new_slips([(mark_key(seat, one), seal_open(seat, one))], 90.0))
    for repairs in (False, True, True):
        report = theatre.reconcile(repairs=repairs)
        assert [(one.kind, one.native, one.repaired) for one in report["Group"].drifts] == [("parked", "g1", False)]
        assert report["User"].drifts == ()


def test_what_a_follower_takes_and_never_shows_is_no_drift():
    theatre = Theatre("ping-directory", "huawei-identity-center")
    populate(theatre)
    theatre.reconcile()
    report = theatre.reconcile()
    assert (report["User"].drifts, report["User"].unseen) == ((), ("profileUrl",))


OWN, HOME = {"value": "ann@example.com", "primary": True}, {"value": "ann@home.example", "type": "home"}


@pytest.mark.parametrize("emails", [[], [OWN], [HOME], [OWN, HOME], [{**HOME, "primary": True}]])
def test_an_email_that_a_follower_adds_by_itself_is_no_difference(emails):
    theatre = Theatre("ping-directory", "google-cloud-identity")
    theatre.primary.put("p0", **person("ann@example.com", emails=emails))
    assert [(one.kind, one.repaired) for one in theatre.reconcile()["User"].drifts] == [("missing", True)]
    theatre.follower.calls.clear()
    assert theatre.reconcile()["User"].drifts == ()
    assert {method for method, _ in theatre.follower.calls} == {"GET"}


@pytest.mark.parametrize("emails", [[], [OWN], [OWN, HOME]])
def test_who_gets_another_name_keeps_no_email_of_the_old_one_but_what_the_primary_has(emails):
    theatre = Theatre("ping-directory", "google-cloud-identity")
    theatre.primary.put("p0", **person("ann@example.com", emails=emails))
    theatre.reconcile()
    theatre.primary.put("p0", userName="ann.able@example.com")
    assert next(one.attributes for one in theatre.reconcile()["User"].drifts)[-1] == "userName"
    (record,) = theatre.follower.all().values()
    assert [one["value"] for one in record.get("emails", [])] == [one["value"] for one in emails]
    theatre.follower.calls.clear()
    assert theatre.reconcile()["User"].drifts == ()
    assert {method for method, _ in theatre.follower.calls} == {"GET"}


@pytest.mark.parametrize("forgets", [False, True])
def test_each_is_looked_up_where_nothing_is_listed_and_what_is_not_heeded_is_not_called_repaired(forgets):
    """This vendor adds an e-mail of its own to everybody, and keeps it; here the mapping does not know that."""
    theatre = Theatre("cube-cloud", "google-cloud-identity")
    unaware = read_yaml("resources: { User: { map: { emails: { to: emails, each: same } } } }", "gateway.yaml")
    seat = replace(theatre.one.seat, dialect=load_dialect("google-cloud-identity", overrides=unaware))
    theatre.tenant = replace(theatre.tenant, followers=(replace(theatre.one, seat=seat),))
    for number in range(3):
        theatre.primary.put(f"p{number}", **person(f"user{number}@example.com", emails=[]))
    assert [one.kind for one in theatre.reconcile()["User"].drifts] == ["missing"] * 3
    if forgets:
        theatre.forget_everything()
    native = next(iter(theatre.follower.all()))
    theatre.follower.put(native, name={"givenName": "Some", "familyName": "Body"})
    theatre.follower.put("guest", **person("guest@example.com"))
    dry = theatre.reconcile(repairs=False)["User"]
    assert [(one.kind, one.native, one.attributes) for one in dry.drifts] == [
        ("differs", "p0", ("emails", "name")),
        ("differs", "p1", ("emails",)),
        ("differs", "p2", ("emails",)),
    ]
    report = theatre.reconcile()["User"]
    assert [(one.native, one.attributes, one.code, one.repaired) for one in report.drifts] == [
        (f"p{number}", ("emails",), "SG344", False) for number in range(3)
    ]
    assert report.whole is False
    assert len(theatre.follower.all()) == 4
    assert theatre.state.marks.open == {}


def test_a_primary_that_lists_nothing_is_told_of():
    theatre = Theatre("google-cloud-identity", "cube-cloud")
    with pytest.raises(
        Problem, match=r"hr-prod does not list all that it has, so nothing can be compared with it.*SG305"
    ):
        theatre.reconcile()
