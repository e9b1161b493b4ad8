"""GET and PATCH of one resource."""

import pytest
from change_stage import ENTERPRISE, ID, PATCH, PUT, READ, WORK, ok, patch

from gateway.conversation.effects import Lost, Reply, Unavailable
from gateway.lens.ability import Modify
from gateway.mapping.load import load_dialect
from gateway.observations import AnswerLost, KeptValueLost, StateFailed, ValueNarrowed, WriteSuppressed


@pytest.fixture
def without_patch(make_gateway):
    """A backend that has PUT only."""
    ops = dict(load_dialect("scim2").resources["User"].ops)
    del ops["modify"]
    return make_gateway(ops=ops, can_modify=None)


def test_a_resource_is_read_and_shown_with_our_references(play, user):
    record = user(**{ENTERPRISE: {"manager": {"value": "m1", "$ref": "../Users/m1"}}}, groups=[{"value": "g1"}])
    played = play(f"GET /Users/{ID}", [(READ, ok(record))])
    base = "https://scim.example.com/acme/scim/v2"
    assert played.body[ENTERPRISE]["manager"] == {"value": "m1", "$ref": f"{base}/Users/m1"}
    assert played.body["groups"] == [{"value": "g1", "$ref": f"{base}/Groups/g1"}]
    assert ENTERPRISE in played.body["schemas"]


def test_a_resource_that_is_not_there_is_a_404_with_a_hint(play):
    played = play(f"GET /Users/{ID}", [(READ, Reply(404, {}, {"detail": f"{ID} not found"}))])
    assert (played.status, played.finished.code) == (404, "SG110")
    assert ID not in played.detail


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_repeated_with_growing_pauses_and_ends_well(play, user, status):
    steps = [(READ, Reply(status)), ("wait 0.2", True), (READ, Reply(status)), ("wait 0.4", True), (READ, ok(user()))]
    assert play(f"GET /Users/{ID}", steps).status == 200


def test_a_pause_that_does_not_fit_into_the_deadline_ends_the_trying(play):
    steps = [(READ, Reply(429, {"retry-after": "30"})), ("wait 30", False)]
    played = play(f"GET /Users/{ID}", steps)
    assert (played.status, played.finished.code, played.headers["Retry-After"]) == (429, "SG504", "30")


def test_a_retry_after_that_is_a_date_means_soon(play, user):
    steps = [
        (READ, Reply(503, {"retry-after": "Fri, 31 Dec 2027 23:59:59 GMT"})),
        ("wait 1", True),
        (READ, ok(user())),
    ]
    assert play(f"GET /Users/{ID}", steps).status == 200


@pytest.mark.parametrize(
    ("lost", "status", "code"),
    [
        (Lost("no", "connect"), 503, "SG501"),
        (Lost("no", "tls"), 503, "SG501"),
        (Lost("unknown", "timeout"), 503, "SG502"),
        (Lost("unknown", "reset"), 503, "SG502"),
        (Reply(200, {}, None, readable=False, whole=False), 502, "SG505"),
        (Lost("no", "credentials"), 503, "SG601"),
        (Lost("no", "deadline"), 503, "SG604"),
    ],
)
def test_every_way_to_lose_an_answer_has_its_blame(play, make_gateway, lost, status, code):
    played = play(f"GET /Users/{ID}", [(READ, lost)], gateway=make_gateway(tries=1))
    assert (played.status, played.finished.code) == (status, code)


def test_kept_attributes_are_shown_and_their_loss_is_counted(play, make_gateway, user):
    gateway = make_gateway("rsa-unified-directory")
    kept = (f"recall kept {ID}", ('{"externalId":"701984"}',))
    assert play(f"GET /Users/{ID}", [(READ, ok(user())), kept], gateway=gateway).body["externalId"] == "701984"
    away = (f"recall kept {ID}", Unavailable())
    played = play(f"GET /Users/{ID}", [(READ, ok(user())), away], gateway=gateway)
    assert "externalId" not in played.body
    assert len(played.noted(KeptValueLost)) == 1
    garbage = (f"recall kept {ID}", (b"\xff{",))
    played = play(f"GET /Users/{ID}", [(READ, ok(user())), garbage], gateway=gateway)
    assert "externalId" not in played.body
    assert played.noted(StateFailed) == [StateFailed("recall", "garbage")]
    assert len(played.noted(KeptValueLost)) == 1


def test_what_nobody_can_read_of_a_resource_is_lost_and_stays_until_the_client_says_it_again(play, make_gateway, user):
    gateway = make_gateway("rsa-unified-directory")
    unread = [(f"hold {ID}", True), (READ, ok(user(emails=WORK))), (f"recall kept {ID}", (b'{"externalId":"1"}',))]
    body = patch(("replace", 'emails[type eq "work"].value', WORK[0]["value"]))
    same = play(f"PATCH /Users/{ID}", [*unread, (f"release {ID}", None)], body=body, gateway=gateway)
    assert (same.status, len(same.noted(KeptValueLost)), len(same.noted(WriteSuppressed))) == (200, 1, 1)
    keep = (f'keep kept {ID} = {{"externalId":"2"}}, kept-index externalId=2 = {ID} for ever', True)
    steps = [*unread, keep, (f"release {ID}", None)]
    played = play(f"PATCH /Users/{ID}", steps, body=patch(("add", "externalId", "2")), gateway=gateway)
    assert played.body["externalId"] == "2"


# PATCH


def test_a_patch_that_crosses_whole_is_one_call(play, user):
    played = play(f"PATCH /Users/{ID}", [(PATCH, ok(user(title="Guide")))], body=patch(("Replace", "title", "Guide")))
    assert played.calls[0].body == patch(("replace", "title", "Guide"))
    assert (played.status, played.body["title"]) == (200, "Guide")


def test_a_patch_answered_without_a_record_is_204(play):
    played = play(f"PATCH /Users/{ID}", [(PATCH, Reply(204))], body=patch(("replace", "title", "Guide")))
    assert (played.status, played.body) == (204, None)


def test_a_client_that_asks_for_attributes_gets_them(play, user):
    steps = [(PATCH, Reply(204)), (READ, ok(user(title="Guide", nickName="Babs")))]
    body = patch(("replace", "title", "Guide"))
    played = play(f"PATCH /Users/{ID}?attributes=title", steps, body=body)
    assert (played.status, sorted(played.body)) == (200, ["id", "schemas", "title"])


def test_a_patch_on_what_is_not_carried_is_no_operation_but_the_resource_must_exist(play, make_gateway, user):
    gateway = make_gateway("cube-cloud")
    body = patch(("replace", "title", "Guide"), ("replace", "name.formatted", "Babs"))
    played = play(f"PATCH /Users/{ID}", [(READ, ok(user()))], body=body, gateway=gateway)
    assert played.status == 200
    assert {(fact.attribute, fact.how) for fact in played.noted(ValueNarrowed)} == {
        ("title", "dropped"),
        ("name.formatted", "shown"),
    }
    assert play(f"PATCH /Users/{ID}", [(READ, Reply(404))], body=body, gateway=gateway).status == 404


def test_a_value_beyond_what_the_backend_takes_is_left_out_and_counted(play, make_gateway, user):
    record = user(emails=WORK, displayName="B", name={"givenName": "Barbara", "familyName": "Jensen"}, active=True)
    steps = [(f"hold {ID}", True), (READ, ok(record)), (f"release {ID}", None)]
    body = patch(("add", "emails", [{"type": "home", "value": "b@home.example"}]))
    played = play(f"PATCH /Users/{ID}", steps, body=body, gateway=make_gateway("huawei-identity-center"))
    assert (played.status, played.body["emails"]) == (200, WORK)
    assert [(fact.attribute, fact.how) for fact in played.noted(ValueNarrowed)] == [("emails", "cut")]
    assert len(played.noted(WriteSuppressed)) == 1


def test_a_patch_that_depends_on_the_old_value_is_folded_over_the_record_read(play, user):
    record = user(emails=WORK, hidden="stays")
    steps = [
        (f"hold {ID}", True),
        (READ, ok(record)),
        (PATCH, ok({**record, "emails": [{**WORK[0], "value": "b@example.com"}]})),
        (f"release {ID}", None),
    ]
    body = patch(("replace", 'emails[type eq "work"].value', "b@example.com"))
    played = play(f"PATCH /Users/{ID}", steps, body=body)
    sent = played.calls[1].body["Operations"]
    assert [one["path"] for one in sent] == ["emails"]
    assert sent[0]["value"][0]["value"] == "b@example.com"
    assert played.body["emails"][0]["value"] == "b@example.com"


def test_without_a_patch_of_its_own_the_backend_gets_a_put_of_the_whole(play, user, without_patch):
    record = user(title="Guide", unknownField=1)
    steps = [
        (f"hold {ID}", True),
        (READ, ok(record)),
        (PUT, ok({**record, "title": "Driver"})),
        (f"release {ID}", None),
    ]
    played = play(f"PATCH /Users/{ID}", steps, body=patch(("replace", "title", "Driver")), gateway=without_patch)
    assert played.calls[1].body["title"] == "Driver"
    assert played.calls[1].body["unknownField"] == 1
    assert played.body["title"] == "Driver"


def test_a_patch_that_changes_nothing_writes_nothing(play, user):
    steps = [(f"hold {ID}", True), (READ, ok(user(emails=WORK))), (f"release {ID}", None)]
    body = patch(("replace", 'emails[type eq "work"].value', "bjensen@example.com"))
    played = play(f"PATCH /Users/{ID}", steps, body=body)
    assert played.status == 200
    assert len(played.noted(WriteSuppressed)) == 1


def test_the_lock_is_given_back_when_a_patch_is_refused(play, user, without_patch):
    steps = [(f"hold {ID}", True), (READ, ok(user())), (f"release {ID}", None)]
    body = patch(("replace", "title", "Guide"), ("remove", "userName"))
    played = play(f"PATCH /Users/{ID}", steps, body=body, gateway=without_patch)
    assert (played.status, played.body["scimType"]) == (400, "mutability")


def test_the_lock_is_given_back_when_the_backend_refuses(play, user, without_patch):
    steps = [
        (f"hold {ID}", True),
        (READ, ok(user())),
        (PUT, Reply(400, {}, {"detail": "no", "scimType": "invalidValue"})),
        (f"release {ID}", None),
    ]
    played = play(f"PATCH /Users/{ID}", steps, body=patch(("replace", "title", "Guide")), gateway=without_patch)
    assert (played.status, played.finished.code) == (400, "SG509")


def test_a_lock_that_stays_taken_asks_the_client_to_come_again(play, without_patch):
    body = patch(("replace", "title", "Guide"))
    played = play(f"PATCH /Users/{ID}", [(f"hold {ID}", False)], body=body, gateway=without_patch)
    assert (played.status, played.finished.code) == (503, "SG603")


def test_a_lost_answer_to_a_patch_is_never_repeated(play):
    body = patch(("replace", "title", "Guide"))
    played = play(f"PATCH /Users/{ID}", [(PATCH, Lost("unknown", "timeout"))], body=body)
    assert (played.status, played.finished.code, played.headers["Retry-After"]) == (503, "SG508", "5")
    assert len(played.noted(AnswerLost)) == 1


@pytest.mark.parametrize(("answer", "wait"), [(Reply(429), "wait 0.2"), (Reply(503, {"retry-after": "2"}), "wait 2")])
def test_a_write_is_repeated_when_it_was_provably_not_applied(play, user, answer, wait):
    steps = [(PATCH, answer), (wait, True), (PATCH, ok(user(title="Guide")))]
    assert play(f"PATCH /Users/{ID}", steps, body=patch(("replace", "title", "Guide"))).status == 200


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_is_not_repeated_after_a_server_error(play, status):
    played = play(f"PATCH /Users/{ID}", [(PATCH, Reply(status))], body=patch(("replace", "title", "Guide")))
    assert (played.status, played.finished.code) == (503, "SG503")


def test_a_kept_attribute_is_patched_without_a_write_to_the_backend(play, make_gateway, user):
    steps = [
        (f"hold {ID}", True),
        (READ, ok(user(emails=WORK))),
        (f"recall kept {ID}", ('{"externalId":"1"}',)),
        ("forget kept-index externalId=1", True),
        (f'keep kept {ID} = {{"externalId":"2"}}, kept-index externalId=2 = {ID} for ever', True),
        (f"release {ID}", None),
    ]
    gateway = make_gateway("rsa-unified-directory")
    played = play(f"PATCH /Users/{ID}", steps, body=patch(("replace", "externalId", "2")), gateway=gateway)
    assert played.body["externalId"] == "2"


def test_a_merging_backend_gets_a_merge_document(play, make_gateway, user):
    steps = [(PATCH, ok(user(title="Guide")))]
    body = patch(("replace", "title", "Guide"), ("replace", "name.givenName", "Babs"), ("remove", "nickName"))
    played = play(f"PATCH /Users/{ID}", steps, body=body, gateway=make_gateway(can_modify=Modify("merge")))
    assert played.calls[0].body == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "title": "Guide",
        "name": {"givenName": "Babs"},
        "nickName": None,
    }


def test_a_comparison_is_merged_too(play, make_gateway, user):
    record = user(emails=WORK, title="Guide")
    steps = [(f"hold {ID}", True), (READ, ok(record)), (PATCH, Reply(204)), (f"release {ID}", None)]
    body = patch(("remove", 'emails[type eq "work"]'))
    played = play(f"PATCH /Users/{ID}", steps, body=body, gateway=make_gateway(can_modify=Modify("merge")))
    assert played.calls[1].body == {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "emails": None}
    assert played.status == 204


@pytest.mark.parametrize(
    ("operations", "scim_type", "code"),
    [
        ([("replace", "id", "x")], "mutability", "SG203"),
        ([("replace", "groups", [])], "mutability", "SG203"),
        ([("remove",)], "noTarget", "SG402"),
        ([("replace", "nosuch", 1)], "invalidPath", "SG401"),
        ([("move", "title", "x")], "invalidSyntax", "SG201"),
    ],
)
def test_what_the_standard_refuses_never_reaches_the_backend(play, operations, scim_type, code):
    played = play(f"PATCH /Users/{ID}", [], body=patch(*operations))
    assert (played.status, played.body["scimType"], played.finished.code) == (400, scim_type, code)
