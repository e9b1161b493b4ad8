"""What the playbooks of changes share: names of calls, PATCH messages, and backends that lack one of the two."""

from gateway.conversation.effects import Reply

ID = "2819c223"
READ = f"GET /Users/{ID}"
PATCH = f"PATCH /Users/{ID}"
PUT = f"PUT /Users/{ID}"
MESSAGE = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
WORK = [{"value": "bjensen@example.com", "type": "work", "primary": True}]
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def patch(*operations):
    return {
        "schemas": [MESSAGE],
        "Operations": [dict(zip(("op", "path", "value"), one, strict=False)) for one in operations],
    }


def ok(record):
    return Reply(200, {}, record)
