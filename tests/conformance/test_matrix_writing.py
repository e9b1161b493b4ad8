"""Creating, replacing and deleting (RFC 7644 3.2, 3.3, 3.5.1, 3.6)."""

from matrix_bench import Bench, Ending, fresh, group, op, person, refused, row

OFF = op("replace", "active", False)


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


@row(absent="no attribute of these backends is immutable")
def test_P072_what_is_immutable_can_be_given_once(bench: Bench) -> Ending:
    schemas = bench.get("/Schemas").body["Resources"]
    once = [one["name"] for schema in schemas for one in schema["attributes"] if one["mutability"] == "immutable"]
    assert once == []


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
