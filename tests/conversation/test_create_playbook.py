"""POST: what is sent, what is answered, and what is said when an answer got lost."""

from gateway.conversation.effects import Lost, Reply
from gateway.observations import AnswerLost, KeptValueLost, OutcomeResolved, ValueNarrowed

NEW = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen", "title": "Guide"}
FIND = 'GET /Users?filter=userName eq "bjensen"&startIndex=1&count=2'


def test_a_created_resource_is_answered_with_our_location(play, user):
    record = user(title="Guide", meta={"location": "https://vendor.example.com/x", "created": "2026-01-02T03:04:05Z"})
    played = play("POST /Users", [("POST /Users", Reply(201, {}, record))], body=NEW)
    assert played.status == 201
    assert played.headers["Location"] == "https://scim.example.com/acme/scim/v2/Users/2819c223"
    assert played.body["meta"] == {
        "resourceType": "User",
        "created": "2026-01-02T03:04:05Z",
        "location": played.headers["Location"],
        "version": played.headers["ETag"],
    }
    assert played.calls[0].body["userName"] == "bjensen"
    assert (played.finished.resource, played.finished.operation, played.finished.status) == ("User", "create", 201)


def test_the_answer_is_what_the_backend_holds_and_not_what_was_sent(play, user):
    played = play("POST /Users", [("POST /Users", Reply(201, {}, user(title="Tour Guide")))], body=NEW)
    assert played.body["title"] == "Tour Guide"


def test_an_answer_without_a_record_is_followed_by_a_read(play, user):
    steps = [
        ("POST /Users", Reply(201, {"location": "https://vendor.example.com/scim/Users/a%7Cb"})),
        ("GET /Users/a%7Cb", Reply(200, {}, user("a|b"))),
    ]
    assert play("POST /Users", steps, body=NEW).body["id"] == "a~7Cb"


def test_an_answer_that_names_no_id_is_the_backends_fault(play):
    played = play("POST /Users", [("POST /Users", Reply(201))], body=NEW)
    assert (played.status, played.finished.code, played.finished.blame) == (502, "SG505", "backend")


def test_a_duplicate_is_uniqueness(play):
    answer = Reply(409, {}, {"detail": "bjensen is taken", "scimType": "uniqueness"})
    played = play("POST /Users", [("POST /Users", answer)], body=NEW)
    assert (played.status, played.body["scimType"], played.finished.code) == (409, "uniqueness", "SG204")
    assert "bjensen" not in played.detail


def test_a_lost_answer_is_looked_up_and_the_person_found_is_answered(play, user, page):
    steps = [("POST /Users", Lost("unknown", "timeout")), (FIND, page(user("2819c223", "BJensen", title="Guide")))]
    played = play("POST /Users", steps, body=NEW)
    assert (played.status, played.body["id"]) == (201, "2819c223")
    assert [fact.resolution for fact in played.noted(OutcomeResolved)] == ["adopted"]
    assert len(played.noted(AnswerLost)) == 1


def test_a_lost_answer_of_a_create_that_did_not_happen_asks_the_client_to_repeat(play, page):
    steps = [("POST /Users", Lost("unknown", "reset")), (FIND, page())]
    played = play("POST /Users", steps, body=NEW)
    assert (played.status, played.finished.code, played.headers["Retry-After"]) == (503, "SG508", "5")
    assert [fact.resolution for fact in played.noted(OutcomeResolved)] == ["absent"]


def test_a_look_up_that_fails_too_leaves_the_outcome_unknown(play):
    down = Lost("no", "connect")
    steps = [
        ("POST /Users", Lost("unknown", "timeout")),
        (FIND, down),
        ("wait 0.2", True),
        (FIND, down),
        ("wait 0.4", True),
        (FIND, down),
    ]
    played = play("POST /Users", steps, body=NEW)
    assert (played.status, played.finished.code) == (503, "SG508")
    assert [fact.resolution for fact in played.noted(OutcomeResolved)] == ["gave_up"]


def test_two_candidates_are_never_guessed_between(play, user, page):
    steps = [("POST /Users", Lost("unknown", "timeout")), (FIND, page(user("1"), user("2")))]
    assert play("POST /Users", steps, body=NEW).finished.code == "SG508"


def test_somebody_of_that_name_with_other_values_was_there_before(play, user, page):
    steps = [("POST /Users", Lost("unknown", "timeout")), (FIND, page(user(title="Driver")))]
    played = play("POST /Users", steps, body=NEW)
    assert (played.status, played.body["scimType"], played.finished.code) == (409, "uniqueness", "SG204")
    assert [fact.resolution for fact in played.noted(OutcomeResolved)] == ["absent"]


def test_a_server_error_in_the_middle_is_looked_up_like_a_lost_answer(play, user, page):
    steps = [("POST /Users", Reply(500)), (FIND, page(user(title="Guide")))]
    assert play("POST /Users", steps, body=NEW).status == 201


def test_an_unreadable_success_is_looked_up(play, user, page):
    steps = [("POST /Users", Reply(201, {}, None, readable=False)), (FIND, page(user(title="Guide")))]
    assert play("POST /Users", steps, body=NEW).status == 201


def test_a_read_that_fails_after_a_create_never_says_not_found(play):
    steps = [("POST /Users", Reply(201, {"location": "/Users/7"})), ("GET /Users/7", Reply(404))]
    assert play("POST /Users", steps, body=NEW).finished.code == "SG508"


def test_a_create_that_was_never_sent_is_sent_again(play, user):
    steps = [
        ("POST /Users", Lost("no", "connect")),
        ("wait 0.2", True),
        ("POST /Users", Reply(201, {}, user())),
    ]
    assert play("POST /Users", steps, body=NEW).status == 201


def test_what_the_gateway_keeps_is_saved_with_its_index_and_shown(play, make_gateway, user):
    record = user(emails=[{"value": "bjensen@example.com", "type": "work"}])
    steps = [
        ("POST /Users", Reply(201, {}, record)),
        ('keep kept 2819c223 = {"externalId":"701984"}, kept-index externalId=701984 = 2819c223 for ever', True),
    ]
    new = {**NEW, "externalId": "701984", "emails": record["emails"]}
    played = play("POST /Users", steps, body=new, gateway=make_gateway("rsa-unified-directory"))
    assert played.body["externalId"] == "701984"
    assert "externalId" not in played.calls[0].body


def test_a_kept_value_that_cannot_be_saved_is_missing_from_the_answer(play, make_gateway, user):
    record = user(emails=[{"value": "bjensen@example.com", "type": "work"}])
    steps = [
        ("POST /Users", Reply(201, {}, record)),
        ('keep kept 2819c223 = {"externalId":"701984"}, kept-index externalId=701984 = 2819c223 for ever', False),
    ]
    new = {**NEW, "externalId": "701984", "emails": record["emails"]}
    played = play("POST /Users", steps, body=new, gateway=make_gateway("rsa-unified-directory"))
    assert played.status == 201
    assert "externalId" not in played.body
    assert [fact.attribute for fact in played.noted(KeptValueLost)] == ["externalId"]


def test_what_is_accepted_and_not_returned_completes_the_answer(play, make_gateway, user):
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    record = user(emails=[{"value": "bjensen@example.com", "type": "work"}])
    new = {**NEW, "emails": record["emails"], enterprise: {"department": "Tours"}}
    steps = [("POST /Users", Reply(201, {}, record))]
    played = play("POST /Users", steps, body=new, gateway=make_gateway("rsa-unified-directory"))
    assert played.body[enterprise] == {"department": "Tours"}
    assert enterprise in played.body["schemas"]


def test_what_is_not_carried_is_counted_and_never_named_in_the_clients_words(play, make_gateway, user):
    new = {**NEW, "favouriteColour": "red", "displayName": "Babs", "emails": [{"value": "b@example.com"}]}
    steps = [("POST /Users", Reply(201, {}, user()))]
    played = play("POST /Users", steps, body=new, gateway=make_gateway("cube-cloud"))
    facts = {(fact.attribute, fact.how) for fact in played.noted(ValueNarrowed)}
    assert {("title", "dropped"), ("displayName", "shown"), ("_unknown", "unknown")} <= facts
    assert not any("favourite" in attribute for attribute, _ in facts)


def test_a_value_that_cannot_cross_is_refused_before_any_call(play, make_gateway):
    new = {**NEW, "userName": "x" * 2_000}
    played = play("POST /Users", [], body=new, gateway=make_gateway("huawei-identity-center"))
    assert (played.status, played.finished.code, played.body["scimType"]) == (400, "SG205", "invalidValue")
    assert "xxxx" not in played.detail
