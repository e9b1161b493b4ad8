"""Canaille, the whole program, told line by line what its administrator does. Run by the interpreter that has it.

    python canaille_program.py SCIM_BASE ACCESS_TOKEN

Each line of the input is a JSON list, `["save", "User", {fields}]` or `["delete", "User", {"user_name": "bjensen"}]`.
Each line of the output is the JSON list of what Canaille logged meanwhile as a warning or worse.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend

NAMED_BY = {"User": "user_name", "Group": "display_name"}
SETTINGS: dict[str, Any] = {
    "SECRET_KEY": "a-secret-of-nobody",
    "SERVER_NAME": "idp.example.com",
    "CANAILLE": {"DATABASE": "memory"},
    "CANAILLE_OIDC": {},
    "CANAILLE_SCIM": {"ENABLE_CLIENT": True},
}


class Warnings(logging.Handler):
    """Keeps what was logged until it is told."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record.getMessage())

    def tell(self) -> list[str]:
        told, self.kept = self.kept, []
        return told


def trust(base: str, token: str) -> None:
    """An application that everybody uses (127.0.0.1 is trusted), at `base`, and the token Canaille shows there."""
    now = datetime.now(UTC)
    client = models.Client(client_id="gateway", client_name="The gateway", client_uri=base, client_id_issued_at=now)
    Backend.instance.save(client)
    Backend.instance.save(
        models.Token(
            token_id="of-the-gateway",
            access_token=token,
            client=client,
            audience=[client],
            subject=None,
            scope=["openid", "profile"],
            issue_date=now,
            lifetime=3600,
        )
    )


def find(kind: str, name: str) -> Any:
    return Backend.instance.get(getattr(models, kind), **{NAMED_BY[kind]: name})


def as_stored(field: str, value: Any) -> Any:
    """What JSON cannot say: the people of a group, and the moment of a lock."""
    if field == "members":
        return [find("User", name) for name in value]
    if field == "lock_date" and value:
        return datetime.fromisoformat(value)
    return value


def act(what: str, kind: str, fields: dict[str, Any]) -> None:
    found = find(kind, fields[NAMED_BY[kind]])
    if what == "delete":
        Backend.instance.delete(found)
        return
    resource = found or getattr(models, kind)()
    for field, value in fields.items():
        setattr(resource, field, as_stored(field, value))
    Backend.instance.save(resource)


def main() -> None:
    app = create_app(config=SETTINGS)
    warnings = Warnings()
    with app.app_context(), app.backend.session():
        trust(*sys.argv[1:3])
        logging.getLogger().addHandler(warnings)
        app.logger.addHandler(warnings)
        for line in sys.stdin:
            act(*json.loads(line))
            print(json.dumps(warnings.tell()), flush=True)


if __name__ == "__main__":
    main()
