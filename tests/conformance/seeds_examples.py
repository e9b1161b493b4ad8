"""The examples on the four vendors' own pages, as data: what a client sends us, what the vendor must be sent."""

from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PING_CORE = "urn:pingidentity:schemas:User:1.0"
PING_PROFILE = "urn:pingidentity:schemas:sample:profile:1.0"
Document = dict[str, Any]

# Cube Cloud, "Create user" and "Replace user".
CUBE_CREATE: Document = {
    "schemas": [USER],
    "userName": "jane@example.com",
    "name": {"givenName": "Jane", "familyName": "Doe"},
    "emails": [{"value": "jane@example.com", "primary": True}],
    "active": True,
}
CUBE_REPLACE: Document = {
    "userName": "jane.doe@example.com",
    "schemas": [USER],
    "name": {"givenName": "Jane", "familyName": "Doe-Smith"},
    "emails": [{"value": "jane.doe@example.com", "primary": True}],
    "active": True,
    "externalId": "701984",
}

# RSA, "SCIM API for User Creation": the minimal and the full representation, trailing commas removed.
RSA_MINIMAL: Document = {"userName": "User One", "emails": [{"type": "work", "value": "user.one@example.com"}]}


def rsa_address(kind: str, primary: bool) -> Document:
    """The page's addresses: those of work and home are alike."""
    words = ("formatted", "locality", "region", "postalCode", "country")
    street = {"streetAddress": "changedWorkStreetAddress" if kind == "other" else "changedworkStreetAddress"}
    changed = {word: word if kind == "other" else f"changed{word}" for word in words}
    return {"type": kind, **changed, **street, "primary": primary}


RSA_FULL: Document = {
    "userName": "clouduser5",
    "displayName": "clouduser5-dn",
    "nickName": "clouduser5-nn",
    "password": "SamplePassword@123",
    "title": "clouduser5-title",
    "active": True,
    "emails": [
        {"type": "work", "value": "clouduser5@example.com", "primary": True},
        {"type": "home", "value": "clouduser5home@example.com", "primary": False},
        {"type": "other", "value": "clouduser5other@example.com", "primary": False},
    ],
    "schemas": [USER, ENTERPRISE],
    "name": {
        "givenName": "clouduser5-givenName",
        "familyName": "clouduser5-familyName",
        "formatted": "clouduser5-formatted",
    },
    "phoneNumbers": [
        {"type": "work", "value": "+31 65 7777777", "primary": True},
        {"type": "mobile", "value": "+31 65 8888888", "primary": False},
        {"type": "home", "value": "+31 65 9999999", "primary": False},
        {"type": "pager", "value": "+31 65 999999", "primary": False},
        {"type": "fax", "value": "+31 65 999999", "primary": False},
        {"type": "other", "value": "+31 65 999999", "primary": False},
    ],
    "addresses": [rsa_address("work", True), rsa_address("home", False), rsa_address("other", False)],
    "locale": "EN_US",
    "preferredLanguage": "English",
    "userType": "Employee",
}

# Huawei Cloud, "Creating a User".
HUAWEI: Document = {
    "externalId": "123456",
    "userName": "xxx",
    "name": {
        "formatted": "xxx",
        "familyName": "xxx",
        "givenName": "xxx",
        "middleName": "xxx",
        "honorificPrefix": "xxx",
        "honorificSuffix": "xxx",
    },
    "displayName": "xxx",
    "nickName": "xxx",
    "profileUrl": "xxx",
    "emails": [{"value": "xxx", "type": "work", "primary": True}],
    "addresses": [
        {
            "formatted": "xxx",
            "streetAddress": "xxx",
            "locality": "xxx",
            "region": "xxx",
            "postalCode": "123456",
            "country": "xxx",
            "type": "work",
            "primary": True,
        }
    ],
    "phoneNumbers": [{"value": "xxx", "type": "work", "primary": True}],
    "userType": "xxx",
    "title": "xxx",
    "preferredLanguage": "zh-CN",
    "locale": "zh-CN",
    "timezone": "xxx",
    "active": True,
    "schemas": [USER],
}

# PingDirectory, "Create a User". A client knows the core schema by its IETF URN.
PING: Document = {
    "emails": [{"primary": True, "type": "work", "value": "pat.conley@example.com"}],
    "name": {"familyName": "Conley", "formatted": "Pat Conley", "givenName": "Pat"},
    "password": "valis",
    "schemas": [PING_CORE, PING_PROFILE],
    PING_PROFILE: {"birthDate": "1948-07-13"},
    "userName": "pconley",
}
