"""A create says what it is about to do, and meets the word of an earlier one for the same person."""

import pytest
from msgspec.structs import replace

from gateway.conversation.effects import Lost, Reply, Unavailable
from gateway.observations import CreateUnprotected, StateFailed

NEW = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "BJensen", "title": "Guide"}
FIND = 'GET /Users?filter=userName eq "BJensen"&startIndex=1&count=2'
CLAIM = "claim create userName=bjensen"
FORGET = "forget create userName=bjensen"
MADE = Reply(201, {}, {"id": "1", "userName": "BJensen", "title": "Guide"})
SENT, LOST, PART = ((f'{{"state":"{word}"}}',) for word in ("sent", "lost", "part"))
DONE = ('{"state":"done","native":"1"}',)
FREE = (None,)


def kept(state, seconds, native=""):
    said = f',"native":"{native}"' if native else ""
    return f'keep create userName=bjensen = {{"state":"{state}"{said}}} for {seconds}'


@pytest.fixture
def twice(make_gateway):
    """A backend that takes any name twice, and whose lists are four seconds late."""
    gateway = make_gateway("scim2", unique=())
    tenant = gateway.tenants["acme"]
    dialect = replace(tenant.dialect, connect=replace(tenant.dialect.connect, shows_after=3.5))
    return replace(gateway, tenants={"acme": replace(tenant, dialect=dialect)})


def test_a_create_leaves_word_and_takes_it_back(play):
    steps = [(CLAIM, FREE), ("POST /Users", MADE), (FORGET, True)]
    assert play("POST /Users", steps, body=NEW).status == 201


def test_every_attribute_that_finds_the_person_is_claimed_at_once(play):
    both = "create externalId=7, create userName=bjensen"
    steps = [(f"claim {both}", (None, None)), ("POST /Users", MADE), (f"forget {both}", True)]
    assert play("POST /Users", steps, body={**NEW, "externalId": "7"}).status == 201


def test_a_refusal_takes_the_word_back(play):
    steps = [(CLAIM, FREE), ("POST /Users", Reply(400)), (FORGET, True)]
    assert play("POST /Users", steps, body=NEW).status == 400


def test_a_lost_answer_leaves_word_that_the_create_may_still_land(play, page):
    steps = [(CLAIM, FREE), ("POST /Users", Lost("unknown", "timeout")), (FIND, page()), (kept("lost", 60), True)]
    assert play("POST /Users", steps, body=NEW).finished.code == "SG508"


@pytest.mark.parametrize("status", [502, 504])
def test_so_does_the_answer_of_somebody_in_between(play, page, status):
    steps = [(CLAIM, FREE), ("POST /Users", Reply(status)), (FIND, page()), (kept("lost", 60), True)]
    assert play("POST /Users", steps, body=NEW).status == 503


def test_a_backend_that_failed_itself_has_not_made_who_is_not_found(play, page):
    steps = [(CLAIM, FREE), ("POST /Users", Reply(500)), (FIND, page()), (FORGET, True)]
    assert play("POST /Users", steps, body=NEW).status == 503


def test_nobody_is_made_while_a_lost_create_may_still_land(play, page):
    played = play("POST /Users", [(CLAIM, LOST), (FIND, page())], body=NEW)
    assert (played.status, played.finished.code, played.finished.blame) == (503, "SG514", "backend")
    assert played.headers["Retry-After"] == "5"


def test_what_a_lost_create_made_is_answered_to_the_next_one(play, page, user):
    steps = [(CLAIM, LOST), (FIND, page(user("1", title="Guide"))), (FORGET, True)]
    played = play("POST /Users", steps, body=NEW)
    assert (played.status, played.body["id"]) == (201, "1")


def test_somebody_else_of_that_name_is_a_conflict(play, page, user):
    steps = [(CLAIM, LOST), (FIND, page(user("1", title="Driver"))), (FORGET, True)]
    assert play("POST /Users", steps, body=NEW).status == 409


def test_a_twin_waits_and_is_answered_what_the_first_one_made(play, page, user):
    steps = [
        (CLAIM, SENT), ("wait 0.1", True), (CLAIM, SENT), ("wait 0.2", True),
        (CLAIM, FREE), (FIND, page(user("1", title="Guide"))), (FORGET, True),
    ]  # fmt: skip
    played = play("POST /Users", steps, body=NEW)
    assert (played.status, played.body["id"]) == (201, "1")


def test_a_twin_whose_first_one_failed_makes_the_person_itself(play, page):
    steps = [(CLAIM, SENT), ("wait 0.1", True), (CLAIM, FREE), (FIND, page()), ("POST /Users", MADE), (FORGET, True)]
    assert play("POST /Users", steps, body=NEW).status == 201


def test_who_waits_long_looks_for_what_a_dead_process_may_have_made(play, page, user):
    waits = [("wait 0.1", True), (CLAIM, SENT), ("wait 0.2", True), (CLAIM, SENT), ("wait 0.4", True), (CLAIM, SENT)]
    steps = [(CLAIM, SENT), *waits, ("wait 0.8", True), (CLAIM, SENT), (FIND, page(user("1", title="Guide")))]
    assert play("POST /Users", steps, body=NEW).status == 201


def test_who_cannot_wait_any_longer_is_asked_to_come_again(play):
    played = play("POST /Users", [(CLAIM, SENT), ("wait 0.1", False)], body=NEW)
    assert (played.status, played.finished.code) == (503, "SG603")


def test_a_create_that_was_carried_out_in_part_is_completed(play, page, user):
    patch = Reply(200, {}, user("1", title="Guide"))
    steps = [
        (CLAIM, PART), (FIND, page(user("1"))), ("hold 1", True), ("GET /Users/1", Reply(200, {}, user("1"))),
        ("PATCH /Users/1", patch), ("release 1", None), (FORGET, True),
    ]  # fmt: skip
    played = play("POST /Users", steps, body=NEW)
    assert (played.status, played.body["title"]) == (201, "Guide")


def test_a_backend_that_takes_names_twice_is_remembered_for(play, twice):
    steps = [(CLAIM, FREE), ("POST /Users", MADE), (kept("done", 64, "1"), True)]
    assert play("POST /Users", steps, body=NEW, gateway=twice).status == 201


def test_who_comes_after_it_is_a_conflict(play, twice, user):
    steps = [(CLAIM, DONE), ("GET /Users/1", Reply(200, {}, user("1", title="Guide")))]
    assert play("POST /Users", steps, body=NEW, gateway=twice).status == 409


def test_who_came_meanwhile_is_the_same(play, twice, user):
    steps = [
        (CLAIM, SENT),
        ("wait 0.1", True),
        (CLAIM, DONE),
        ("GET /Users/1", Reply(200, {}, user("1", title="Guide"))),
    ]
    assert play("POST /Users", steps, body=NEW, gateway=twice).status == 201


def test_who_was_deleted_meanwhile_is_made_again(play, twice):
    steps = [
        (CLAIM, DONE), ("GET /Users/1", Reply(404)), (FORGET, True), (CLAIM, FREE),
        ("POST /Users", MADE), (kept("done", 64, "1"), True),
    ]  # fmt: skip
    assert play("POST /Users", steps, body=NEW, gateway=twice).status == 201


def test_who_was_renamed_meanwhile_is_not_in_the_way(play, twice, user):
    other = Reply(200, {}, {**user("1", title="Guide"), "userName": "babs"})
    steps = [
        (CLAIM, DONE), ("GET /Users/1", other), (FORGET, True), (CLAIM, FREE),
        ("POST /Users", MADE), (kept("done", 64, "1"), True),
    ]  # fmt: skip
    assert play("POST /Users", steps, body=NEW, gateway=twice).status == 201


def test_one_of_two_names_taken_gives_the_other_back(play, page):
    both = "claim create externalId=7, create userName=bjensen"
    find = 'GET /Users?filter=externalId eq "7"&startIndex=1&count=2'
    steps = [(both, (None, *LOST)), ("forget create externalId=7", True), (find, page())]
    assert play("POST /Users", steps, body={**NEW, "externalId": "7"}).finished.code == "SG514"


def test_without_the_store_the_backend_s_own_uniqueness_protects_a_create(play):
    played = play("POST /Users", [(CLAIM, Unavailable()), ("POST /Users", MADE), (FORGET, False)], body=NEW)
    assert (played.status, played.noted(CreateUnprotected)) == (201, [])


@pytest.fixture
def lax(make_gateway):
    """A backend that takes any name twice."""
    return make_gateway("scim2", unique=())


def test_without_both_nobody_is_made_before_a_look(play, page, lax):
    steps = [(CLAIM, Unavailable()), (FIND, page()), ("POST /Users", MADE), (kept("done", 60, "1"), False)]
    played = play("POST /Users", steps, body=NEW, gateway=lax)
    assert (played.status, len(played.noted(CreateUnprotected))) == (201, 1)


def test_who_was_made_before_the_store_went_away_is_answered_again(play, page, user, lax):
    played = play(
        "POST /Users", [(CLAIM, Unavailable()), (FIND, page(user("1", title="Guide")))], body=NEW, gateway=lax
    )
    assert (played.status, played.body["id"], len(played.calls)) == (201, "1", 1)


def test_another_of_that_name_is_in_the_way_without_the_store_as_with_it(play, page, user, lax):
    steps = [(CLAIM, Unavailable()), (FIND, page(user("1", title="Porter")))]
    assert play("POST /Users", steps, body=NEW, gateway=lax).finished.code == "SG204"


def test_where_nobody_can_be_looked_for_a_create_goes_on(play, lax):
    steps = [(CLAIM, Unavailable()), (FIND, Reply(400)), ("POST /Users", MADE), (kept("done", 60, "1"), False)]
    assert play("POST /Users", steps, body=NEW, gateway=lax).status == 201


def test_a_store_that_goes_away_while_one_waits_leaves_the_look(play, page, lax):
    steps = [
        (CLAIM, SENT), ("wait 0.1", True), (CLAIM, Unavailable()), (FIND, page()),
        ("POST /Users", MADE), (kept("done", 60, "1"), False),
    ]  # fmt: skip
    assert play("POST /Users", steps, body=NEW, gateway=lax).status == 201


def test_two_groups_may_have_one_name_without_the_store_too(play, make_gateway):
    made = Reply(201, {}, {"id": "g", "displayName": "Guides"})
    steps = [("claim create displayName=guides", Unavailable()), ("POST /Groups", made)]
    gateway = make_gateway("scim2", kind="Group", unique=())
    assert play("POST /Groups", steps, body={"displayName": "Guides"}, gateway=gateway).status == 201


GARBAGE = [b"", b"\xff", b"{}", b'{"state":"sent"}', b'{"state":"done","native":"1"}']


@pytest.mark.parametrize("entry", GARBAGE)
def test_garbage_is_no_word_and_ours_takes_its_place(play, entry):
    steps = [(CLAIM, (entry,)), (kept("sent", 90), True), ("POST /Users", MADE), (FORGET, True)]
    played = play("POST /Users", steps, body=NEW)
    assert (played.status, played.noted(StateFailed)) == (201, [StateFailed("claim", "garbage")])


def test_garbage_leaves_the_look_where_the_backend_takes_any_name_twice(play, page, user, lax):
    steps = [(CLAIM, (b"\xff",)), (kept("sent", 90), True), (FIND, page(user("1", title="Guide")))]
    assert play("POST /Users", steps, body=NEW, gateway=lax).body["id"] == "1"


def test_a_word_beside_garbage_counts(play, page):
    find = 'GET /Users?filter=externalId eq "7"&startIndex=1&count=2'
    steps = [("claim create externalId=7, create userName=bjensen", (b"\xff", *LOST)), (find, page())]
    assert play("POST /Users", steps, body={**NEW, "externalId": "7"}).finished.code == "SG514"


def test_an_external_id_in_other_letters_is_another_person(play, page, user):
    both = "externalId=A1, create userName=bjensen"
    find = 'GET /Users?filter=externalId eq "A1"&startIndex=1&count=2'
    there = user("1", title="Guide", externalId="a1")
    steps = [(f"claim create {both}", LOST * 2), (find, page(there))]
    assert play("POST /Users", steps, body={**NEW, "externalId": "A1"}).finished.code in ("SG204", "SG514")


def test_two_groups_may_have_one_name(play):
    group = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Guides"}
    claim, find = "claim create displayName=guides", 'GET /Groups?filter=displayName eq "Guides"&startIndex=1&count=2'
    made = {"id": "1", "displayName": "Guides", "members": [{"value": "u1"}]}
    found = Reply(200, {}, {"Resources": [made], "totalResults": 1})
    steps = [
        (claim, SENT), ("wait 0.1", True), (claim, FREE), (find, found),
        ("forget create displayName=guides", True), ("forget create displayName=guides", True), (claim, FREE),
        ("POST /Groups", Reply(201, {}, {"id": "2", "displayName": "Guides"})),
        ("forget create displayName=guides", True),
    ]  # fmt: skip
    body = {**group, "members": [{"value": "u2"}]}
    assert play("POST /Groups", steps, body=body).body["id"] == "2"
