"""Bulk (RFC 7644 3.7): many requests in one, each answered for itself."""

import json
from typing import Any

from matrix_bench import Answer, Bench, Document, Ending, group, op, person, refused, row, send

from gateway.scim.names import BULK_REQUEST, BULK_RESPONSE, ENTERPRISE, ERROR, PATCH_OP

BAD = {"method": "POST", "path": "/Users", "bulkId": "bad", "data": {"schemas": []}}


def bulk(bench: Bench, *operations: Document, **more: Any) -> Answer:
    """A bulk request; what it creates is deleted after the row."""
    answer = bench.ask("POST", "/Bulk", {"schemas": [BULK_REQUEST], "Operations": list(operations), **more})
    for one in results(answer) if answer.status == 200 else ():
        if one["status"] == "201":
            bench.made.append(one["location"].removeprefix(bench.stand.url))
    return answer


def results(answer: Answer) -> list[Document]:
    """The results, in the order in which they are told."""
    return list(answer.body["Operations"])


def create(bulk_id: str, data: Document | None = None, path: str = "/Users") -> Document:
    return {"method": "POST", "path": path, "bulkId": bulk_id, "data": data or person()}


def create_group(bulk_id: str, *members: Document) -> Document:
    return create(bulk_id, group(members=list(members)), "/Groups")


def statuses(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    assert answer.body["schemas"] == [BULK_RESPONSE]
    return [one["status"] for one in results(answer)]


def place_of(answer: Answer, bulk_id: str) -> str:
    """Below the base, where what was created stands."""
    found = next(one for one in results(answer) if one.get("bulkId") == bulk_id)
    return "/" + "/".join(found["location"].split("/")[-2:])


@row()
def test_P111_an_operation_has_its_parts(bench: Bench) -> Ending:
    nameless = {"method": "POST", "path": "/Users", "data": person()}
    assert statuses(bulk(bench, nameless, {"method": "MOVE", "path": "/Users"}, {"method": "PUT"})) == ["400"] * 3
    answer = bench.ask("POST", "/Bulk", {"schemas": [BULK_REQUEST]})
    refused(answer, 400, "invalidSyntax", "Operations")


@row()
def test_P112_a_job_that_was_done_answers_200(bench: Bench) -> Ending:
    assert statuses(bulk(bench, BAD)) == ["400"]


@row()
def test_P113_an_operation_that_failed_says_why(bench: Bench) -> Ending:
    (result,) = results(bulk(bench, BAD))
    assert result["response"]["schemas"] == [ERROR]
    assert result["response"]["status"] == result["status"] == "400"


@row()
def test_P114_a_job_goes_on_past_a_failure(bench: Bench) -> Ending:
    assert statuses(bulk(bench, BAD, create("good"))) == ["400", "201"]


@row()
def test_P115_a_job_ends_after_so_many_failures(bench: Bench) -> Ending:
    body = person()
    assert statuses(bulk(bench, BAD, create("good", body), failOnErrors=1)) == ["400"]
    assert bench.search(f'userName eq "{body["userName"]}"').found == []


@row()
def test_P116_a_bulk_id_comes_back(bench: Bench) -> Ending:
    (result,) = results(bulk(bench, create("q")))
    assert (result["bulkId"], result["method"], result["status"]) == ("q", "POST", "201")


@row()
def test_P117_the_order_serves_the_references(bench: Bench) -> Ending:
    answer = bulk(bench, create_group("g", {"value": "bulkId:u"}), create("u"))
    assert sorted(statuses(answer)) == ["201", "201"]
    group_id, user_id = (place_of(answer, name).rpartition("/")[2] for name in "gu")
    assert bench.search(f'members.value eq "{user_id}"', at="/Groups").found == [group_id]


@row(huawei="refused as invalidValue", aws="refused as invalidValue")
def test_P118_circles_are_closed(bench: Bench) -> Ending:
    one = create_group("a", {"value": "bulkId:b", "type": "Group"})
    two = create_group("b", {"value": "bulkId:a", "type": "Group"})
    answer = bulk(bench, one, two)
    if "201" not in statuses(answer):
        kinds = {result["response"].get("scimType") for result in results(answer)} - {None}
        assert kinds == {"invalidValue"}
        return "refused as invalidValue"
    assert statuses(answer) == ["201", "201"]
    for name, other in ("ab", "ba"):
        members = bench.get(place_of(answer, name)).body["members"]
        assert [each["value"] for each in members] == [place_of(answer, other).rpartition("/")[2]]
    return None


@row()
def test_P119_a_bulk_id_becomes_the_id(bench: Bench) -> Ending:
    answer = bulk(bench, create("q"), create_group("g", {"value": "bulkId:q"}))
    assert statuses(answer) == ["201", "201"]
    user_id, group_id = (place_of(answer, name).rpartition("/")[2] for name in "qg")
    assert bench.search(f'members.value eq "{user_id}"', at="/Groups").found == [group_id]


@row()
def test_P120_a_bulk_id_in_an_extension_becomes_the_id(bench: Bench) -> Ending:
    report = person(**{ENTERPRISE: {"manager": {"value": "bulkId:boss"}}})
    answer = bulk(bench, create("boss"), create("report", report))
    assert statuses(answer) == ["201", "201"]
    manager = bench.get(place_of(answer, "report")).body[ENTERPRISE]["manager"]
    assert manager["value"] == place_of(answer, "boss").rpartition("/")[2]


@row()
def test_P121_every_operation_has_its_result(bench: Bench) -> Ending:
    known = bench.add()
    change = {"schemas": [PATCH_OP], "Operations": [op("replace", "title", "Guide")]}
    path = f"/Users/{known['id']}"
    answer = bulk(bench, create("q"), {"method": "PATCH", "path": path, "data": change}, BAD)
    assert [one["method"] for one in results(answer)] == ["POST", "PATCH", "POST"]
    assert [one["status"][0] for one in results(answer)] == ["2", "2", "4"]
    assert bench.read(known)["title"] == "Guide"


@row()
def test_P122_a_result_has_a_location(bench: Bench) -> Ending:
    path = f"/Users/{bench.add()['id']}"
    answer = bulk(bench, {"method": "DELETE", "path": path}, {"method": "DELETE", "path": "/Users/nobody"}, BAD)
    assert [one.get("location") for one in results(answer)][:2] == [
        bench.stand.url + path,
        f"{bench.stand.url}/Users/nobody",
    ]
    assert "location" not in results(answer)[2]
    refused(bench.get(path), 404)


@row()
def test_P123_a_status_is_a_text(bench: Bench) -> Ending:
    assert statuses(bulk(bench, create("q"), BAD)) == ["201", "400"]


@row()
def test_P124_a_failure_is_explained(bench: Bench) -> Ending:
    (result,) = results(bulk(bench, BAD))
    assert "userName" in result["response"]["detail"]


@row()
def test_P125_limits_are_numbers(bench: Bench) -> Ending:
    limits = bench.get("/ServiceProviderConfig").body["bulk"]
    assert limits["supported"] is True
    assert limits["maxOperations"] > 0
    assert limits["maxPayloadSize"] > 0


@row()
def test_P126_what_is_over_a_limit_is_refused(bench: Bench) -> Ending:
    limits = bench.get("/ServiceProviderConfig").body["bulk"]
    many = [{"method": "DELETE", "path": f"/Users/{number}"} for number in range(limits["maxOperations"] + 1)]
    refused(bulk(bench, *many), 413, None, str(limits["maxOperations"]))
    head = {"Authorization": f"Bearer {bench.stand.token}", "Content-Type": "application/scim+json"}
    length = {"Content-Length": str(limits["maxPayloadSize"] + 1)}
    refused(send(bench.stand.url, "POST", "/Bulk", b"{", head | length), 413, None, str(limits["maxPayloadSize"]))


@row()
def test_P127_an_operation_may_know_a_version(bench: Bench) -> Ending:
    known = bench.add(title="Host")
    path = f"/Users/{known['id']}"
    stale = {"method": "PUT", "path": path, "version": 'W/"stale"', "data": person(userName=known["userName"])}
    assert statuses(bulk(bench, stale)) == ["412"]
    assert bench.read(known)["title"] == "Host"
    fit = {**stale, "version": known["meta"]["version"]}
    assert statuses(bulk(bench, fit)) == ["200"]


@row()
def test_D06_bulk_is_there_and_answers_no_password(bench: Bench) -> Ending:
    answer = bulk(bench, create("q", person(password="t1meMa$heen-1789")))
    assert statuses(answer) == ["201"]
    assert b"t1meMa" not in answer.raw


@row(absent="every request is answered when it is done, and nothing else is claimed")
def test_E011_a_bulk_request_is_answered_when_it_is_done(bench: Bench) -> Ending:
    body = {"schemas": [BULK_REQUEST], "Operations": [BAD]}
    answer = bench.ask("POST", "/Bulk", body, Prefer="respond-async")
    assert (answer.status, "set-txn" in answer.headers) == (200, False)
    assert statuses(answer) == ["400"]


@row(absent="every request is answered when it is done, and nothing else is claimed")
def test_E012_results_stand_in_the_order_of_the_request(bench: Bench) -> Ending:
    body = {"schemas": [BULK_REQUEST], "Operations": [create_group("g", {"value": "bulkId:u"}), create("u"), BAD]}
    answer = bench.ask("POST", "/Bulk", json.dumps(body).encode(), Prefer="respond-async")
    assert [one["bulkId"] for one in results(answer)] == ["g", "u", "bad"]
    for name in "gu":
        bench.delete(place_of(answer, name))
