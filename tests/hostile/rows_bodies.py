"""Bodies that nobody should send, and PATCH documents among them."""

import json

from rows import BEARER, MEGABYTE, PATCH_OP, USERS, Row, patch, post, user
from wire import request

BODIES = {
    "arrays, ten thousand deep": Row(post(user("[" * 10_000 + "]" * 10_000)), (400,)),
    "objects, a hundred deep": Row(post(user('{"a":' * 100 + "1" + "}" * 100)), (400,)),
    "opening brackets only": Row(post(b"[" * 100_000), (400,)),
    "bytes that are no UTF-8": Row(
        post(user('"\xff\xfe"').replace(b"\xc3\xbf", b"\xff").replace(b"\xc3\xbe", b"\xfe")), (400,)
    ),
    "an overlong slash": Row(post(b'{"userName":"\xc0\xaf"}'), (400,)),
    "half a surrogate pair": Row(post(user('"\\ud800"')), (400,)),
    "a key twice": Row(post(b'{"userName":"bjensen","userName":"jsmith"}'), (400,)),
    "a key twice in two letter cases": Row(post(b'{"userName":"bjensen","USERNAME":"jsmith"}'), (400,)),
    "a key twice, deep down": Row(post(b'{"userName":"bjensen","name":{"givenName":"a","givenName":"b"}}'), (400,)),
    "a certificate that is no base64": Row(
        post(b'{"userName":"bjensen","x509Certificates":[{"value":"-----BEGIN CERTIFICATE-----"}]}'), (400,)
    ),
    "a reference that is no URI": Row(post(b'{"userName":"bjensen","profileUrl":"http://a/<script>"}'), (400,)),
    "nothing": Row(post(b""), (400,)),
    "white space": Row(post(b"   \r\n "), (400,)),
    "half a document": Row(post(b'{"userName":"bjen'), (400,)),
    "two documents": Row(post(b'{"userName":"bjensen"}{"userName":"jsmith"}'), (400,)),
    "a list": Row(post(b'[{"userName":"bjensen"}]'), (400,)),
    "a text": Row(post(b'"bjensen"'), (400,)),
    "null": Row(post(b"null"), (400,)),
    "NaN": Row(post(user("NaN")), (400,)),
    "infinity": Row(post(user("1e999999")), (400,)),
    "a number of five thousand digits": Row(post(user("9" * 5000)), (400,)),
    "XML with an entity": Row(
        post(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'), (400,)
    ),
    "a userName that is an object": Row(post(user('{"$ne":null}')), (400,)),
    "a userName that is a list": Row(post(user('["bjensen"]')), (400,)),
    "a userName that is a number": Row(post(user("5")), (400,)),
    "no userName": Row(post(b'{"displayName":"x"}'), (400,)),
    "an empty userName": Row(post(user('""')), (400,)),
    "schemas that are a text": Row(post(b'{"schemas":"x","userName":"bjensen"}'), (400,)),
    "two primary e-mails": Row(
        post(b'{"userName":"bjensen","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}'), (400,)
    ),
    "a megabyte too much": Row(post(user('"' + "x" * 3 * MEGABYTE + '"')), (413,)),
    "a length that is a lie of gigabytes": Row(post(b"{}", Content_Length="99999999999"), (413,)),
    "three megabytes in chunks": Row(
        request(
            "POST", USERS, None, {**BEARER, "Content-Type": "application/scim+json", "Transfer-Encoding": "chunked"}
        )
        + b"".join(b"%x\r\n%s\r\n" % (MEGABYTE, b"x" * MEGABYTE) for _ in range(3))
        + b"0\r\n\r\n",
        (413,),
    ),
    "a body that claims to be compressed": Row(post(b"\x1f\x8b\x08\x00nonsense", Content_Encoding="gzip"), (415,)),
    "plain text": Row(post(b'{"userName":"bjensen"}', Content_Type="text/plain"), (415,)),
    "a form": Row(post(b"userName=bjensen", Content_Type="application/x-www-form-urlencoded"), (415,)),
    "a multipart form": Row(post(b"--x--", Content_Type="multipart/form-data; boundary=x"), (415,)),
    "a content type that is none": Row(post(b'{"userName":"bjensen"}', Content_Type="json"), (415,)),
    "UTF-16": Row(
        post('{"userName":"bjensen"}'.encode("utf-16"), Content_Type="application/json; charset=utf-16"), (400, 415)
    ),
}

PATCHES = {
    "a thousand and one operations": Row(
        patch(*[{"op": "replace", "path": "active", "value": True}] * 1001), (400, 413)
    ),
    "no operations": Row(patch(), (400,)),
    "operations that are texts": Row(patch("replace"), (400,)),
    "an unknown op": Row(patch({"op": "move", "path": "userName", "from": "displayName"}), (400,)),
    "an op that is a list": Row(patch({"op": ["add"], "path": "userName", "value": "x"}), (400,)),
    "a path that is a number": Row(patch({"op": "add", "path": 5, "value": "x"}), (400,)),
    "a path of an unknown attribute": Row(patch({"op": "add", "path": "shoeSize", "value": 43}), (400,)),
    "a path with an open bracket": Row(patch({"op": "remove", "path": 'emails[type eq "work"'}), (400,)),
    "a path with two filters": Row(patch({"op": "remove", "path": 'emails[type eq "a"][type eq "b"]'}), (400,)),
    "a path a thousand parentheses deep": Row(
        patch({"op": "remove", "path": f"emails[{'(' * 1000}value pr{')' * 1000}]"}), (400,)
    ),
    "a JSON pointer": Row(patch({"op": "replace", "path": "/userName", "value": "x"}), (400,)),
    "dots in a path": Row(patch({"op": "replace", "path": "../../userName", "value": "x"}), (400,)),
    "a prototype": Row(patch({"op": "add", "path": "__proto__.admin", "value": True}), (400,)),
    "an id to be changed": Row(patch({"op": "replace", "path": "id", "value": "u-2"}), (400,)),
    "meta to be changed": Row(
        patch({"op": "replace", "path": "meta.location", "value": "http://evil.example"}), (400,)
    ),
    "remove without a path": Row(patch({"op": "remove"}), (400,)),
    "replace without a value": Row(patch({"op": "replace", "path": "userName"}), (400,)),
    "no operations at all": Row(
        request("PATCH", f"{USERS}/u-1", json.dumps({"schemas": [PATCH_OP]}).encode(), BEARER), (400,)
    ),
    "a list of operations alone": Row(request("PATCH", f"{USERS}/u-1", b'[{"op":"add"}]', BEARER), (400,)),
    "values a hundred deep": Row(
        patch({"op": "add", "path": "emails", "value": json.loads("[" * 60 + "]" * 60)}), (400,)
    ),
}
