"""Bulk requests before vendors that fail: every operation is blamed rightly, and time that is up is up for the rest."""

import pytest
from hall import answer_with
from raw_stage import LEAKS, SECONDS, RawStage, slowly
from rows_bulk import BULK, DELETE, message
from test_failing_vendors import FAILURES


@pytest.mark.parametrize("name", ["401", "429 with Retry-After", "500 with a stack trace", "a redirect", "no HTTP"])
def test_each_operation_is_blamed_as_a_request_of_its_own_would_be(name: str, stage: RawStage) -> None:
    stage.vendor.script = FAILURES[name][0]
    asked = stage.ask("DELETE", "/acme/scim/v2/Users/u-1")
    alone, seconds = asked.document, asked.headers.get("retry-after")
    heard = stage.ask("POST", BULK, message(DELETE, DELETE))
    assert heard.status == 200
    results = heard.document["Operations"]
    assert heard.headers.get("retry-after") == seconds
    told = f" Retry-After of this operation is {seconds} seconds."
    assert [told in one["response"]["detail"] for one in results] == [seconds is not None] * 2
    for one in results:
        assert {**one["response"], "detail": one["response"]["detail"].replace(told, "")} == alone
    assert [one["status"] for one in results] == [alone["status"]] * 2
    assert [leak for leak in LEAKS if leak in heard.body] == []
    assert heard.seconds < 2 * SECONDS


def test_after_the_deadline_nothing_is_begun_and_what_was_done_is_told(stage: RawStage) -> None:
    stage.vendor.script = slowly(answer_with(b"", "204 No Content"), 0.25)
    before = len(stage.vendor.asked)
    operations = [{**DELETE, "path": f"/Users/u-{number}"} for number in range(40)]
    heard = stage.ask("POST", BULK, message(*operations))
    assert (heard.status, heard.seconds < SECONDS) == (200, True)
    results = heard.document["Operations"]
    assert len(results) == 40
    done = [one for one in results if one["status"] == "204"]
    assert 2 <= len(done) < 12
    assert results[: len(done)] == done, "done in the order of the request, until time was up"
    late = results[len(done) + 1 :]
    assert {one["status"] for one in late} == {"503"}
    assert all(one["response"]["detail"].endswith("(SG136)") for one in late)
    called = stage.vendor.lines()[before:]
    assert len(called) in (len(done), len(done) + 1)
    assert called == [f"DELETE /scim/v2/Users/u-{number} HTTP/1.1" for number in range(len(called))]
