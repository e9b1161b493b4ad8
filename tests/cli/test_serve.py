"""`serve` as a process: it answers, stops cleanly with requests in flight, reads its configuration again."""

import json
import os
import signal
import socket
import threading
import time
import urllib.request
from pathlib import Path

import pytest


def metric(served, name: str) -> float:
    text = urllib.request.urlopen(f"{served.admin}/metrics", timeout=30).read().decode()
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def wait_until(is_so, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def in_background(act) -> tuple[threading.Thread, list]:
    answers: list = []
    thread = threading.Thread(target=lambda: answers.append(act()))
    thread.start()
    time.sleep(0.25)
    return thread, answers


def test_it_serves_a_tenant_both_ways_and_answers_the_admin(serve, config, vendor):
    served = serve(config)
    for base in (f"{served.url}/acme/scim/v2", f"{served.url}/scim/v2"):
        status, body = served.ask(f"{base}/Users/2819c223")
        assert (status, json.loads(body)["userName"]) == (200, "bjensen")
        assert json.loads(body)["meta"]["location"] == f"{base}/Users/2819c223"
    assert served.ask(f"{served.url}/emea/scim/v2/Users/1")[0] == 401
    assert served.ask(f"{served.url}/scim/v2/Users/1", token="wrong")[0] == 401
    assert served.ask(f"{served.admin}/livez") == (200, "ok\n")
    assert served.ask(f"{served.admin}/readyz") == (200, "ok\n")
    assert metric(served, 'scim_gateway_http_requests_total{code_class="2xx",operation="retrieve"') == 2
    assert metric(served, "scim_gateway_backend_requests_total{") == 2
    assert metric(served, "scim_gateway_auth_failures_total{") == 2
    for line in served.events("request"):
        assert "2819c223" not in json.dumps(line)


def test_nothing_a_client_or_a_vendor_said_stands_in_log_or_metrics(serve, config, vendor, user):
    served = serve(config)
    base = f"{served.url}/scim/v2"
    served.ask(f"{base}/Users", {**user, "userName": "canary-name", "password": "canary-password"})
    served.ask(f"{base}/Users/canary-id?attributes=canary-query")
    served.ask(f"{base}/Users?filter=userName%20eq%20%22canary-filter%22")
    served.ask(f"{base}/Users/canary-id", token="canary-token")
    served.ask(f"{base}/canary-path")
    served.ask(f"{served.url}/canary-tenant/scim/v2/Users")
    text = served.ask(f"{served.admin}/metrics")[1] + json.dumps(served.lines) + "".join(served.errors)
    assert len(served.events("request")) == 6
    assert "canary" not in text
    assert "2819c223" not in text


def test_a_request_in_flight_is_finished_and_the_exit_is_clean(serve, config, vendor, user):
    served = serve(config)
    thread, answers = in_background(lambda: served.ask(f"{served.url}/scim/v2/Users", user))
    served.send(signal.SIGTERM)
    thread.join(10)
    assert [status for status, _ in answers] == [201]
    assert served.process.wait(10) == 0
    served.wait_for("stopped")
    assert served.errors == []


def test_while_it_drains_it_is_not_ready_and_takes_no_new_connection(serve, config, vendor, user):
    served = serve(config)
    thread, answers = in_background(lambda: served.ask(f"{served.url}/scim/v2/Users", user))
    served.send(signal.SIGTERM)
    served.wait_for("shutdown")
    assert served.ask(f"{served.admin}/readyz")[0] == 503
    assert served.ask(f"{served.admin}/livez")[0] == 200
    assert metric(served, "scim_gateway_draining") == 1
    host, _, port = served.url.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        assert probe.connect_ex((host, int(port))) != 0
    thread.join(10)
    assert answers[0][0] == 201


def test_an_idle_connection_does_not_hold_up_the_stop(serve, config):
    served = serve(config)
    host, _, port = served.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))):
        began = time.monotonic()
        served.send(signal.SIGTERM)
        assert served.process.wait(10) == 0
        assert time.monotonic() - began < 5


def rewrite(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))
    os.utime(file, ns=(time.time_ns(), time.time_ns()))


@pytest.mark.parametrize("told", [True, False], ids=["SIGHUP", "by itself"])
def test_a_changed_configuration_is_taken(serve, config, vendor, told):
    served = serve(config)
    rewrite(config, "acme:", "emea:")
    if told:
        served.send(signal.SIGHUP)
    assert served.wait_for("config_reload", 2)["ok"] is True
    assert served.ask(f"{served.url}/acme/scim/v2/Users/1")[0] == 401
    assert served.ask(f"{served.url}/emea/scim/v2/Users/1")[0] == 200


def test_a_bad_new_configuration_leaves_the_old_one_serving_and_says_so(serve, config, vendor):
    served = serve(config)
    rewrite(config, "mapping: scim2", "mapping: scim3")
    served.send(signal.SIGHUP)
    assert served.wait_for("config_reload", 2)["ok"] is False
    assert "E815" in served.events("config_refused")[0]["diagnostic"]
    assert served.ask(f"{served.url}/acme/scim/v2/Users/1")[0] == 200
    assert metric(served, "scim_gateway_config_last_reload_successful") == 0
    rewrite(config, "mapping: scim3", "mapping: scim2")
    served.send(signal.SIGHUP)
    served.wait_for("config_reload", 3)
    wait_until(lambda: metric(served, "scim_gateway_config_last_reload_successful ") == 1)


def test_a_request_under_way_keeps_the_configuration_it_began_with(serve, config, vendor, user):
    served = serve(config)
    thread, answers = in_background(lambda: served.ask(f"{served.url}/acme/scim/v2/Users", user))
    rewrite(config, "acme:", "emea:")
    served.send(signal.SIGHUP)
    served.wait_for("config_reload", 2)
    thread.join(10)
    assert answers[0][0] == 201


def test_a_bad_configuration_does_not_start(run, config, tmp_path):
    rewrite(config, "mapping: scim2", "mapping: scim3")
    ended = run("serve", "--config", str(config))
    assert ended.returncode == 1
    assert "gateway.yaml:4:11: error E815" in ended.stderr
    assert "scim-gateway check" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_address_in_use_is_said_without_a_traceback(run, config):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        rewrite(config, "listen: 127.0.0.1:0", f"listen: 127.0.0.1:{taken.getsockname()[1]}")
        ended = run("serve", "--config", str(config))
    assert ended.returncode == 1
    assert "in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_several_workers_need_a_shared_state(run, config):
    ended = run("serve", "--config", str(config), "--workers", "2")
    assert ended.returncode == 2
    assert "state: redis://" in ended.stderr
    assert run("serve", "--config", str(config), "--workers", "0").returncode == 2


@pytest.fixture
def shared(config, monkeypatch) -> Path:
    """The configuration with a shared state that happens to be away: nothing needs it to be served."""
    monkeypatch.setenv("SCIM_GATEWAY_SECRET", "0123456789abcdef0123456789abcdef")
    with config.open("a") as file:
        file.write("state: redis://127.0.0.1:1/0\nsecret: { env: SCIM_GATEWAY_SECRET }\n")
    return config


def test_several_workers_serve_behind_one_address_and_one_admin(serve, shared, vendor, user):
    served = serve(shared, "--workers", "2")
    wait_until(lambda: served.ask(f"{served.admin}/readyz")[0] == 200)
    wait_until(lambda: len(served.events("config_reload")) == 2)
    threads = [in_background(lambda: served.ask(f"{served.url}/scim/v2/Users/1")) for _ in range(6)]
    for thread, _ in threads:
        thread.join(10)
    assert [answers[0][0] for _, answers in threads] == [200] * 6
    assert metric(served, 'scim_gateway_http_requests_total{code_class="2xx",operation="retrieve"') == 6
    assert metric(served, "scim_gateway_build_info{") == 1
    assert metric(served, "scim_gateway_redis_up") == 0
    thread, answers = in_background(lambda: served.ask(f"{served.url}/scim/v2/Users", user))
    served.send(signal.SIGTERM)
    thread.join(10)
    assert answers[0][0] == 201
    assert served.process.wait(60) == 0
    assert served.errors == []


def test_a_worker_that_dies_is_replaced(serve, shared, vendor):
    served = serve(shared, "--workers", "2")
    wait_until(lambda: len(served.events("config_reload")) == 2)
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
    assert len(children) == 2
    os.kill(int(children[0]), signal.SIGKILL)
    served.wait_for("worker_ended")
    wait_until(lambda: len(served.events("config_reload")) == 3)
    assert served.ask(f"{served.url}/scim/v2/Users/1")[0] == 200
