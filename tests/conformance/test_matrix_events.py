"""Security events and asynchronous requests (RFC 9967): not claimed, and nothing pretends to be one."""

from matrix_bench import Bench, Ending, op, person, refused, row

EVENTS = "events are not published, and not claimed"
ASYNC = "every request is answered when it is done, and nothing else is claimed"
LATER = {"Prefer": "respond-async, wait=2"}


def unclaimed(bench: Bench) -> None:
    """Nothing is said of events, and nothing is served where one would be asked for."""
    assert "securityEvents" not in bench.get("/ServiceProviderConfig").body
    refused(bench.get("/SecurityEvents"), 404)


def answered_at_once(bench: Bench) -> None:
    """A client that offers to wait gets its answer all the same, and no transaction."""
    known = bench.add()
    answer = bench.patch(f"/Users/{known['id']}?attributes=title", op("replace", "title", "Guide"), **LATER)
    assert (answer.status, answer.body["title"]) == (200, "Guide")
    assert {"set-txn", "preference-applied"}.isdisjoint(answer.headers)


@row(absent=EVENTS)
def test_E001_no_event_has_a_subject(bench: Bench) -> Ending:
    unclaimed(bench)


@row(absent=EVENTS)
def test_E002_no_event_has_a_path(bench: Bench) -> Ending:
    unclaimed(bench)


@row(absent=EVENTS)
def test_E003_no_event_has_data(bench: Bench) -> Ending:
    unclaimed(bench)


@row(absent=EVENTS)
def test_E004_no_event_has_attributes(bench: Bench) -> Ending:
    unclaimed(bench)


@row(absent=EVENTS)
def test_E005_no_event_has_a_transaction(bench: Bench) -> Ending:
    unclaimed(bench)


@row(absent=EVENTS)
def test_E006_a_delete_is_no_event(bench: Bench) -> Ending:
    answer = bench.delete(f"/Users/{bench.add()['id']}")
    assert (answer.status, "set-txn" in answer.headers) == (204, False)
    unclaimed(bench)


@row(absent=ASYNC)
def test_E007_a_request_is_answered_when_it_is_done(bench: Bench) -> Ending:
    answered_at_once(bench)


@row(absent=ASYNC)
def test_E008_nothing_is_answered_202(bench: Bench) -> Ending:
    known = bench.add()
    answer = bench.put(f"/Users/{known['id']}", person(userName=known["userName"]), **LATER)
    assert (answer.status, answer.id) == (200, known["id"])


@row(absent=ASYNC)
def test_E009_no_transaction_is_named(bench: Bench) -> Ending:
    answered_at_once(bench)


@row(absent=ASYNC)
def test_E010_the_location_is_the_usual_one(bench: Bench) -> Ending:
    made = bench.post("/Users", person(), **LATER)
    assert (made.status, made.headers["location"]) == (201, made.body["meta"]["location"])
    assert "preference-applied" not in made.headers


@row(absent=ASYNC)
def test_E013_a_failure_is_answered_when_it_is_known(bench: Bench) -> Ending:
    refused(bench.put(f"/Users/{bench.add()['id']}", {"schemas": []}, **LATER), 400, "invalidValue")


@row(absent=EVENTS)
def test_E016_no_result_waits_for_anybody(bench: Bench) -> Ending:
    refused(bench.get("/SecurityEvents/1", token=""), 401)
    unclaimed(bench)
