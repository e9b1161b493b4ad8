"""One sentence for every oddity of a vendor, said where it is seen: each has a condition over its scene."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from gateway.demo.play import Scene
from gateway.demo.story import read_member
from gateway.scim.names import ENTERPRISE

Seen = Callable[[Scene], bool]


class Remark(Struct, frozen=True):
    """What is odd at a step with a vendor, and how it shows."""

    vendor: str
    step: str
    says: str
    seen: Seen


def called(scene: Scene) -> Any:
    """The body of the last call."""
    return scene.calls[-1].request_body if scene.calls else None


def replied(scene: Scene) -> Any:
    return scene.calls[-1].response_body if scene.calls else None


def methods(*names: str) -> Seen:
    """Did the step become just these calls?"""
    return lambda scene: tuple(call.method for call in scene.calls) == names


def types_of(body: Any, name: str) -> list[Any]:
    """The `type` of every item of a list, None where there is none."""
    return [one.get("type") for one in body.get(name, ())]


def unfiltered(scene: Scene) -> bool:
    return bool(scene.calls) and all("filter=" not in call.query for call in scene.calls)


def cleared_by_null(scene: Scene) -> bool:
    body = called(scene)
    return isinstance(body, dict) and "title" in body and body["title"] is None


def wrong_location(scene: Scene) -> bool:
    body = replied(scene)
    return not str(read_member(body, "meta.location")).endswith(body["id"])


def answers_none(scene: Scene) -> bool:
    return scene.none and not scene.calls


NO_GROUPS = (
    "no Groups at this vendor: /Groups answers 404 (SG106) and /ResourceTypes does not list them. "
    "No call is made, so the steps with members are left out."
)
KEPT = "externalId is unknown to this vendor. The gateway keeps it, so clients find by it: one look-up, one read."
NO_ENTERPRISE = "the enterprise extension is not in its schema: taken from the client, left out, and counted."

REMARKS: tuple[Remark, ...] = (
    # Cube Cloud
    Remark("cube-cloud", "create", "e-mails have no type here: left out, and shown as work on the way back.",
           lambda scene: set(types_of(called(scene), "emails")) == {None}),
    Remark("cube-cloud", "create", "title, phoneNumbers and the enterprise extension are not in its schema: taken from "
           "the client, left out, and counted (scim_gateway_values_narrowed_total).",
           lambda scene: not {"title", "phoneNumbers", ENTERPRISE} & set(called(scene))),
    Remark("cube-cloud", "create", "displayName is none of its attributes: clients see it made from the names.",
           lambda scene: "displayName" in scene.answer and "displayName" not in replied(scene)),
    Remark("cube-cloud", "find", "no search by externalId is documented: everything is read, and matched here.",
           unfiltered),
    Remark("cube-cloud", "update", "the department goes nowhere here: one of two operations is left.",
           lambda scene: len(called(scene)["Operations"]) == 1),
    Remark("cube-cloud", "replace", "compared with the record just read, nothing is new to this vendor: no write.",
           methods("GET")),
    Remark("cube-cloud", "group", "groups have no externalId here: left out.",
           lambda scene: "externalId" not in called(scene)),
    # RSA Unified Directory
    Remark("rsa-unified-directory", "create", "a closed list of types: private becomes other, iphone becomes mobile.",
           lambda scene: "other" in types_of(called(scene), "emails")
           and "mobile" in types_of(called(scene), "phoneNumbers")),
    Remark("rsa-unified-directory", "create", "its meta.location names another id than id does: clients get ours.",
           wrong_location),
    Remark("rsa-unified-directory", "create", "it takes the enterprise extension and shows it in no answer: this one "
           "answer is completed from what was sent.",
           lambda scene: ENTERPRISE in scene.answer and ENTERPRISE not in replied(scene)),
    Remark("rsa-unified-directory", "create", "one date with an offset, one without: clients get UTC for both.",
           lambda scene: "-05:00" in replied(scene)["meta"]["created"]
           and scene.answer["meta"]["created"].endswith("Z")),
    Remark("rsa-unified-directory", "read", "the enterprise extension is not seen again: this vendor never shows it.",
           lambda scene: ENTERPRISE not in scene.answer),
    Remark("rsa-unified-directory", "find", KEPT, methods("GET")),
    Remark("rsa-unified-directory", "replace", "what its PUT does with attributes left out is not written down: an "
           "explicit null clears the title under either reading.", cleared_by_null),
    Remark("rsa-unified-directory", "group", NO_GROUPS, answers_none),
    # Huawei Cloud IAM Identity Center
    Remark("huawei-identity-center", "test connection", "no filter is documented, and a list ends at 50: nobody is "
           "proven by reading to the end, page by page with its opaque startIndex.",
           lambda scene: len(scene.calls) > 1 and unfiltered(scene)),
    Remark("huawei-identity-center", "create", "displayName is mandatory: filled from the names.",
           lambda scene: "displayName" in called(scene) and "displayName" not in (scene.sent or {})),
    Remark("huawei-identity-center", "create", "exactly one e-mail: the primary one is carried, the other is not.",
           lambda scene: len(called(scene)["emails"]) == 1),
    Remark("huawei-identity-center", "create", "no meta.location at all: clients get ours.",
           lambda scene: "location" not in replied(scene)["meta"]),
    Remark("huawei-identity-center", "update", "its PATCH types every value as a text, so the record is read, changed "
           "in memory and written back whole, with the id in the body.",
           lambda scene: "id" in called(scene) and scene.calls[-1].method == "PUT"),
    Remark("huawei-identity-center", "group", "groups have no externalId here: left out.",
           lambda scene: "externalId" not in called(scene)),
    Remark("huawei-identity-center", "gone", "its errors carry a number as status, a second schema and a time: clients "
           "get the standard's form.", lambda scene: isinstance(replied(scene)["status"], int)),
    # PingDirectory
    Remark("ping-directory", "create", "its own core URN in schemas, in both directions.",
           lambda scene: called(scene)["schemas"][0] == "urn:pingidentity:schemas:User:1.0"),
    Remark("ping-directory", "create", NO_ENTERPRISE, lambda scene: ENTERPRISE not in called(scene)),
    Remark("ping-directory", "create", "it says resourceType Users and a location with a port: clients get User, and "
           "our location.", lambda scene: replied(scene)["meta"]["resourceType"] == "Users"),
    Remark("ping-directory", "find", KEPT, methods("GET")),
    Remark("ping-directory", "replace", "its PUT keeps what is left out: the title needs an explicit null to go.",
           cleared_by_null),
    Remark("ping-directory", "group", NO_GROUPS, answers_none),
)  # fmt: skip


def remarks_on(vendor: str, scene: Scene) -> Iterator[Remark]:
    """What is to be said of a scene: the oddities that it really shows."""
    for remark in REMARKS:
        if remark.vendor == vendor and remark.step == scene.step.name and is_seen(remark, scene):
            yield remark


def is_seen(remark: Remark, scene: Scene) -> bool:
    """Does the scene show it? A body without the expected parts does not."""
    try:
        return remark.seen(scene)
    except (KeyError, IndexError, TypeError, AttributeError):
        return False
