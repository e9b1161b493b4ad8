"""Kept attributes that are taken away or searched while nobody can say what is kept: no answer says what is not so."""

import pytest
from change_stage import ID, PATCH, READ, WORK, ok, patch

from gateway.conversation.effects import Reply, Unavailable
from gateway.observations import KeptValueLost, StateFailed

RSA = "rsa-unified-directory"
HOLD, RELEASE = (f"hold {ID}", True), (f"release {ID}", None)
KEPT = f"recall kept {ID}"
THERE, AWAY, UNREAD = (KEPT, ('{"externalId":"1"}',)), (KEPT, Unavailable()), (KEPT, (b'{"externalId":"1"}',))
FORGET = f"forget kept {ID}"
BOTH = f"forget kept-index externalId=1, kept {ID}"
REMOVE = ("remove", "externalId", None)
MADE = "What acme-prod has of the change is made."


@pytest.fixture
def change(play, make_gateway, user):
    """`change(line, body, *steps)` of somebody whose record is read first; the steps follow, up to the release."""

    def run(method, body, *steps):
        whole = [HOLD, (READ, ok(user(emails=WORK))), *steps, RELEASE]
        return play(f"{method} /Users/{ID}", whole, body=body, gateway=make_gateway(RSA))

    return run


@pytest.fixture
def put(user):
    """A PUT of all but what is kept."""
    return {name: value for name, value in user(emails=WORK).items() if name != "id"}


def refused(played):
    return (played.status, played.finished.code, played.finished.blame, "Retry-After" in played.headers)


def test_what_is_removed_is_gone(change, put):
    for method, body in (("PATCH", patch(REMOVE)), ("PUT", put)):
        played = change(method, body, THERE, (BOTH, True))
        assert (played.status, "externalId" in (played.body or {})) == (200, False)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("away", ["from the first", "in between"])
def test_what_cannot_be_removed_is_not_answered_as_gone(change, put, method, away):
    steps = [AWAY, (FORGET, False)]
    if away == "in between":
        steps = [THERE, (BOTH, False)]
    played = change(method, patch(REMOVE) if method == "PATCH" else put, *steps)
    assert refused(played) == (503, "SG607", "gateway", True)
    assert MADE not in played.detail


def test_the_backend_has_its_part_of_such_a_change_which_is_told(change, put, user):
    body = patch(REMOVE, ("replace", "name.familyName", "Jensen"))
    sent = ok(user(emails=WORK, name={"familyName": "Jensen"}))
    played = change("PATCH", body, AWAY, (PATCH, sent), (FORGET, False))
    assert refused(played) == (503, "SG607", "gateway", True)
    assert MADE in played.detail


def test_a_change_of_something_else_goes_on_without_the_store(change):
    body = patch(("replace", 'emails[type eq "work"].value', WORK[0]["value"]))
    played = change("PATCH", body, AWAY)
    assert (played.status, len(played.noted(KeptValueLost))) == (200, 1)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_what_nobody_can_read_is_forgotten_when_the_client_takes_it_away(change, put, method):
    played = change(method, patch(REMOVE) if method == "PATCH" else put, UNREAD, (FORGET, True))
    assert (played.status, "externalId" in played.body) == (200, False)
    again = change(method, patch(REMOVE) if method == "PATCH" else put, UNREAD, (FORGET, False))
    assert refused(again) == (503, "SG607", "gateway", True)


# Searches


INDEX = "recall kept-index externalId=1"
PAGES = "GET /Users?startIndex=1&count=100"


@pytest.fixture
def search(play, make_gateway):
    def run(query, *steps):
        return play(f"GET /Users?{query}", steps, gateway=make_gateway(RSA))

    return run


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ('filter=externalId eq "1"', [(INDEX, (b"nobody can read that",))]),
        ('filter=externalId sw "1"', []),
        ('filter=not (externalId eq "1")', []),
        ("filter=externalId pr&sortBy=externalId", []),
    ],
)
def test_what_does_not_open_is_lost_which_is_told_and_stops_no_search(search, user, page, query, index):
    played = search(query, *index, (PAGES, page(user())), UNREAD)
    assert (played.status, played.body["totalResults"]) == (200, int("not" in query))
    assert played.noted(KeptValueLost)
    assert played.noted(StateFailed)[-1] == StateFailed("recall", "garbage")


def test_nor_one_that_the_index_answers(search, user, page):
    index = ((INDEX, (ID,)), (READ, Reply(200, {}, user())), UNREAD)
    played = search('filter=externalId eq "1"', *index, (PAGES, page(user())), UNREAD)
    assert (played.status, played.body["totalResults"]) == (200, 0)
    assert played.noted(KeptValueLost)


def test_others_are_found_and_an_order_alone_claims_nothing(search, user, page):
    found = search('filter=externalId eq "1"', (INDEX, (ID,)), (READ, Reply(200, {}, user())), THERE)
    assert found.body["totalResults"] == 1
    ordered = search("sortBy=externalId", (PAGES, page(user())), UNREAD)
    assert (ordered.status, ordered.body["totalResults"]) == (200, 1)
