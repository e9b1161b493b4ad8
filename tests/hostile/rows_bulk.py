"""Bulk requests that nobody should send: whole ones that are refused, and such as fail operation by operation."""

import json
from typing import Any

from rows import BEARER, MEGABYTE, PATCH_OP, Row
from wire import request

BULK = "/acme/scim/v2/Bulk"
BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
DELETE = {"method": "DELETE", "path": "/Users/u-1"}


def message(*operations: Any, **more: Any) -> dict[str, Any]:
    return {"schemas": [BULK_REQUEST], "Operations": list(operations), **more}


def bulk(*operations: Any, **more: Any) -> bytes:
    return request("POST", BULK, json.dumps(message(*operations, **more)).encode(), BEARER)


def raw(body: bytes, **headers: str) -> bytes:
    return request("POST", BULK, body, {**BEARER, **{name.replace("_", "-"): text for name, text in headers.items()}})


BULKS = {
    "nothing": Row(raw(b""), "SG201"),
    "an empty object": Row(raw(b"{}"), "SG201"),
    "a list of operations alone": Row(raw(json.dumps([DELETE]).encode()), "SG201"),
    "a PatchOp": Row(raw(json.dumps({"schemas": [PATCH_OP], "Operations": [DELETE]}).encode()), "SG201"),
    "ten thousand and one operations": Row(bulk(*[DELETE] * 10_001), "SG130"),
    "one operation too many": Row(bulk(*[DELETE] * 1_001), "SG130"),
    "three megabytes of one operation": Row(
        bulk({"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "x" * 3 * MEGABYTE}}), "SG117"
    ),
    "a length that is a lie of gigabytes": Row(raw(b"{}", Content_Length="99999999999"), "SG117"),
    "operations that are an object": Row(raw(json.dumps({**message(), "Operations": {"0": DELETE}}).encode()), "SG201"),
    "operations that are texts": Row(bulk("DELETE /Users/u-1"), "SG201"),
    "operations that are lists": Row(bulk([DELETE]), "SG201"),
    "operations a hundred deep": Row(raw(b'{"Operations":' + b"[" * 100 + b"]" * 100 + b"}"), "SG201"),
    "a bulkId that is a number": Row(bulk(DELETE, {**DELETE, "bulkId": 5}), "SG201"),
    "a bulkId that is an object": Row(bulk({**DELETE, "bulkId": {"$ne": ""}}), "SG201"),
    "a bulkId that is a list": Row(bulk({**DELETE, "bulkId": ["a"]}), "SG201"),
    "a method that is a list": Row(bulk({**DELETE, "method": ["DELETE"]}), "SG201"),
    "a path that is a number": Row(bulk({**DELETE, "path": 1}), "SG201"),
    "a version that is true": Row(bulk({**DELETE, "version": True}), "SG201"),
    "two paths in two letter cases": Row(bulk({**DELETE, "Path": "/Users/u-2"}), "SG201"),
    "a path twice": Row(
        raw(json.dumps(message(DELETE)).replace('"path":', '"path": "/Users/u-2", "path":').encode()), "SG201"
    ),
    "no errors allowed at all": Row(bulk(DELETE, failOnErrors=0), "SG202"),
    "fewer errors than none": Row(bulk(DELETE, failOnErrors=-1), "SG202"),
    "half an error": Row(bulk(DELETE, failOnErrors=0.5), "SG202"),
    "errors without end": Row(raw(json.dumps(message(DELETE)).encode()[:-1] + b',"failOnErrors":1e999}'), "SG201"),
    "true errors": Row(bulk(DELETE, failOnErrors=True), "SG202"),
    "plain text": Row(raw(json.dumps(message(DELETE)).encode(), Content_Type="text/plain"), "SG113"),
    "a DELETE of Bulk": Row(request("DELETE", BULK, None, BEARER), "SG105"),
    "what is below Bulk": Row(request("POST", f"{BULK}/1", b"{}", BEARER), "SG106"),
    "no token": Row(request("POST", BULK, json.dumps(message(DELETE)).encode(), {}), "SG101"),
}


def post(bulk_id: str, path: str = "/Users", **data: Any) -> dict[str, Any]:
    return {"method": "POST", "path": path, "bulkId": bulk_id, "data": data}


# Each of these is answered 200, and every operation of it with this status; no vendor is called.
OPERATIONS: dict[str, tuple[bytes, str]] = {
    "a bulk of bulks": (bulk({**post("a", "/Bulk"), "data": message(message(DELETE))}), "400"),
    "a search": (bulk({**post("a", "/Users/.search"), "data": {"filter": "userName pr"}}), "400"),
    "reads": (bulk({"method": "GET", "path": "/Users"}, {"method": "HEAD", "path": "/Users/1"}), "400"),
    "a method of our own": (bulk({**DELETE, "method": "FROBNICATE"}, {**DELETE, "method": "DELETE\r\nX: 1"}), "400"),
    "queries": (bulk({**DELETE, "path": "/Users/1?filter=x"}, {**DELETE, "path": "/Users?/1"}), "400"),
    "a fragment": (bulk({**DELETE, "path": "/Users/1#2"}), "400"),
    "dots": (bulk({**DELETE, "path": "/Users/../Groups/1"}, {**DELETE, "path": "/Users/%2e%2e"}), "404"),
    "encoded slashes": (bulk({**DELETE, "path": "/Users/..%2fGroups"}, {**DELETE, "path": "/Users/a%252fb"}), "404"),
    "another tenant": (bulk({**DELETE, "path": "/../../../emea/scim/v2/Users/1"}), "404"),
    "another host": (bulk({**DELETE, "path": "http://169.254.169.254/Users/1"}), "404"),
    "Me": (bulk({**DELETE, "path": "/Me"}, {**post("a", "/Me")}), "501"),
    "everybody": (bulk({**DELETE, "path": "/Users"}, {"method": "PUT", "path": "/Groups", "data": {}}), "405"),
    "discovery": (bulk({**DELETE, "path": "/Schemas"}, {**post("a", "/ResourceTypes")}), "405"),
    "no bulkId": (bulk(post("", userName="a"), {**post("a", userName="b"), "bulkId": None}), "400"),
    "one bulkId a thousand times": (bulk(*[post("a", userName="a")] * 1000), "400"),
    "references to nobody": (bulk(post("a", "/Groups", displayName="a", members=[{"value": "bulkId:b"}])), "400"),
    "a path of nobody": (bulk({**DELETE, "path": "/Users/bulkId:a"}), "400"),
    "a path of a bulkId without a name": (bulk({**DELETE, "path": "/Users/bulkId:"}), "404"),
    "no data": (
        bulk({"method": "POST", "path": "/Users", "bulkId": "a"}, {"method": "PUT", "path": "/Users/1"}),
        "400",
    ),
    "a circle of a thousand that cannot be": (
        bulk(*[post(str(n), title="x", members=[{"value": f"bulkId:{(n + 1) % 1000}"}]) for n in range(1000)]),
        "4",
    ),
    "data of another kind": (bulk({**post("a"), "data": "userName"}, {**post("b"), "data": [1, 2]}), "400"),
    "a version that is no tag": (bulk({**DELETE, "version": "x\r\nX-Evil: 1"}), "400"),
}
