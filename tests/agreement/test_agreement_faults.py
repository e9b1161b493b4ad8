"""Answers get lost and backends fail at any call, before or after they did what was asked; the client asks again."""

import os
from collections import Counter
from typing import Any, ClassVar, Literal

import pytest
from agreement_shapes import logins, patch, users, words
from agreement_vendors import CARRIED, Vendor, find_losses
from agreement_world import Answered, Asked, World, load
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from gateway.conversation.effects import Call, Lost, Reply
from gateway.pipeline.accepting import accept_type
from gateway.scim.resource import read_resource

SETTINGS = settings(
    max_examples=int(os.environ.get("AGREEMENT_EXAMPLES", "100")),
    stateful_step_count=12,
    deadline=None,
    derandomize="AGREEMENT_EXAMPLES" not in os.environ,
    database=None,
    phases=[Phase.generate],  # the sentence of a failure tells the one step that it takes
    suppress_health_check=list(HealthCheck),
)
Fault = Literal[
    "never sent", "lost before", "lost after", "500 before", "500 after", "503 busy", "429", "garbage after"
]  # fmt: skip
FAULTS: tuple[Fault, ...] = (
    "never sent", "lost before", "lost after", "500 before", "500 after", "503 busy", "429", "garbage after",
)  # fmt: skip
UNAPPLIED = {"never sent", "lost before", "500 before", "503 busy", "429"}
WORK = {"value": "bjensen@example.com", "type": "work", "primary": True}
TRIES = 6
Document = dict[str, Any]


class Weather:
    """Stands before a vendor and lets faults strike the calls as they come; `None` lets a call through."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.plan: list[Fault | None] = []
        self.struck: list[Fault] = []

    def call(self, call: Call) -> Reply | Lost:
        fault = self.plan.pop(0) if self.plan else None
        if fault is None:
            return self.vendor.call(call)
        self.struck.append(fault)
        reply = None if fault in UNAPPLIED else self.vendor.call(call)
        match fault:
            case "never sent":
                return Lost("no", "connect")
            case "lost before" | "lost after":
                return Lost("unknown", "timeout")
            case "500 before" | "500 after":
                return Reply(500)
            case "503 busy":
                return Reply(503, {"retry-after": "1"})
            case "429":
                return Reply(429, {"retry-after": "1"})
            case "garbage after":
                return Reply(reply.status if reply else 200, {}, None, readable=False, text="<html>")


class Weathered(RuleBasedStateMachine):
    name: ClassVar[str]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.weather = Weather(Vendor(self.name))
        self.vendor = self.weather.vendor
        self.world = World(self.name, self.weather.call)
        self.type = accept_type(load(self.name).resources["User"])

    def insist(self, asked: Asked, plan: list[Fault | None]) -> list[Answered]:
        """Ask until there is an answer that is no failure, as provisioners do; every answer, in order."""
        self.weather.plan = list(plan)
        answers: list[Answered] = []
        while len(answers) < TRIES:
            answers.append(self.world.ask(asked))
            self.seen[f"{asked.method} {answers[-1].status}"] += 1
            if answers[-1].status not in (429, 500, 502, 503):
                break
            assert self.weather.struck, (asked, answers, self.world.calls)
            if "(SG514)" in answers[-1].body["detail"]:
                self.world.let_a_minute_pass()
        self.weather.plan = []
        assert answers[-1].status < 500, (asked, answers)
        return answers

    def people(self, login: str) -> list[Any]:
        return [each for each in self.vendor.records.all("Users") if each.document["userName"].lower() == login.lower()]

    def wanted(self, body: Document) -> Document:
        return read_resource(body, self.type).resource

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Every kind of request is as likely as the others."""
        actions = [self.create_user, self.list_users]
        actions += [self.replace_user, self.modify_user, self.delete_user] if self.vendor.ids("Users") else []
        data.draw(st.sampled_from(actions))(data)

    def create_user(self, data: st.DataObject) -> None:
        """A provisioner that gets 409 for what it has just asked looks the user up by name and takes it."""
        body, plan = {**data.draw(users()), "emails": [WORK]}, data.draw(plans)
        login, known = body["userName"], len(self.people(body["userName"]))
        self.weather.struck = []
        answers = self.insist(Asked("POST", "/Users", (), body), plan)
        assert len(self.people(login)) <= 1, (body, plan, answers)
        last = answers[-1]
        if known:
            self.check_known(body, last, (plan, answers))
        elif last.status in (201, 409):
            assert len(self.people(login)) == 1, (body, plan, answers)
            assert last.status == 201 or len(answers) > 1, (body, plan, answers)
            found = self.world.ask(Asked("GET", "/Users", (("filter", f'userName eq "{escape(login)}"'),)))
            assert [each["id"] for each in found.body["Resources"]] == [self.people(login)[0].id]
            if last.status == 201:
                lost = find_losses(self.wanted(body), found.body["Resources"][0], CARRIED[self.name])
                assert not lost, (lost, body, plan, answers, found)

    def check_known(self, body: Document, last: Answered, told: Any) -> None:
        """Somebody was there before: a conflict, or nobody can tell it from what was asked for."""
        assert last.status in (201, 400, 409), (body, told)
        if last.status == 201:
            said = {name: value for name, value in last.body.items() if name in body}
            lost = find_losses(self.wanted(body), last.body, CARRIED[self.name])
            assert not [name for name in lost if name in said and name != "userName"], told  # letters do not matter

    def replace_user(self, data: st.DataObject) -> None:
        native, plan = data.draw(st.sampled_from(self.vendor.ids("Users"))), data.draw(plans)
        body = {**data.draw(users()), "emails": [WORK], "active": data.draw(st.booleans())}
        self.weather.struck = []
        answers = self.insist(Asked("PUT", f"/Users/{native}", (), body), plan)
        if answers[-1].status == 200:
            self.expect(native, self.wanted(body), (body, plan, answers))

    def modify_user(self, data: st.DataObject) -> None:
        """Changes that say what shall be: asked twice they mean the same."""
        word, login, active = data.draw(words), data.draw(logins), data.draw(st.booleans())
        native, plan = data.draw(st.sampled_from(self.vendor.ids("Users"))), data.draw(plans)
        changes = {
            "name.familyName": word, "active": active, "externalId": "A1", "emails": [WORK], "userName": login,
        }  # fmt: skip
        chosen = data.draw(st.lists(st.sampled_from(sorted(changes)), min_size=1, unique=True))
        body = patch([{"op": "replace", "path": path, "value": changes[path]} for path in chosen])
        self.weather.struck = []
        answers = self.insist(Asked("PATCH", f"/Users/{native}", (), body), plan)
        if answers[-1].status < 300:
            there = self.read(native)
            for path in chosen:
                assert told(there, path) == told_of(changes[path], path), (path, body, plan, answers, there)

    def delete_user(self, data: st.DataObject) -> None:
        native, plan = data.draw(st.sampled_from(self.vendor.ids("Users"))), data.draw(plans)
        self.weather.struck = []
        answers = self.insist(Asked("DELETE", f"/Users/{native}"), plan)
        assert answers[-1].status in (204, 404), (plan, answers)
        assert native not in self.vendor.ids("Users")

    def list_users(self, data: st.DataObject) -> None:
        """A list is whole, or it is refused: never a part of it, and never an empty one instead of a failure."""
        self.weather.struck = []
        last = self.insist(Asked("GET", "/Users"), data.draw(plans))[-1]
        assert last.status == 200
        assert [each["id"] for each in last.body.get("Resources", ())] == self.vendor.ids("Users")

    def read(self, native: str) -> Document:
        return dict(self.world.ask(Asked("GET", f"/Users/{native}")).body)

    def expect(self, native: str, wanted: Document, told: Any) -> None:
        there = self.read(native)
        lost = find_losses(wanted, there, CARRIED[self.name])
        assert not lost, (lost, told, there)


plans = st.lists(st.one_of(st.none(), st.sampled_from(FAULTS)), min_size=1, max_size=4)


def told(resource: Document, path: str) -> Any:
    if path == "emails":
        return sorted(each["value"] for each in resource["emails"])
    here: Any = resource
    for step in path.split("."):
        here = here.get(step) if isinstance(here, dict) else None
    return here


def told_of(value: Any, path: str) -> Any:
    return [each["value"] for each in value] if path == "emails" else value


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@pytest.mark.parametrize("vendor", CARRIED)
def test_nobody_is_made_twice_and_what_the_client_wanted_is_there_in_the_end(vendor: str) -> None:
    machine = type("Weathered", (Weathered,), {"name": vendor, "seen": Counter()})
    run_state_machine_as_test(machine, settings=SETTINGS)
    for kind in ("POST 201", "POST 503", "PUT 200", "PUT 503", "DELETE 204", "DELETE 503", "GET 200"):
        assert machine.seen[kind] >= 3, (kind, machine.seen)
