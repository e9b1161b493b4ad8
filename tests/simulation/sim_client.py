"""An identity provider: it looks for a person before it makes her, gives up on slow answers, and retries."""

import json
from collections.abc import Callable, Generator
from typing import Any

from msgspec import Struct
from sim_replica import Replica
from sim_time import Timeline

from gateway.pipeline.request import Request, Response

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


class Asked(Struct):
    """One request and what came of it; no status: the client gave up waiting."""

    client: str
    method: str
    path: str
    begun: float
    ended: float = 0.0
    status: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        times = f"{self.begun:8.2f} {self.ended:8.2f}"
        return f"{times} {self.client} {self.method} {self.path} {self.status} {self.detail[-60:]}"


Talk = Generator[tuple[str, str, str, Any], Response | None, None]


class Client:
    """Works through its wishes, one after another, each until it is granted; waits `patience` seconds for an answer."""

    def __init__(
        self,
        name: str,
        timeline: Timeline,
        replicas: list[Replica],
        wishes: Talk,
        *,
        patience: float,
        tenant: str = "acme",
        token: str = "",
    ) -> None:
        self.name, self.timeline, self.replicas = name, timeline, replicas
        self.wishes, self.patience = wishes, patience
        self.base, self.token = f"/{tenant}/scim/v2", token or f"secret-token-of-{tenant}"
        self.asked: list[Asked] = []
        self.done = False
        self.heard: Callable[[Asked, bytes], None] = lambda asked, body: None
        self.overheard: Callable[[Asked, Response], None] = lambda asked, response: None

    def begin(self) -> None:
        self.go_on(None)

    def go_on(self, response: Response | None) -> None:
        """Send what the wishes ask for next."""
        try:
            line = self.wishes.send(response)
        except StopIteration:
            self.done = True
            return
        self.send(*line)

    def send(self, method: str, path: str, query: str, body: Any) -> None:
        asked = Asked(self.name, method, f"{path}{'?' if query else ''}{query}", self.timeline.now)
        self.asked.append(asked)
        settled = False

        def settle(response: Response | None) -> None:
            nonlocal settled
            if settled:
                return
            settled = True
            asked.ended = self.timeline.now
            if response is not None:
                asked.status = response.status
                asked.detail = response.body.decode() if response.status >= 400 else ""
                self.overheard(asked, response)
                if response.status < 300:
                    self.heard(asked, response.body)
            granted = response is not None and response.status < 400
            self.timeline.after(
                0.01 if granted else self.timeline.random.uniform(1.0, 5.0), lambda: self.go_on(response)
            )

        request = Request(
            method=method,
            path=f"{self.base}{path}",
            query=query,
            headers={"authorization": f"Bearer {self.token}"},
            body=json.dumps(body).encode() if body is not None else b"",
            origin="https://scim.example.com",
        )
        task = self.timeline.random.choice(self.replicas).serve(request, settle)

        def give_up() -> None:
            if not settled:
                task.hang_up()
                settle(None)

        self.timeline.after(self.patience, give_up)


def provision(name: str, titles: list[str], *, leaves: bool) -> Talk:
    """One person's life: made, renamed so many times, perhaps deleted. Each step until it is granted."""
    native = yield from make(name, titles[0])
    for title in titles[1:]:
        native = yield from retitle(name, native, title)
    if leaves:
        yield from leave(native)


def find(name: str) -> Generator[tuple[str, str, str, Any], Response | None, str | None]:
    """The id of a person, None when there is none; asked again until it is said."""
    while True:
        response = yield ("GET", "/Users", f"filter=userName%20eq%20%22{name}%22", None)
        if response is not None and response.status == 200:
            found = json.loads(response.body)["Resources"]
            return found[0]["id"] if found else None


def make(name: str, title: str) -> Generator[tuple[str, str, str, Any], Response | None, str]:
    """Look first, create when nobody is there, look again after whatever is no success."""
    while True:
        native = yield from find(name)
        if native is not None:
            return (yield from retitle(name, native, title))
        body = {"schemas": [USER], "userName": name, "title": title}
        response = yield ("POST", "/Users", "", body)
        if response is not None and response.status == 201:
            return str(json.loads(response.body)["id"])


def retitle(name: str, native: str, title: str) -> Generator[tuple[str, str, str, Any], Response | None, str]:
    change = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "title", "value": title}]}
    while True:
        response = yield ("PATCH", f"/Users/{native}", "", change)
        if response is not None and response.status in (200, 204):
            return native
        if response is not None and response.status == 404:
            return (yield from make(name, title))


def leave(native: str) -> Generator[tuple[str, str, str, Any], Response | None, None]:
    while True:
        response = yield ("DELETE", f"/Users/{native}", "", None)
        if response is not None and response.status in (204, 404):
            return
