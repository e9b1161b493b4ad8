"""The admin door over a real socket, and the metrics of several workers as one."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gateway.edge.admin import Admin
from gateway.edge.merge import add_counts, render_merged
from gateway.edge.metrics import Metrics
from gateway.edge.ports import Counted
from gateway.edge.protocol import Front


class Site:
    def __init__(self) -> None:
        self.ready = True
        self.url = ""

    async def scrape(self, accept: str) -> tuple[str, bytes]:
        return "text/plain; version=0.0.4", b"up 1\n"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    admin = Admin(made.scrape, lambda: made.ready)
    front = Front(admin.answer, admin.answer_bad_http)
    server = await asyncio.get_running_loop().create_server(front, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()
    await front.shutdown(0.1)


@pytest.mark.parametrize(
    ("method", "path", "ready", "status", "body"),
    [
        ("GET", "/livez", True, 200, "ok\n"),
        ("GET", "/livez", False, 200, "ok\n"),
        ("GET", "/readyz", True, 200, "ok\n"),
        ("GET", "/readyz", False, 503, "draining\n"),
        ("GET", "/metrics", True, 200, "up 1\n"),
        ("HEAD", "/livez", True, 200, ""),
        ("POST", "/livez", True, 405, "GET only\n"),
        ("GET", "/scim/v2/Users", True, 404, "/livez /readyz /metrics\n"),
        ("GET", "/metrics/../livez", True, 200, "ok\n"),
    ],
)
async def test_the_admin_door_answers(site, method, path, ready, status, body):
    site.ready = ready
    async with aiohttp.ClientSession() as session, session.request(method, site.url + path) as answer:
        assert (answer.status, await answer.text()) == (status, body)
        assert "Server" not in answer.headers


WORKER = """\
# HELP scim_gateway_http_requests_total SCIM requests answered.
# TYPE scim_gateway_http_requests_total counter
scim_gateway_http_requests_total{tenant="acme"} %d.0
# HELP scim_gateway_backend_request_duration_seconds Time of one try of a call.
# TYPE scim_gateway_backend_request_duration_seconds histogram
scim_gateway_backend_request_duration_seconds_bucket{backend="cube",le="0.1"} %d.0
scim_gateway_backend_request_duration_seconds_bucket{backend="cube",le="+Inf"} 4.0
scim_gateway_backend_request_duration_seconds_count{backend="cube"} 4.0
scim_gateway_backend_request_duration_seconds_sum{backend="cube"} 0.5
# HELP scim_gateway_redis_up 1 while the state store answers.
# TYPE scim_gateway_redis_up gauge
scim_gateway_redis_up %d.0
# HELP scim_gateway_build_info What is running.
# TYPE scim_gateway_build_info gauge
scim_gateway_build_info{version="0.1.0"} 1.0
"""


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text"])
def test_counts_of_workers_are_added_and_the_worst_state_shows(accept):
    content_type, text = render_merged([WORKER % (3, 1, 1), WORKER % (4, 2, 0)], accept)
    assert content_type.startswith(accept or "text/plain")
    plain = text.decode().replace("# EOF\n", "")
    values = {
        (sample.name.removeprefix("scim_gateway_"), sample.labels.get("le", "")): sample.value
        for family in text_string_to_metric_families(plain)
        for sample in family.samples
    }
    assert values["http_requests_total", ""] == 7
    assert values["backend_request_duration_seconds_bucket", "0.1"] == 3
    assert values["backend_request_duration_seconds_count", ""] == 8
    assert values["backend_request_duration_seconds_sum", ""] == 1.0
    assert values["redis_up", ""] == 0
    assert values["build_info", ""] == 1


def test_what_every_worker_read_from_the_shared_store_is_not_added_up():
    one, other = Metrics("0.1.0", lambda: 1_000.0), Metrics("0.1.0", lambda: 1_000.0)
    for metrics, counted in ((one, Counted(5, 1, 60.0)), (other, Counted(4, 2, 50.0))):
        metrics.learn([("acme", "scim2")], ["cube"], ["User"], [("acme", "cube")])
        metrics.note_marks("acme", "cube", counted)
    _, text = render_merged([generate_latest(metrics.registry).decode() for metrics in (one, other)], "")
    found = {
        sample.name.removeprefix("scim_gateway_"): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if sample.labels == {"tenant": "acme", "backend": "cube"}
    }
    expected = {"pending_operations": 5, "pending_oldest_timestamp_seconds": 950, "dead_letter_operations": 2}
    assert {name: value for name, value in found.items() if name in expected} == expected


def test_what_a_worker_counted_that_has_ended_stays_and_its_state_does_not():
    ended = add_counts([add_counts(["", WORKER % (3, 1, 0)]), WORKER % (4, 2, 0)])
    _, text = render_merged([WORKER % (5, 1, 1), ended], "")
    values = {
        (sample.name.removeprefix("scim_gateway_"), sample.labels.get("le", "")): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }
    assert values["http_requests_total", ""] == 12
    assert values["backend_request_duration_seconds_bucket", "0.1"] == 4
    assert values["backend_request_duration_seconds_count", ""] == 12
    assert values["redis_up", ""] == 1


def test_no_worker_that_answers_is_an_empty_exposition():
    assert render_merged([], "")[1] == b""
