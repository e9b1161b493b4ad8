"""What a row of the matrix speaks with: a client of one tenant, over HTTP, and the sentences it can end with.

A row is a function `test_<id>_<what>(bench)`, marked with `@row()`. It asserts and returns nothing when the requirement
holds; when the gateway refuses, as it must in front of some backends, it returns what `declined` said. `@row` names the
dialects of which that is expected, and any other ending fails.
"""

import functools
import http.client
import inspect
import itertools
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec import Struct
from scene import encode_target

from gateway.scim.names import ENTERPRISE, ERROR, GROUP, PATCH_OP, SEARCH_REQUEST, USER

HOLDS = "holds"
Ending = str | None
Document = dict[str, Any]
NUMBERS = itertools.count(1)


class Declared(Struct, frozen=True):
    """How a row ends: as usual, or otherwise in front of some dialects."""

    usual: str
    otherwise: Mapping[str, str]

    def ending(self, dialect: str) -> str:
        return self.otherwise.get(dialect, self.usual)


DECLARED: dict[str, Declared] = {}


class Answer(Struct, frozen=True):
    """What the client got. Header names are lower case; `body` is decoded JSON, None when there was none."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    body: Any

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def found(self) -> list[str]:
        """The ids of a list."""
        return [one["id"] for one in self.body["Resources"]]


class Bench:
    """One client of one tenant. What it creates is deleted after the row."""

    def __init__(self, stand: Any) -> None:
        self.stand = stand
        self.dialect: str = stand.dialect
        self.made: list[str] = []

    def at(self, tenant: str) -> "Bench":
        """A client of another tenant of the same gateway; what it makes is its own."""
        return Bench(self.stand.at(tenant))

    def ask(self, method: str, target: str, body: Any = None, *, token: str | None = None, **headers: str) -> Answer:
        """One request. `target` is below the tenant's base; a header's name has `_` for `-`; token "" sends none."""
        known = self.stand.token if token is None else token
        given = {"Authorization": f"Bearer {known}"} if known else {}
        given |= {"Content-Type": "application/scim+json"} if body is not None else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return send(self.stand.url, method, target, raw, given)

    def get(self, target: str, **more: Any) -> Answer:
        return self.ask("GET", target, **more)

    def post(self, target: str, body: Any, **more: Any) -> Answer:
        answer = self.ask("POST", target, body, **more)
        if answer.status == 201:
            self.made.append(f"{target.partition('?')[0]}/{answer.id}")
        return answer

    def put(self, target: str, body: Any, **more: Any) -> Answer:
        return self.ask("PUT", target, body, **more)

    def patch(self, target: str, *operations: Document, **more: Any) -> Answer:
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return self.ask("PATCH", target, body, **more)

    def delete(self, target: str, **more: Any) -> Answer:
        return self.ask("DELETE", target, **more)

    def search(self, text: str, *, at: str = "/Users", more: str = "") -> Answer:
        """A filter, by GET."""
        return self.get(f"{at}?filter={escape(text)}{more}")

    def look(self, body: Document, *, at: str = "/Users") -> Answer:
        """A search by POST."""
        return self.ask("POST", f"{at}/.search", {"schemas": [SEARCH_REQUEST], **body})

    def add(self, **more: Any) -> Document:
        """A user who is there."""
        answer = self.post("/Users", person(**more))
        assert answer.status == 201, answer.body
        return dict(answer.body)

    def add_group(self, *members: str, **more: Any) -> Document:
        """A group that is there, with these users in it."""
        answer = self.post("/Groups", group(*members, **more))
        assert answer.status == 201, answer.body
        return dict(answer.body)

    def read(self, resource: Document) -> Document:
        """The user or group as it is now."""
        kind = "Groups" if GROUP in resource["schemas"] else "Users"
        return dict(self.get(f"/{kind}/{resource['id']}").body)

    def tidy(self) -> None:
        """Delete what was made, groups first."""
        for path in sorted(self.made):
            self.delete(path)


def escape(text: str) -> str:
    """A value as a query string carries it."""
    return "".join(f"%{ord(each):02X}" if each in "%&+#" else each for each in text)


def send(base: str, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    """One request on a connection of its own. `target` goes out as it is, but for what cannot stand in a URL."""
    url = urlsplit(base)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    wire = kind(url.netloc, timeout=30)
    try:
        wire.request(method, encode_target(url.path + target), body, dict(headers))
        answer = wire.getresponse()
        raw = answer.read()
        seen = {name.lower(): value for name, value in answer.getheaders()}
        is_json = "json" in seen.get("content-type", "")
        return Answer(answer.status, seen, raw, json.loads(raw) if raw and is_json else None)
    finally:
        wire.close()


def fresh(stem: str = "u") -> str:
    """A name that nobody has."""
    return f"{stem}{next(NUMBERS)}{secrets.token_hex(3)}"


def person(**more: Any) -> Document:
    """A user whom every backend takes."""
    name = more.pop("userName", None) or fresh()
    known = {
        "schemas": [USER, *([ENTERPRISE] if ENTERPRISE in more else [])],
        "userName": name,
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "displayName": "Barbara Jensen",
        "emails": [{"value": f"{name.lower()}@example.com", "type": "work", "primary": True}],
        "active": True,
    }
    return {**known, **more}


def group(*members: str, **more: Any) -> Document:
    """A group whom every backend takes."""
    return {
        "schemas": [GROUP],
        "displayName": fresh("g"),
        **({"members": [{"value": one} for one in members]} if members else {}),
        **more,
    }


def op(name: str, path: str | None = None, value: Any = None) -> Document:
    """One operation of a PATCH."""
    given = {"op": name, "path": path, "value": value}
    return {key: one for key, one in given.items() if one is not None}


def refused(answer: Answer, status: int, scim_type: str | None = None, *words: str) -> None:
    """The answer is a SCIM Error of this kind, whose detail says these words and ends with a code of ours."""
    assert answer.status == status, answer.body
    body = answer.body
    assert body["schemas"] == [ERROR]
    assert (body["status"], body.get("scimType")) == (str(status), scim_type), body
    assert "(SG" in body["detail"]
    for word in words:
        assert word in body["detail"]


def declined(answer: Answer) -> Ending:
    """How a refusal reads in the table; None for an answer that refuses nothing."""
    if answer.status < 400:
        return None
    refused(answer, answer.status, answer.body.get("scimType"))
    return f"refused as {answer.body.get('scimType') or answer.status}"


def row(*, local: bool = False, absent: str = "", **endings: str) -> Callable[[Callable[[Bench], Ending]], Any]:
    """Declares a row of the matrix. `endings` are by dialect, `holds` where none is named.

    A `local` row needs more than a URL and a token: the backend's own view, the configuration, the process. `absent` is
    why the gateway does not offer what is required, before any backend; the check then shows the refusal.
    """

    def declare(check: Callable[[Bench], Ending]) -> Any:
        number = check.__name__.split("_")[1]
        assert number not in DECLARED, number
        usual = f"not offered: {absent}" if absent else HOLDS
        DECLARED[number] = Declared(usual, endings)

        @functools.wraps(check)
        def held(bench: Bench) -> None:
            ended = check(bench) or usual
            known = {*endings.values(), usual} if bench.dialect == "remote" else {endings.get(bench.dialect, usual)}
            assert ended in known

        held.__signature__ = inspect.signature(check)  # type: ignore[attr-defined]
        return pytest.mark.row(local=local)(held)

    return declare
