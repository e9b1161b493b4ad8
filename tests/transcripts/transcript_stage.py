"""Plays a story: the real gateway over real sockets, before a real pretend vendor with a clock and ids of its own."""

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web
from msgspec import Struct
from scene import ACME, VENDOR_TOKEN, Answer, Stage, backend, open_stage, tenant, write_config, write_secret
from transcript_text import Ask, Further, Message, Story

from gateway.sandbox import LEDGER, VENDORS, Exchange, base_path, build_sandbox

TOLD = ("Location", "Retry-After", "WWW-Authenticate", "Allow")
_SCIM = "application/scim+json"
_WINDOW = re.compile(r"(Retry-After(?::| of this operation is) )\d{3,}")  # to the end of an hour: not the same each run
ITS = 0x100000  # ids of a follower are counted from here
_CORRELATION = re.compile(r"correlationID='[0-9a-f-]{36}'")


class Client(Struct, frozen=True):
    """How a folder's client speaks when a story says nothing else, and before which vendors its life cycle is told."""

    profile: str
    base: str
    headers: Mapping[str, str]
    vendors: tuple[str, ...] = tuple(VENDORS)


RICH_AND_POOR = ("webex", "huawei-identity-center")

CLIENTS: Mapping[str, Client] = {
    "any": Client("any", "/acme/scim/v2", {"Content-Type": _SCIM}, ()),
    "strict": Client("strict", "/acme/scim/v2", {"Content-Type": _SCIM}, ()),
    "entra": Client("entra", "/acme/scim/v2", {"Content-Type": _SCIM}),
    "entra-aadOptscim062020": Client("entra", "/acme/scim/v2", {"Content-Type": _SCIM}),
    "okta-oin": Client(
        "okta",
        "/acme/scim/v2",
        {"Accept": _SCIM, "Content-Type": f"{_SCIM}; charset=utf-8", "User-Agent": "Okta SCIM Client 1.0.0"},
    ),
    "okta-aiw": Client(
        "okta",
        "/scim/v2",
        {"Accept": _SCIM, "Content-Type": "application/json", "User-Agent": "Okta SCIM Client 1.0.0"},
    ),
    "onelogin": Client("onelogin", "/acme/scim/v2", {"Content-Type": "application/json"}, RICH_AND_POOR),
    "pingfederate": Client("pingfederate", "/acme/scim/v2", {"Content-Type": "application/json"}, RICH_AND_POOR),
    "jumpcloud": Client("jumpcloud", "/acme/scim/v2", {"Content-Type": _SCIM}, RICH_AND_POOR),
    "sailpoint": Client("sailpoint", "/acme/scim/v2", {"Accept": _SCIM, "Content-Type": _SCIM}, RICH_AND_POOR),
    "authentik": Client("authentik", "/acme/scim/v2", {"Accept": _SCIM, "Content-Type": _SCIM}, RICH_AND_POOR),
    "keycloak": Client("keycloak", "/acme/scim/v2", {"Content-Type": _SCIM}, RICH_AND_POOR),
    "canaille": Client("canaille", "/acme/scim/v2", {"Content-Type": "application/json"}, RICH_AND_POOR),
    "forgerock": Client("forgerock", "/acme/scim/v2", {"Content-Type": "application/json"}, RICH_AND_POOR),
}


class Cast(Struct, frozen=True):
    """Who is on the stage in one run; `cursors` are those that the client was given, in order.

    The ledger holds the calls to all vendors in their order, each with the mark of its vendor; `addresses` are theirs,
    with the names that a story gives them.
    """

    client: Client
    stage: Stage
    ledger: list[tuple[str, Exchange]]
    addresses: dict[str, str]
    cursors: list[str]


def make_mint(first: int) -> Callable[[], str]:
    numbers = count(first)
    return lambda: str(UUID(int=next(numbers), version=4))


def make_clock() -> Callable[[], datetime]:
    """Every look at the clock is a quarter of a second and a minute later than the last."""
    start, ticks = datetime(2026, 1, 5, 9, tzinfo=UTC), count(1)
    return lambda: start + timedelta(seconds=60.25 * next(ticks))


@asynccontextmanager
async def open_vendor(vendor: str, options: tuple[str, ...], ledger: "Ledger", first: int = 1) -> AsyncIterator[str]:
    """A pretend vendor whose ids and dates are the same in every run; its URL."""
    app = build_sandbox(vendor, token=VENDOR_TOKEN, faults=options, mint=make_mint(first), clock=make_clock())
    app[LEDGER] = ledger
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{base_path(vendor)}"
    finally:
        await runner.cleanup()


class Ledger(list[Exchange]):
    """What one vendor was asked, written into the ledger of all as well."""

    def __init__(self, mark: str, shared: list[tuple[str, Exchange]]) -> None:
        super().__init__()
        self.mark, self.shared = mark, shared

    def append(self, exchange: Exchange) -> None:
        super().append(exchange)
        self.shared.append((self.mark, exchange))


async def play(story: Story, client: Client, vendor: str, folder: Path) -> list[list[Message]]:
    """What follows each of the story's questions."""
    shared: list[tuple[str, Exchange]] = []
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(open_vendor(vendor, story.options, Ledger("=", shared)))
        addresses = {url: "<vendor>"}
        backends = {"vendor": backend(vendor, url, write_secret(folder))}
        acme = tenant(ACME, "vendor", client=client.profile, **story.tenant)
        if story.further is not None:
            kind, name = story.further.kind, story.further.vendor
            there = await stack.enter_async_context(open_vendor(name, (), Ledger("-", shared), ITS))
            addresses[there] = f"<{kind}>"
            backends[kind] = backend(name, there, write_secret(folder))
            acme = with_further(acme, story.further)
        config = write_config(folder, backends, {"acme": acme})
        stage = await stack.enter_async_context(open_stage(config))
        cast = Cast(client, stage, shared, addresses, [])
        return [await play_ask(ask, cast) for ask in story.asks]


def with_further(acme: dict[str, Any], further: Further) -> dict[str, Any]:
    """The tenant with a second vendor: one that follows, or one in which all live who do not match."""
    if further.kind == "follower":
        return {**acme, "backends": [*acme["backends"], {"use": "follower", **further.keys}]}
    rest = {key: value for key, value in acme.items() if key != "backends"}
    return {**rest, "split": [{"use": "vendor", **further.keys}, "branch"]}


async def play_ask(ask: Ask, cast: Cast) -> list[Message]:
    before = len(cast.ledger)
    body = cast_names(ask.body, cast)
    answer = await cast.stage.ask(
        ask.method,
        cast.client.base + cast_names(ask.target, cast),
        body.encode() if body else None,
        headers={**cast.client.headers, **ask.headers},
    )
    if isinstance(answer.body, dict) and "nextCursor" in answer.body:
        cast.cursors.append(answer.body["nextCursor"])
    messages = [message for mark, exchange in cast.ledger[before:] for message in tell_call(mark, exchange)]
    return [name_values(each, cast) for each in (*messages, tell_answer(answer))]


def cast_names(text: str, cast: Cast) -> str:
    """`<id:3>` and `<its:1>` as the ids they stand for, `<cursor:1>` as the first cursor that the client was given."""
    text = re.sub(r"<cursor:(\d+)>", lambda found: cast.cursors[int(found[1]) - 1], text)
    text = re.sub(r"<its:(\d+)>", lambda found: str(UUID(int=ITS + int(found[1]) - 1, version=4)), text)
    return re.sub(r"<id:(\d+)>", lambda found: str(UUID(int=int(found[1]), version=4)), text)


def tell_call(mark: str, exchange: Exchange) -> tuple[Message, Message]:
    query = f"?{exchange.query}" if exchange.query else ""
    return (
        Message(f"{mark}>", f"{exchange.method} {exchange.path}{query}", (), exchange.request_body),
        Message(f"<{mark}", str(exchange.status), (), exchange.response_body),
    )


def tell_answer(answer: Answer) -> Message:
    headers = [f"{name}: {answer.headers[name.lower()]}" for name in TOLD if name.lower() in answer.headers]
    kind = answer.headers.get("content-type", "")
    if answer.body is not None and kind != _SCIM:
        headers.append(f"Content-Type: {kind}")
    return Message("<<", str(answer.status), tuple(headers), answer.body)


def name_id(number: int) -> str:
    """An id by whose it is and when it was made."""
    return f"<id:{number}>" if number < ITS else f"<its:{number - ITS + 1}>"


def name_values(message: Message, cast: Cast) -> Message:
    """The message with names for what differs from run to run."""

    def name(text: str) -> str:
        for address, called in {cast.stage.url: "<gateway>", **cast.addresses}.items():
            text = text.replace(address, called)
        for number in range(len(cast.cursors), 0, -1):  # two of one second are alike, and have the newer one's name
            text = text.replace(cast.cursors[number - 1], f"<cursor:{number}>")
        text = re.sub(r"00000000-0000-4000-8000-([0-9a-f]{12})", lambda found: name_id(int(found[1], 16)), text)
        text = _WINDOW.sub(r"\1<seconds>", text)
        return _CORRELATION.sub("correlationID='<correlation>'", text)

    body: Any = None if message.body is None else json.loads(name(json.dumps(message.body)))
    return Message(message.mark, name(message.line), tuple(name(each) for each in message.headers), body)
