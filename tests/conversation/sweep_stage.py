"""A world in memory for sweeps: a backend, a state store and locks, in which one effect is struck by a fault."""

import json
from itertools import count

from gateway.conversation.effects import (
    Call,
    Claim,
    Forget,
    Held,
    Hold,
    Keep,
    Lost,
    Note,
    Recall,
    Release,
    Reply,
    Reseal,
    Together,
    Unavailable,
    Wait,
)
from gateway.conversation.fulfil import fulfil
from gateway.pipeline.request import Request
from gateway.scim.patch import apply_patch, parse_patch
from gateway.scim.schema import standard

DEADLINE = 25.0
FAULTS = ["never sent", "answer lost", "server error", "garbage"]


class World:
    """A backend, a state store and locks; `fault` strikes at effect number `at` (notes are not counted)."""

    kind, key = "User", "userName"

    def __init__(self, at=None, fault=None):
        self.records, self.entries, self.locks = {}, {}, set()
        self.waited, self.hints = 0.0, set()
        self.numbers, self.at, self.fault, self.struck = count(), at, fault, False

    def answer(self, effect):
        if isinstance(effect, Note):
            return None
        if isinstance(effect, Together):
            return tuple(map(self.answer, effect.calls))
        strikes = next(self.numbers) == self.at
        self.struck = self.struck or strikes
        match effect:
            case Call():
                return self.call(effect, strikes)
            case Wait(seconds=seconds):
                self.waited += seconds
                return not strikes and self.waited < DEADLINE
            case Recall(keys=keys):
                return Unavailable() if strikes else tuple(self.entries.get(key) for key in keys)
            case Claim(keys=keys, entry=entry):
                return Unavailable() if strikes else self.claim(keys, entry)
            case Reseal(entries=entries):
                return tuple(not strikes and self.exchange(*one) for one in entries)
            case Keep() | Forget() | Hold():
                return False if strikes else self.change(effect)
            case Release(key=key):
                self.locks.discard(key)
            case Held(keys=keys):
                return not strikes and self.locks.issuperset(keys)
        return None

    def claim(self, keys, entry):
        found = tuple(self.entries.get(key) for key in keys)
        self.entries.update({key: entry for key, there in zip(keys, found, strict=True) if there is None})
        self.hints.update(keys)
        return found

    def exchange(self, key, was, entry):
        is_there = self.entries.get(key) == was
        self.entries.update({key: entry} if is_there else {})
        return is_there

    def come_later(self):
        """A request that comes when whoever announced something and died is not waited for any more."""
        self.waited = 0.0
        self.entries = {key: entry for key, entry in self.entries.items() if key not in self.hints}

    def change(self, effect):
        match effect:
            case Keep(entries=entries):
                self.entries.update(entries)
                self.hints.difference_update(key for key, _ in entries)
            case Forget(keys=keys):
                self.entries = {key: value for key, value in self.entries.items() if key not in keys}
            case Hold(key=key):
                self.locks.add(key)
        return True

    def call(self, call, strikes):
        if strikes and self.fault == "never sent":
            return Lost("no", "connect")
        reply = self.serve(call)
        if strikes and self.fault == "answer lost":
            return Lost("unknown", "timeout")
        if strikes and self.fault == "server error":
            return Reply(500)
        if strikes and self.fault == "garbage":
            return Reply(reply.status, {}, None, readable=False, text="<html>")
        return reply

    def serve(self, call):
        native = call.path.removeprefix(f"/{self.kind}s").strip("/")
        record = self.records.get(native)
        if call.method == "POST":
            if any(one[self.key] == call.body[self.key] for one in self.records.values()):
                return Reply(409)
            return Reply(201, {}, self.save(str(len(self.records) + 1), call.body))
        if not native:
            return Reply(200, {}, {"Resources": list(self.records.values()), "totalResults": len(self.records)})
        if record is None:
            return Reply(404)
        if call.method == "DELETE":
            del self.records[native]
            return Reply(204)
        if call.method == "PUT":
            return Reply(200, {}, self.save(native, call.body))
        if call.method == "PATCH":
            rt = standard(self.kind)
            record = apply_patch(record, parse_patch(call.body, rt), rt)
            return Reply(200, {}, self.save(native, record))
        return Reply(200, {}, record)

    def save(self, native, body):
        self.records[native] = {**body, "id": native}
        return self.records[native]


def make_request(step, **headers):
    method, path, query, body = step
    return Request(
        method=method,
        path=f"/acme/scim/v2{path}",
        query=query,
        headers={"authorization": "Bearer secret-token-of-acme", **headers},
        body=json.dumps(body).encode() if body else b"",
        origin="https://scim.example.com",
    )


def ask(world, gateway, step, **headers):
    conversation = fulfil(make_request(step, **headers), gateway)
    world.come_later()
    answer = None
    try:
        while True:
            answer = world.answer(conversation.send(answer))
    except StopIteration as stop:
        return stop.value


def repeat(world, gateway, step):
    """The step again, as a client does: at once, and once more later where a create may still have been under way."""
    response = ask(world, gateway, step)
    if b"(SG514)" not in response.body:
        return response
    world.hints.update(world.entries)
    return ask(world, gateway, step)


def is_known(step, response):
    """The create had been carried out before its answer was lost, and could not be looked up: a 409 finds it."""
    return step[0] == "POST" and response.status == 409
