"""The gateway's core without an edge: effects are answered from memory, calls by whatever stands behind."""

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from followed import SEAL
from msgspec import Struct

from gateway.conversation.effects import Call, Claim, Forget, Hold, Keep, Lost, Note, Recall, Release, Reply, Wait
from gateway.conversation.fulfil import fulfil
from gateway.mapping.load import load_dialect
from gateway.observations import Observation
from gateway.pipeline.request import Caller, Gateway, Request, Tenant

TOKEN = "secret-token-of-acme"
ORIGIN = "https://scim.example.com"
Backend = Callable[[Call], Reply | Lost]

load = cache(load_dialect)


class Asked(Struct, frozen=True):
    """One request of a client, below the base of its tenant. `params` are decoded pairs."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: Any = None

    @property
    def query(self) -> str:
        return urlencode(self.params, quote_via=quote)

    @property
    def raw(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body).encode()


class Answered(Struct, frozen=True):
    """One response; `body` is decoded JSON, None when there was none."""

    status: int
    body: Any = None

    @property
    def scim_type(self) -> str | None:
        return self.body.get("scimType") if isinstance(self.body, dict) else None


def open_gateway(mapping: str) -> Gateway:
    """A tenant `acme` on one backend that speaks the mapping."""
    tenant = Tenant(name="acme", backend="acme-prod", dialect=load(mapping), seal=SEAL)
    return Gateway(tenants={"acme": tenant}, callers={sha256(TOKEN.encode()).hexdigest(): Caller("acme")})


class World:
    """Answers every effect: calls go to the backend, entries and locks are memory, waiting takes no time."""

    def __init__(self, mapping: str, backend: Backend) -> None:
        self.gateway = open_gateway(mapping)
        self.backend = backend
        self.entries: dict[Any, bytes] = {}
        self.locks: set[Any] = set()
        self.calls: list[Call] = []
        self.facts: list[Observation] = []

    def ask(self, asked: Asked) -> Answered:
        """The response to one request, and in `calls` and `facts` what it took."""
        self.calls, self.facts = [], []
        request = Request(
            method=asked.method,
            path=f"/acme/scim/v2{asked.path}",
            query=asked.query,
            headers={"authorization": f"Bearer {TOKEN}", "content-type": "application/scim+json"},
            body=asked.raw,
            origin=ORIGIN,
        )
        conversation, answer = fulfil(request, self.gateway), None
        try:
            while True:
                answer = self.answer(conversation.send(answer))
        except StopIteration as stop:
            response = stop.value
        assert not self.locks, "a request gives its locks back"
        return Answered(response.status, json.loads(response.body) if response.body else None)

    def let_a_minute_pass(self) -> None:
        """After it nothing that was lost is carried out any more, and nobody waits for it."""
        self.entries = {key: entry for key, entry in self.entries.items() if key.kind != "create"}

    def answer(self, effect: Any) -> Any:
        match effect:
            case Note(observation=observation):
                self.facts.append(observation)
            case Call():
                self.calls.append(effect)
                return self.backend(effect)
            case Wait():
                return True
            case Recall(keys=keys):
                return tuple(self.entries.get(key) for key in keys)
            case Keep(entries=entries):
                self.entries.update(entries)
                return True
            case Claim(keys=keys, entry=entry):
                earlier = tuple(self.entries.get(key) for key in keys)
                self.entries.update({key: entry for key in keys if key not in self.entries})
                return earlier
            case Forget(keys=keys):
                for key in keys:
                    self.entries.pop(key, None)
                return True
            case Hold(key=key):
                assert key not in self.locks, "a lock is held once"
                self.locks.add(key)
                return True
            case Release(key=key):
                self.locks.discard(key)
        return None

    @property
    def writes(self) -> list[Call]:
        return [call for call in self.calls if not call.safe]
