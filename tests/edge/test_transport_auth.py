"""Credentials on their way to backends: every scheme, secrets that rotate, and tokens fetched once for many."""

import asyncio
import base64
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from calling_stage import call, silent

from gateway.conversation.effects import Lost, Reply
from gateway.edge.credentials import Auth, Basic, Bearer, Header, OAuth2
from gateway.edge.ports import Moment
from gateway.edge.secrets import Secret

JSON = b'{"id":"2819c223"}'


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (Bearer(Secret(env="CUBE_TOKEN")), "Authorization", "Bearer s3cret"),
        (Basic("gw", Secret(env="CUBE_TOKEN")), "Authorization", "Basic " + base64.b64encode(b"gw:s3cret").decode()),
        (Header("X-Api-Key", Secret(env="CUBE_TOKEN")), "X-Api-Key", "s3cret"),
        (Header("Authorization", Secret(env="CUBE_TOKEN"), "SSWS {secret}"), "Authorization", "SSWS s3cret"),
    ],
    ids=["bearer", "basic", "header", "header by template"],
)
async def test_each_scheme_sends_its_credential(caller, raw_backend, tools, monkeypatch, auth: Auth, name, value):
    always, http = tools
    monkeypatch.setenv("CUBE_TOKEN", "s3cret")
    backend = await raw_backend(always(http("200 OK", JSON)))
    await caller(backend.base, auth=auth)
    assert f"{name}: {value}\r\n" in backend.seen[0][0]


async def test_a_rotated_secret_file_is_used_without_a_restart(caller, raw_backend, tools, tmp_path: Path):
    always, http = tools
    file = tmp_path / "token"
    file.write_text("old\n")
    backend = await raw_backend(always(http("200 OK", JSON)))
    transport = caller.open(backend.base, auth=Bearer(Secret(file=str(file))))
    await transport.call(call(), 5, Moment())
    file.write_text("newer\n")
    os.utime(file, ns=(1, 1))
    await transport.call(call(), 5, Moment())
    assert [f"Bearer {word}\r\n" in head for word, (head, _) in zip(("old", "newer"), backend.seen, strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("value", [None, "", "a\r\nX-Evil: 1"], ids=["absent", "empty", "with a line end"])
async def test_a_secret_that_cannot_be_sent_means_nothing_was_applied(caller, raw_backend, tools, tmp_path, value):
    always, http = tools
    file = tmp_path / "token"
    if value is not None:
        file.write_text(value)
    backend = await raw_backend(always(http("200 OK", JSON)))
    assert await caller(backend.base, "POST", auth=Bearer(Secret(file=str(file)))) == Lost("no", "credentials")
    assert backend.connections == 0


def oauth(base: str) -> OAuth2:
    return OAuth2(f"{base}/token", "gw", Secret(env="CUBE_TOKEN"), "users")


def token_answer(http: Callable[..., bytes], token: str, life: object = 3600) -> bytes:
    return http("200 OK", b'{"access_token":"%s","expires_in":%s}' % (token.encode(), str(life).encode()))


async def test_a_hundred_calls_at_once_fetch_one_token(caller, raw_backend, tools, monkeypatch):
    always, http = tools
    monkeypatch.setenv("CUBE_TOKEN", "s3cret")
    tokens = await raw_backend(always(token_answer(http, "tok-1")))
    backend = await raw_backend(always(http("200 OK", JSON)))
    transport = caller.open(backend.base, auth=oauth(tokens.base), concurrency=100)
    answers = await asyncio.gather(*(transport.call(call(), 5, Moment()) for _ in range(100)))
    assert {answer.status for answer in answers if isinstance(answer, Reply)} == {200}
    assert len(tokens.seen) == 1
    assert tokens.seen[0][1] == b"grant_type=client_credentials&client_id=gw&client_secret=s3cret&scope=users"
    assert all("Bearer tok-1" in head for head, _ in backend.seen)


async def test_a_401_renews_the_token_once_and_tries_once_more(caller, raw_backend, tools, monkeypatch):
    always, http = tools
    monkeypatch.setenv("CUBE_TOKEN", "s3cret")
    tokens = await raw_backend(always(token_answer(http, "tok-1"), token_answer(http, "tok-2")))
    backend = await raw_backend(always(http("401 Unauthorized"), http("201 Created", JSON)))
    reply = await caller(backend.base, "POST", auth=oauth(tokens.base))
    assert isinstance(reply, Reply)
    assert reply.status == 201
    assert [head.count("Bearer tok-2") for head, _ in backend.seen] == [0, 1]


async def test_a_second_401_stands(caller, raw_backend, tools, monkeypatch):
    always, http = tools
    monkeypatch.setenv("CUBE_TOKEN", "s3cret")
    tokens = await raw_backend(always(token_answer(http, "tok-1")))
    backend = await raw_backend(always(http("401 Unauthorized")))
    reply = await caller(backend.base, "POST", auth=oauth(tokens.base))
    assert isinstance(reply, Reply)
    assert reply.status == 401
    assert len(backend.seen) == 2


@pytest.mark.parametrize(
    ("answer", "reason", "outcome"),
    [
        ("401", "credentials", "denied"),
        ("html", "credentials", "denied"),
        ("no token", "credentials", "denied"),
        ("500", "connect", "connect"),
        ("429", "connect", "connect"),
        ("refused", "connect", "connect"),
    ],
)
async def test_a_token_that_cannot_be_had_means_nothing_was_applied(
    caller, raw_backend, tools, monkeypatch, answer, reason, outcome
):
    """An endpoint that is away says nothing against the secret: nobody is told to renew it."""
    always, http = tools
    monkeypatch.setenv("CUBE_TOKEN", "s3cret")
    refusals = {line[:3]: http(line) for line in ("401 Unauthorized", "429 Too Many Requests", "500 No")}
    bodies = {**refusals, "html": http("200 OK", b"<p>"), "no token": http("200 OK", b"{}")}
    tokens = await raw_backend(always(bodies.get(answer, b"")))
    backend = await raw_backend(always(http("200 OK", JSON)))
    base = "http://127.0.0.1:1" if answer == "refused" else tokens.base
    assert await caller(backend.base, "POST", auth=oauth(base)) == Lost("no", reason)
    assert [fact.outcome for fact in caller.notes.facts] == [outcome]
    assert backend.connections == 0


async def test_a_token_endpoint_that_is_silent_costs_no_more_than_the_deadline(caller, raw_backend, tools, monkeypatch):
    always, http = tools
    monkeypatch.setenv("CUBE_TOKEN", "s3cret")
    tokens = await raw_backend(silent)
    backend = await raw_backend(always(http("200 OK", JSON)))
    began = time.monotonic()
    assert await caller(backend.base, "POST", 0.2, auth=oauth(tokens.base)) == Lost("no", "timeout")
    assert time.monotonic() - began < 5
    assert backend.connections == 0
