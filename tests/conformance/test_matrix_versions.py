"""Versions of resources (RFC 7644 3.14): weak tags, and what a client that knows one may ask."""

from matrix_bench import Bench, Ending, fresh, op, person, refused, row

STALE = 'W/"stale"'
GUIDE = op("replace", "title", "Guide")


@row()
def test_P140_statuses_are_those_of_the_table(bench: Bench) -> Ending:
    known = bench.add()
    path = f"/Users/{known['id']}"
    refused(bench.put(path, person(userName=known["userName"]), If_Match=STALE), 412)
    refused(bench.get(f"/Users/{fresh('nobody')}"), 404)
    refused(bench.post("/Users", person(userName=known["userName"])), 409, "uniqueness")
    refused(bench.get("/Users", token=""), 401)


@row()
def test_P146_a_resource_has_a_version(bench: Bench) -> Ending:
    assert bench.get("/ServiceProviderConfig").body["etag"] == {"supported": True}
    answer = bench.get(f"/Users/{bench.add()['id']}")
    assert answer.headers["etag"] == answer.body["meta"]["version"]


@row()
def test_P147_who_knows_the_version_is_spared_the_body(bench: Bench) -> Ending:
    path = f"/Users/{bench.add()['id']}"
    tag = bench.get(path).headers["etag"]
    answer = bench.get(path, If_None_Match=tag)
    assert (answer.status, answer.raw, answer.headers["etag"]) == (304, b"", tag)
    bench.patch(path, GUIDE)
    assert bench.get(path, If_None_Match=tag).body["title"] == "Guide"


@row()
def test_P148_who_knows_another_version_changes_nothing(bench: Bench) -> Ending:
    known = bench.add(title="Host")
    path = f"/Users/{known['id']}"
    body = person(userName=known["userName"])
    for answer in (
        bench.patch(path, GUIDE, If_Match=STALE),
        bench.put(path, body, If_Match=STALE),
        bench.delete(path, If_Match=STALE),
    ):
        refused(answer, 412)
    assert bench.read(known) == bench.get(path, If_Match=bench.get(path).headers["etag"]).body
    assert bench.read(known)["title"] == "Host"
    assert bench.patch(path, GUIDE, If_Match=bench.get(path).headers["etag"]).status in (200, 204)


@row()
def test_S033_versions_are_weak(bench: Bench) -> Ending:
    assert bench.get(f"/Users/{bench.add()['id']}").headers["etag"].startswith('W/"')
