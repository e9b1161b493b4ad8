"""Lists of plain values of one's own, from discovery to filters, as calls."""

import pytest
from change_stage import patch

from gateway.conversation.effects import Reply

HR = "urn:example:params:scim:schemas:extension:hr:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
OWN = {"tags": ["a", "b"], "skills": ["yaml"], "rights": ["read"], "floors": [0, 7], "codes": ["x"]}
BODY = {"schemas": [CORE, HR], "userName": "bjensen", "active": True, HR: OWN}
SENT = {"login": "bjensen", "on": True, "tags": ["a", "b"], "skills": [{"name": "yaml"}], "rights": ["r"]}
SENT |= {"floors": [0, 7], "codes": ["x"]}
RECORD = {"id": "7", **SENT, "skills": [{"name": "yaml", "since": "2001"}]}
READ = ("GET /people/7", Reply(200, {}, RECORD))


def held(*steps):
    return [("hold 7", True), *steps, ("release 7", None)]


@pytest.fixture
def ask(play, make_gateway):
    return lambda line, steps=(), **more: play(line, steps, gateway=make_gateway("tag-vendor"), **more)


def test_a_create_sends_them_and_shows_them(ask):
    played = ask("POST /Users", [("POST /people", Reply(201, {}, RECORD))], body=BODY)
    assert played.calls[0].body == SENT
    assert (played.status, played.body[HR], played.body["schemas"]) == (201, OWN, [CORE, HR])


def test_a_put_of_what_is_there_writes_nothing(ask):
    assert ask("PUT /Users/7", held(READ), body=BODY).status == 200


@pytest.mark.parametrize(
    ("operation", "sent"),
    [
        (("add", f"{HR}:tags", ["c", "a"]), {"op": "replace", "path": "tags", "value": ["a", "b", "c"]}),
        (("remove", f'{HR}:tags[value eq "a"]'), {"op": "replace", "path": "tags", "value": ["b"]}),
        (("remove", f"{HR}:floors"), {"op": "remove", "path": "floors"}),
        (("replace", f"{HR}:rights", ["write"]), {"op": "replace", "path": "rights", "value": ["w"]}),
        (
            ("add", f"{HR}:skills", "go"),
            {"op": "replace", "path": "skills", "value": [{"name": "yaml", "since": "2001"}, {"name": "go"}]},
        ),
    ],
)
def test_a_patch_sends_the_list_as_it_is_then(ask, operation, sent):
    played = ask("PATCH /Users/7", held(READ, ("PATCH /people/7", Reply(200, {}, RECORD))), body=patch(operation))
    assert (played.status, played.calls[1].body["Operations"]) == (200, [sent])


def test_a_value_that_the_vendor_does_not_take_is_refused_by_the_lists_name(ask):
    played = ask("PATCH /Users/7", held(READ), body=patch(("add", f"{HR}:rights", ["own"])))
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
    assert f"{HR}:rights has no value" in played.detail
    played = ask("POST /Users", body=BODY | {HR: OWN | {"tags": [{"value": "a"}]}})
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")


@pytest.mark.parametrize(
    ("asked", "pushed"),
    [
        (f'{HR}:tags eq "a"', 'tags eq "a"'),
        (f'{HR}:tags[value sw "a"]', 'tags sw "a"'),
        (f'{HR}:skills eq "yaml"', 'skills.name eq "yaml"'),
        (f"{HR}:floors eq 7", ""),
        (f'not ({HR}:tags eq "z")', 'not (tags eq "z")'),
    ],
)
def test_a_filter_asks_the_vendor_or_is_answered_here(ask, asked, pushed):
    other = {"id": "8", "login": "other", "tags": ["z"], "codes": ["x"]}
    people = [RECORD] if pushed else [RECORD, other]
    query = f"filter={pushed}&" if pushed else ""
    found = Reply(200, {}, {"people": people, "count": len(people)})
    played = ask(f"GET /Users?filter={asked}", [(f"GET /people?{query}from=0&limit=50", found)])
    assert [one["id"] for one in played.body["Resources"]] == ["7"]


def test_they_can_be_asked_for_alone(ask):
    played = ask(f"GET /Users/7?attributes={HR}:tags", [READ])
    assert played.body[HR] == {"tags": ["a", "b"]}


def test_the_schema_advertises_lists_without_parts(ask):
    found = {one["name"]: one for one in ask(f"GET /Schemas/{HR}").body["attributes"]}
    assert (found["tags"]["type"], found["tags"]["multiValued"]) == ("string", True)
    assert "subAttributes" not in found["tags"]
    assert found["rights"]["canonicalValues"] == ["read", "write"]
    assert "spare" not in found


# Lists that the vendor takes and never shows: what the client sends, what the vendor is sent.
BLIND = [
    ([("add", f"{HR}:keys", ["b", "b"])], [{"op": "add", "path": "keys", "value": ["b"]}]),
    ([("remove", f'{HR}:keys[value eq "a"]')], [{"op": "remove", "path": 'keys[value eq "a"]'}]),
    ([("remove", f"{HR}:keys", ["a", "b"])], [{"op": "remove", "path": f'keys[value eq "{one}"]'} for one in "ab"]),
    ([("remove", f"{HR}:keys")], [{"op": "remove", "path": "keys"}]),
    ([("replace", f"{HR}:keys", ["c"])], [{"op": "replace", "path": "keys", "value": ["c"]}]),
    ([("replace", f"{HR}:keys", [])], [{"op": "remove", "path": "keys"}]),
    ([("add", HR, {"hints": ["x"]})], [{"op": "add", "path": "hints", "value": [{"name": "x"}]}]),
    ([("remove", f'{HR}:hints[value eq "x"]')], [{"op": "remove", "path": 'hints[name eq "x"]'}]),
    ([("remove", f"{HR}:pins")], [{"op": "remove", "path": "pins"}]),
    ([("add", f"{HR}:words", [" Two "])], [{"op": "add", "path": "words", "value": ["two"]}]),
]


@pytest.mark.parametrize(("operations", "sent"), BLIND, ids=[str(row[0][0][:2]) for row in BLIND])
def test_a_list_that_is_never_shown_is_changed_without_a_look(ask, operations, sent):
    played = ask("PATCH /Users/7", [("PATCH /people/7", Reply(200, {}, RECORD))], body=patch(*operations))
    assert (played.status, played.calls[0].body["Operations"]) == (200, sent)


def test_the_rest_of_a_patch_is_compared_beside_it(ask):
    body = patch(("add", f"{HR}:keys", ["b"]), ("add", f"{HR}:floors", [9]))
    steps = held(READ, *[("PATCH /people/7", Reply(200, {}, RECORD))] * 2)
    played = ask("PATCH /Users/7", steps, body=body)
    sent = [one for call in played.calls[1:] for one in call.body["Operations"]]
    assert played.status == 200
    assert {(one["op"], one["path"], str(one["value"])) for one in sent} == {
        ("add", "keys", "['b']"),
        ("replace", "floors", "[0, 7, 9]"),
    }


def test_a_list_with_a_bound_is_given_whole(ask):
    steps = held(READ, ("PATCH /people/7", Reply(200, {}, RECORD)))
    played = ask("PATCH /Users/7", steps, body=patch(("replace", f"{HR}:pins", ["1", "2"])))
    assert played.calls[1].body["Operations"] == [{"op": "replace", "path": "pins", "value": ["1", "2"]}]


@pytest.mark.parametrize(
    "operation",
    [
        ("add", f"{HR}:pins", ["1"]),
        ("remove", f'{HR}:pins[value eq "1"]'),
        ("remove", f'{HR}:words[value eq "Two"]'),
        ("remove", f'{HR}:keys[value sw "a"]'),
        ("replace", f'{HR}:keys[value eq "a"]', "b"),
        ("remove", HR),
    ],
)
def test_what_would_take_a_look_at_it_is_refused_with_what_to_send_instead(ask, operation):
    played = ask("PATCH /Users/7", [], body=patch(operation))
    assert (played.status, played.body["scimType"]) == (400, "mutability")
    assert "The backend never shows" in played.detail
    assert "Send a `replace` of" in played.detail


def test_a_value_that_a_hidden_list_does_not_take_is_refused(ask):
    played = ask("PATCH /Users/7", [], body=patch(("add", f"{HR}:keys", ["123456789"])))
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
