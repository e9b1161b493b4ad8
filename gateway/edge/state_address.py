"""Where the state store is: one URL, never with a password inside."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from gateway.edge.secrets import Secret

SCHEMES: Mapping[str, str] = {
    "memory": "memory",
    "redis": "single",
    "rediss": "single",
    "redis+sentinel": "sentinel",
    "rediss+sentinel": "sentinel",
    "redis+cluster": "cluster",
    "rediss+cluster": "cluster",
    "redis+unix": "unix",
}
EXAMPLE = "redis://redis:6379/0"


class StateAddress(Struct, frozen=True):
    """A parsed URL. `hosts` are (name, port); `path` is a socket's; `service` is what Sentinel calls the master."""

    kind: str
    tls: bool = False
    hosts: tuple[tuple[str, int], ...] = ()
    db: int = 0
    service: str = ""
    path: str = ""
    username: str | None = None
    password: Secret | None = None

    @property
    def is_shared(self) -> bool:
        return self.kind != "memory"


def parse_state_url(text: str, username: str | None = None, password: Secret | None = None) -> StateAddress:
    """Raises ValueError with a sentence that never repeats a password."""
    scheme, separator, _ = text.partition("://")
    kind = SCHEMES.get(scheme)
    if not separator or kind is None:
        raise ValueError(f"a state URL begins with one of {', '.join(f'{known}://' for known in SCHEMES)}")
    url = urlsplit(text)
    refuse_extras(url)
    name = username or url.username
    if kind == "unix":
        return StateAddress(kind, path=url.path, username=name, password=password)
    if kind == "memory":
        return StateAddress(kind)
    hosts = tuple(read_host(part) for part in url.netloc.rpartition("@")[2].split(","))
    parts = [part for part in url.path.split("/") if part]
    service = take_service(parts) if kind == "sentinel" else ""
    db = read_db(parts)
    return StateAddress(kind, scheme.startswith("rediss"), hosts, db, service, "", name, password)


def refuse_extras(url: SplitResult) -> None:
    if "@" in url.netloc and ":" in url.netloc.rpartition("@")[0]:
        raise ValueError("a password does not stand in the URL; write { url: ..., password: { env: NAME } }")
    if url.query or url.fragment:
        raise ValueError("a state URL has no query")


def read_host(text: str) -> tuple[str, int]:
    name, _, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not port and name == "":
        name = text
    if not name and port:
        name, port = port, ""
    try:
        number = int(port or 6379)
    except ValueError:
        raise ValueError(f"a host is name:port, for example {EXAMPLE}") from None
    if not name or not 0 < number < 65536:
        raise ValueError(f"a host is name:port, for example {EXAMPLE}")
    return name.strip("[]"), number


def take_service(parts: list[str]) -> str:
    if not parts:
        raise ValueError("a Sentinel URL names the master: redis+sentinel://h1:26379,h2:26379/mymaster/0")
    return parts.pop(0)


def read_db(parts: list[str]) -> int:
    if not parts:
        return 0
    if len(parts) > 1 or not parts[0].isdigit():
        raise ValueError(f"the path of a state URL is a database number, for example {EXAMPLE}")
    return int(parts[0])
