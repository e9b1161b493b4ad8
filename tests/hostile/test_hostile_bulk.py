"""Bulk requests whose operations nobody should send: each fails by itself, at once, and reaches no vendor."""

import json
import re

import pytest
from hall import Hall
from rows import BEARER
from rows_bulk import BULK, OPERATIONS, message, post
from wire import request, speak

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
CODE = re.compile(r"\(SG\d{3}\)$")
SECONDS = 6.0


@pytest.mark.parametrize(("raw", "status"), OPERATIONS.values(), ids=OPERATIONS)
def test_a_hostile_operation_fails_by_itself_and_reaches_no_vendor(raw: bytes, status: str, hall: Hall) -> None:
    hall.asked()
    heard = speak(hall.port, raw)
    assert heard.status == 200
    assert heard.seconds < SECONDS
    results = heard.document["Operations"]
    assert results
    for one in results:
        assert one["status"].startswith(status)
        assert one["response"]["schemas"] == [ERROR]
        assert one["response"]["status"] == one["status"]
        assert CODE.search(one["response"]["detail"])
    assert hall.asked() == []


def test_what_is_said_of_a_thousand_operations_is_bounded_by_what_was_sent(hall: Hall) -> None:
    hall.asked()
    name = "x" * 1000
    operations = [post(f"{name}{number}", userName="a", members="b") for number in range(1000)]
    operations = [{**one, "method": name} for one in operations]
    body = json.dumps(message(*operations)).encode()
    heard = speak(hall.port, request("POST", BULK, body, BEARER))
    assert (heard.status, len(heard.document["Operations"])) == (200, 1000)
    assert hall.asked() == []


def test_what_refers_to_itself_is_made_once(hall: Hall) -> None:
    """A group in itself: the vendor decides, and the answer says what became of it."""
    hall.asked()
    sent = message(post("a", "/Groups", displayName="ouroboros", members=[{"value": "bulkId:a"}]))
    body = json.dumps(sent).encode()
    heard = speak(hall.port, request("POST", BULK, body, BEARER))
    (result,) = heard.document["Operations"]
    assert result["status"] in ("201", "409")
    assert [call.method for call in hall.asked()][:2] == ["POST", "PATCH"]
    gone = speak(hall.port, request("DELETE", "/acme" + result["location"].partition("/acme")[2], None, BEARER))
    assert gone.status == 204
