"""scim2-server without a socket: an independent server of the standard, with ids that count and a clock that stands."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import Any

from agreement_world import ORIGIN, Answered, Asked
from scim2_models import ScimProvider
from scim2_server.handler import ScimHandler
from scim2_server.memory import InMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

from gateway.conversation.effects import Call, Reply

SECRET = "a-secret-for-cursors-of-thirty-two-bytes"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class CountingStorage(InMemoryStorage):
    """Two storages that were asked the same give the same ids; an id is spent only on what was stored."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: NOON)
        self.made = 0

    def generate_id(self, resource_type: Any, resource: Any) -> str:
        return f"{resource_type.name.lower()}-{self.made + 1:03d}"

    def create(self, resource_type: Any, resource: Any) -> Any:
        created = super().create(resource_type, resource)
        self.made += 1
        return created


@cache
def make_service() -> ScimService:
    provider = ScimProvider.from_discovery(
        load_default_schemas().values(),
        load_default_resource_types().values(),
        config=load_default_service_provider_config(),
    )
    return ScimService(provider, secret=SECRET)


class Twin:
    """One scim2-server: asked by a client directly, or called by the gateway."""

    def __init__(self) -> None:
        self.storage = CountingStorage()
        self.handler = ScimHandler(make_service(), self.storage)

    def ask(self, asked: Asked) -> Answered:
        headers = {"Content-Type": "application/scim+json"} if asked.body is not None else {}
        request = ScimRequest(asked.method, f"{ORIGIN}/v2", asked.path, dict(asked.params), headers, asked.raw)
        try:
            response = self.handler.handle(request)
        except Exception as error:
            response = self.handler.service.error_response(error)
        return Answered(int(response.status), json.loads(json.dumps(response.body)))

    def call(self, call: Call) -> Reply:
        answered = self.ask(Asked(call.method, call.path, call.query, call.body))
        return Reply(answered.status, {"content-type": "application/scim+json"}, answered.body)

    def follow(self, other: "Twin") -> None:
        """Hold what the other holds."""
        self.storage.resources = deepcopy(other.storage.resources)
        self.storage.made = other.storage.made

    def ids(self, kind: str) -> list[str]:
        return sorted(str(each.id) for each in self.storage.resources if str(each.id).startswith(kind))

    @property
    def stored(self) -> dict[str, Any]:
        """Every stored resource by id, without what the server itself writes."""
        found = {each.id: each.model_dump(mode="json", exclude_none=True) for each in self.storage.resources}
        return {native: {**document, "meta": None} | sort_members(document) for native, document in found.items()}


def sort_members(document: dict[str, Any]) -> dict[str, Any]:
    """Members are a set: RFC 7643 2.4 knows no order of values."""
    named = {key: document[key] for key in ("members",) if key in document}
    return {key: sorted(value, key=lambda each: str(each["value"])) for key, value in named.items()}
