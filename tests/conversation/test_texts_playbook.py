"""Texts made of several: attributes joined into one field, an attribute split into fields, as calls."""

import pytest
from change_stage import ENTERPRISE, patch

from gateway.conversation.effects import Reply

NAME = {"givenName": "Barbara", "middleName": "Ann", "familyName": "Jensen", "formatted": "Barbara Jensen"}
BODY = {"userName": "bjensen@example.com", "name": NAME, "displayName": "Babs", "active": True}
SENT = {
    "account": "bjensen",
    "domain": "example.com",
    "person": {"full": "Barbara Ann Jensen"},
    "first": "Barbara",
    "last": "Jensen",
    "shown": "Babs",
    "on": "true",
}
RECORD = {"id": "7", **SENT, "lines": [{"kind": "job", "text": "Guide of Tours"}, {"kind": "fax", "text": "555"}]}
READ = ("GET /people/7", Reply(200, {}, RECORD))


def held(*steps):
    return [("hold 7", True), *steps, ("release 7", None)]


def ok(**changed):
    return Reply(200, {}, RECORD | changed)


def sent_by(call):
    return {key: value for key, value in call.body.items() if key != "schemas"}


@pytest.fixture
def ask(play, make_gateway):
    return lambda line, steps=(), **more: play(line, steps, gateway=make_gateway("text-vendor"), **more)


def test_a_create_sends_each_text_joined_or_split(ask):
    played = ask("POST /Users", [("POST /people", Reply(201, {}, RECORD))], body=BODY)
    assert sent_by(played.calls[0]) == SENT
    assert (played.status, played.body["userName"], played.body["name"]) == (201, "bjensen@example.com", NAME)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": {"givenName": "Mary Ann", "familyName": "Smith"}}, ["name.givenName", "name.familyName", "word"]),
        ({"name": {"givenName": "Mary"}}, ["name.familyName is missing", "name.givenName"]),
        ({"userName": "bjensen"}, ["userName", "{account|local}@{domain|host}"]),
        ({"locale": "en"}, ["timezone is missing", "locale"]),
        ({"title": "Tour Guide", ENTERPRISE: {"department": "Tours"}}, ["title", "enterprise:department"]),
    ],
)
def test_what_would_come_back_as_another_value_is_refused_before_a_call(ask, changed, told):
    played = ask("POST /Users", body=BODY | changed)
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
    assert [word for word in told if word not in played.detail] == []


def test_a_put_of_what_is_there_writes_nothing(ask):
    body = BODY | {"title": "Guide", ENTERPRISE: {"department": "Tours"}}
    assert ask("PUT /Users/7", held(READ), body=body).status == 200


def test_a_put_clears_the_text_that_the_client_leaves_out(ask):
    put = ("PUT /people/7", ok(lines=[{"kind": "fax", "text": "555"}]))
    played = ask("PUT /Users/7", held(READ, put), body=BODY)
    assert sent_by(played.calls[1]) == SENT | {"lines": [{"kind": "fax", "text": "555"}]}
    assert "title" not in played.body


@pytest.mark.parametrize(
    ("operation", "sent"),
    [
        (("replace", "name.givenName", "Mary"), {"person": {"full": "Mary Ann Jensen"}}),
        (("remove", "name.middleName"), {"person": {"full": "Barbara Jensen"}}),
        (("replace", "userName", "bjensen@example.org"), {"domain": "example.org"}),
        (("replace", "name.formatted", "Madonna"), {"first": "Madonna", "last": None}),
        (("remove", "name.formatted"), {"first": None, "last": None}),
        (("replace", "title", "Lead"), {"lines": [{"kind": "job", "text": "Lead of Tours"}, RECORD["lines"][1]]}),
    ],
)
def test_a_patch_of_a_part_writes_the_fields_that_change(ask, operation, sent):
    answer = {**sent, "last": "Jensen"} if sent.get("last", "") is None else sent
    steps = held(READ, ("PATCH /people/7", ok(**answer)))
    played = ask("PATCH /Users/7", steps, body=patch(operation))
    assert (played.status, sent_by(played.calls[1])) == (200, sent)


@pytest.mark.parametrize(
    "operation",
    [
        ("replace", "name.givenName", "Barbara"),
        ("replace", "userName", "bjensen@example.com"),
        ("add", "name", {"middleName": "Ann", "formatted": "Barbara Jensen"}),
        ("remove", "locale"),
    ],
)
def test_a_patch_that_changes_nothing_writes_nothing(ask, operation):
    assert ask("PATCH /Users/7", held(READ), body=patch(operation)).status == 200


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (("replace", "name.givenName", "Mary Ann"), "name.givenName does not fit"),
        (("remove", "name.familyName"), "name.familyName is missing"),
        (("remove", "title"), "title is missing"),
        (("replace", "userName", "b@jensen@example.org"), "userName is not of the form"),
    ],
)
def test_a_patch_that_would_be_misread_is_refused_before_it_is_written(ask, operation, told):
    played = ask("PATCH /Users/7", held(READ), body=patch(operation))
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
    assert told in played.detail


def test_a_deactivation_is_one_call_whatever_the_texts_are(ask):
    steps = [("PATCH /people/7", ok(on="false", person={"full": "of no form "}))]
    played = ask("PATCH /Users/7", steps, body=patch(("replace", "active", False)))
    assert (sent_by(played.calls[0]), played.body["active"]) == ({"on": "false"}, False)


@pytest.mark.parametrize(
    ("asked", "pushed"),
    [
        ('userName eq "bjensen@example.com"', 'account eq "bjensen" and domain eq "example.com"'),
        (f'{ENTERPRISE}:employeeNumber eq "12"', 'badge eq "emp-12"'),
        ('userName sw "bj"', ""),
        ('name.familyName eq "Jensen"', ""),
        ('name.formatted eq "Barbara Jensen"', ""),  # "Barbara Jensen" may be a first name alone
    ],
)
def test_a_filter_asks_for_the_pieces_where_they_are_the_only_ones(ask, asked, pushed):
    wanted = RECORD | {"badge": "emp-12"}
    other = {"id": "8", "account": "other", "domain": "example.com", "person": {"full": "Jensen Jones"}, "shown": "O"}
    query = f"filter={pushed}&" if pushed else ""
    people = [wanted] if pushed else [wanted, other]
    found = Reply(200, {}, {"people": people, "count": len(people)})
    played = ask(f"GET /Users?filter={asked}", [(f"GET /people?{query}from=0&limit=50", found)])
    assert [one["id"] for one in played.body["Resources"]] == ["7"]
