"""Bodies that nobody should send, and PATCH documents among them."""

import json

from rows import BEARER, MEGABYTE, PATCH_OP, USERS, Row, patch, post, user
from wire import request

BODIES = {
    "arrays, ten thousand deep": Row(post(user("[" * 10_000 + "]" * 10_000)), "SG201"),
    "objects, a hundred deep": Row(post(user('{"a":' * 100 + "1" + "}" * 100)), "SG201"),
    "opening brackets only": Row(post(b"[" * 100_000), "SG201"),
    "bytes that are no UTF-8": Row(
        post(user('"\xff\xfe"').replace(b"\xc3\xbf", b"\xff").replace(b"\xc3\xbe", b"\xfe")), "SG201"
    ),
    "an overlong slash": Row(post(b'{"userName":"\xc0\xaf"}'), "SG201"),
    "half a surrogate pair": Row(post(user('"\\ud800"')), "SG201"),
    "a key twice": Row(post(b'{"userName":"bjensen","userName":"jsmith"}'), "SG201"),
    "a key twice in two letter cases": Row(post(b'{"userName":"bjensen","USERNAME":"jsmith"}'), "SG201"),
    "a key twice, deep down": Row(post(b'{"userName":"bjensen","name":{"givenName":"a","givenName":"b"}}'), "SG201"),
    "a certificate that is no base64": Row(
        post(b'{"userName":"bjensen","x509Certificates":[{"value":"-----BEGIN CERTIFICATE-----"}]}'), "SG202"
    ),
    "a reference that is no URI": Row(post(b'{"userName":"bjensen","profileUrl":"http://a/<script>"}'), "SG202"),
    "nothing": Row(post(b""), "SG201"),
    "white space": Row(post(b"   \r\n "), "SG201"),
    "half a document": Row(post(b'{"userName":"bjen'), "SG201"),
    "two documents": Row(post(b'{"userName":"bjensen"}{"userName":"jsmith"}'), "SG201"),
    "a list": Row(post(b'[{"userName":"bjensen"}]'), "SG201"),
    "a text": Row(post(b'"bjensen"'), "SG201"),
    "null": Row(post(b"null"), "SG201"),
    "NaN": Row(post(user("NaN")), "SG201"),
    "infinity": Row(post(user("1e999999")), "SG201"),
    "a number of five thousand digits": Row(post(user("9" * 5000)), "SG201"),
    "XML with an entity": Row(
        post(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), "SG201"
    ),
    "a userName that is an object": Row(post(user('{"$ne":null}')), "SG202"),
    "a userName that is a list": Row(post(user('["bjensen"]')), "SG202"),
    "a userName that is a number": Row(post(user("5")), "SG202"),
    "no userName": Row(post(b'{"displayName":"x"}'), "SG202"),
    "an empty userName": Row(post(user('""')), "SG202"),
    "schemas that are a text": Row(post(b'{"schemas":"x","userName":"bjensen"}'), "SG201"),
    "two primary e-mails": Row(
        post(b'{"userName":"bjensen","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}'), "SG202"
    ),
    "a megabyte too much": Row(post(user('"' + "x" * 3 * MEGABYTE + '"')), "SG117"),
    "a length that is a lie of gigabytes": Row(post(b"{}", Content_Length="99999999999"), "SG117"),
    "three megabytes in chunks": Row(
        request(
            "POST", USERS, None, {**BEARER, "Content-Type": "application/scim+json", "Transfer-Encoding": "chunked"}
        )
        + b"".join(b"%x\r\n%s\r\n" % (MEGABYTE, b"x" * MEGABYTE) for _ in range(3))
        + b"0\r\n\r\n",
        "SG117",
    ),
    "a body that claims to be compressed": Row(post(b"\x1f\x8b\x08\x00nonsense", Content_Encoding="gzip"), "SG113"),
    "plain text": Row(post(b'{"userName":"bjensen"}', Content_Type="text/plain"), "SG113"),
    "a form": Row(post(b"userName=bjensen", Content_Type="application/x-www-form-urlencoded"), "SG113"),
    "a multipart form": Row(post(b"--x--", Content_Type="multipart/form-data; boundary=x"), "SG113"),
    "a content type that is none": Row(post(b'{"userName":"bjensen"}', Content_Type="json"), "SG113"),
    "UTF-16": Row(
        post('{"userName":"bjensen"}'.encode("utf-16"), Content_Type="application/json; charset=utf-16"), "SG201"
    ),
}

PATCHES = {
    "a thousand and one operations": Row(patch(*[{"op": "replace", "path": "active", "value": True}] * 1001), "SG201"),
    "no operations": Row(patch(), "SG201"),
    "operations that are texts": Row(patch("replace"), "SG201"),
    "an unknown op": Row(patch({"op": "move", "path": "userName", "from": "displayName"}), "SG201"),
    "an op that is a list": Row(patch({"op": ["add"], "path": "userName", "value": "x"}), "SG201"),
    "a path that is a number": Row(patch({"op": "add", "path": 5, "value": "x"}), "SG401"),
    "a path of an unknown attribute": Row(patch({"op": "add", "path": "shoeSize", "value": 43}), "SG401"),
    "a path with an open bracket": Row(patch({"op": "remove", "path": 'emails[type eq "work"'}), "SG401"),
    "a path with two filters": Row(patch({"op": "remove", "path": 'emails[type eq "a"][type eq "b"]'}), "SG401"),
    "a path a thousand parentheses deep": Row(
        patch({"op": "remove", "path": f"emails[{'(' * 1000}value pr{')' * 1000}]"}), "SG301"
    ),
    "a JSON pointer": Row(patch({"op": "replace", "path": "/userName", "value": "x"}), "SG401"),
    "dots in a path": Row(patch({"op": "replace", "path": "../../userName", "value": "x"}), "SG401"),
    "a prototype": Row(patch({"op": "add", "path": "__proto__.admin", "value": True}), "SG401"),
    "an id to be changed": Row(patch({"op": "replace", "path": "id", "value": "u-2"}), "SG203"),
    "meta to be changed": Row(
        patch({"op": "replace", "path": "meta.location", "value": "http://evil.example"}), "SG203"
    ),
    "remove without a path": Row(patch({"op": "remove"}), "SG402"),
    "replace without a value": Row(patch({"op": "replace", "path": "userName"}), "SG202"),
    "no operations at all": Row(
        request("PATCH", f"{USERS}/u-1", json.dumps({"schemas": [PATCH_OP]}).encode(), BEARER), "SG201"
    ),
    "a list of operations alone": Row(request("PATCH", f"{USERS}/u-1", b'[{"op":"add"}]', BEARER), "SG201"),
    "values a hundred deep": Row(
        patch({"op": "add", "path": "emails", "value": json.loads("[" * 60 + "]" * 60)}), "SG202"
    ),
    "a hundred thousand operations": Row(patch(*[{}] * 100_000), "SG201"),
    "operations that are an object": Row(
        request("PATCH", f"{USERS}/u-1", json.dumps({"schemas": [PATCH_OP], "Operations": {}}).encode(), BEARER),
        "SG201",
    ),
    "an op that is null": Row(patch({"op": None, "path": "title", "value": "x"}), "SG201"),
    "an op twice in two letter cases": Row(
        patch({"op": "add", "OP": "remove", "path": "title", "value": "x"}), "SG201"
    ),
    "Operations twice in two letter cases": Row(
        request(
            "PATCH",
            f"{USERS}/u-1",
            b'{"schemas":["' + PATCH_OP.encode() + b'"],"Operations":[],"operations":[]}',
            BEARER,
        ),
        "SG201",
    ),
    "an empty path": Row(patch({"op": "replace", "path": "", "value": "x"}), "SG202"),
    "the whole of meta": Row(patch({"op": "replace", "path": "meta", "value": {"resourceType": "Group"}}), "SG203"),
    "an id to be removed": Row(patch({"op": "remove", "path": "id"}), "SG203"),
    "groups to be added": Row(patch({"op": "add", "path": "groups", "value": [{"value": "admins"}]}), "SG203"),
    "a userName that is an object": Row(patch({"op": "replace", "path": "userName", "value": {"$ne": 1}}), "SG202"),
    "active that is perhaps": Row(patch({"op": "replace", "path": "active", "value": "perhaps"}), "SG202"),
    "a value without a path that is a text": Row(patch({"op": "add", "value": "bjensen"}), "SG202"),
    "a value without a path that is a list": Row(patch({"op": "add", "value": [{"active": True}]}), "SG202"),
    "e-mails that are a tree": Row(patch({"op": "add", "path": "emails", "value": {"a": {"b": {"c": 1}}}}), "SG202"),
    "a filter that compares apples": Row(
        patch({"op": "replace", "path": 'emails[primary eq "yes or no"].value', "value": "a"}), "SG301"
    ),
    "a filter of three thousand terms": Row(
        patch({"op": "remove", "path": "emails[" + " or ".join(['type eq "a"'] * 3000) + "]"}), "SG401"
    ),
}
