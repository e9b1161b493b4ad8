"""A gateway that serves two tenants on one backend, with a Redis that dies and files that change under it."""

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ACME, EMEA = "token-of-acme-0123456789", "token-of-emea-0123456789"
ERROR = ["urn:ietf:params:scim:api:messages:2.0:Error"]
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: redis://127.0.0.1:{redis}/0
secret: {{ env: SCIM_GATEWAY_SECRET }}
backends: {{ rsa: {{ mapping: rsa-unified-directory, url: '{vendor}', auth: {{ bearer: {{ file: credential }} }} }} }}
tenants:
  acme: {{ tokens: [ {{ sha256: {acme} }} ], backends: [ rsa ] }}
  emea: {{ tokens: [ {{ sha256: {emea} }} ], backends: [ rsa ] }}
"""


class House:
    """The gateway, its folder, and what tests ask of it."""

    def __init__(self, process: Any, folder: Path, ask: Callable[..., Any]) -> None:
        self.process, self.folder, self.sent = process, folder, ask
        startup = process.wait_for_event("startup")
        self.url, self.admin = startup["listen"], startup["admin"]

    def ask(self, method: str, path: str, body: Any = None, token: str = ACME, **headers: str) -> Any:
        return self.sent(self.url, method, path, body, token, **headers)

    def create(self, name: str) -> dict[str, Any]:
        answer = self.ask("POST", "/acme/scim/v2/Users", {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"{name}@example.com",
            "externalId": f"ext-{name}", "name": {"givenName": "Barbara", "familyName": "Jensen"},
            "emails": [{"value": f"{name}@example.com", "type": "work"}],
        })  # fmt: skip
        assert answer.status == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    def find(self, name: str, value: str, tenant: str = "acme", token: str = ACME) -> Any:
        return self.ask("GET", f"/{tenant}/scim/v2/Users?filter={name}%20eq%20%22{value}%22", token=token)

    def metric(self, name: str) -> float:
        """As of a second ago at most: metrics are rendered once a second."""
        text = self.sent(self.admin, "GET", "/metrics").text
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


@pytest.fixture(scope="module")
def house(start, vendor, redis, ask, hash_of, tmp_path_factory: pytest.TempPathFactory) -> House:
    folder: Path = tmp_path_factory.mktemp("house")
    (folder / "credential").write_text("vendor-credential\n")
    text = CONFIG.format(redis=redis.port, vendor=vendor, acme=hash_of(ACME), emea=hash_of(EMEA))
    (folder / "gateway.yaml").write_text(text)
    process = start("serve", folder=folder, SCIM_GATEWAY_SECRET="0123456789abcdef0123456789abcdef")
    return House(process, folder, ask)


ASKED = [
    ("GET", "/", 404), ("GET", "/acme", 404), ("GET", "/acme/scim/v1/Users", 400), ("DELETE", "/acme/scim/v2", 405),
    ("GET", "/metrics", 404), ("GET", "/livez", 404),
    ("GET", "/nobody/scim/v2/Users", 401), ("GET", "/emea/scim/v2/Users", 401),
    ("GET", "/acme/scim/v2/Nothing", 404), ("GET", "/acme/scim/v2/Groups", 404), ("GET", "/acme/scim/v2/Me", 501),
    ("POST", "/acme/scim/v2/Bulk", 400), ("PUT", "/acme/scim/v2/Bulk", 405), ("GET", "/acme/scim/v2/Users/nobody", 404),
    ("GET", "/acme/scim/v2/Users/a/b", 404),
    ("GET", "/acme/scim/v2/Users?filter=userName", 400), ("GET", "/acme/scim/v2/Users?count=x", 400),
    ("GET", "/acme/scim/v2/Schemas/x", 404), ("GET", "/acme/scim/v2/ResourceTypes/Group", 404),
    ("OPTIONS", "/acme/scim/v2/Users", 405), ("TRACE", "/scim/v2/Users/1", 405), ("PROPFIND", "/scim/v2/Schemas", 405),
    ("PUT", "/acme/scim/v2/Users", 405), ("DELETE", "/acme/scim/v2/ServiceProviderConfig", 405),
    ("GET", "/acme/scim/v2/Users/.search", 405), ("POST", "/acme/scim/v2/Users", 400),
    ("BREW", "/acme/scim/v2/Users", 400),
    ("GET", f"/acme/scim/v2/Users?x={'a' * 9000}", 414),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "status"), ASKED, ids=[f"{row[0]} {row[1][:40]}" for row in ASKED])
def test_every_refusal_is_a_scim_error_with_a_code_and_a_request_id(house, method, path, status):
    answer = house.ask(method, path, b"" if method == "POST" else None)
    assert answer.status == status
    assert answer.json["schemas"] == ERROR
    assert answer.json["status"] == str(status)
    assert re.search(r"\S \(SG\d{3}\)$", answer.json["detail"])
    assert answer.headers["content-type"].startswith("application/scim+json")
    assert answer.headers["x-request-id"]
    assert ("www-authenticate" in answer.headers) is (status == 401)
    assert ("allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize("path", ["Users", "Users/", "ServiceProviderConfig/", "ResourceTypes/", "Schemas/"])
def test_a_slash_at_the_end_changes_nothing(house, path):
    whole, bare = house.ask("GET", f"/acme/scim/v2/{path}"), house.ask("GET", f"/acme/scim/v2/{path.rstrip('/')}")
    assert (whole.status, whole.text) == (200, bare.text)


def test_a_location_begins_with_the_host_and_the_base_that_were_asked(house):
    made = house.create("location")
    for base in ("/acme/scim/v2", "/scim/v2"):
        seen = house.ask("GET", f"{base}/Users/{made['id']}", Host="scim.example.com")
        assert seen.json["meta"]["location"] == f"http://scim.example.com{base}/Users/{made['id']}"
        assert seen.headers["location"] == seen.json["meta"]["location"]
    house.ask("DELETE", f"/acme/scim/v2/Users/{made['id']}")


def test_tenants_on_one_backend_never_see_what_the_gateway_keeps_for_the_other(house, redis):
    made = house.create("kept")
    assert made["externalId"] == "ext-kept"
    theirs = house.ask("GET", f"/emea/scim/v2/Users/{made['id']}", token=EMEA).json
    assert theirs["userName"] == "kept@example.com"
    assert "externalId" not in theirs
    assert house.find("externalId", "ext-kept").json["totalResults"] == 1
    assert house.find("externalId", "ext-kept", "emea", EMEA).json["totalResults"] == 0
    patch = {"op": "replace", "path": "externalId", "value": "theirs"}
    message = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [patch]}
    assert house.ask("PATCH", f"/emea/scim/v2/Users/{made['id']}", message, token=EMEA).status in (200, 204)
    assert house.ask("GET", f"/acme/scim/v2/Users/{made['id']}").json["externalId"] == "ext-kept"
    assert b"kept@example.com" not in (names := redis.ask("KEYS", "*"))
    assert made["id"].encode() not in names


def test_requests_go_on_while_redis_is_killed_and_back(house, redis):
    made = house.create("killed")
    redis.kill()
    away = house.ask("GET", f"/acme/scim/v2/Users/{made['id']}")
    assert (away.status, away.json["id"], "externalId" in away.json) == (200, made["id"], False)
    assert house.create("meanwhile")["id"]
    assert house.find("userName", "killed%40example.com").json["totalResults"] == 1
    unknown = house.find("externalId", "ext-killed")
    assert (unknown.status, unknown.json["detail"][-7:]) == (503, "(SG605)")
    assert house.sent(house.admin, "GET", "/readyz").status == 200
    house.process.wait_for(lambda: house.metric("scim_gateway_redis_up") == 0)
    house.process.wait_for(lambda: house.metric('scim_gateway_kept_values_lost_total{tenant="acme"') > 0)
    redis.start()
    house.process.wait_for(lambda: house.metric("scim_gateway_redis_up") == 1)
    patch = {"op": "replace", "path": "externalId", "value": "ext-killed"}
    message = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [patch]}
    assert house.ask("PATCH", f"/acme/scim/v2/Users/{made['id']}", message).status in (200, 204)
    assert house.find("externalId", "ext-killed").json["totalResults"] == 1


def test_a_flushed_redis_costs_no_id_and_no_owner(house, redis):
    made = house.create("flushed")
    redis.ask("FLUSHALL")
    assert house.ask("GET", f"/acme/scim/v2/Users/{made['id']}").json["id"] == made["id"]
    again = house.ask("POST", "/acme/scim/v2/Users", {**made, "id": None, "meta": None})
    assert (again.status, again.json["scimType"]) == (409, "uniqueness")
    assert house.ask("DELETE", f"/acme/scim/v2/Users/{made['id']}").status == 204
    assert house.ask("GET", f"/acme/scim/v2/Users/{made['id']}").status == 404


@pytest.mark.parametrize("contents", ["wrong", "", None], ids=["wrong", "empty", "gone"])
def test_a_credential_that_is_bad_is_ours_to_fix_and_a_good_one_is_taken_without_a_restart(house, contents):
    file = house.folder / "credential"
    file.unlink()
    if contents is not None:
        file.write_text(contents)
    refused = house.ask("GET", "/acme/scim/v2/Users")
    assert (refused.status, refused.json["detail"][-7:]) == (503, "(SG601)")
    assert "www-authenticate" not in refused.headers
    assert "retry-after" in refused.headers
    file.write_text("vendor-credential")
    assert house.ask("GET", "/acme/scim/v2/Users").status == 200


def test_a_configuration_that_is_gone_leaves_the_old_one_serving(house):
    file = house.folder / "gateway.yaml"
    text = file.read_text()
    count = len(house.process.events("config_reload"))
    file.unlink()
    house.process.process.send_signal(signal.SIGHUP)
    assert house.process.wait_for_event("config_reload", count + 1)["ok"] is False
    assert "E801" in house.process.events("config_refused")[-1]["diagnostic"]
    assert house.ask("GET", "/acme/scim/v2/Users").status == 200
    house.process.wait_for(lambda: house.metric("scim_gateway_config_last_reload_successful") == 0)
    file.write_text(f"public_url: https://scim.example.com/below/\n{text}")
    house.process.process.send_signal(signal.SIGHUP)
    assert house.process.wait_for_event("config_reload", count + 2)["ok"] is True
    made = house.create("public")
    assert made["meta"]["location"] == f"https://scim.example.com/below/acme/scim/v2/Users/{made['id']}"


def test_what_needs_a_restart_says_so_and_the_rest_is_taken(house):
    file = house.folder / "gateway.yaml"
    count = len(house.process.events("config_reload"))
    file.write_text(file.read_text().replace("listen: 127.0.0.1:0", "listen: 127.0.0.1:1").replace("emea:", "apac:"))
    house.process.process.send_signal(signal.SIGHUP)
    assert house.process.wait_for_event("config_reload", count + 1)["ok"] is True
    assert house.process.events("restart_needed")[-1]["keys"] == ["listen"]
    assert house.ask("GET", "/apac/scim/v2/Users", token=EMEA).status == 200


def test_a_stop_soon_after_a_reload_is_clean_and_silent(house):
    for _ in range(5):
        house.process.process.send_signal(signal.SIGHUP)
    assert house.ask("GET", "/acme/scim/v2/Users").status == 200
    assert house.process.stop() == 0
    assert house.process.errors == []
