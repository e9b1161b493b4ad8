"""Media types, errors, versions and /Me (RFC 7644 3.1, 3.8, 3.11 to 3.13)."""

import json

from matrix_bench import Bench, Ending, declined, fresh, op, person, refused, row, send

from gateway.scim.names import LIST_RESPONSE

SCIM = "application/scim+json"


@row()
def test_P010_messages_are_ours(bench: Bench) -> Ending:
    for answer in (bench.get("/Users?count=1"), bench.get("/Users/nobody")):
        assert all(urn.startswith("urn:ietf:params:scim:api:messages:2.0:") for urn in answer.body["schemas"])


@row()
def test_P129_scim_json_is_accepted(bench: Bench) -> Ending:
    answer = bench.get("/Users?count=1", Accept=SCIM)
    assert (answer.status, answer.headers["content-type"]) == (200, SCIM)


@row()
def test_P130_json_is_accepted(bench: Bench) -> Ending:
    assert bench.get("/Users?count=1", Accept="application/json").status == 200
    for kind in ("application/json", "application/json; charset=utf-8", f"{SCIM};charset=UTF-8"):
        made = bench.ask("POST", "/Users", json.dumps(person()).encode(), Content_Type=kind)
        assert made.status == 201
        bench.delete(f"/Users/{made.id}")


@row()
def test_P168_answers_are_scim_json(bench: Bench) -> Ending:
    for answer in (
        bench.get("/Users?count=1"),
        bench.get("/Schemas"),
        bench.get("/nope"),
        bench.get("/Users", token=""),
    ):
        assert answer.headers["content-type"] == SCIM


@row()
def test_P136_me_is_not_offered(bench: Bench) -> Ending:
    refused(bench.get("/Me"), 501)


@row(absent="a token stands for no user")
def test_P137_me_would_tell_where_one_is(bench: Bench) -> Ending:
    refused(bench.patch("/Me", op("replace", "title", "x")), 501)


@row()
def test_P138_every_error_is_a_scim_error(bench: Bench) -> Ending:
    known = f"/Users/{bench.add()['id']}"
    refused(bench.get("/nope"), 404)
    refused(bench.get("/Users", token=""), 401)
    refused(bench.ask("PROPFIND", "/Users"), 405)
    refused(bench.ask("PUT", "/Users", {}), 405)
    refused(bench.ask("POST", "/Users", b"<a/>", Content_Type="text/xml"), 415)
    refused(bench.ask("PUT", known, b"[" * 4000), 400, "invalidSyntax")
    assert declined(bench.get("/Users/" + "x" * 9000))


@row()
def test_P139_a_status_is_a_text(bench: Bench) -> Ending:
    assert bench.get(f"/Users/{fresh('nobody')}").body["status"] == "404"


@row()
def test_P142_errors_say_their_kind(bench: Bench) -> Ending:
    known = bench.add()
    path = f"/Users/{known['id']}"
    refused(bench.post("/Users", b'{"a":'), 400, "invalidSyntax")
    refused(bench.search("bad"), 400, "invalidFilter")
    refused(bench.patch(path, op("remove")), 400, "noTarget")
    refused(bench.patch(path, op("replace", "a..b", "x")), 400, "invalidPath")
    refused(bench.patch(path, op("replace", "active", "perhaps")), 400, "invalidValue")
    refused(bench.patch(path, op("replace", "id", "x")), 400, "mutability")
    refused(bench.post("/Users", person(userName=known["userName"])), 409, "uniqueness")


@row()
def test_P143_the_version_precedes_the_endpoint(bench: Bench) -> Ending:
    assert bench.stand.url.endswith("/v2")
    assert bench.get("/Users?count=1").body["schemas"] == [LIST_RESPONSE]


@row()
def test_P144_another_version_is_refused(bench: Bench) -> Ending:
    headers = {"Authorization": f"Bearer {bench.stand.token}"}
    for version in ("v1", "v3"):
        answer = send(bench.stand.url.removesuffix("v2") + version, "GET", "/Users", None, headers)
        refused(answer, 400, "invalidVers")


@row()
def test_P145_without_a_version_it_is_the_newest(bench: Bench) -> Ending:
    headers = {"Authorization": f"Bearer {bench.stand.token}"}
    answer = send(bench.stand.url.removesuffix("/v2"), "GET", "/Users?count=1", None, headers)
    assert (answer.status, answer.body["schemas"]) == (200, [LIST_RESPONSE])


@row()
def test_P003_schemes_are_announced(bench: Bench) -> Ending:
    answer = bench.get("/Users", token="")
    refused(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer ")


@row(local=True)
def test_P141_a_fault_says_whom_to_ask_with_what(bench: Bench) -> Ending:
    answer = bench.at("away").get("/Users", X_Request_Id="known-1")
    refused(answer, 503, None, "backend")
    assert (answer.headers["x-request-id"], answer.headers["retry-after"]) == ("known-1", "5")
    assert b"127.0.0.1" not in answer.raw
    assert b"Traceback" not in answer.raw


@row(local=True)
def test_D03_patience_is_asked_for(bench: Bench) -> Ending:
    answer = bench.at("busy").get("/Users")
    refused(answer, 429)
    assert int(answer.headers["retry-after"]) >= 60
