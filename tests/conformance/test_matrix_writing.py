"""Creating, replacing and deleting (RFC 7644 3.2, 3.3, 3.5.1, 3.6)."""

import pytest
from matrix_bench import Bench, Ending, declined, fresh, group, person, refused, row

from gateway.scim.names import ENTERPRISE

NAME = {"givenName": "Barbara", "familyName": "Jensen"}


@row()
def test_P012_the_answer_is_what_the_backend_holds(bench: Bench) -> Ending:
    made = bench.post("/Users", person(nickName="Babs", x509Certificates=[{"value": "MIIDQzCCAqygAwIBAgIC"}]))
    assert made.status == 201
    assert made.body == bench.get(f"/Users/{made.id}").body


@row()
def test_P014_a_put_creates_nobody(bench: Bench) -> Ending:
    body = person()
    refused(bench.put(f"/Users/{fresh('nobody')}", body), 404)
    assert bench.search(f'userName eq "{body["userName"]}"').found == []


@row()
def test_P015_an_error_says_its_status_twice(bench: Bench) -> Ending:
    answer = bench.get(f"/Users/{fresh('nobody')}")
    assert (answer.status, answer.body["status"]) == (404, "404")


@row()
def test_P016_what_is_read_only_is_ignored_on_create(bench: Bench) -> Ending:
    given = {"id": "mine", "meta": {"version": "mine"}, "groups": [{"value": "mine"}]}
    made = bench.post("/Users", person(**given))
    assert made.status == 201
    assert b"mine" not in made.raw


@row()
def test_P017_null_and_empty_are_no_value(bench: Bench) -> Ending:
    known = bench.add(nickName=None, addresses=[])
    assert {"nickName", "addresses"}.isdisjoint(known)


@row()
def test_P018_a_create_answers_201(bench: Bench) -> Ending:
    assert bench.post("/Users", person()).status == 201
    assert bench.post("/Groups", group()).status == 201


@row()
def test_P019_a_create_answers_the_resource(bench: Bench) -> Ending:
    body = person()
    made = bench.post("/Users", body)
    assert made.body["userName"] == body["userName"]
    assert made.id
    assert made.body["meta"]["resourceType"] == "User"


@row()
def test_P020_the_location_is_told_twice(bench: Bench) -> Ending:
    made = bench.post("/Users", person())
    assert made.headers["location"] == made.body["meta"]["location"] == f"{bench.stand.url}/Users/{made.id}"


@row()
def test_P021_nobody_is_created_twice(bench: Bench) -> Ending:
    known = bench.add()
    refused(bench.post("/Users", person(userName=known["userName"])), 409, "uniqueness")
    assert bench.search(f'userName eq "{known["userName"]}"').found == [known["id"]]


@row()
def test_P022_the_type_is_that_of_the_endpoint(bench: Bench) -> Ending:
    assert bench.add_group()["meta"]["resourceType"] == "Group"
    assert bench.add()["meta"]["resourceType"] == "User"


@row()
def test_P067_put_is_there(bench: Bench) -> Ending:
    known = bench.add()
    assert bench.put(f"/Users/{known['id']}", person(userName=known["userName"])).status == 200


@row()
def test_P069_put_replaces_values(bench: Bench) -> Ending:
    known = bench.add(title="Guide", nickName="Babs")
    bench.put(f"/Users/{known['id']}", person(userName=known["userName"], title="Host", nickName="Barb"))
    shown = bench.read(known)
    assert (shown["title"], shown["nickName"]) == ("Host", "Barb")


@row()
def test_P070_put_clears_what_it_omits(bench: Bench) -> Ending:
    known = bench.add(nickName="Babs")
    assert bench.put(f"/Users/{known['id']}", person(userName=known["userName"])).status == 200
    assert "nickName" not in bench.read(known)


@row()
def test_P071_what_is_immutable_stays(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    known = bench.add_group(one["id"])
    answer = bench.patch(
        f"/Groups/{known['id']}",
        {"op": "replace", "path": f'members[value eq "{one["id"]}"].value', "value": two["id"]},
    )
    refused(answer, 400, "mutability")
    assert [each["value"] for each in bench.read(known)["members"]] == [one["id"]]


@row(scim2="not offered", huawei="not offered")
def test_P072_what_is_immutable_can_be_given_once(bench: Bench) -> Ending:
    schemas = bench.get("/Schemas").body["Resources"]
    once = [one["name"] for schema in schemas for one in schema["attributes"] if one["mutability"] == "immutable"]
    assert once == []
    return "not offered"


@row()
def test_P073_what_is_read_only_is_ignored_by_put(bench: Bench) -> Ending:
    known = bench.add()
    body = person(userName=known["userName"], id="other", meta={"created": "2001-01-01T00:00:00Z"})
    answer = bench.put(f"/Users/{known['id']}", body)
    assert (answer.status, answer.id) == (200, known["id"])
    assert answer.body["meta"].get("created") == known["meta"].get("created")


@row()
def test_P074_put_names_what_is_required(bench: Bench) -> Ending:
    known = bench.add()
    body = {key: value for key, value in person().items() if key != "userName"}
    refused(bench.put(f"/Users/{known['id']}", body), 400, "invalidValue", "userName")


@row()
def test_P075_put_answers_the_whole_resource(bench: Bench) -> Ending:
    known = bench.add()
    answer = bench.put(f"/Users/{known['id']}", person(userName=known["userName"], title="Guide"))
    assert (answer.status, answer.body["title"]) == (200, "Guide")
    assert answer.body == bench.read(known)


@row()
def test_P107_who_is_deleted_is_gone(bench: Bench) -> Ending:
    path = f"/Users/{bench.add()['id']}"
    assert bench.delete(path).status == 204
    for answer in (bench.get(path), bench.put(path, person()), bench.patch(path, OFF), bench.delete(path)):
        refused(answer, 404)


OFF = {"op": "replace", "path": "active", "value": False}


@row()
def test_P108_who_is_deleted_is_not_found(bench: Bench) -> Ending:
    known = bench.add()
    bench.delete(f"/Users/{known['id']}")
    assert bench.search(f'userName eq "{known["userName"]}"').found == []
    assert bench.search(f'id eq "{known["id"]}"').found == []


@row()
def test_P109_who_is_deleted_is_in_nobodys_way(bench: Bench) -> Ending:
    known = bench.add()
    bench.delete(f"/Users/{known['id']}")
    assert bench.post("/Users", person(userName=known["userName"])).status == 201


@row()
def test_P110_a_delete_answers_204(bench: Bench) -> Ending:
    answer = bench.delete(f"/Users/{bench.add()['id']}")
    assert (answer.status, answer.raw) == (204, b"")


@row()
def test_P128_texts_are_utf_8_both_ways(bench: Bench) -> Ending:
    made = bench.post("/Users", person(title="Jürgen 🙂"))
    assert "Jürgen 🙂".encode() in bench.get(f"/Users/{made.id}").raw
    for body in (b'{"userName":"\xff"}', b'{"userName":"\\ud800"}', b'{"userName":NaN}'):
        refused(bench.post("/Users", body), 400, "invalidSyntax")


@row()
def test_S002_a_resource_names_its_schemas(bench: Bench) -> Ending:
    body = {key: value for key, value in person().items() if key != "schemas"}
    refused(bench.post("/Users", body, token=bench.strict), 400, "invalidSyntax", "schemas")
    made = bench.post("/Users", body)
    assert made.status == 201
    assert made.body["schemas"] == bench.add()["schemas"]


@row()
def test_S003_names_have_no_case(bench: Bench) -> Ending:
    body = {key.upper(): value for key, value in person().items()}
    made = bench.post("/Users", body)
    assert (made.status, made.body["userName"]) == (201, body["USERNAME"])


@row(scim2="not offered", huawei="not offered")
def test_S006_whole_numbers_have_no_fraction(bench: Bench) -> Ending:
    kinds = {one["type"] for schema in bench.get("/Schemas").body["Resources"] for one in schema["attributes"]}
    assert "integer" not in kinds
    return "not offered"


@row()
def test_S008_binary_is_base64(bench: Bench) -> Ending:
    refused(bench.post("/Users", person(x509Certificates=[{"value": "@@@"}])), 400, "invalidValue", "x509Certificates")


@row()
def test_S009_a_reference_is_a_uri(bench: Bench) -> Ending:
    refused(bench.post("/Users", person(profileUrl="not a uri")), 400, "invalidValue", "profileUrl")


@row()
def test_S012_the_order_of_attributes_means_nothing(bench: Bench) -> Ending:
    body = person()
    made = bench.post("/Users", dict(reversed(body.items())))
    assert made.status == 201
    assert made.body["name"]["familyName"] == "Jensen"


@row()
def test_S014_one_value_is_primary(bench: Bench) -> Ending:
    emails = [{"value": f"{fresh()}@x.org", "type": kind, "primary": True} for kind in ("work", "home")]
    refused(bench.post("/Users", person(emails=emails)), 400, "invalidValue", "primary")


@row()
def test_S019_schemas_are_those_of_the_type(bench: Bench) -> Ending:
    body = person()
    odd = {**body, "schemas": [*body["schemas"], "urn:example:unknown"]}
    refused(bench.post("/Users", odd, token=bench.strict), 400, "invalidSyntax", "urn:example:unknown")
    made = bench.post("/Users", odd)
    assert made.status == 201
    assert "urn:example:unknown" not in made.body["schemas"]


@row()
def test_S021_id_and_meta_are_ours(bench: Bench) -> Ending:
    made = bench.post("/Users", person(id="x", meta={"resourceType": "Group"}))
    assert made.id != "x"
    assert made.body["meta"]["resourceType"] == "User"


@row()
def test_S024_an_id_stays(bench: Bench) -> Ending:
    known = bench.add()
    answer = bench.put(f"/Users/{known['id']}", person())
    assert (answer.status, answer.id) == (200, known["id"])
    assert bench.search(f'userName eq "{answer.body["userName"]}"').found == [known["id"]]


@row()
def test_S026_nobody_makes_up_an_external_id(bench: Bench) -> Ending:
    assert "externalId" not in bench.add()


@row()
def test_S029_meta_of_a_client_is_ignored(bench: Bench) -> Ending:
    made = bench.post("/Users", person(meta={"created": "2001-01-01T00:00:00Z", "location": "http://elsewhere"}))
    assert "2001" not in str(made.body["meta"])
    assert "elsewhere" not in str(made.body["meta"])


@row()
def test_S035_an_extension_stands_under_its_urn(bench: Bench) -> Ending:
    made = bench.post("/Users", person(**{ENTERPRISE: {"department": "Tours"}}))
    assert made.body[ENTERPRISE] == {"department": "Tours"}
    assert ENTERPRISE in made.body["schemas"]
    assert "department" not in made.body


@row()
def test_S037_a_user_has_a_name(bench: Bench) -> Ending:
    for name in ("", None):
        refused(bench.post("/Users", {**person(), "userName": name}), 400, "invalidValue", "userName")


@row()
def test_S038_names_are_unique_whatever_their_case(bench: Bench) -> Ending:
    known = bench.add(userName=fresh("alice"))
    return declined_twice(bench, known["userName"].upper())


def declined_twice(bench: Bench, name: str) -> Ending:
    refused(bench.post("/Users", person(userName=name)), 409, "uniqueness")
    return None


@row()
def test_S042_a_password_never_comes_back(bench: Bench) -> Ending:
    secret = "t1meMa$heen-1789"
    made = bench.post("/Users", person(password=secret))
    asked = f"/Users/{made.id}"
    answers = [made, bench.get(asked), bench.get(f"{asked}?attributes=password"), bench.get("/Users?attributes=password")]
    for answer in answers:
        assert answer.status in (200, 201)
        assert secret.encode() not in answer.raw
        assert b"password" not in answer.raw


@row()
def test_S055_a_group_has_a_name(bench: Bench) -> Ending:
    body = {key: value for key, value in group().items() if key != "displayName"}
    refused(bench.post("/Groups", body), 400, "invalidValue", "displayName")


@row()
def test_S069_what_is_unique_is_enforced(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    refused(bench.post("/Users", person(userName=one["userName"])), 409, "uniqueness")
    refused(bench.put(f"/Users/{two['id']}", person(userName=one["userName"])), 409, "uniqueness")


@row()
def test_S066_values_keep_their_case(bench: Bench) -> Ending:
    external = fresh("AbC")
    known = bench.add(externalId=external)
    assert bench.read(known)["externalId"] == external
    assert bench.search(f'externalId eq "{external}"').found == [known["id"]]


@row()
def test_S028_external_ids_have_case(bench: Bench) -> Ending:
    external = fresh("AbC")
    bench.add(externalId=external)
    assert bench.search(f'externalId eq "{external.upper()}"').found == []


@row()
def test_S018_null_is_no_value(bench: Bench) -> Ending:
    known = bench.add(nickName="Babs")
    answer = bench.put(f"/Users/{known['id']}", person(userName=known["userName"], nickName=None))
    assert answer.status == 200
    assert bench.search(f'userName eq "{known["userName"]}" and nickName pr').found == []
