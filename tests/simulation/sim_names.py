"""Users of a backend whose names are their ids; `origin` is what somebody was called first, and `job` is the title."""

from copy import deepcopy
from typing import Any
from urllib.parse import unquote

from gateway.conversation.effects import Call, Reply

Record = dict[str, Any]


class Names:
    """Records by name; there are no groups."""

    def __init__(self) -> None:
        self.people: dict[str, Record] = {}

    @property
    def all(self) -> dict[str, dict[str, Record]]:
        """As clients of a SCIM backend would see them, by the id that they keep."""
        shown = {one.get("origin") or name: show(one) for name, one in self.people.items()}
        return {"User": shown, "Group": {}}

    def serve(self, call: Call, now: float = 0.0, visible_after: float = 0.0) -> Reply:
        """What the call comes to when it is carried out now."""
        name = unquote(call.path.removeprefix("/people").strip("/"))
        if call.method == "POST":
            return self.save("", call.body)
        if not name:
            return self.list_matching(dict(call.query))
        if name not in self.people:
            return Reply(404)
        if call.method == "GET":
            return Reply(200, {}, deepcopy(self.people[name]))
        if call.method == "DELETE":
            del self.people[name]
            return Reply(204)
        return self.save(name, call.body if call.method == "PUT" else {**self.people[name], **call.body})

    def save(self, name: str, wanted: Record) -> Reply:
        """Put somebody in the place of whoever has the name; nobody has it where it is empty."""
        if wanted["handle"] != name and wanted["handle"] in self.people:
            return Reply(409)
        self.people.pop(name, None)
        record = {key: value for key, value in wanted.items() if value is not None}
        self.people[record["handle"]] = record
        return Reply(200 if name else 201, {}, deepcopy(record))

    def list_matching(self, asked: dict[str, str]) -> Reply:
        wanted = {key: asked[key] for key in ("handle", "origin") if key in asked}
        found = [one for _, one in sorted(self.people.items()) if wanted.items() <= one.items()]
        begin = int(asked.get("from", 0))
        page = found[begin : begin + int(asked.get("limit", len(found)))]
        return Reply(200, {}, {"people": deepcopy(page), "count": len(found)})

    def is_unique(self, call: Call) -> bool:
        """Is a create that comes twice refused the second time?"""
        return True

    def __repr__(self) -> str:
        return repr(self.people)


def show(record: Record) -> Record:
    names = {"handle": "userName", "job": "title", "kind": "userType"}
    shown = {names[key]: value for key, value in record.items() if key in names}
    return {**shown, "name": {"givenName": record.get("given")}}
