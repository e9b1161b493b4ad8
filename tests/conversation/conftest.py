"""A playbook: effect, answer, effect, answer, and how it ends. A failing one prints both columns."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import zip_longest
from typing import Any

import pytest
from acme_stage import BASE, SEAL, TOKEN, load
from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.effects import (
    Call,
    Claim,
    Effect,
    Forget,
    Held,
    Hold,
    Keep,
    Key,
    Note,
    Recall,
    Release,
    Reply,
    Reseal,
    Spend,
    Together,
    Wait,
)
from gateway.conversation.fulfil import fulfil
from gateway.conversation.sealed import close_entry, open_entry
from gateway.observations import Observation, RequestFinished
from gateway.pipeline.request import Caller, Gateway, Request, Tenant
from gateway.scim.lenience import LENIENCES

Steps = Sequence[tuple[str, Any]]
PLAIN = ("brake", "resting", "sweep", "watch")  # kinds whose entries tell of nobody
NOON = 1_800_000_000.0


class Played(Struct):
    """How a playbook ended."""

    status: int
    body: Any
    headers: dict[str, str]
    calls: list[Call]
    facts: list[Observation]
    finished: RequestFinished

    @property
    def detail(self) -> str:
        return str(self.body["detail"])

    def noted(self, kind: type) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]


def line_of(effect: Effect[Any]) -> str:
    match effect:
        case Call():
            query = "&".join(f"{name}={value}" for name, value in effect.query)
            return f"{effect.method} {effect.path}{'?' if query else ''}{query}"
        case Together(calls=calls):
            return " | ".join(map(line_of, calls))
        case Recall(keys=keys):
            return "recall " + ", ".join(name_of(key) for key in keys)
        case Keep(entries=entries, seconds=seconds):
            kept = ", ".join(f"{name_of(key)} = {text_of(key, entry)}" for key, entry in entries)
            return f"keep {kept} for {seconds or 'ever'}"
        case Reseal(entries=entries):
            return "reseal " + ", ".join(f"{name_of(key)} = {text_of(key, entry)}" for key, _, entry in entries)
        case Claim(keys=keys):
            return "claim " + ", ".join(f"{key.kind} {key.name}" for key in keys)
        case Forget(keys=keys):
            return "forget " + ", ".join(name_of(key) for key in keys)
        case Spend(key=key, amount=amount, bound=bound, seconds=seconds):
            return f"spend {amount} of {bound} {key.name} in {seconds}"
        case Hold(key=key):
            return f"hold {key.name}"
        case Held(keys=keys):
            return "held " + ", ".join(key.name for key in keys)
        case Release(key=key):
            return f"release {key.name}"
        case Wait(seconds=seconds):
            return f"wait {seconds:g}"
    raise AssertionError(f"no line for {effect}")


def name_of(key: Key) -> str:
    """What a key names; of a list, the record alone."""
    return f"{key.kind} {json.loads(key.name)[-1] if key.kind == 'cursor' else key.name}"


def text_of(key: Key, entry: bytes) -> str:
    """What an entry says; all but a few tell of somebody, and nobody else can read them."""
    text = entry if key.kind in PLAIN else open_entry(SEAL, key, entry)
    assert text is not None, f"{key.kind} is not sealed: {entry!r}"
    return text.decode()


def answer_of(effect: Effect[Any], answer: Any) -> Any:
    """What the playbook answers. Texts lie in the store as sealed entries; bytes as they are."""
    if not isinstance(effect, Recall | Claim) or not isinstance(answer, tuple):
        return answer
    lies = zip(effect.keys, answer, strict=True)
    return tuple(close_entry(SEAL, key, one.encode()) if isinstance(one, str) else one for key, one in lies)


def is_announcement(effect: Effect[Any]) -> bool:
    """What a create says, takes back and asks for, and whether locks are its own still: a playbook names it where it
    matters, else nobody is in its way.
    """
    match effect:
        case Claim() | Held():
            return True
        case Recall(keys=keys) if all(key.kind == "watch" for key in keys):
            return True
        case Keep(entries=entries):
            return all(key.kind == "create" for key, _ in entries)
        case Forget(keys=keys) | Recall(keys=keys):
            return all(key.kind == "create" for key in keys)
    return False


def unsaid(keys: Sequence[Key]) -> tuple[bytes | None, ...]:
    """What the store says of what a playbook does not: nobody said a word, and it has watched for long."""
    return tuple(b"1" if key.kind == "watch" and not key.name else None for key in keys)


def compare(expected: Steps, seen: Sequence[str]) -> None:
    wanted = [line for line, _ in expected]
    if wanted == list(seen):
        return
    rows = [
        f"{'   ' if left == right else '-> '}{left or '(nothing)':60} | {right or '(nothing)'}"
        for left, right in zip_longest(wanted, seen)
    ]
    pytest.fail("\n".join(["the playbook says (left), the conversation does (right):", *rows]), pytrace=False)


def drive(request: Request, gateway: Gateway, steps: Steps) -> Played:
    conversation = fulfil(request, gateway)
    seen: list[str] = []
    calls: list[Call] = []
    facts: list[Observation] = []
    answer: Any = None
    while True:
        try:
            effect = conversation.send(answer)
        except StopIteration as stop:
            response = stop.value
            break
        answer = None
        if isinstance(effect, Note):
            facts.append(effect.observation)
            continue
        line = line_of(effect)
        if is_announcement(effect) and (len(seen) == len(steps) or steps[len(seen)][0] != line):
            answer = unsaid(effect.keys) if isinstance(effect, Claim | Recall) else True
            continue
        seen.append(line)
        if isinstance(effect, Call | Together):
            calls += [effect] if isinstance(effect, Call) else effect.calls
        if len(seen) > len(steps) or seen[-1] != steps[len(seen) - 1][0]:
            compare(steps, seen)
        answer = answer_of(effect, steps[len(seen) - 1][1])
    compare(steps, seen)
    finished = [fact for fact in facts if isinstance(fact, RequestFinished)]
    assert len(finished) == 1, "a request finishes once"
    body = json.loads(response.body) if response.body else None
    return Played(response.status, body, dict(response.headers), calls, facts, finished[0])


def make_gateway(
    mapping: str = "scim2", *, client: str = "any", tries: int = 3, kind: str = "User", **said: Any
) -> Gateway:
    """A tenant `acme` on one backend; `said` replaces facts of its `kind`, `can_...` those of its abilities."""
    dialect = load(mapping)
    resource = dialect.resources[kind]
    can = {name.removeprefix("can_"): value for name, value in said.items() if name.startswith("can_")}
    facts = {name: value for name, value in said.items() if not name.startswith("can_")}
    resource = replace(resource, can=replace(resource.can, **can), **facts)
    dialect = replace(
        dialect,
        resources={**dialect.resources, kind: resource},
        connect=replace(dialect.connect, tries=tries),
    )
    tenant = Tenant(name="acme", backend="acme-prod", dialect=dialect, base=BASE, lenience=LENIENCES[client], seal=SEAL)
    other = Tenant(name="emea", backend="emea-prod", dialect=dialect, seal=SEAL)
    return Gateway(
        tenants={"acme": tenant, "emea": other},
        callers={
            sha256(TOKEN.encode()).hexdigest(): Caller("acme", "okta-2026"),
            sha256(b"secret-token-of-emea").hexdigest(): Caller("emea"),
        },
    )


Play = Callable[..., Played]


@pytest.fixture(name="make_gateway")
def fixture_make_gateway() -> Callable[..., Gateway]:
    return make_gateway


@pytest.fixture
def play() -> Play:
    """`play("GET /Users?count=1", steps, gateway=..., body=...)`: paths are below the tenant's base."""

    def run(
        line: str,
        steps: Steps = (),
        *,
        gateway: Gateway | None = None,
        body: Any = None,
        now: float = NOON,
        **extra: Any,
    ) -> Played:
        method, _, where = line.partition(" ")
        path, _, query = where.partition("?")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/scim+json", **extra}
        request = Request(
            method=method,
            path=f"/acme/scim/v2{path}",
            query=query.replace(" ", "%20"),
            headers=headers,
            body=raw,
            origin="https://scim.example.com",
            now=now,
        )
        return drive(request, gateway or make_gateway(), steps)

    return run


def user(native: str = "2819c223", login: str = "bjensen", /, **more: Any) -> dict[str, Any]:
    """A record as a SCIM backend shows it."""
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": native, "userName": login, **more}


def page(*records: dict[str, Any], total: int | None = None, **more: Any) -> Reply:
    body = {"Resources": list(records), "totalResults": len(records) if total is None else total, **more}
    return Reply(200, {}, body)


@pytest.fixture(name="user")
def fixture_user() -> Callable[..., dict[str, Any]]:
    return user


@pytest.fixture(name="page")
def fixture_page() -> Callable[..., Reply]:
    return page


@pytest.fixture
def drive_path() -> Callable[..., Played]:
    """`drive_path(method, raw path, Authorization, steps)`: the whole path as it came in."""

    def run(method: str, path: str, authorization: str, steps: Steps = ()) -> Played:
        headers = {"authorization": authorization}
        request = Request(method=method, path=path, headers=headers, origin="https://scim.example.com")
        return drive(request, make_gateway(), steps)

    return run
