"""Deactivating somebody at a backend that has no field for it: decided before anything is sent."""

from gateway.lens.lens import Document
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.patch import Operation

ACTIVE = AttrPath(None, "active")


def is_deactivated(resource: Document) -> bool:
    """Is this somebody who shall not get in?"""
    return resource.get("active") is False


def sets_inactive(operations: tuple[Operation, ...]) -> bool:
    """Does a PATCH deactivate? What a later operation takes back counts too: it is decided by the result then."""
    return any(one.path.target == ACTIVE and one.op != "remove" and one.value is False for one in operations)


def refuse_deactivation(target: Target, *, deactivates: bool) -> None:
    """Raises SG220 where the mapping refuses to claim what the backend cannot do."""
    if deactivates and target.resource.deactivation == "refuse":
        raise Problem("SG220")
