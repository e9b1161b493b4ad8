"""Two gateways that share a Redis, before a vendor who takes any name twice: nobody is made twice.

One is killed while the vendor has made the person and not answered yet; the other is asked again.
"""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

TOKEN = "token-of-acme-0123456789"
MAPPING = """\
scimap: 1
name: twice
params: { host: { type: host, example: api.vendor.example } }
connect: { base: 'https://{host}' }
resources:
  User:
    ops: { create: POST /people, retrieve: 'GET /people/{id}', query: GET /people, replace: 'PUT /people/{id}' }
    can: { replace: { omitted: cleared }, page: { style: none, items: people }, filter: { language: none, scan: 100 } }
    correlate: [userName]
    shape: { id: string ro, login: string, "on": bool, title: string }
    map: { userName: login, active: "on", title: title }
"""
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: redis://127.0.0.1:{redis}/0
secret: {{ env: SCIM_GATEWAY_SECRET }}
mappings: [ . ]
backends: {{ people: {{ mapping: twice, url: '{vendor}', auth: {{ bearer: {{ file: credential }} }} }} }}
tenants: {{ acme: {{ tokens: [ {{ sha256: {token} }} ], backends: [ people ] }} }}
"""
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


class Vendor:
    """It makes whom it is asked to make, and answers when it may."""

    def __init__(self) -> None:
        self.people: list[dict[str, Any]] = []
        self.may_answer = threading.Event()
        self.made = threading.Event()
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.make_desk())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def named(self, name: str) -> list[dict[str, Any]]:
        return [one for one in self.people if one["login"] == name]

    def make_desk(vendor) -> type[BaseHTTPRequestHandler]:  # the inner class has a self of its own
        class Desk(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                record = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with vendor.lock:
                    record["id"] = str(len(vendor.people) + 1)
                    vendor.people.append(record)
                vendor.made.set()
                vendor.may_answer.wait(60)
                self.answer(201, record)

            def do_GET(self) -> None:
                native = self.path.partition("?")[0].removeprefix("/people").strip("/")
                if not native:
                    self.answer(200, {"people": vendor.people})
                    return
                found = next((one for one in vendor.people if one["id"] == native), None)
                self.answer(200 if found else 404, found or {})

            def answer(self, status: int, document: Any) -> None:
                raw = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                """Nothing: the test reads what the vendor has."""

        return Desk


@pytest.fixture(scope="module")
def people() -> Iterator[Vendor]:
    made = Vendor()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.may_answer.set()
    made.server.shutdown()


@pytest.fixture(scope="module")
def open_replica(start, people, redis, hash_of, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    folder: Path = tmp_path_factory.mktemp("replicas")
    (folder / "credential").write_text("vendor-credential\n")
    (folder / "twice.yaml").write_text(MAPPING)
    text = CONFIG.format(redis=redis.port, vendor=people.url, token=hash_of(TOKEN))
    (folder / "gateway.yaml").write_text(text)
    return lambda: start("serve", folder=folder, SCIM_GATEWAY_SECRET="0123456789abcdef0123456789abcdef")


@pytest.fixture(scope="module")
def create(ask) -> Callable[..., Any]:
    def send(replica: Any, name: str) -> Any:
        url = replica.wait_for_event("startup")["listen"]
        body = {"schemas": [USER], "userName": name, "title": "Guide"}
        return ask(url, "POST", "/acme/scim/v2/Users", body, TOKEN)

    return send


@pytest.fixture(autouse=True)
def before(people: Vendor) -> None:
    people.may_answer.clear()
    people.made.clear()


@pytest.fixture
def under_way(ask) -> Callable[[Any], float]:
    def count(replica: Any) -> float:
        lines = ask(replica.wait_for_event("startup")["admin"], "GET", "/metrics").text.splitlines()
        found = [line for line in lines if line.startswith("scim_gateway_http_requests_in_flight{")]
        return sum(float(line.rpartition(" ")[2]) for line in found)

    return count


def test_twins_at_two_gateways_are_one_person(people, open_replica, create, under_way):
    replicas = [open_replica(), open_replica()]
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(create, replicas[number % 2], "twin") for number in range(20)]
        # Who waited long for the other replica asks the vendor, and may be answered before the first.
        replicas[0].wait_for(lambda: sum(map(under_way, replicas)) + sum(one.done() for one in asked) >= 20)
        people.may_answer.set()
        answers = [one.result() for one in asked]
    assert [one.status for one in answers] == [201] * 20, [one.text for one in answers]
    assert len({one.json["id"] for one in answers}) == 1
    assert len(people.named("twin")) == 1


def test_who_was_made_before_the_gateway_died_is_found_by_the_other(people, open_replica, create):
    dying, other = open_replica(), open_replica()
    other.wait_for_event("startup")
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(create, dying, "orphan")
        assert people.made.wait(10)
        dying.stop(signal.SIGKILL)
        with pytest.raises(OSError, match=r".*"):
            lost.result()
    people.may_answer.set()
    answer = create(other, "orphan")
    assert (answer.status, [answer.json["id"]]) == (201, [one["id"] for one in people.named("orphan")])


def test_a_later_create_of_the_same_name_is_a_conflict(people, open_replica, create):
    people.may_answer.set()
    replica = open_replica()
    assert create(replica, "late").status == 201
    assert create(replica, "late").status == 409
    assert len(people.named("late")) == 1
