"""What reconcile prints: ids and names of attributes, what is left first, and no value of anybody."""

import json

import pytest
from msgspec.structs import replace
from reconcile_stage import Theatre, person

from gateway.cli.drift import MOST, Found, as_document, tell
from gateway.conversation.followers.settling import PARK_AFTER
from gateway.mapping.load import load_dialect
from gateway.mapping.source import read_yaml


@pytest.fixture
def theatre():
    opened = Theatre(follower="webex")
    for number, login in enumerate(("ann.able@example.com", "bob.best@example.com")):
        opened.primary.put(f"p{number}", **person(login))
    return opened


def find(theatre, **said):
    return Found(theatre.tenant, theatre.one, tuple(theatre.reconcile(**said).values()))


def test_a_value_that_a_follower_refuses_for_ever_is_named_with_its_code(theatre):
    theatre.follower.refuses = "bob.best"
    find(theatre)
    for _ in range(PARK_AFTER):
        theatre.catch_up()
    theatre.follower.put("guest", **person("guest@example.com", displayName="Guest"))
    ann = next(native for native, one in theatre.follower.all().items() if one["userName"].startswith("ann"))
    theatre.follower.put(ann, active=False)
    found = find(theatre)
    assert list(tell(found)) == [
        "app-prod: 2 of type User: 2 out of step, 1 repaired",
        "  parked      p1  left (SG509)",
        "  extra       guest (id at app-prod)  left",
        "  differs     p0: active  repaired",
        "app-prod: 0 of type Group: in step",
        "  parked: the follower refused it again and again",
        "  extra: nobody of the primary's; deleted only where it is remembered that the gateway brought it",
        "  SG509: The backend refused the request. Correct what the sentence names.",
    ]
    document = json.loads(as_document("acme", [found], dry_run=False))
    (follower,) = document.pop("followers")
    assert document == {"tenant": "acme", "dryRun": False, "inStep": False, "sealed": []}
    assert [(one["kind"], one["id"], one["at"], one["code"], one["repaired"]) for one in follower["items"]] == [
        ("differs", "p0", "primary", "", True),
        ("parked", "p1", "primary", "SG509", False),
        ("extra", "guest", "app-prod", "", False),
    ]
    assert "example.com" not in json.dumps(follower)


def test_what_a_follower_never_changes_is_named_by_its_attributes_and_by_no_value():
    theatre = Theatre()
    theatre.primary.put("p0", **person("ann.able@example.com"))
    once = read_yaml("resources: { User: { shape: { name: { familyName: string im, givenName: string } } } }", "it")
    seat = replace(theatre.one.seat, dialect=load_dialect("ping-directory", overrides=once))
    theatre.tenant = replace(theatre.tenant, followers=(replace(theatre.one, seat=seat),))
    find(theatre)
    theatre.primary.put("p0", **person("ann.able@example.com", name={"givenName": "Anna", "familyName": "Best"}))
    for _ in range(2):
        found = find(theatre)
        assert list(tell(found)) == [
            "app-prod: 1 of type User: 1 out of step",
            "  lasting     p0: name.familyName  left (SG346)",
            "  lasting: it is there, and differs for good in what the follower never changes; all the rest is in step",
            "  SG346: The backend has other values of attributes that it sets but once. Have them changed there by "
            "hand; or delete the record there, and `reconcile` makes it anew.",
        ]
    (item,) = json.loads(as_document("acme", [found], dry_run=False))["followers"][0]["items"]
    assert (item["kind"], item["attributes"], item["code"]) == ("lasting", ["name.familyName"], "SG346")
    (record,) = theatre.follower.all().values()
    assert record["name"] == {"givenName": "Anna", "familyName": "Able"}


def test_a_long_list_is_cut_for_people_and_whole_for_programs(theatre):
    for number in range(2, MOST + 10):
        theatre.primary.put(f"p{number}", **person(f"user{number}@example.com"))
    found = find(theatre, repairs=False)
    lines = list(tell(found))
    assert len([line for line in lines if line.startswith("  missing     ")]) == MOST
    assert "  ... and 10 more; --json tells all of them" in lines
    document = json.loads(as_document("acme", [found], dry_run=True))
    assert len(document["followers"][0]["items"]) == MOST + 10
    assert document["followers"][0]["types"][0]["kinds"]["missing"] == MOST + 10
