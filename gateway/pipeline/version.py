"""The version of a resource (RFC 7643 3.1, RFC 7644 3.14): a weak entity tag over all that the gateway shows of it.

It is made of what a read of all attributes shows, without URLs, so it is the same in every replica, after every restart
and below every address. A version that the backend keeps goes in where the mapping carries it, and never stands alone:
vendors exist whose version is always the same, and it knows nothing of lists and attributes that are kept elsewhere.
"""

from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Any

from msgspec import Raw
from msgspec.json import Encoder

from gateway.lens.lens import Document
from gateway.pipeline.present import View
from gateway.scim.project import project

BYTES = 12
DATES = frozenset({"created", "lastModified"})
SECONDS = len("2026-01-05T09:00:00")  # a vendor exists whose reads show fractions and whose lists do not
_encode = Encoder(order="sorted").encode


def version_of(resource: Document, view: View) -> str:
    """An entity tag such as `W/"Kdiu-kfTkAJspP5m"`. `resource` is whole, in SCIM's terms, without locations."""
    if not view.restrained.isdisjoint(resource):
        resource = project(resource, view.whole, view.type)
    settled = settle(resource)
    meta = {name: str(value)[:SECONDS] if name in DATES else value for name, value in resource["meta"].items()}
    digest = blake2b(_encode({**settled, "meta": meta}), digest_size=BYTES).digest()
    return f'W/"{urlsafe_b64encode(digest).decode()}"'


def stamp(resource: Document, view: View, *, whole: bool) -> Document:
    """The resource with its version in `meta`; with none where it is not whole."""
    meta = {name: value for name, value in resource["meta"].items() if name != "version"}
    return {**resource, "meta": {**meta, "version": version_of(resource, view)} if whole else meta}


def settle(value: Any) -> Any:
    """The value with the items of lists in one order: backends change it, and it means nothing (RFC 7643 2.4)."""
    if value.__class__ is list:
        return [Raw(one) for one in sorted(map(_encode, value))] if len(value) > 1 else value
    if value.__class__ is not dict:
        return value
    settled = value  # copied only where something changes: most objects hold no lists
    for name, one in value.items():
        if one.__class__ is dict or (one.__class__ is list and len(one) > 1):
            other = settle(one)
            if other is not one:
                settled = {**settled, name: other}
    return settled
