"""Two pretend vendors, one before the other, and a state store: a whole tenant with a follower, without a socket.

Every effect is answered at once; pauses pass in no time. One effect can be struck by a fault, or be the last.
"""

import json
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from itertools import count
from urllib.parse import unquote

from msgspec.structs import replace

from gateway.conversation.effects import (
    Booked,
    Call,
    Claim,
    Forget,
    Hold,
    Keep,
    ListMarks,
    Lost,
    Mark,
    Note,
    Postpone,
    Prolong,
    Recall,
    Release,
    Reply,
    Reseal,
    Together,
    Unavailable,
    Unmark,
    Wait,
)
from gateway.conversation.followers.catching_up import catch_up
from gateway.conversation.fulfil import fulfil
from gateway.conversation.reconcile.reconciling import reconcile
from gateway.edge.conduct import ask_state
from gateway.edge.state_memory import MemoryState
from gateway.lens.kinds import ListRule
from gateway.mapping.load import load_dialect
from gateway.pipeline.request import Caller, Follower, Gateway, Request, Tenant
from gateway.pipeline.sealing import Seal
from gateway.sandbox.profile import Setting
from gateway.sandbox.records import Records
from gateway.sandbox.service import Asked, Service
from gateway.sandbox.vendors import find_vendor
from gateway.scim.bind import bind_filter
from gateway.scim.filter import parse_filter

TOKEN = "secret-token-of-acme"
SEAL = Seal((b"a secret of thirty-two bytes, 32",))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PRIMARY, FOLLOWER = "hr-prod", "app-prod"


class Killed(Exception):
    """The process died."""


class Vendor:
    """One pretend vendor. `refuses` is a text that no record may hold."""

    def __init__(self, name):
        self.profile = find_vendor(name)
        self.records = Records(self.mint, lambda: NOON)
        self.numbers = count(1)
        self.name, self.refuses, self.calls = name, "", []
        self.down = False

    def mint(self):
        return f"{self.name[:4]}-{next(self.numbers)}"

    def all(self, endpoint="Users"):
        return {one.id: one.document for one in self.records.all(endpoint)}

    def names(self, endpoint="Users", attribute="userName"):
        return sorted(one[attribute] for one in self.all(endpoint).values())

    def put(self, native, endpoint="Users", **document):
        """A record that was always there, or as somebody else has changed it."""
        record = self.records.get(endpoint, native)
        if record is None:
            self.records.add(endpoint, self.profile.complete(document), native)
        else:
            self.records.change(record, {**record.document, **document})

    def drop(self, native, endpoint="Users"):
        self.records.remove(endpoint, native)

    def answer(self, call):
        self.calls.append((call.method, call.path))
        body = b"" if call.body is None else json.dumps(call.body).encode()
        if self.down:
            return Lost("no", "connect")
        if self.refuses and self.refuses.encode() in body:
            return Reply(400, {}, {"detail": "That value is not wanted here.", "status": "400"})
        service = Service(self.profile, self.records, Setting("http://vendor", NOON))
        segments = tuple(unquote(part) for part in call.path.strip("/").split("/"))
        said = service.answer(Asked(call.method, segments, dict(call.query), sorted(self.profile.accepts)[0], body))
        headers = {name.lower(): value for name, value in said.headers.items()}
        document = json.loads(json.dumps(said.body)) if isinstance(said.body, dict) else None
        return Reply(said.status, headers, document)


class Theatre:
    """The world of one tenant. `strike` is the number of the effect that fails; `kill` that of the last."""

    def __init__(self, primary="cube-cloud", follower="ping-directory", *, when=None, **said):
        self.primary, self.follower = Vendor(primary), Vendor(follower)
        self.vendors = {PRIMARY: self.primary, FOLLOWER: self.follower}
        self.now = 0.0
        self.state = MemoryState(lambda: self.now)
        self.facts, self.locks = [], set()
        self.strike = self.kill = None
        self.fault = ""
        self.numbers = count()
        self.tenant = make_tenant(primary, follower, when, said)

    @property
    def one(self):
        return self.tenant.followers[0]

    def run(self, conversation):
        """What it returns."""
        answer = None
        self.numbers = count()
        try:
            while True:
                answer = self.answer(conversation.send(answer))
        except StopIteration as end:
            return end.value
        finally:
            conversation.close()
            self.locks.clear()

    def reconcile(self, *, repairs=True):
        return {one.type: one for one in self.compare(repairs=repairs).types}

    def compare(self, *, repairs=True):
        return self.run(reconcile(self.tenant, self.one, step, repairs=repairs))

    def ask(self, line, body=None):
        """One request to the end; its status and its body."""
        response = self.run(self.request(line, body))
        return response.status, json.loads(response.body) if response.body else None

    def request(self, line, body=None):
        method, path = line.split(" ", 1)
        request = Request(
            method=method,
            path=f"/acme/scim/v2{path}",
            headers={"authorization": f"Bearer {TOKEN}"},
            body=json.dumps(body).encode() if body else b"",
            origin="https://scim.example.com",
        )
        callers = {sha256(TOKEN.encode()).hexdigest(): Caller("acme")}
        return fulfil(request, Gateway(tenants={"acme": self.tenant}, callers=callers))

    def run_abreast(self, conversations, chance):
        """All of them to the end, one effect of one of them after another."""
        going = [[one, None, None] for one in conversations]
        while going:
            lane = chance.choice(going)
            conversation, answer, waits = lane
            try:
                effect = waits or conversation.send(answer)
            except StopIteration:
                going.remove(lane)
                continue
            match effect:
                case Hold(key=key) if key in self.locks:
                    lane[1:] = (False, None) if effect.seconds == 0 else (None, effect)
                    continue
                case Hold(key=key):
                    self.locks.add(key)
                case Release(key=key):
                    self.locks.discard(key)
            lane[1:] = self.answer(effect), None

    def answer(self, effect):
        if isinstance(effect, Note):
            self.facts.append(effect.observation)
            return None
        if isinstance(effect, Together):
            return tuple(map(self.answer, effect.calls))
        number = next(self.numbers)
        if number == self.kill:
            raise Killed
        if number == self.strike:
            return self.fail(effect)
        return self.serve(effect)

    def fail(self, effect):
        match effect:
            case Call() if self.fault == "never sent":
                return Lost("no", "connect")
            case Call():
                reply = self.serve(effect)
                if isinstance(reply, Lost):
                    return reply
                garbage = Reply(reply.status, {}, None, readable=False, text="<html>")
                return {"answer lost": Lost("unknown", "timeout"), "server error": Reply(500)}.get(self.fault, garbage)
            case Mark(entries=entries):
                return tuple(Booked(b"in this process", shared=False) for _ in entries)
            case Recall() | Claim() | ListMarks():
                return Unavailable()
            case Unmark(marks=marks):
                return (False,) * len(marks)
            case Reseal(entries=entries):
                return (False,) * len(entries)
            case Keep() | Forget() | Hold() | Postpone() | Wait():
                return False
        return self.serve(effect)

    def serve(self, effect):
        match effect:
            case Call():
                return self.vendors[effect.backend].answer(effect)
            case Wait() | Hold():
                return True
            case Prolong() | Release():
                return None
        return at_once(ask_state(effect, self.state))

    def catch_up(self):
        """The workers, much later: until nothing is due."""
        self.now += 3_600
        return self.run_workers()

    def run_workers(self):
        """Now: how many marks were due."""
        return self.run(catch_up(self.tenant, self.one))

    def give(self, seal):
        """Other secrets from now on."""
        follower = replace(self.one, seat=replace(self.one.seat, seal=seal))
        self.tenant = replace(self.tenant, seal=seal, followers=(follower,))

    def forget_all_but_links(self):
        """What was announced, correlated and marked is gone."""
        links = {key: hint for key, hint in self.state.hints.items() if key.kind in ("link", "origin")}
        self.forget_everything()
        self.state.hints.update(links)

    def forget_everything(self):
        """FLUSHALL."""
        self.state = MemoryState(lambda: self.now)


@cache
def load(name):
    return load_dialect(name)


def at_once(coroutine):
    """What a coroutine returns that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def step(progress):
    """Nothing in between."""
    return None
    yield


def make_tenant(primary, follower, when, said):
    seats = {
        PRIMARY: Tenant(name="acme", backend=PRIMARY, dialect=load(primary), seal=SEAL),
        FOLLOWER: Tenant(name="acme", backend=FOLLOWER, dialect=load(follower), seal=SEAL),
    }
    kind = seats[PRIMARY].dialect.resources["User"].type
    guard = None if when is None else bind_filter(parse_filter(when), kind)
    return replace(seats[PRIMARY], followers=(Follower(seat=seats[FOLLOWER], when=guard),), **said)


def ask_nobody(theatre):
    """The same follower by a mapping that does not say that it can be asked for what it never shows."""
    seat = theatre.one.seat
    group = seat.dialect.resources["Group"]
    rules = tuple(replace(one, asked=False) if isinstance(one, ListRule) else one for one in group.lens.rules)
    blind = replace(group, lens=replace(group.lens, rules=rules), compared=None)
    dialect = replace(seat.dialect, resources={**seat.dialect.resources, "Group": blind})
    theatre.tenant = replace(theatre.tenant, followers=(replace(theatre.one, seat=replace(seat, dialect=dialect)),))


def person(login, **more):
    given, _, family = login.partition("@")[0].partition(".")
    return {
        "userName": login, "name": {"givenName": given.title(), "familyName": (family or given).title()},
        "emails": [{"value": login, "primary": True}], "active": True, **more,
    }  # fmt: skip
