"""The vendor of the bench: canned answers over keep-alive connections, as cheap as Python can give them.

Run as a program: prints the port it listens on. `/full/...` answers as a server with the whole RFC 7643 User would,
`/cube/...` as Cube Cloud; everything below `/scim/v2` of each is answered without looking at the body.
"""

import asyncio
import json
from typing import Any

import uvloop

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
META = {"created": "2026-01-01T00:00:00Z", "lastModified": "2026-02-01T00:00:00Z"}
PAGE = 100


def make_user(kind: str, number: int) -> dict[str, Any]:
    """One record: about 1,400 bytes of the whole User, about 380 of Cube Cloud's."""
    name = f"bjensen{number}"
    small = {
        "schemas": [USER],
        "id": f"u-{number}",
        "userName": f"{name}@example.com",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "emails": [{"value": f"{name}@example.com", "primary": True}],
        "active": True,
        "meta": {"resourceType": "User", **META, "location": f"https://vendor.example/Users/u-{number}"},
    }
    return small if kind == "cube" else {**small, **whole_user(name)}


def whole_user(name: str) -> dict[str, Any]:
    """What the whole User has besides (RFC 7643 8.3, shortened)."""
    address = {"streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA"}
    return {
        "schemas": [USER, ENTERPRISE],
        "externalId": f"701984-{name}",
        "name": {"formatted": "Ms. Barbara J Jensen, III", "familyName": "Jensen", "givenName": "Barbara"},
        "displayName": "Babs Jensen",
        "nickName": "Babs",
        "profileUrl": f"https://login.example.com/{name}",
        "title": "Tour Guide",
        "userType": "Employee",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "emails": [
            {"value": f"{name}@example.com", "type": "work", "primary": True},
            {"value": f"{name}@jensen.org", "type": "home"},
        ],
        "phoneNumbers": [{"value": "555-555-5555", "type": "work"}, {"value": "555-555-4444", "type": "mobile"}],
        "addresses": [{**address, "postalCode": "91608", "country": "US", "type": "work", "primary": True}],
        "groups": [{"value": "g-1", "display": "Tour Guides"}, {"value": "g-2", "display": "Employees"}],
        ENTERPRISE: {
            "employeeNumber": "701984",
            "costCenter": "4130",
            "organization": "Universal Studios",
            "division": "Theme Park",
            "department": "Tour Operations",
            "manager": {"value": "u-26", "displayName": "John Smith"},
        },
    }


def make_list(records: list[dict[str, Any]]) -> dict[str, Any]:
    total = len(records)
    return {"schemas": [LIST], "totalResults": total, "startIndex": 1, "itemsPerPage": total, "Resources": records}


def make_answer(status: str, document: dict[str, Any] | None) -> bytes:
    """The whole answer as bytes."""
    if document is None:
        return f"HTTP/1.1 {status}\r\n\r\n".encode()
    body = json.dumps(document, separators=(",", ":")).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/scim+json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def make_answers(kind: str) -> dict[str, bytes]:
    """By `<method> <what>`; a PATCH of a group answers 204, as vendors do."""
    users = [make_user(kind, number) for number in range(PAGE)]
    return {
        "GET one": make_answer("200 OK", users[1]),
        "GET found": make_answer("200 OK", make_list(users[1:2])),
        "GET all": make_answer("200 OK", make_list(users)),
        "POST all": make_answer("201 Created", users[1]),
        "PATCH one": make_answer("200 OK", {**users[1], "active": False}),
        "PATCH group": make_answer("204 No Content", None),
    }


ANSWERS = {kind: make_answers(kind) for kind in ("full", "cube")}


def find_answer(method: str, target: str) -> bytes:
    """`/full/scim/v2/Users/u-1` and so on."""
    path, _, query = target.partition("?")
    _, kind, _, _, endpoint, *rest = path.split("/")
    if endpoint == "Groups":
        return ANSWERS[kind][f"{method} group"]
    return ANSWERS[kind][f"{method} {'one' if rest else 'found' if 'filter=' in query else 'all'}"]


class Stub(asyncio.Protocol):
    """One connection; requests one after another, bodies counted and thrown away."""

    def __init__(self) -> None:
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            size = end + 4 + read_length(head)
            if len(self.buffer) < size:
                return
            self.buffer = self.buffer[size:]
            method, target, _ = head[: head.index(b"\r\n")].decode().split(" ")
            self.transport.write(find_answer(method, target))


def read_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
