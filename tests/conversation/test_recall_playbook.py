"""Lists answered through the state store: matches that are remembered, and attributes that the gateway keeps."""

import pytest

from gateway.conversation.effects import Reply, Unavailable
from gateway.mapping.load import load_dialect
from gateway.observations import IdentityCorrelated, StateFailed, StateUsed


def names(played):
    return [one["userName"] for one in played.body["Resources"]]


MATCH = 'GET /Users?filter=userName eq "bjensen"'
RECALLED = "recall correlation userName=bjensen"
ALL = "GET /Users"
HUAWEI = "huawei-identity-center"


@pytest.fixture
def person(user):
    """A record with all that every vendor demands."""
    return user(displayName="Babs", name={"givenName": "B", "familyName": "J"},
                emails=[{"value": "b@example.com", "type": "work", "primary": True}])  # fmt: skip


def test_a_match_that_needs_a_scan_is_remembered(play, make_gateway, page, person):
    steps = [
        (RECALLED, (None,)),
        (ALL, page(person)),
        ("keep correlation userName=bjensen = 2819c223 for 86400", True),
    ]
    played = play(MATCH, steps, gateway=make_gateway(HUAWEI))
    assert names(played) == ["bjensen"]
    assert [(fact.cache, fact.result) for fact in played.noted(StateUsed)] == [("correlation", "miss")]


def test_a_remembered_match_is_read_and_verified(play, make_gateway, person):
    steps = [(RECALLED, ("2819c223",)), ("GET /Users/2819c223", Reply(200, {}, person))]
    played = play(MATCH, steps, gateway=make_gateway(HUAWEI))
    assert (names(played), played.body["totalResults"]) == (["bjensen"], 1)
    assert [fact.held for fact in played.noted(IdentityCorrelated)] == [True]


@pytest.mark.parametrize("stale", ["gone", "renamed"])
def test_a_stale_memory_is_corrected_by_a_scan(play, make_gateway, page, person, stale):
    renamed = {**person, "id": "old", "userName": "other"}
    steps = [
        (RECALLED, ("old",)),
        ("GET /Users/old", Reply(404) if stale == "gone" else Reply(200, {}, renamed)),
        (ALL, page(person)),
        ("keep correlation userName=bjensen = 2819c223 for 86400", True),
    ]
    played = play(MATCH, steps, gateway=make_gateway(HUAWEI))
    assert [one["id"] for one in played.body["Resources"]] == ["2819c223"]


@pytest.mark.parametrize("entry", [b"\xff\x00", b"", b"2819c223"])
def test_a_memory_that_is_garbage_is_none_and_no_vendor_is_asked_for_it(play, make_gateway, page, person, entry):
    steps = [
        (RECALLED, (entry,)),
        (ALL, page(person)),
        ("keep correlation userName=bjensen = 2819c223 for 86400", True),
    ]
    played = play(MATCH, steps, gateway=make_gateway(HUAWEI))
    assert [one["id"] for one in played.body["Resources"]] == ["2819c223"]
    assert played.noted(StateFailed) == [StateFailed("recall", "garbage")]


def test_without_the_store_a_match_is_scanned(play, make_gateway, page, person):
    steps = [
        (RECALLED, Unavailable()),
        (ALL, page(person)),
        ("keep correlation userName=bjensen = 2819c223 for 86400", False),
    ]
    assert names(play(MATCH, steps, gateway=make_gateway(HUAWEI))) == ["bjensen"]


def test_nobody_is_an_empty_list_once_all_was_read(play, make_gateway, page, person):
    steps = [(RECALLED, (None,)), (ALL, page({**person, "userName": "other"}))]
    assert play(MATCH, steps, gateway=make_gateway(HUAWEI)).body["totalResults"] == 0


def test_an_opaque_cursor_is_followed_and_never_repeated(play, make_gateway, page, person):
    """A list of 50 whose `startIndex` is a token; one that ignores it would send the same fifty again."""
    fifty = [{**person, "id": f"u{number}", "userName": f"user{number}"} for number in range(50)]
    first = page(*fifty, total=60, startIndex="5f1e2d")
    steps = [(RECALLED, (None,)), (ALL, first), ("GET /Users?startIndex=5f1e2d", first)]
    played = play(MATCH, steps, gateway=make_gateway(HUAWEI))
    assert (played.status, played.finished.code) == (400, "SG304")


KEPT = 'GET /Users?filter=externalId eq "701984"'
INDEX = "recall kept-index externalId=701984"
RSA = "rsa-unified-directory"
TEXT = '{"externalId":"701984"}'


def test_a_kept_attribute_is_found_by_its_index_and_verified(play, make_gateway, person):
    steps = [
        (INDEX, ("2819c223",)),
        ("GET /Users/2819c223", Reply(200, {}, person)),
        ("recall kept 2819c223", (TEXT,)),
    ]
    played = play(KEPT, steps, gateway=make_gateway(RSA))
    assert played.body["Resources"][0]["externalId"] == "701984"


def test_a_kept_value_that_nobody_has_is_an_empty_list(play, make_gateway):
    assert play(KEPT, [(INDEX, (None,))], gateway=make_gateway(RSA)).body["totalResults"] == 0


def test_a_kept_value_cannot_be_searched_while_the_store_is_away(play, make_gateway):
    played = play(KEPT, [(INDEX, Unavailable())], gateway=make_gateway(RSA))
    assert (played.status, played.finished.code, played.finished.blame) == (503, "SG605", "gateway")


@pytest.mark.parametrize(
    "stale",
    [[(INDEX, ("old",)), ("GET /Users/old", Reply(404))], [(INDEX, (b"\xff",))], [(INDEX, (b"",))]],
    ids=["gone", "garbage", "nothing"],
)
def test_a_stale_index_of_kept_values_is_corrected_by_a_scan(play, make_gateway, page, person, stale):
    steps = [
        *stale,
        ("GET /Users?startIndex=1&count=100", page(person)),
        ("recall kept 2819c223", (TEXT,)),
    ]
    played = play(KEPT, steps, gateway=make_gateway(RSA))
    assert [one["id"] for one in played.body["Resources"]] == ["2819c223"]


def test_a_scan_over_kept_values_needs_the_store(play, make_gateway, page, person):
    steps = [("GET /Users?startIndex=1&count=100", page(person)), ("recall kept 2819c223", Unavailable())]
    played = play('GET /Users?filter=externalId sw "70"', steps, gateway=make_gateway(RSA))
    assert (played.status, played.finished.code) == (503, "SG605")


def test_the_mappings_used_here_are_what_these_tests_think_they_are():
    assert load_dialect(HUAWEI).resources["User"].can.paging.style == "cursor"
    assert [str(path) for path in load_dialect(RSA).resources["User"].lens.kept] == ["externalId"]
