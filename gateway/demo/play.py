"""Plays the story through one tenant over real HTTP, and notes what went to the vendor meanwhile."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
from msgspec import Struct
from yarl import URL

from gateway.demo.stage import Booth
from gateway.demo.story import PERSON, STEPS, Step
from gateway.lens.lens import Document
from gateway.sandbox import LEDGER, Exchange
from gateway.scim.names import MEDIA_TYPE


class Scene(Struct, frozen=True):
    """One step as it went: the client's request and answer, the calls it became, and what was wrong, if anything.

    `path` is decoded, for people. `before` is the same resource as the client saw it last, `earlier` the profile that
    it sent first. `none` marks a step that this vendor has nothing for.
    """

    step: Step
    number: int
    path: str
    sent: Document | None
    status: int
    answer: Any
    calls: tuple[Exchange, ...]
    before: Document | None = None
    earlier: Document | None = None
    fault: str = ""
    none: bool = False


class Client:
    """An identity provider's provisioner, for one tenant."""

    def __init__(self, session: aiohttp.ClientSession, base: str, booth: Booth) -> None:
        self.session = session
        self.base = base
        self.booth = booth
        self.known: dict[str, str] = {}
        self.seen: dict[str, Document] = {}

    async def play(self) -> AsyncIterator[Scene]:
        """Every step in order; the last scene has a fault when one went wrong."""
        without_groups = False
        for number, step in enumerate(STEPS, 1):
            if step.group and without_groups:
                continue
            scene = await self.act(step, number)
            without_groups = without_groups or scene.none
            yield scene
            if scene.fault:
                return

    async def act(self, step: Step, number: int) -> Scene:
        """Send one request. A vendor without groups is told by its own ResourceTypes, not by a list of ours."""
        path, body = fill(step.path, self.known), fill(step.body, self.known)
        none = step.group and not await self.offers_groups()
        ledger = self.booth.sandbox.app[LEDGER]
        before = len(ledger)
        status, answer = await self.ask(step.method, path, body)
        fault = find_fault(step, 404 if none else step.status, none, status, answer)
        seen = self.remember(answer)
        if not fault and step.method == "POST" and not none:
            self.known["group" if step.group else "user"] = answer["id"]
        earlier = PERSON if step.method == "PUT" else None
        return Scene(step, number, path, body, status, answer, tuple(ledger[before:]), seen, earlier, fault, none)

    def remember(self, answer: Any) -> Document | None:
        """Take notice of a resource; how it looked the last time, None when it is new."""
        if not isinstance(answer, dict) or "id" not in answer:
            return None
        before = self.seen.get(answer["id"])
        self.seen[answer["id"]] = answer
        return before

    async def offers_groups(self) -> bool:
        status, answer = await self.ask("GET", "/ResourceTypes", None)
        return status == 200 and any(one["name"] == "Group" for one in answer["Resources"])

    async def ask(self, method: str, path: str, body: Document | None) -> tuple[int, Any]:
        """One HTTP request and its decoded answer, None without a body."""
        headers = {"Authorization": f"Bearer {self.booth.token}", "Accept": MEDIA_TYPE}
        if body is not None:
            headers["Content-Type"] = MEDIA_TYPE
        raw = msgspec.json.encode(body) if body is not None else None
        url = URL(self.base + encode_path(path), encoded=True)
        async with self.session.request(method, url, data=raw, headers=headers) as answer:
            text = await answer.read()
            return answer.status, msgspec.json.decode(text) if text else None


def encode_path(path: str) -> str:
    """The path as it stands on the wire: spaces and quotes percent-encoded."""
    route, mark, query = path.partition("?")
    name, equals, value = query.partition("=")
    return f"{quote(route)}{mark}{name}{equals}{quote(value, safe='')}"


def fill(value: Any, known: dict[str, str]) -> Any:
    """The value with the ids that are known by now."""
    if isinstance(value, str):
        for name, one in known.items():
            value = value.replace(f"{{{name}}}", one)
        return value
    if isinstance(value, dict):
        return {key: fill(one, known) for key, one in value.items()}
    return [fill(one, known) for one in value] if isinstance(value, list) else value


def find_fault(step: Step, expected: int, none: bool, status: int, answer: Any) -> str:
    """What is wrong with an answer, in a sentence; empty when nothing is."""
    allowed = {expected, 204} if step.method == "PATCH" and not none else {expected}
    if status not in allowed:
        detail = answer.get("detail", "") if isinstance(answer, dict) else ""
        return f"expected {expected}, got {status}. {detail}".strip()
    if none or status == 204:
        return ""
    try:
        good = step.check(answer)
    except (KeyError, IndexError, TypeError, AttributeError):
        good = False
    return "" if good else f"the answer is not {step.expects}."
