"""The next page by a link in a header (RFC 8288), followed only below the backend's own address.

A backend's answer could name any place on earth, and the call that follows carries the tenant's credential.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit

from gateway.pipeline.problems import Problem

_NAME = r"[\w!#$&+.^`|~*-]+"
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"|[^\s",;]*)"""
_LINK = re.compile(rf"<([^<>]*)>((?:\s*;\s*{_NAME}(?:\s*=\s*{_VALUE})?)*)")
_PARAMETER = re.compile(rf";\s*({_NAME})(?:\s*=\s*({_VALUE}))?")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_PORTS = {"https": 443, "http": 80}
MAX_PARAMETERS = 100


def find_link(header: str, rel: str) -> str | None:
    """The target of the first link with this relation; the header may hold many."""
    for target, parameters in _LINK.findall(header):
        said = (value for name, value in _PARAMETER.findall(parameters) if name.lower() == "rel")
        if rel.lower() in next(said, "").strip('"').lower().split():  # a second `rel` is ignored (RFC 8288 3.3)
            return str(target)
    return None


def follow_link(base: str, path: str, target: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The path below `base` and the decoded pairs of a link in the answer to `base` + `path`.

    Raises SG513 for a link that leads away from the base URL, or cannot be read.
    """
    try:
        home, there = urlsplit(base), urlsplit(urljoin(f"{base}{path}", target))
        same = _origin(home) == _origin(there) and there.path.startswith(f"{home.path}/")
        if not same or _CONTROL.search(target) or _leaves(there.path):
            raise Problem("SG513")
        pairs = parse_qsl(there.query, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise Problem("SG513") from None
    return there.path[len(home.path) :], tuple(pairs)


def _origin(url: SplitResult) -> tuple[str, str, int | None]:
    """RFC 6454; a name before the host makes it nobody's."""
    if url.username is not None or not url.hostname:
        raise ValueError("no origin")
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)


def _leaves(path: str) -> bool:
    """Servers resolve dot segments even when they are encoded (RFC 3986 6.2.2)."""
    return any(step in (".", "..") for step in re.split(r"[/\\]", unquote(path)))
