"""Resources as they are shown, and what becomes of values (RFC 7643 sections 2 to 4)."""

import re
from datetime import datetime
from urllib.parse import urljoin

from matrix_bench import Bench, Ending, fresh, op, person, refused, row, send

from gateway.scim.names import ENTERPRISE, USER

SECRET = "t1meMa$heen-1789"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@row()
def test_S007_a_date_has_a_day_and_a_time(bench: Bench) -> Ending:
    refused(bench.search('meta.created gt "2024-01-01"'), 400, "invalidFilter", "dateTime")
    assert all(DATE.fullmatch(bench.add()["meta"][name]) for name in ("created", "lastModified"))


@row()
def test_S010_references_are_resolved_from_the_root(bench: Bench) -> Ending:
    boss = bench.add()
    shown = bench.add(**{ENTERPRISE: {"manager": {"value": boss["id"]}}})[ENTERPRISE]["manager"]
    assert urljoin(f"{bench.stand.url}/", shown["$ref"]) == f"{bench.stand.url}/Users/{boss['id']}"


@row()
def test_S011_a_reference_leads_to_its_resource(bench: Bench) -> Ending:
    user = bench.add()
    shown = bench.read(bench.add_group(members=[{"value": user["id"], "type": "User"}])).get("members", [])
    managed = bench.add(**{ENTERPRISE: {"manager": {"value": user["id"]}}})[ENTERPRISE]["manager"]
    headers = {"Authorization": f"Bearer {bench.stand.token}"}
    for one in (managed, *shown):
        assert send(one["$ref"], "GET", "", None, headers).body["id"] == user["id"]


@row()
def test_S015_types_are_the_canonical_ones(bench: Bench) -> Ending:
    advertised = bench.get(f"/Schemas/{USER}").body["attributes"]
    emails = next(one for one in advertised if one["name"] == "emails")
    known = next(one["canonicalValues"] for one in emails["subAttributes"] if one["name"] == "type")
    assert {each["type"] for each in bench.add()["emails"]} <= set(known)


@row()
def test_S020_common_attributes_are_everywhere(bench: Bench) -> Ending:
    for known in (bench.add(), bench.add_group()):
        assert {"schemas", "id", "meta"} <= set(known)
        assert {"resourceType", "location"} <= set(known["meta"])


@row()
def test_S022_every_representation_has_an_id(bench: Bench) -> Ending:
    known = bench.add()
    for more in ("attributes=userName", "excludedAttributes=id"):
        assert bench.get(f"/Users/{known['id']}?{more}").id == known["id"]
        assert all(bench.get(f"/Users?{more}").found)


@row()
def test_S023_an_id_is_of_one_resource(bench: Bench) -> Ending:
    user, joined = bench.add(), bench.add_group()
    assert user["id"] != joined["id"]
    refused(bench.get(f"/Groups/{user['id']}"), 404)
    refused(bench.get(f"/Users/{joined['id']}"), 404)


@row()
def test_S025_no_id_holds_bulk_id(bench: Bench) -> Ending:
    assert "bulkId" not in bench.add()["id"] + bench.add_group()["id"]


@row()
def test_S030_created_is_a_date(bench: Bench) -> Ending:
    known = bench.add()
    assert datetime.fromisoformat(known["meta"]["created"]).tzinfo is not None


@row()
def test_S031_who_was_never_changed_was_last_changed_at_creation(bench: Bench) -> Ending:
    meta = bench.add()["meta"]
    assert meta["lastModified"] == meta["created"]


@row()
def test_S032_the_location_is_the_contents(bench: Bench) -> Ending:
    answer = bench.get(f"/Users/{bench.add()['id']}")
    assert answer.headers["content-location"] == answer.body["meta"]["location"]


@row()
def test_S039_a_formatted_name_is_the_same_name(bench: Bench) -> Ending:
    name = {"givenName": "Barbara", "familyName": "Jensen", "formatted": "Barbara Jensen"}
    assert bench.add(name=name)["name"] == name


@row()
def test_S040_a_display_name_is_the_name(bench: Bench) -> Ending:
    known = bench.add(displayName=None)
    assert known.get("displayName") in (None, "Barbara Jensen")
    assert "nickName" not in known


@row()
def test_S041_languages_and_zones_keep_their_forms(bench: Bench) -> Ending:
    given = {"preferredLanguage": "da, en-gb;q=0.8", "locale": "en-US", "timezone": "America/Los_Angeles"}
    known = bench.add(**given)
    assert {name: known[name] for name in given} == given


@row(absent="the backend judges passwords, and the gateway keeps none")
def test_S045_a_password_is_passed_on_or_dropped(bench: Bench) -> Ending:
    known = bench.add(password=SECRET)
    assert SECRET not in str(known)
    assert bench.get(f"/Users/{known['id']}?attributes=password").body.keys() == {"schemas", "id"}


@row(absent="an address that were rewritten would be sent again and again")
def test_S046_addresses_are_kept_as_they_were_sent(bench: Bench) -> Ending:
    for mail in (f"{fresh('A')}@EXAMPLE.com", f"{fresh()}@localhost"):
        assert bench.add(emails=[{"value": mail, "type": "work", "primary": True}])["emails"][0]["value"] == mail


@row(absent="a number that were rewritten would be sent again and again")
def test_S047_phone_numbers_are_kept_as_they_were_sent(bench: Bench) -> Ending:
    for number in ("tel:+1-201-555-0123", "555-555-5555"):
        assert bench.add(phoneNumbers=[{"value": number, "type": "work"}])["phoneNumbers"][0]["value"] == number


@row(absent="an address that were rewritten would be sent again and again")
def test_S048_addresses_of_chat_are_kept_as_they_were_sent(bench: Bench) -> Ending:
    sent = [{"value": " Foo@X ", "type": "xmpp"}]
    assert bench.add(ims=sent).get("ims", sent) == sent


@row(absent="a country is carried as the directory has it; refused, it would keep a person out")
def test_S050_countries_are_kept_as_they_were_sent(bench: Bench) -> Ending:
    shown = bench.add(addresses=[{"country": "USA", "type": "work", "primary": True}])
    assert shown["addresses"][0]["country"] == "USA"


@row(absent="a backend that tells no groups of a user is not asked for all of its groups")
def test_S051_groups_of_a_user_are_those_that_the_backend_tells(bench: Bench) -> Ending:
    user = bench.add()
    bench.add_group(user["id"])
    assert bench.read(user).get("groups", []) == []


@row()
def test_S053_a_group_of_a_user_is_direct_or_indirect(bench: Bench) -> Ending:
    for one in bench.get(f"/Schemas/{USER}").body["attributes"]:
        if one["name"] == "groups":
            kinds = next(part for part in one["subAttributes"] if part["name"] == "type")
            assert kinds["canonicalValues"] == ["direct", "indirect"]
            assert one["mutability"] == kinds["mutability"] == "readOnly"


@row()
def test_S054_a_certificate_is_one_value_in_base64(bench: Bench) -> Ending:
    chain = "-----BEGIN CERTIFICATE-----\nMIIDQzCCAqygAwIBAgIC\n-----END CERTIFICATE-----\n"
    refused(bench.post("/Users", person(x509Certificates=[{"value": chain}])), 400, "invalidValue", "x509Certificates")


@row()
def test_S058_a_manager_is_a_user(bench: Bench) -> Ending:
    boss = bench.add()
    for given in ({"value": boss["id"]}, boss["id"]):
        shown = bench.add(**{ENTERPRISE: {"manager": given}})[ENTERPRISE]["manager"]
        assert (shown["value"], shown["$ref"]) == (boss["id"], f"{bench.stand.url}/Users/{boss['id']}")
    known = bench.add(**{ENTERPRISE: {"manager": {"value": boss["id"], "displayName": "mine"}}})
    assert known[ENTERPRISE]["manager"].get("displayName") != "mine"


@row()
def test_S068_what_is_never_returned_is_not_after_a_write_either(bench: Bench) -> Ending:
    known = bench.add()
    answer = bench.patch(
        f"/Users/{known['id']}?attributes=password,title", op("replace", value={"password": SECRET, "title": "x"})
    )
    assert (answer.status, set(answer.body)) == (200, {"schemas", "id", "title"})
