"""Users and groups of one backend in memory, changed as SCIM says; what fails them stands elsewhere."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from gateway.conversation.effects import Call, Reply
from gateway.scim.filter import parse_filter
from gateway.scim.match import compile_match
from gateway.scim.patch import apply_patch, parse_patch
from gateway.scim.schema import standard

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
NAMES = {"User": "userName", "Group": "displayName"}
Record = dict[str, Any]
read_filter = cache(parse_filter)


class Records:
    """Records by type and id. Ids begin with `letter`, so that those of two backends cannot be taken for each other.

    `unique` are the types of which a second record of the same name is refused. A reference to nobody is refused too,
    and who is deleted is no member any more. `refuses` are titles that the backend does not take. One that `hides`
    never shows who is in a group, and can be asked for the groups of somebody.
    """

    def __init__(self, letter: str = "", unique: Sequence[str] = ("User", "Group"), *, hides: bool = False) -> None:
        self.letter, self.unique, self.hides = letter, unique, hides
        self.all: dict[str, dict[str, Record]] = {"User": {}, "Group": {}}
        self.born: dict[str, float] = {}
        self.past: dict[str, Record] = {}
        self.refuses: set[str] = set()
        self.made = 0

    def serve(self, call: Call, now: float = 0.0, visible_after: float = 0.0) -> Reply:
        """What the call comes to when it is carried out now; lists show who is there for so many seconds."""
        _, endpoint, *rest = call.path.split("/")
        kind, native = endpoint.removesuffix("s"), rest[0] if rest else ""
        if call.method == "POST":
            return self.create(kind, call.body, now)
        if not native:
            return self.list_visible(kind, now - visible_after, dict(call.query))
        record = self.all[kind].get(native)
        if record is None:
            return Reply(404)
        if call.method == "DELETE":
            return self.delete(kind, native)
        if call.method == "GET":
            return Reply(200, {}, self.show(kind, record))
        rt = standard(kind)
        changed = apply_patch(record, parse_patch(call.body, rt), rt) if call.method == "PATCH" else call.body
        return self.save(kind, native, changed)

    def create(self, kind: str, body: Any, now: float) -> Reply:
        no = self.refusal(kind, body, "")
        if no is not None:
            return no
        self.made += 1
        native = f"{self.letter}{self.made}"
        self.born[native] = now
        reply = self.save(kind, native, body)
        return Reply(201, {}, reply.body)

    def save(self, kind: str, native: str, body: Any) -> Reply:
        no = self.refusal(kind, body, native)
        if no is not None:
            return no
        self.all[kind][native] = {**deepcopy(body), "id": native}
        return Reply(200, {}, self.show(kind, self.all[kind][native]))

    def show(self, kind: str, record: Record) -> Record:
        """As it is answered."""
        return {**deepcopy(record), **({"members": []} if self.hides and kind == "Group" else {})}

    def refusal(self, kind: str, body: Record, native: str) -> Reply | None:
        """Why a record cannot be so."""
        name = body[NAMES[kind]]
        if kind in self.unique and any(each["id"] != native for each in self.named(kind, name)):
            return Reply(409)
        if body.get("title") in self.refuses or any(one not in self.all["User"] for one in references(body)):
            return Reply(400)
        return None

    def delete(self, kind: str, native: str) -> Reply:
        self.past[native] = self.all[kind].pop(native)
        for group in self.all["Group"].values():
            group["members"] = [one for one in group.get("members", []) if one["value"] != native]
        for user in self.all["User"].values():
            if user.get(ENTERPRISE, {}).get("manager", {}).get("value") == native:
                del user[ENTERPRISE]
        return Reply(204)

    def list_visible(self, kind: str, before: float, asked: Mapping[str, str]) -> Reply:
        """The page that is asked for, of those who match."""
        shown = [one for native, one in self.all[kind].items() if self.born[native] <= before]
        if "filter" in asked:
            shown = [*filter(compile_match(read_filter(asked["filter"]), standard(kind)), shown)]
        begin = int(asked.get("startIndex", 1)) - 1
        page = [self.show(kind, one) for one in shown[begin : begin + int(asked.get("count", len(shown)))]]
        return Reply(200, {}, {"Resources": page, "totalResults": len(shown)})

    def named(self, kind: str, name: str) -> list[Record]:
        """All records of one name."""
        return [one for one in self.all[kind].values() if one[NAMES[kind]] == name]

    def is_unique(self, call: Call) -> bool:
        """Would a create that comes twice be refused the second time?"""
        return call.path.removeprefix("/").removesuffix("s") in self.unique

    def __repr__(self) -> str:
        return json.dumps(self.all, indent=1)


def references(body: Record) -> list[str]:
    """The users that a record names."""
    manager = body.get(ENTERPRISE, {}).get("manager", {}).get("value")
    return [one["value"] for one in body.get("members") or []] + ([manager] if manager else [])
