"""Secrets and personal values never leave: not in logs, not in metrics, not in errors. The real process is asked."""

import json
import re

from canary_stage import BULK_REQUEST, CANARY, CLIENT_TOKEN, PATCH_OP, PERSON, USERS, Served, echoing
from hall import answer_with
from rows_bulk import OPERATIONS
from scene import ACME
from test_hostile_requests import EVERY
from wire import Heard, speak

from gateway.pipeline.problems import PROBLEMS


def live_through(served: Served) -> list[Heard]:
    """Everything that could make a gateway talk: successes, refusals, conflicts, faults and bad bytes."""
    made = served.ask("POST", USERS, PERSON)
    assert made.status == 201
    one = f"{USERS}/{made.document['id']}"
    renamed = [{"op": "replace", "path": "displayName", "value": "Canary Renamed"}]
    unknown = [{"op": "replace", "path": "canaryattribute", "value": "canary-value"}]
    echo = "/echo/scim/v2/Users"
    served.ask("PATCH", one, {"schemas": [PATCH_OP], "Operations": renamed})
    served.ask("GET", f"{USERS}?filter=userName%20eq%20%22canary.username@example.com%22")
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "again", "data": PERSON},
        {"method": "POST", "path": "/Users", "bulkId": "bad", "data": {**PERSON, "active": "canary-boolean"}},
        {"method": "PATCH", "path": "/Users/bulkId:canary", "data": {"schemas": [PATCH_OP], "Operations": renamed}},
        {"method": "canary", "path": "/Users/1"},
    ]
    results = served.ask("POST", "/acme/scim/v2/Bulk", {"schemas": [BULK_REQUEST], "Operations": operations})
    assert [CANARY.search(str(one["response"]).encode()) for one in results.document["Operations"]] == [None] * 4
    return [
        served.ask("POST", USERS, PERSON),
        served.ask("POST", USERS, {**PERSON, "userName": "canary.two@example.com", "password": "can"}),
        served.ask("POST", USERS, {**PERSON, "active": "canary-boolean"}),
        served.ask("POST", USERS, {**PERSON, "emails": [{"value": {"canary": 1}}]}),
        served.ask("POST", USERS, b'{"userName":"canary-cut'),
        served.ask("PATCH", one, {"schemas": [PATCH_OP], "Operations": [{"op": "canary", "path": "userName"}]}),
        served.ask("GET", f"{USERS}?filter=userName%20canaryoperator%20%22canary-value%22"),
        served.ask("GET", f"{USERS}?filter=userName%20eq%20%22canary-open"),
        served.ask("GET", f"{USERS}/canary-nobody"),
        served.ask("GET", "/canary-tenant/scim/v2/Users"),
        served.ask("GET", USERS, token="canary-wrong-token"),
        served.ask("GET", f"{USERS}?access_token={CLIENT_TOKEN}", token="nobody"),
        served.ask("POST", echo, PERSON, token=CLIENT_TOKEN + "-echo"),
        served.ask("GET", f"{echo}?filter=userName%20eq%20%22canary%22", token=CLIENT_TOKEN + "-echo"),
        served.ask("DELETE", f"{echo}/canary-id", token=CLIENT_TOKEN + "-echo"),
        speak(served.port, b"GET /canary-target canary HTTP/1.1\r\nHost: canary\r\n\r\n"),
        served.ask("PATCH", one, {"schemas": [PATCH_OP], "Operations": unknown}),
    ]


def test_no_secret_and_no_personal_value_leaves_the_process(served: Served) -> None:
    refused = live_through(served)
    assert {each.status // 100 for each in refused} == {4, 5}
    named = {b"canaryattribute", b"canaryoperator"}  # what the client spelled wrong may be named, what it holds may not
    for heard in refused:
        words = set(re.findall(rb"[\w.$@-]*canary[\w.$@-]*", heard.body, re.IGNORECASE))
        assert words <= named, heard.body
    metrics = served.read_metrics()
    assert b"scim_gateway_http_requests_total" in metrics
    assert CANARY.search(metrics) is None
    assert served.stop() == 0
    written = b"".join(served.written)
    assert written.count(b"\n") > len(refused)
    assert CANARY.search(written) is None, CANARY.findall(written)


ECHO = "/echo/scim/v2/Users"
AT_ONCE = ("400 No", "401 No", "403 No", "404 No", "409 No", "410 No", "412 No", "413 No", "418 No", "422 No", "302 No")
LATER = ("429 No", "500 No", "503 No")
HTML = answer_with(b"<html>canary</html>", headers={"Content-Type": "text/html"})
WRONG = {"id": "canary", "userName": "canary", "active": "canary"}
LISTED = answer_with(json.dumps({"totalResults": 1, "Resources": [WRONG]}).encode())


def ask_each(served: Served, methods: tuple[str, ...]) -> list[Heard]:
    """A request of each kind to the vendor that repeats what it is told."""
    patch = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "displayName", "value": "Canary Two"}]}
    asked = {
        "POST": (ECHO, PERSON),
        "PUT": (f"{ECHO}/canary-id", PERSON),
        "PATCH": (f"{ECHO}/canary-id", patch),
        "DELETE": (f"{ECHO}/canary-id", None),
        "GET": (f"{ECHO}?filter=userName%20eq%20%22canary%22", None),
    }
    return [served.ask(each, *asked[each], token=CLIENT_TOKEN + "-echo") for each in methods]


def swap(raw: bytes) -> bytes:
    """A request with our token and our person in it, and not a byte longer."""
    return raw.replace(b"bjensen", b"canary1").replace(ACME.encode(), CLIENT_TOKEN.encode())


def live_through_refusals(served: Served) -> list[Heard]:
    """Every hostile request with values of ours in it, and every status of a vendor that tells all it knows."""
    raws = [*(row.raw for row in EVERY.values()), *(raw for raw, _ in OPERATIONS.values())]
    heard = [speak(served.port, swap(raw)) for raw in raws]
    heard += [served.ask("GET", f"{USERS}?filter=meta.version%20eq%20%22canary%22")]
    for status in AT_ONCE:
        served.echo.script = echoing(status)
        heard += ask_each(served, ("POST", "PUT", "PATCH", "DELETE", "GET"))
    for script in (*map(echoing, LATER), lambda asked: HTML, lambda asked: LISTED):
        served.echo.script = script
        heard += ask_each(served, ("POST", "GET"))
    served.echo.script = lambda asked: None
    return heard + ask_each(served, ("POST", "PATCH", "GET"))


def test_no_code_that_can_be_reached_tells_a_value(served: Served) -> None:
    heard = live_through_refusals(served)
    for each in heard:
        assert CANARY.search(each.body) is None, each.body
    reached = {code.decode() for each in heard for code in re.findall(rb"\((SG\d{3})\)", each.body)}
    assert len(reached & PROBLEMS.keys()) > 45  # the others take time, a shared store, or a list without end
    assert CANARY.search(served.read_metrics()) is None
    assert served.stop() == 0
    written = b"".join(served.written)
    assert written.count(b"\n") > len(heard)
    assert CANARY.search(written) is None, CANARY.findall(written)


def test_every_line_of_the_log_is_one_json_object(served: Served) -> None:
    live_through(served)
    assert served.stop() == 0
    events = [json.loads(line)["event"] for line in served.written]
    assert "startup" in events
    assert events[-1] == "stopped"
