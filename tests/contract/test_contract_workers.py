"""Two gateways that share a Redis, before a primary and a follower that fails: it has everything in the end, once."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from contract_stage import TINY

TOKEN = "token-of-acme-0123456789"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
OF = '{backend="second",tenant="acme"}'
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: redis://127.0.0.1:{redis}/0
secret: {{ env: SCIM_GATEWAY_SECRET }}
mappings: [ . ]
backends:
  first: {{ mapping: tiny, url: '{first}', auth: {{ bearer: {{ file: credential }} }} }}
  second: {{ mapping: tiny, url: '{second}', auth: {{ bearer: {{ file: credential }} }} }}
tenants:
  acme: {{ tokens: [ {{ sha256: {token} }} ], backends: [ {backends} ], deadline: 3s }}
  other: {{ tokens: [ {{ sha256: {other} }} ], backends: [ second ] }}
"""
FOLLOWED, ALONE = "first, { use: second }", "first"


class Vendor:
    """It keeps people by number. It answers 503 while it is down, and each answer after `seconds`."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.down = False
        self.seconds = 0.0
        self.asked = threading.Event()
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), make_desk(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def named(self, name: str) -> int:
        return [one["login"] for one in self.people.values()].count(name)

    def serve(self, method: str, native: str, sent: Any) -> tuple[int, Any]:
        self.asked.set()
        time.sleep(self.seconds)
        with self.lock:
            if self.down:
                return 503, {}
            if method == "POST":
                native = str(len(self.people) + 1)
            elif not native:
                return 200, {"people": list(self.people.values())}
            elif native not in self.people:
                return 404, {}
            if method in ("POST", "PUT"):
                self.people[native] = {**sent, "id": native}
            return 201 if method == "POST" else 200, self.people[native]


def make_desk(vendor: Vendor) -> type[BaseHTTPRequestHandler]:
    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(length)) if length else None
            native = self.path.partition("?")[0].removeprefix("/people").strip("/")
            status, document = vendor.serve(self.command, native, sent)
            raw = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_PUT = do_GET

        def log_message(self, *_: Any) -> None:
            """Nothing: the test reads what the vendor has."""

    return Desk


class House:
    """Two vendors, a folder with a configuration, and gateways that serve it."""

    def __init__(
        self, folder: Path, start: Callable[..., Any], ask: Callable[..., Any], redis: int, token: str
    ) -> None:
        self.folder, self.start, self.sent, self.redis, self.token = folder, start, ask, redis, token
        self.first, self.second = Vendor(), Vendor()
        (folder / "credential").write_text("vendor-credential\n")
        (folder / "tiny.yaml").write_text(TINY)
        self.configure(FOLLOWED)

    def configure(self, backends: str) -> None:
        urls = {"first": self.first.url, "second": self.second.url}
        text = CONFIG.format(redis=self.redis, token=self.token, other=self.token[::-1], backends=backends, **urls)
        (self.folder / "gateway.yaml").write_text(text)

    def open(self, *words: str) -> Any:
        process = self.start("serve", *words, folder=self.folder, SCIM_GATEWAY_SECRET="0123456789abcdef" * 2)
        process.wait_for_event("startup")
        return process

    def create(self, process: Any, name: str) -> dict[str, Any]:
        body = {"schemas": [USER], "userName": name, "active": True}
        answer = self.sent(process.events("startup")[0]["listen"], "POST", "/acme/scim/v2/Users", body, TOKEN)
        assert answer.status == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    def rename(self, process: Any, made: dict[str, Any], name: str) -> None:
        url = process.events("startup")[0]["listen"]
        body = {"schemas": [USER], "userName": name, "active": True}
        answer = self.sent(url, "PUT", f"/acme/scim/v2/Users/{made['id']}", body, TOKEN)
        assert answer.status == 200, answer.text

    def metric(self, process: Any, name: str) -> list[float]:
        """The samples whose line begins so, as of a second ago at most: metrics are rendered once a second."""
        text = self.sent(process.events("startup")[0]["admin"], "GET", "/metrics").text
        return [float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"scim_gateway_{name}")]

    def wait_for_metric(self, process: Any, name: str, expected: list[float]) -> None:
        """Marks are counted every few seconds."""
        process.wait_for(lambda: self.metric(process, name) == expected, 20)


@pytest.fixture
def house(start, ask, redis, hash_of, tmp_path: Path) -> Iterator[House]:
    redis.ask("FLUSHALL")
    made = House(tmp_path, start, ask, redis.port, hash_of(TOKEN))
    yield made
    for vendor in (made.first, made.second):
        vendor.server.shutdown()


def test_what_a_follower_missed_is_brought_to_it_by_one_of_two_replicas(house):
    house.second.down = True
    replicas = [house.open(), house.open()]
    names = [f"person-{number}" for number in range(4)]
    for number, name in enumerate(names):
        house.create(replicas[number % 2], name)
    assert [house.first.named(name) for name in names] == [1] * 4
    for replica in replicas:
        house.wait_for_metric(replica, f"pending_operations{OF}", [4])
        (since,) = house.metric(replica, f"pending_oldest_timestamp_seconds{OF}")
        assert 0 < time.time() - since < 60
    house.second.down = False
    replicas[0].wait_for(lambda: len(house.second.people) == 4, 30)
    assert [house.second.named(name) for name in names] == [1] * 4
    house.wait_for_metric(replicas[0], f"pending_operations{OF}", [0])
    assert house.metric(replicas[0], f"pending_oldest_timestamp_seconds{OF}") == [0]
    late = 'follower_converged_total{backend="second",late="yes"'
    replicas[0].wait_for(lambda: sum(sum(house.metric(one, late)) for one in replicas) == 4)
    assert [one.stop() for one in replicas] == [0, 0]


def test_what_is_open_while_the_store_is_away_stays_with_the_process_and_moves_when_it_is_back(house, redis):
    replica, other = house.open(), house.open()
    made = house.create(replica, "before")
    house.second.down = True
    redis.kill()
    house.rename(replica, made, "after")
    house.create(replica, "new")
    replica.wait_for(lambda: house.metric(replica, f"marks_unshared_total{OF}")[0] >= 2)
    redis.start()
    house.wait_for_metric(other, f"pending_operations{OF}", [2])
    replica.stop()
    house.second.down = False
    other.wait_for(lambda: house.second.named("new") == house.second.named("after") == 1, 60)
    assert len(house.second.people) == 2
    assert other.stop() == 0


def test_a_configuration_read_again_begins_and_ends_the_work(house):
    house.configure(ALONE)
    replica = house.open()
    assert house.metric(replica, "pending_operations{") == []
    for number, (backends, expected) in enumerate(((FOLLOWED, [0]), (ALONE, []), (FOLLOWED, [0])), 2):
        house.configure(backends)
        replica.process.send_signal(signal.SIGHUP)
        assert replica.wait_for_event("config_reload", number)["ok"]
        house.wait_for_metric(replica, "pending_operations{", expected)
    house.second.down = True
    house.create(replica, "reloaded")
    house.second.down = False
    replica.wait_for(lambda: house.second.named("reloaded") == 1, 30)
    assert replica.stop() == 0


def test_a_stop_lets_the_work_that_is_under_way_end(house):
    house.second.down = True
    replica = house.open()
    house.create(replica, "slow")
    house.second.seconds = 1.0
    house.second.down = False
    house.second.asked.clear()
    assert house.second.asked.wait(60)
    complained = len(replica.errors)
    assert replica.stop() == 0
    assert house.second.named("slow") == 1
    assert len(replica.errors) == complained
    assert [line["event"] for line in map(json.loads, replica.lines)][-1] == "stopped"
    assert not replica.events("fault")


def test_several_workers_do_the_work_and_tell_of_it_once(house):
    house.second.down = True
    process = house.open("--workers", "2")
    process.wait_for(lambda: len(house.metric(process, f"pending_operations{OF}")) == 1)
    house.create(process, "one")
    house.wait_for_metric(process, f"pending_operations{OF}", [1])
    house.second.down = False
    process.wait_for(lambda: house.second.named("one") == 1, 30)
    assert house.metric(process, f"pending_operations{OF}") in ([0], [1])
    assert process.stop() == 0
