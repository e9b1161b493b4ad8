"""The version of a resource (RFC 7643 3.1, RFC 7644 3.14): a weak entity tag over all that the gateway shows of it.

It is made of what a read of all attributes shows, without URLs, so it is the same in every replica, after every restart
and below every address. A version that the backend keeps goes in where the mapping carries it, and never stands alone:
vendors exist whose version is always the same, and it knows nothing of lists and attributes that are kept elsewhere.
"""

from base64 import urlsafe_b64encode
from hashlib import blake2b

from msgspec import Raw
from msgspec.json import Encoder

from gateway.lens.lens import Document
from gateway.pipeline.present import Lists, View
from gateway.scim.project import project

BYTES = 12
DATES = ("created", "lastModified")
SECONDS = len("2026-01-05T09:00:00")  # a vendor exists whose reads show fractions and whose lists do not
_encode = Encoder(order="sorted").encode


def version_of(resource: Document, view: View) -> str:
    """An entity tag such as `W/"Kdiu-kfTkAJspP5m"`. `resource` is whole, in SCIM's terms, without locations."""
    if not view.restrained.isdisjoint(resource):
        resource = project(resource, view.whole, view.type)
    meta = dict(resource["meta"])
    for name in DATES:
        if name in meta:
            meta[name] = str(meta[name])[:SECONDS]
    digest = blake2b(_encode({**settle(resource, view.lists), "meta": meta}), digest_size=BYTES).digest()
    return f'W/"{urlsafe_b64encode(digest).decode()}"'


def stamp(resource: Document, view: View, *, whole: bool) -> Document:
    """The resource with its version in `meta`; with none where it is not whole."""
    meta = dict(resource["meta"])
    meta.pop("version", None)
    if whole:
        meta["version"] = version_of(resource, view)
    return {**resource, "meta": meta}


def settle(value: Document, lists: Lists) -> Document:
    """The object with the items of its lists in one order: backends change it, and it means nothing (RFC 7643 2.4)."""
    settled: Document = {}
    for name, inside in lists.items():
        one = value.get(name)
        if not one:
            continue
        if inside is not None:
            settled[name] = settle(one, inside)
        elif len(one) > 1:
            settled[name] = Raw(b"[%b]" % b",".join(sorted(map(_encode, one))))
    return {**value, **settled} if settled else value
