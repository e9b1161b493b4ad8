"""The outside judge's two ends: scim2-server on a socket behind us, and an engine for scim2-client before us."""

import http.client
import json as jsonlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

from msgspec import Struct
from scim2_client.client import BaseSyncSCIMClient, RawResponse
from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.testserver.cli import ThreadingWSGIServer
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

SECRET = "a-secret-for-cursors-of-thirty-two-bytes"


class Quiet(WSGIRequestHandler):
    """Keep-alive, and no line on stderr for every request."""

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@contextmanager
def serve_scim2(token: str) -> Iterator[str]:
    """scim2-server, a conformant server with every RFC 7643 schema, on a socket; gives its base URL."""
    config = load_default_service_provider_config()
    config.authentication_schemes = [*(config.authentication_schemes or []), BEARER_TOKEN_SCHEME]
    provider = ScimProvider.from_discovery(
        load_default_schemas().values(), load_default_resource_types().values(), config=config
    )
    service = ScimService(provider, secret=SECRET)
    app = BearerTokenApplication(InMemoryStorage(), provider, service=service, bearer_tokens=[token])
    with make_server("127.0.0.1", 0, app, server_class=ThreadingWSGIServer, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v2"
        finally:
            server.shutdown()
            thread.join()


class Answered(Struct, frozen=True):
    """What scim2-client reads of a response."""

    status_code: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")

    def json(self) -> Any:
        return jsonlib.loads(self.content)


class SocketClient(BaseSyncSCIMClient):
    """scim2-client over real HTTP with the standard library."""

    def __init__(self, base: str, token: str, provider: ScimProvider | None = None) -> None:
        super().__init__(provider=provider)
        self.base = urlsplit(base)
        self.token = token
        self.asked: list[tuple[str, str, int]] = []

    def _parse_json(self, response: RawResponse) -> Any:
        return jsonlib.loads(response.text)

    def request(self, method: str, url: str, **kwargs: Any) -> Answered:  # type: ignore[override]
        """One request on a connection of its own; `params`, `json`, `content` and `headers` as httpx has them."""
        params, body = kwargs.get("params"), kwargs.get("content")
        if kwargs.get("json") is not None:
            body = jsonlib.dumps(kwargs["json"]).encode()
        own = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        headers = {**own, **dict(kwargs.get("headers") or {})}
        target = f"{self.base.path}/{url.lstrip('/')}" + (f"?{urlencode(params, doseq=True)}" if params else "")
        connection = http.client.HTTPConnection(self.base.netloc, timeout=30)
        try:
            connection.request(method, target, body=body, headers=headers)
            answer = connection.getresponse()
            self.asked.append((method, target, answer.status))
            return Answered(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
