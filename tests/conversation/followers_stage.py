"""A tenant with a follower before two backends in memory, a state store with marks, and a clock that pauses turn.

What is asked of the world is told in lines: calls by their backend, marks by what they are of. One effect may be struck
by a fault.
"""

import json
from itertools import count

from followed import TOKEN
from records import Records

from gateway.conversation.effects import (
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
    Spend,
    Spent,
    TakeMarks,
    Together,
    Unavailable,
    Unmark,
    Wait,
)
from gateway.conversation.followers.catching_up import catch_up
from gateway.conversation.fulfil import fulfil
from gateway.edge.marks_memory import MemoryMarks, new_slips
from gateway.pipeline.request import Request

DEADLINE = 25.0
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class World:
    """Backends by name, entries, marks, locks; `fault` strikes at effect number `at` (notes and locks not counted)."""

    def __init__(self, at=None, fault=None):
        self.backends = {"hr": Records("h"), "desk": Records("d")}
        self.now, self.deadline = 0.0, DEADLINE
        self.entries, self.locks = {}, []
        self.marks = MemoryMarks(lambda: self.now)
        self.lines, self.facts, self.sent = [], [], []
        self.numbers, self.at, self.fault, self.struck = count(), at, fault, False
        self.down = set()

    @property
    def hr(self):
        return self.backends["hr"]

    @property
    def desk(self):
        return self.backends["desk"]

    def run(self, conversation):
        """What a conversation returns."""
        self.deadline, answer = self.now + DEADLINE, None
        while True:
            try:
                answer = self.answer(conversation.send(answer))
            except StopIteration as end:
                return end.value

    def answer(self, effect):
        match effect:
            case Prolong():
                return None
            case Note(observation=fact):
                self.facts.append(fact)
                return None
            case Together(calls=calls):
                return tuple(map(self.answer, calls))
            case Release(key=key):
                self.locks.remove(key)
                return None
            case Hold(key=key, seconds=seconds):
                assert key not in self.locks or seconds == 0, "a conversation waits for itself"
                free = key not in self.locks
                self.locks += [key] if free else []
                return free
            case Spend(seconds=seconds):
                return Spent(granted=True, seconds=seconds)
        strikes = next(self.numbers) == self.at
        self.struck = self.struck or strikes
        if strikes and self.fault == "dies":
            raise ConnectionAbortedError
        match effect:
            case Call():
                return self.call(effect, strikes)
            case Wait(seconds=seconds):
                return self.wait(seconds, strikes)
            case Mark() | Unmark() | Postpone() | TakeMarks() | ListMarks():
                return self.book(effect, strikes)
        return self.remember(effect, strikes)

    def wait(self, seconds, strikes):
        if strikes or self.now + seconds >= self.deadline:
            return False
        self.now += seconds
        return True

    def remember(self, effect, strikes):
        """Entries without their expiry, but for what is said of a create: see `pass_by`."""
        match effect:
            case Recall(keys=keys):
                return Unavailable() if strikes else tuple(map(self.recall, keys))
            case Claim(keys=keys, entry=entry, seconds=seconds):
                if strikes:
                    return Unavailable()
                found = tuple(map(self.recall, keys))
                free = [key for key, there in zip(keys, found, strict=True) if there is None]
                self.entries.update(dict.fromkeys(free, (entry, self.now + seconds)))
                return found
            case Keep(entries=entries, seconds=seconds) if not strikes:
                until = float("inf") if seconds is None else self.now + seconds
                self.entries.update({key: (entry, until) for key, entry in entries})
            case Forget(keys=keys) if not strikes:
                self.entries = {key: found for key, found in self.entries.items() if key not in keys}
            case Keep() | Forget():
                return False
            case _:
                raise AssertionError(f"no answer to {effect}")
        return True

    def recall(self, key):
        if key.kind == "mark":
            marked = self.marks.find(key)
            return None if marked is None else marked.entry
        entry, until = self.entries.get(key, (None, 0.0))
        return entry if until > self.now else None

    def book(self, effect, strikes):
        match effect:
            case Mark(entries=entries, seconds=seconds, alone=alone):
                self.lines += [f"mark {key.name}" for key, _ in entries]
                if strikes and alone:
                    entries = [(key, text) for (key, _), text in zip(entries, alone, strict=True)]
                booked = self.marks.save(new_slips(entries, seconds))
                # While the store is away this process keeps them.
                return tuple(type(one)(one.grip, shared=False) for one in booked) if strikes else booked
            case Unmark(marks=marks):
                self.lines += [f"unmark {key.name}" for key, _ in marks]
                return tuple(False for _ in marks) if strikes else self.marks.unmark(marks)
            case Postpone(key=key, grip=grip, entry=entry, seconds=seconds):
                self.lines.append(f"{'park' if seconds is None else 'put off'} {key.name}")
                return not strikes and self.marks.postpone(key, grip, entry, seconds)
            case ListMarks():
                return Unavailable() if strikes else self.marks.list_all((effect.tenant, effect.backend))
            case TakeMarks():
                return () if strikes else self.marks.take((effect.tenant, effect.backend), effect.most, effect.seconds)

    def call(self, call, strikes):
        self.lines.append(f"{call.backend}: {call.method} {call.path}")
        self.sent.append(call)
        if call.backend in self.down or (strikes and self.fault == "never sent"):
            return Lost("no", "connect")
        reply = self.backends[call.backend].serve(call, self.now)
        if strikes and self.fault == "answer lost":
            return Lost("unknown", "timeout")
        if strikes and self.fault == "server error":
            return Reply(500)
        if strikes and self.fault == "garbage":
            return Reply(reply.status, {}, None, readable=False, text="<html>")
        return reply

    def ask(self, gateway, line, body=None):
        """One request to the end; its status and its body."""
        method, path = line.split(" ", 1)
        request = Request(
            method=method,
            path=f"/acme/scim/v2{path}",
            headers={"authorization": f"Bearer {TOKEN}"},
            body=json.dumps(body).encode() if body else b"",
            origin="https://scim.example.com",
        )
        response = self.run(fulfil(request, gateway))
        assert not self.locks, self.locks
        return response.status, json.loads(response.body) if response.body else None

    def catch_up(self, gateway):
        """The workers' turn: how many marks were due."""
        tenant = gateway.tenants["acme"]
        return sum(self.run(catch_up(tenant, one)) for one in tenant.followers)

    def work_off(self, gateway, turns=40):
        """The workers until nothing is open any more, or it takes too many turns."""
        for _ in range(turns):
            if not self.marks.open:
                return
            self.now += 100.0
            self.catch_up(gateway)

    def told(self):
        """The lines since they were last told."""
        lines, self.lines = self.lines, []
        return lines

    def flush(self):
        """The state store forgets everything."""
        self.entries.clear()
        self.marks.open.clear()


def change(*operations):
    """A PATCH message of (op, path, value)."""
    return {
        "schemas": [PATCH_OP],
        "Operations": [dict(zip(("op", "path", "value"), one, strict=False)) for one in operations],
    }


def names(records, kind="User"):
    """What a backend holds, by name: titles of users, names of members of groups."""
    users = records.all["User"]
    if kind == "User":
        return {one["userName"]: one.get("title") for one in users.values()}
    return {
        one["displayName"]: sorted(users[member["value"]]["userName"] for member in one.get("members") or [])
        for one in records.all["Group"].values()
    }
