"""Vendors that answer nonsense: the client gets the right blame, and never an empty list for it."""

import gzip
from typing import Any

import pytest
from hall import Script, answer_with
from raw_stage import LIST, USERS, RawStage, check_blame, json_bytes, listing, steady, user

HTML = b"<!doctype html><html><body><h1>Please sign in</h1></body></html>"
BOMB = gzip.compress(b" " * 20 * 1024 * 1024)
BIG = b'{"totalResults":0,"Resources":[],"x":"' + b"x" * 17 * 1024 * 1024 + b'"}'

# Answers with a status of success that nobody can read: 502, whoever asks for what.
UNREADABLE: dict[str, bytes] = {
    "HTML": answer_with(HTML, headers={"Content-Type": "text/html"}),
    "JSON cut in the middle": answer_with(json_bytes(listing(user()))[:-20]),
    "nested ten thousand deep": answer_with(b"[" * 10_000 + b"]" * 10_000),
    "bytes that are no UTF-8": answer_with(b'{"totalResults":0,"Resources":[],"x":"\xff"}'),
    "seventeen megabytes": answer_with(BIG),
    "a bomb of gzip": answer_with(BOMB, headers={"Content-Encoding": "gzip"}),
    "a list instead of an object": answer_with(b"[]"),
    "a text": answer_with(b'"ok"'),
    "a number": answer_with(b"0"),
}

# What a query may be answered with, all of it unfit to be called a list.
NO_LISTS: dict[str, bytes] = {
    "nothing": answer_with(b""),
    "null": answer_with(b"null"),
    "an empty object": answer_with(b"{}"),
    "one user": answer_with(json_bytes(user())),
    "an error with 200": answer_with(json_bytes({"error": "no such scope"})),
    "no totalResults and no Resources": answer_with(json_bytes({"schemas": [LIST]})),
    "a negative total": answer_with(json_bytes(listing(total=-1))),
    "a total that is a word": answer_with(json_bytes(listing(total="many"))),
    "a total of five thousand digits": answer_with(json_bytes(listing(user(), total="9" * 5_000))),
    "a total that is an object": answer_with(json_bytes(listing(total={}))),
    "Resources that are an object": answer_with(json_bytes({**listing(total=1), "Resources": {"0": user()}})),
    "Resources that are a text": answer_with(json_bytes({**listing(total=1), "Resources": "none"})),
    "an item that is a number": answer_with(json_bytes(listing(user(), 5))),
    "an item that is null": answer_with(json_bytes(listing(None))),
    "an item without an id": answer_with(json_bytes(listing({"userName": "bjensen"}))),
    "a good item and a bad one": answer_with(json_bytes(listing(user(), user(id="u-2", emails="x")))),
    "fewer than it says, and never more": answer_with(json_bytes(listing(user(), total=3))),
    "a page cut short of everything": answer_with(json_bytes(listing(total=7))),
}

# One field of a record that has the wrong type.
WRONG_TYPES: dict[str, Any] = {
    "id": [5, 7],
    "userName": {"value": "bjensen"},
    "name": "Barbara Jensen",
    "name.givenName": {"givenName": ["Barbara"]},
    "displayName": ["Barbara"],
    "nickName": {"a": 1},
    "active": "perhaps",
    "active as a list": [True],
    "emails": "bjensen@example.com",
    "emails as numbers": [1, 2],
    "emails of values that are objects": [{"value": {"a": 1}}],
    "emails whose primary is a word": [{"value": "a@example.com", "primary": "sometimes"}],
    "phoneNumbers": 5,
    "addresses": [["x"]],
    "meta": [],
    "meta.created": {"created": 17},
    "meta.lastModified": {"lastModified": "yesterday"},
    "meta.created beyond the last year": {"created": "9999-12-31T23:59:59-01:00"},
    "meta.lastModified before the first": {"lastModified": "0001-01-01T00:00:00+01:00"},
    "groups": "everyone",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": "Tours",
}


@pytest.mark.parametrize("target", [USERS, f"{USERS}/u-1", f"{USERS}?filter=userName%20eq%20%22bjensen%22"])
@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_answer_is_a_bad_gateway(answer: bytes, target: str, stage: RawStage) -> None:
    stage.vendor.script = steady(answer)
    check_blame(stage.ask("GET", target), 502, "SG505", "SG507")


@pytest.mark.parametrize(
    "query", ["", "?filter=userName%20eq%20%22bjensen%22", "?filter=emails.type%20pr%20and%20locale%20pr"]
)
@pytest.mark.parametrize("answer", NO_LISTS.values(), ids=NO_LISTS)
def test_what_is_no_list_never_becomes_an_empty_one(answer: bytes, query: str, stage: RawStage) -> None:
    stage.vendor.script = steady(answer)
    heard = stage.ask("GET", USERS + query)
    assert heard.status in (400, 502), heard.body
    if heard.status == 400:
        assert heard.document["scimType"] == "tooMany"
    assert heard.document["detail"].endswith(")")


@pytest.mark.parametrize("field", WRONG_TYPES)
def test_a_field_of_the_wrong_type_is_named_and_blamed_on_the_vendor(field: str, stage: RawStage) -> None:
    name = field.split(" ")[0] if not field.startswith("urn:") else field
    top = name if name.startswith("urn:") else name.split(".")[0]
    record = user(**{top: WRONG_TYPES[field]})
    stage.vendor.script = steady(answer_with(json_bytes(record)))
    one = stage.ask("GET", f"{USERS}/u-1")
    check_blame(one, 502, "SG507", "SG505")
    stage.vendor.script = steady(answer_with(json_bytes(listing(user(id="u-0"), record))))
    check_blame(stage.ask("GET", USERS), 502, "SG507", "SG505")


@pytest.mark.parametrize("number", [42, 0, 9007199254740993])
def test_ids_that_are_numbers_become_texts_and_lead_back(number: int, stage: RawStage) -> None:
    stage.vendor.script = steady(answer_with(json_bytes(user(id=number))))
    heard = stage.ask("GET", f"{USERS}/{number}")
    assert heard.status == 200
    assert heard.document["id"] == str(number)
    assert heard.document["meta"]["location"].endswith(f"/Users/{number}")
    assert stage.vendor.lines()[-1] == f"GET /scim/v2/Users/{number} HTTP/1.1"


@pytest.mark.parametrize(
    ("native", "shown", "path"),
    [
        ("auth0|5f7c", "auth0~7C5f7c", "auth0%7C5f7c"),
        ("a b&c$d", "a~20b~26c~24d", "a%20b%26c%24d"),
        ("cn=a,dc=b", "cn~3Da~2Cdc~3Db", "cn%3Da%2Cdc%3Db"),
        ("\u017dofia", "~C5~BDofia", "%C5%BDofia"),
        ("a~b", "a~7Eb", "a~b"),
        ("100%", "100~25", "100%25"),
        ("a?b#c", "a~3Fb~23c", "a%3Fb%23c"),
    ],
)
def test_an_id_of_any_characters_leads_back_as_one_segment(native: str, shown: str, path: str, stage: RawStage) -> None:
    stage.vendor.script = steady(answer_with(json_bytes(listing(user(id=native)))))
    listed = stage.ask("GET", USERS)
    assert [each["id"] for each in listed.document["Resources"]] == [shown]
    stage.vendor.script = steady(answer_with(json_bytes(user(id=native))))
    assert stage.ask("GET", f"{USERS}/{shown}").document["id"] == shown
    assert stage.vendor.lines()[-1] == f"GET /scim/v2/Users/{path} HTTP/1.1"


def test_the_same_page_without_end_is_found_out(stage: RawStage) -> None:
    page = [user(id=f"u-{number}", userName=f"user{number}") for number in range(100)]
    stage.vendor.script = steady(answer_with(json_bytes(listing(*page, total=1000))))
    before = len(stage.vendor.asked)
    heard = stage.ask("GET", f"{USERS}?filter=timezone%20pr%20and%20locale%20pr")
    assert heard.status in (400, 502), heard.body
    assert len(stage.vendor.asked) - before <= 12


def test_a_list_that_never_ends_is_left(stage: RawStage) -> None:
    numbers = iter(range(10_000_000))

    def script(asked: bytes) -> bytes:
        page = [user(id=f"u-{next(numbers)}") for _ in range(100)]
        return answer_with(json_bytes(listing(*page, total=10_000_000)))

    stage.vendor.script = script
    before = len(stage.vendor.asked)
    heard = stage.ask("GET", f"{USERS}?filter=timezone%20pr%20and%20locale%20pr")
    assert (heard.status, heard.document["scimType"]) == (400, "tooMany")
    assert len(stage.vendor.asked) - before <= 12


def without_total(asked: bytes) -> bytes:
    """One user on the first page, nobody on the next, and never a total."""
    first = b"startIndex=1&" in asked.split(b"\r\n")[0] + b"&"
    page = listing(user()) if first else listing()
    del page["totalResults"]
    return answer_with(json_bytes(page))


HONEST: dict[str, tuple[Script, list[str]]] = {
    "no total, but an end": (without_total, ["u-1"]),
    "a total that is a text": (steady(answer_with(json_bytes(listing(user(), total="1")))), ["u-1"]),
    "no Resources when there are none": (steady(answer_with(json_bytes({"schemas": [LIST], "totalResults": 0}))), []),
    "fields nobody knows": (steady(answer_with(json_bytes(listing(user(shoeSize=43), nextLink="http://x")))), ["u-1"]),
    "no schemas": (steady(answer_with(json_bytes({"totalResults": 1, "Resources": [user(schemas=None)]}))), ["u-1"]),
    "another content type": (
        steady(answer_with(json_bytes(listing(user())), headers={"Content-Type": "text/plain"})),
        ["u-1"],
    ),
}


@pytest.mark.parametrize(
    "query", ["", "?filter=userName%20eq%20%22bjensen%22", "?filter=userName%20pr%20and%20meta.created%20pr"]
)
@pytest.mark.parametrize("honest", HONEST.values(), ids=HONEST)
def test_a_list_that_is_odd_but_whole_is_a_list(honest: tuple[Script, list[str]], query: str, stage: RawStage) -> None:
    script, ids = honest
    stage.vendor.script = script
    heard = stage.ask("GET", USERS + query)
    assert heard.status == 200, heard.body
    assert [each["id"] for each in heard.document["Resources"]] == ids
    assert heard.document["totalResults"] == len(ids)


def test_a_filter_looks_at_no_more_of_a_record_than_it_names(stage: RawStage) -> None:
    """A record with e-mails that cannot be read has no time zone all the same: that nobody has one is proven."""
    stage.vendor.script = steady(NO_LISTS["a good item and a bad one"])
    heard = stage.ask("GET", f"{USERS}?filter=timezone%20pr%20and%20locale%20pr")
    assert (heard.status, heard.document["totalResults"]) == (200, 0)
    assert stage.ask("GET", f"{USERS}?filter=timezone%20pr%20or%20userName%20pr").status == 502
