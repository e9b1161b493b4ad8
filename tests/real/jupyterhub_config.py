"""A hub without a proxy and without servers of people: its API alone, on the port and in the folder that are given."""

import os
from typing import Any

from jupyterhub.proxy import Proxy


class NoProxy(Proxy):
    """Nobody's notebooks are served, so nothing is routed."""

    should_start = False

    async def add_route(self, routespec: str, target: str, data: dict[str, Any]) -> None:
        """Nothing to add."""

    async def delete_route(self, routespec: str) -> None:
        """Nothing to delete."""

    async def get_all_routes(self) -> dict[str, Any]:
        return {}


FOLDER, PORT, TOKEN = (os.environ[f"HUB_{name}"] for name in ("FOLDER", "PORT", "TOKEN"))
SCOPES = ["admin:users", "admin:groups", "list:users", "list:groups", "delete:users", "delete:groups", "groups"]

c: Any = get_config()  # noqa: F821 - JupyterHub gives it to the file
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = int(PORT)
c.JupyterHub.db_url = f"sqlite:///{FOLDER}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{FOLDER}/cookie"
c.JupyterHub.api_page_default_limit = 2  # so that lists of a few have several pages
c.JupyterHub.api_page_max_limit = 3
c.JupyterHub.services = [{"name": "gateway", "api_token": TOKEN, "admin": True}]
c.JupyterHub.load_roles = [{"name": "gateway", "services": ["gateway"], "scopes": SCOPES}]
