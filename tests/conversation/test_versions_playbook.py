"""Versions: shown where the whole resource was seen, and compared before anything is written."""

import pytest
from change_stage import ENTERPRISE, ID, PATCH, PUT, READ, ok, patch

from gateway.conversation.effects import Lost, Reply, Unavailable

HOLD, RELEASE = (f"hold {ID}", True), (f"release {ID}", None)
DELETE = f"DELETE /Users/{ID}"
TITLE = patch(("replace", "title", "Driver"))
FOLD = patch(("replace", 'emails[type eq "work"].value', "babs@example.com"))
MAIL = {"type": "work", "value": "bjensen@example.com"}
SENT = {"userName": "bjensen", "title": "Driver"}
OTHER = 'W/"of-another-time"'
CHANGES = [
    (f"PATCH /Users/{ID}", TITLE, (PATCH, Reply(204)), 204),
    (f"PATCH /Users/{ID}", FOLD, (PATCH, Reply(204)), 204),
    (f"PUT /Users/{ID}", SENT, (PUT, ok({"id": ID, **SENT})), 200),
    (f"DELETE /Users/{ID}", None, (DELETE, Reply(204)), 204),
]
WAYS = ["direct", "folded", "replaced", "deleted"]


@pytest.fixture
def babs(user):
    return user(title="Guide", emails=[MAIL], meta={"lastModified": "2026-01-05T09:00:00Z"})


@pytest.fixture
def version(play, babs):
    """What a client was shown."""
    return play(f"GET /Users/{ID}", [(READ, ok(babs))]).headers["ETag"]


@pytest.mark.parametrize(("line", "body", "write", "status"), CHANGES, ids=WAYS)
def test_a_change_onto_the_version_that_is_named_is_made(play, babs, version, line, body, write, status):
    steps = [HOLD, (READ, ok(babs)), write, RELEASE]
    assert play(line, steps, body=body, **{"if-match": version}).status == status


@pytest.mark.parametrize(("line", "body"), [row[:2] for row in CHANGES], ids=WAYS)
@pytest.mark.parametrize("headers", [{"if-match": OTHER}, {"if-none-match": "*"}], ids=["another", "none at all"])
def test_a_change_onto_another_version_writes_nothing(play, babs, line, body, headers):
    played = play(line, [HOLD, (READ, ok(babs)), RELEASE], body=body, **headers)
    assert (played.status, played.finished.code, played.finished.blame) == (412, "SG511", "client")
    assert all(call.safe for call in played.calls)


@pytest.mark.parametrize(("line", "body"), [row[:2] for row in CHANGES], ids=WAYS)
def test_who_is_not_there_has_no_version_and_is_not_found(play, line, body):
    played = play(line, [HOLD, (READ, Reply(404)), RELEASE], body=body, **{"if-match": "*"})
    assert (played.status, played.finished.code) == (404, "SG110")


@pytest.mark.parametrize(("line", "body"), [row[:2] for row in CHANGES], ids=WAYS)
def test_a_look_that_fails_is_no_look(play, make_gateway, line, body):
    steps = [HOLD, (READ, Lost("unknown", "timeout")), RELEASE]
    played = play(line, steps, body=body, gateway=make_gateway(tries=1), **{"if-match": "*"})
    assert (played.status, played.finished.code) == (503, "SG502")


@pytest.mark.parametrize(("line", "body"), [row[:2] for row in CHANGES], ids=WAYS)
def test_a_condition_that_cannot_be_read_reaches_no_backend(play, line, body):
    played = play(line, [], body=body, **{"if-match": "bare-word"})
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "invalidSyntax", "SG140")


def test_a_resource_that_another_change_holds_is_waited_for(play, version):
    played = play(f"PATCH /Users/{ID}", [(f"hold {ID}", False)], body=TITLE, **{"if-match": version})
    assert (played.status, played.finished.code) == (503, "SG603")


def test_a_read_of_a_known_version_has_no_body(play, babs, version):
    played = play(f"GET /Users/{ID}", [(READ, ok(babs))], **{"if-none-match": f'"old", {version}'})
    assert (played.status, played.body, played.headers) == (304, None, {"ETag": version})


def test_a_read_of_another_version_is_answered_whole(play, babs, version):
    played = play(f"GET /Users/{ID}", [(READ, ok({**babs, "title": "Driver"}))], **{"if-none-match": version})
    assert (played.status, played.body["title"]) == (200, "Driver")
    assert played.body["meta"]["version"] == played.headers["ETag"] != version


def test_a_read_may_ask_for_a_version_too(play, babs, version):
    assert play(f"GET /Users/{ID}", [(READ, ok(babs))], **{"if-match": version}).status == 200
    assert play(f"GET /Users/{ID}", [(READ, ok(babs))], **{"if-match": OTHER}).status == 412


def test_what_a_projection_hides_changes_no_version(play, babs, version):
    played = play(f"GET /Users/{ID}?attributes=userName", [(READ, ok(babs))])
    assert (played.headers["ETag"], "meta" in played.body) == (version, False)
    hidden = play(f"GET /Users/{ID}?attributes=userName", [(READ, ok(babs))], **{"if-none-match": version})
    assert hidden.status == 304


def test_all_answers_show_one_version_of_one_state(play, page, babs, version):
    listed = play("GET /Users", [("GET /Users?startIndex=1&count=100", page(babs))])
    assert [one["meta"]["version"] for one in listed.body["Resources"]] == [version]
    assert "ETag" not in listed.headers
    put = play(f"PUT /Users/{ID}", [HOLD, (READ, ok({"id": ID, "userName": "b"})), (PUT, ok(babs)), RELEASE], body=SENT)
    patched = play(f"PATCH /Users/{ID}", [(PATCH, ok(babs))], body=TITLE)
    made = play("POST /Users", [("POST /Users", Reply(201, {}, babs))], body=SENT)
    assert [one.headers["ETag"] for one in (put, patched, made)] == [version] * 3
    assert [one.body["meta"]["version"] for one in (put, patched, made)] == [version] * 3


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"if-match": OTHER}, 412), ({"if-match": "*"}, 201), ({"if-none-match": "*"}, 201), ({"if-match": "x"}, 400)],
)
def test_what_is_yet_to_be_created_has_no_version(play, user, headers, status):
    steps = [("POST /Users", Reply(201, {}, user()))] if status == 201 else []
    assert play("POST /Users", steps, body=SENT, **headers).status == status


@pytest.mark.parametrize("wanted", ['filter=meta.version eq "x"', "filter=meta[version pr]", "sortBy=meta.version"])
def test_nobody_is_looked_for_by_what_no_backend_holds(play, wanted):
    played = play(f"GET /Users?{wanted}", [])
    kind = "invalidPath" if wanted.startswith("sort") else "invalidFilter"
    assert (played.status, played.body["scimType"], played.finished.code) == (400, kind, "SG141")
    root = play('GET /?filter=meta.location eq "https://scim.example.com/acme/scim/v2/Users/1"', [])
    assert (root.status, root.finished.code) == (400, "SG141")


RSA = "rsa-unified-directory"
KEPT = '{"externalId":"701984"}'
RECALL = f"recall kept {ID}"


def test_what_a_backend_takes_and_does_not_return_is_told_once_and_has_no_part_in_the_version(play, make_gateway, babs):
    gateway = make_gateway(RSA)
    sent = {"userName": "bjensen", "emails": [MAIL], ENTERPRISE: {"department": "Tours"}}
    made = play("POST /Users", [("POST /Users", Reply(201, {}, babs))], body=sent, gateway=gateway)
    assert made.body[ENTERPRISE]["department"] == "Tours"
    read = play(f"GET /Users/{ID}", [(READ, ok(babs)), (RECALL, (None,))], gateway=gateway)
    assert ENTERPRISE not in read.body
    assert made.headers["ETag"] == read.headers["ETag"]


def test_what_the_gateway_keeps_has_its_part(play, make_gateway, babs):
    def read(entries, **headers):
        return play(f"GET /Users/{ID}", [(READ, ok(babs)), (RECALL, entries)], gateway=make_gateway(RSA), **headers)

    kept, lost, away = read((KEPT,)), read((None,)), read(Unavailable())
    assert kept.headers["ETag"] != lost.headers["ETag"]
    assert away.headers["ETag"] == lost.headers["ETag"]
    assert "externalId" not in away.body
    assert read(Unavailable(), **{"if-none-match": kept.headers["ETag"]}).status == 200


def test_a_field_that_the_backend_was_not_asked_for_leaves_the_version_out(play, make_gateway, user, page):
    gateway = make_gateway(can_project="both")
    query = "attributes=emails,id,meta,userName"
    part = play(
        f"GET /Users/{ID}?attributes=emails,meta", [(f"{READ}?attributes=emails,id,meta", ok(user()))], gateway=gateway
    )
    assert ("ETag" in part.headers, "version" in part.body["meta"]) == (False, False)
    listing = f"GET /Users?{query.replace(',userName', '')}&startIndex=1&count=100"
    listed = play("GET /Users?attributes=emails,meta", [(listing, page(user()))], gateway=gateway)
    assert "version" not in listed.body["Resources"][0]["meta"]
    known = play(f"GET /Users/{ID}?attributes=emails", [(READ, ok(user()))], gateway=gateway, **{"if-none-match": "*"})
    assert known.status == 304


CLUB = {"id": "g", "title": "Guides"}
CLUB_READ, CLUB_HOLD, CLUB_RELEASE = "GET /clubs/g", ("hold g", True), ("release g", None)


def people(*names):
    """The members as they are listed apart; the list tells no total, so an empty page ends it."""
    call = "GET /clubs/g/people?from={}&limit=2".format
    pages = [
        (call(at), ok({"people": [{"person": one} for one in names[at : at + 2]]})) for at in range(0, len(names), 2)
    ]
    return [*pages, (call(len(names)), ok({"people": []}))]


@pytest.fixture
def club(make_gateway):
    return make_gateway("club-vendor")


@pytest.fixture
def seen(play, club):
    return play("GET /Groups/g", [(CLUB_READ, ok(CLUB)), *people("a", "b")], gateway=club).headers["ETag"]


def test_a_group_without_the_members_that_are_read_apart_shows_no_version(play, club, page):
    part = play("GET /Groups/g?excludedAttributes=members", [(CLUB_READ, ok(CLUB))], gateway=club)
    assert ("ETag" in part.headers, "version" in part.body["meta"]) == (False, False)
    body = patch(("replace", "displayName", "Guides"))
    written = play("PATCH /Groups/g", [("PATCH /clubs/g", ok(CLUB))], body=body, gateway=club)
    assert (written.status, "ETag" in written.headers) == (204, False)


@pytest.mark.parametrize(
    ("line", "body", "writes", "status"),
    [
        ("PATCH /Groups/g", patch(("add", "members", [{"value": "c"}])), [("PUT /people/c/clubs/g", Reply(204))], 204),
        ("PATCH /Groups/g", patch(("replace", "displayName", "Scouts")), [("PATCH /clubs/g", Reply(204))], 204),
        ("DELETE /Groups/g", None, [("DELETE /clubs/g", Reply(204))], 204),
    ],
    ids=["a member", "a name", "the group"],
)
def test_members_that_are_read_apart_have_their_part(play, club, seen, line, body, writes, status):
    looked = [CLUB_HOLD, (CLUB_READ, ok(CLUB))]
    made = play(
        line, [*looked, *people("b", "a"), *writes, CLUB_RELEASE], body=body, gateway=club, **{"if-match": seen}
    )
    assert made.status == status
    steps = [*looked, *people("a", "b", "d"), CLUB_RELEASE]
    assert play(line, steps, body=body, gateway=club, **{"if-match": seen}).status == 412


def test_a_comparison_reads_the_lists_once(play, club, seen):
    steps = [CLUB_HOLD, (CLUB_READ, ok(CLUB)), *people("a", "b"), CLUB_RELEASE]
    body = patch(("replace", "members", [{"value": "a"}, {"value": "b"}]))
    played = play("PATCH /Groups/g", steps, body=body, gateway=club, **{"if-match": seen})
    assert (played.status, played.headers["ETag"]) == (200, seen)


RECORD = {"id": ID, "login": "bjensen", "status": "ACTIVE", "job": "Guide"}
SOFT_READ, SOFT_PATCH = f"GET /users/{ID}", f"PATCH /users/{ID}"


def test_a_soft_delete_compares_before_it_marks(play, make_gateway):
    gateway = make_gateway("tombstones", tries=1)
    version = play(f"GET /Users/{ID}", [(SOFT_READ, ok(RECORD))], gateway=gateway).headers["ETag"]
    steps = [HOLD, (SOFT_READ, ok(RECORD)), (SOFT_READ, ok(RECORD)), (SOFT_PATCH, Reply(204)), RELEASE]
    assert play(f"DELETE /Users/{ID}", steps, gateway=gateway, **{"if-match": version}).status == 204
    steps = [HOLD, (SOFT_READ, ok(RECORD)), RELEASE]
    assert play(f"DELETE /Users/{ID}", steps, gateway=gateway, **{"if-match": OTHER}).status == 412


def test_who_was_deleted_by_the_answer_has_no_version_any_more(play, make_gateway):
    gateway = make_gateway("barless", tries=1)
    looked, kept = [HOLD, (SOFT_READ, ok(RECORD)), (RECALL, (None,))], [(RECALL, (None,)), (f"forget kept {ID}", True)]
    steps = [*looked, (f"DELETE /users/{ID}", Reply(204)), *kept, RELEASE]
    played = play(f"PATCH /Users/{ID}", steps, body=patch(("replace", "active", False)), gateway=gateway)
    assert (played.status, played.body["active"], "ETag" in played.headers) == (200, False, False)
    assert "version" not in played.body["meta"]
