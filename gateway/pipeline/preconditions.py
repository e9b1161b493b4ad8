"""Preconditions (RFC 9110 section 13): what a client knows of a resource, and what becomes of its request then.

All versions are weak, so both headers compare weakly: a client sends in If-Match what it was shown (RFC 7644 3.14).
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from gateway.pipeline.problems import Problem

ANY = "*"
_TAG = re.compile(r'[ \t]*(?:W/)?("[\x21\x23-\x7e\x80-\U0010ffff]*")[ \t]*(?:,|$)')
Tags = frozenset[str]


class Preconditions(Struct, frozen=True):
    """`match`: the request is for one of these versions; `none_match`: for none of these. `*` is every version.

    Tags are as they stand in the header, without `W/`.
    """

    match: Tags | None = None
    none_match: Tags | None = None


def read_preconditions(headers: Mapping[str, str]) -> Preconditions | None:
    """If-Match and If-None-Match; None without them. Raises SG140 for what is no entity tag."""
    match, none_match = (read_tags(headers, name) for name in ("If-Match", "If-None-Match"))
    return None if match is None and none_match is None else Preconditions(match, none_match)


def read_tags(headers: Mapping[str, str], name: str) -> Tags | None:
    """The tags of one of the two headers."""
    text = headers.get(name.lower())
    if text is None:
        return None
    if text.strip() == ANY:
        return frozenset({ANY})
    tags: set[str] = set()
    at = 0
    while at < len(text) or not tags:
        found = _TAG.match(text, at)
        if found is None:
            raise Problem("SG140", f"The header {name} holds no entity tags")
        tags.add(found[1])
        at = found.end()
    return frozenset(tags)


def includes(tags: Tags, version: str) -> bool:
    """Is the version of a resource that exists among them?"""
    return ANY in tags or version.removeprefix("W/") in tags


def require_match(preconditions: Preconditions, version: str) -> None:
    """A 412 Problem when the client knows another version."""
    if preconditions.match is not None and not includes(preconditions.match, version):
        raise Problem("SG511")


def require_current(preconditions: Preconditions, version: str) -> None:
    """The same before a change, which takes both headers (RFC 9110 13.2.2)."""
    require_match(preconditions, version)
    if preconditions.none_match is not None and includes(preconditions.none_match, version):
        raise Problem("SG511", "The resource has a version that If-None-Match excludes", "Leave the header out.")


def is_known(preconditions: Preconditions, version: str) -> bool:
    """Has the client this version already?"""
    return preconditions.none_match is not None and includes(preconditions.none_match, version)
