"""redis-py, told not to be helpful: no hidden retries, short timeouts, no health checks of its own."""

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider

from gateway.edge.redis_groups import Cluster, Sentinels
from gateway.edge.secrets import Secret, read_secret
from gateway.edge.state_address import StateAddress

SECONDS = 0.25
CONNECT_SECONDS = 0.2
CONNECTIONS = 64


class Given(CredentialProvider):
    """User and password, read again at every connect."""

    def __init__(self, username: str | None, password: Secret) -> None:
        self.username = username
        self.password = password

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        value = read_secret(self.password)
        return (self.username, value) if self.username else (value,)


def options_for(address: StateAddress) -> dict[str, Any]:
    """What every kind of client is given."""
    options: dict[str, Any] = {
        "socket_timeout": SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "max_connections": CONNECTIONS,
        "protocol": 2,
    }
    if address.password is not None:
        options["credential_provider"] = Given(address.username, address.password)
    return options


def single_options(address: StateAddress) -> dict[str, Any]:
    return {
        **options_for(address),
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "db": address.db,
    }


def open_client(address: StateAddress) -> Any:
    """A client for the address; nothing is connected yet."""
    if address.kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in address.hosts]
        retry = Retry(NoBackoff(), 0)
        return Cluster(startup_nodes=nodes, retry=retry, ssl=address.tls, **options_for(address))
    options = single_options(address)
    if address.kind == "sentinel":
        watch = {key: options[key] for key in ("socket_timeout", "socket_connect_timeout", "retry", "protocol")}
        make: Any = Sentinels  # redis-py leaves it untyped
        sentinel = make(list(address.hosts), sentinel_kwargs=watch, ssl=address.tls, **options)
        return sentinel.master_for(address.service)
    if address.kind == "unix":
        return Redis(unix_socket_path=address.path, **options)
    host, port = address.hosts[0]
    return Redis(host=host, port=port, ssl=address.tls, **options)
