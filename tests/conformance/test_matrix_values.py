"""What a client may send, and what is kept of it (RFC 7643 sections 2 to 4 and 7)."""

from matrix_bench import Bench, Ending, fresh, group, person, refused, row

from gateway.scim.names import ENTERPRISE


@row()
def test_S003_names_have_no_case(bench: Bench) -> Ending:
    body = {key.upper(): value for key, value in person().items()}
    made = bench.post("/Users", body)
    assert (made.status, made.body["userName"]) == (201, body["USERNAME"])


@row(absent="no attribute of these backends is a whole number")
def test_S006_whole_numbers_have_no_fraction(bench: Bench) -> Ending:
    kinds = {one["type"] for schema in bench.get("/Schemas").body["Resources"] for one in schema["attributes"]}
    assert "integer" not in kinds


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
    refused(bench.post("/Users", person(userName=known["userName"].upper())), 409, "uniqueness")


@row()
def test_S042_a_password_never_comes_back(bench: Bench) -> Ending:
    secret = "t1meMa$heen-1789"
    made = bench.post("/Users", person(password=secret))
    asked = f"/Users/{made.id}"
    answers = [
        made,
        bench.get(asked),
        bench.get(f"{asked}?attributes=password"),
        bench.get("/Users?attributes=password"),
    ]
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


@row(local=True)
def test_S002_a_resource_names_its_schemas(bench: Bench) -> Ending:
    body = {key: value for key, value in person().items() if key != "schemas"}
    refused(bench.at("strict").post("/Users", body), 400, "invalidSyntax", "schemas")
    made = bench.post("/Users", body)
    assert made.status == 201
    assert made.body["schemas"] == bench.add()["schemas"]


@row(local=True)
def test_S019_schemas_are_those_of_the_type(bench: Bench) -> Ending:
    body = person()
    odd = {**body, "schemas": [*body["schemas"], "urn:example:unknown"]}
    refused(bench.at("strict").post("/Users", odd), 400, "invalidSyntax", "schemas")
    made = bench.post("/Users", odd)
    assert made.status == 201
    assert "urn:example:unknown" not in made.body["schemas"]
