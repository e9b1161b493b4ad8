"""RSA Unified Directory as its pages have it, oddities R1 to R9 included."""

from datetime import datetime

import pytest

from gateway.sandbox import RECORDS

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
VENDOR = "rsa-unified-directory"
MINIMAL = {"userName": "User One", "emails": [{"type": "work", "value": "user.one@example.com"}]}


def phone(kind, number, primary=False):
    return {"type": kind, "value": f"+31 65 {number}", "primary": primary}


def address(kind, formatted, primary=False):
    return {"type": kind, "formatted": formatted, "locality": "locality", "country": "country", "primary": primary}


def email(kind, name, primary=False):
    return {"type": kind, "value": f"{name}@example.com", "primary": primary}


FULL = {  # the page's full example, its two trailing commas repaired, its addresses shortened
    "userName": "clouduser5",
    "displayName": "clouduser5-dn",
    "nickName": "clouduser5-nn",
    "password": "SamplePassword@123",
    "title": "clouduser5-title",
    "active": True,
    "emails": [email("work", "clouduser5", True), email("home", "clouduser5home"), email("other", "clouduser5other")],
    "schemas": [USER, ENTERPRISE],
    "name": {part: f"clouduser5-{part}" for part in ("givenName", "familyName", "formatted")},
    "phoneNumbers": [
        phone("work", "7777777", True),
        phone("mobile", "8888888"),
        phone("home", "9999999"),
        phone("pager", "999999"),
        phone("fax", "999999"),
        phone("other", "999999"),
    ],
    "addresses": [address("work", "changed", True), address("home", "changed"), address("other", "formatted")],
    "locale": "EN_US",
    "preferredLanguage": "English",
    "userType": "Employee",
}


@pytest.fixture
async def line(dial):
    return await dial(VENDOR)


async def create(line, body=MINIMAL, **more):
    made = await line("POST", "/Users", {**body, **more})
    assert made.status == 201, made.text
    return made.body


async def test_the_minimal_create_answers_active_and_the_core_schema(line):
    made = await line("POST", "/Users", MINIMAL)
    assert made.status == 201
    assert list(made.body) == ["schemas", "id", "meta", "userName", "active", "emails"]
    assert made.body["schemas"] == [USER]
    assert made.body["active"] is True
    assert made.body["emails"] == MINIMAL["emails"]  # no `primary` where none was sent
    assert made.headers["Content-Type"].startswith("application/scim+json")
    assert "Location" not in made.headers


async def test_the_full_create_answers_without_password_and_with_reordered_lists(line):
    made = await create(line, FULL)
    assert made["schemas"] == [USER]  # R7: two were sent
    assert "password" not in made
    assert made["locale"] == "EN_US"
    assert [each["type"] for each in made["emails"]] == ["work", "home", "other"]
    assert [each["type"] for each in made["phoneNumbers"]] == ["mobile", "work", "home", "fax", "pager", "other"]  # R5
    assert [each["type"] for each in made["addresses"]] == ["home", "work", "other"]
    assert list(made["emails"][0]) == ["value", "type", "primary"]  # R9
    sent = {each["type"]: each["value"] for each in FULL["phoneNumbers"]}
    assert {each["type"]: each["value"] for each in made["phoneNumbers"]} == sent
    assert (await line("GET", f"/Users/{made['id']}")).body == made


async def test_the_artefacts_of_the_printed_answer_come_only_when_asked_for(dial):
    made = await create(await dial(VENDOR, "echo-artefacts"), FULL)
    phones = {each["type"]: each["value"] for each in made["phoneNumbers"]}
    assert phones == {  # R4: two are swapped and the short ones have grown
        "mobile": "+31 65 7777777",
        "work": "+31 65 8888888",
        "home": "+31 65 9999999",
        "fax": "+31 65 9999999",
        "pager": "+31 65 9999999",
        "other": "+31 65 9999999",
    }
    assert [each["type"] for each in made["phoneNumbers"] if each["primary"]] == ["work"]
    assert made["locale"] == "clouduser5-locale"  # R6


async def test_meta_has_the_wrong_location_and_two_date_styles(line):
    made = await create(line)
    meta = made["meta"]
    assert meta["location"].startswith(f"{line.running.url}/Users/")
    assert not meta["location"].endswith(made["id"])  # R2
    assert meta["created"].endswith("-05:00")  # R3
    assert meta["lastModified"][-5] == "." and meta["lastModified"].endswith("Z")  # noqa: PT018
    created, modified = (datetime.fromisoformat(meta[name]) for name in ("created", "lastModified"))
    assert abs((modified - created).total_seconds()) < 2


async def test_the_enterprise_block_is_taken_but_not_answered(line):
    made = await create(line, schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"department": "Tours"}})
    assert ENTERPRISE not in made


WRONG_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Userss"
WRONG_EXTENSION = "urn:ietf:params:scim:schemas:extension:enterpriser:2.0:User"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (
            {"schemas": [WRONG_SCHEMA]},
            f"{{ Value for attribute schemas must contain schema URI {USER} because it is the core schema for this "
            f"resource type, Schema URI {WRONG_SCHEMA} is not a valid value for attribute schemas[0] because it is "
            "undefined as a core or schema extension for this resource type. }",
        ),
        (
            {"schemas": [USER, WRONG_EXTENSION]},
            f"{{ Schema URI {WRONG_EXTENSION} is not a valid value for attribute schemas[1] because it is undefined "
            "as a core or schema extension for this resource type. }",
        ),
        (
            {"emails": [{"type": "test", "value": "user.one@example.com"}]},
            "{ Value test is not valid for attribute emails[0].type because it is not one of the canonical types: "
            "other, work, home. }",
        ),
        (
            {"phoneNumbers": [{"type": "help", "value": "1"}]},
            "{ Value help is not valid for attribute phoneNumbers[0].type because it is not one of the canonical "
            "types: other, pager, work, mobile, fax, home. }",
        ),
        (
            {ENTERPRISE: {"department": "Tours"}},
            f"{{ Extended attributes namespace {ENTERPRISE} must be included in the schemas attribute. }}",
        ),
        ({"externalId": "701984"}, "{ Attribute externalId is undefined for this resource type. }"),
        ({"name": {"middleName": "B"}}, "{ Attribute name.middleName is undefined for this resource type. }"),
    ],
)
async def test_400_speaks_the_documented_sentences_between_braces(line, more, text):
    refused = await line("POST", "/Users", {**MINIMAL, **more})
    assert (refused.status, refused.text) == (400, text)


@pytest.mark.parametrize(
    "body",
    [
        {"userName": "User One"},
        {"userName": "User One", "emails": [email("home", "one")]},
        {"userName": "User One", "emails": [{"value": "one@example.com"}]},
        {"emails": [email("work", "one")]},
        {**MINIMAL, "addresses": [{"type": "office"}]},
        {**MINIMAL, "active": "true"},
        b'{"userName": "User One", "emails": [{"type": "work", "value": "a@example.com"}],}',  # R1: not JSON
    ],
)
async def test_a_create_needs_a_user_name_and_a_work_email(line, body):
    refused = await line("POST", "/Users", body)
    assert refused.status == 400
    assert refused.text.startswith("{ ")


async def test_only_the_documented_media_type_is_taken(line):
    assert (await line("POST", "/Users", MINIMAL, media_type="application/json")).status == 415


async def test_a_short_password_is_a_500_and_makes_nobody(line):
    refused = await line("POST", "/Users", {**MINIMAL, "password": "short"})
    assert (refused.status, refused.text) == (500, "{ Unable to set password for user. }")
    assert (await line("GET", "/Users")).body["totalResults"] == 0


async def test_409_and_401_have_no_text(line):
    await create(line)
    for refused, status in (
        (await line("POST", "/Users", MINIMAL), 409),
        (await line("GET", "/Users", token="x"), 401),
    ):
        assert (refused.status, refused.text) == (status, "")


async def test_errors_can_be_read_as_scim_errors(dial):
    line = await dial(VENDOR, "scim-errors")
    await create(line)
    refused = await line("POST", "/Users", MINIMAL)
    assert refused.body["status"] == "409"
    assert refused.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


@pytest.mark.parametrize(
    ("text", "status", "found"),
    [
        ('username eq "user one"', 200, 1),  # the page's own lower case
        ('userName eq "User One"', 200, 1),
        ('emails eq "user.one@example.com"', 200, 1),
        ('emails.value eq "user.one@example.com"', 200, 1),
        ('id eq "{id}"', 200, 1),
        ('userName eq "nobody"', 200, 0),
        ('userName sw "User"', 400, None),
        ("userName pr", 400, None),
        ('displayName eq "x"', 400, None),
        ('userName eq "User One" and active eq true', 400, None),
        ('emails[type eq "work"]', 400, None),
    ],
)
async def test_search_knows_eq_on_three_attributes(line, text, status, found):
    made = await create(line)
    await create(line, FULL)
    answer = await line("GET", "/Users", params={"filter": text.format(id=made["id"])})
    assert answer.status == status, answer.text
    if status == 400:
        assert "search filter is unsupported" in answer.text
        return
    assert list(answer.body) == ["schemas", "totalResults", "Resources", "startIndex", "itemsPerPage"]
    assert answer.body["totalResults"] == len(answer.body["Resources"]) == found
    for each in answer.body["Resources"]:
        assert "location" not in each["meta"]
        assert "." not in each["meta"]["lastModified"]


async def test_blanks_in_a_search_may_be_written_as_plus(line):
    await create(line, userName="clouduser5")
    answer = await line("GET", '/Users?filter=username+eq+"clouduser5"')
    assert answer.body["totalResults"] == 1


@pytest.mark.parametrize(
    ("operation", "status", "name", "value"),
    [
        ({"op": "replace", "path": "nickname", "value": "nn"}, 200, "nickName", "nn"),  # the page's wrong case
        ({"op": "replace", "path": "ACTIVE", "value": False}, 200, "active", False),
        ({"op": "replace", "value": {"nickName": None}}, 200, "nickName", None),
        ({"op": "remove", "path": "title"}, 200, "title", None),
        ({"op": "replace", "path": 'phoneNumbers[type eq "fax"].value', "value": "1"}, 200, "userName", "clouduser5"),
        ({"op": "replace", "path": 'emails[type eq "fax"].value', "value": "1"}, 400, "userName", "clouduser5"),
        ({"op": "add", "path": "externalId", "value": "1"}, 400, "externalId", None),
        ({"op": "add", "path": "emails", "value": [{"type": "spare", "value": "x"}]}, 400, "userName", "clouduser5"),
        ({"op": "replace", "path": "password", "value": "tiny"}, 500, "userName", "clouduser5"),
    ],
)
async def test_patch_paths_have_any_letter_case_and_the_answer_has_a_body(line, operation, status, name, value):
    made = await create(line, FULL)
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    patched = await line("PATCH", f"/Users/{made['id']}", body)
    assert patched.status == status, patched.text
    kept = (await line("GET", f"/Users/{made['id']}")).body
    assert kept.get(name) == value
    assert status != 200 or patched.body == kept


@pytest.mark.parametrize(("option", "title"), [("put-replaces", None), ("put-merges", "clouduser5-title")])
async def test_both_readings_of_put_can_be_chosen(dial, option, title):
    line = await dial(VENDOR, option)
    made = await create(line, FULL)
    body = {"userName": "clouduser5", "emails": [email("work", "five")], "nickName": None}
    replaced = await line("PUT", f"/Users/{made['id']}", body)
    assert replaced.status == 200
    assert replaced.body.get("title") == title
    assert "nickName" not in replaced.body  # explicit null clears in both
    assert replaced.body["active"] is True
    (record,) = line.running.app[RECORDS].all("Users")
    assert record.document["password"] == FULL["password"]  # nobody can send back what is never answered


async def test_put_ignores_the_id_and_meta_it_answered_itself(line):
    made = await create(line)
    assert (await line("PUT", f"/Users/{made['id']}", made)).status == 200


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
async def test_a_local_identity_source_answers_405_to_every_change(dial, method):
    line = await dial(VENDOR, "local-source")
    made = await create(line)
    assert (await line(method, f"/Users/{made['id']}", MINIMAL)).status == 405
    assert (await line("GET", f"/Users/{made['id']}")).status == 200


async def test_delete_is_hard_and_there_are_no_groups(line):
    made = await create(line)
    assert (await line("DELETE", f"/Users/{made['id']}")).status == 204
    assert (await line("GET", f"/Users/{made['id']}")).status == 404
    assert (await line("GET", "/Groups")).status == 404
    assert (await line("POST", "/Groups", {"displayName": "Tour Guides"})).status == 404
