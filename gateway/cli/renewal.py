"""What was sealed anew while a secret is rotated, for people and as JSON: numbers, never values."""

from collections.abc import Iterator, Sequence
from typing import Any

from gateway.conversation.reconcile.renewing import Renewed


def tell_renewed(tenant: str, renewed: Sequence[Renewed]) -> Iterator[str]:
    """A line for each backend and type, and whether the older secrets may go."""
    for one in renewed:
        what = f"kept values of type {one.type}" if one.type else "parked marks"
        left = f", {one.left:,} left" if one.left else ""
        lost = f", {one.unopened:,} that no secret opens" if one.unopened else ""
        yield f"{one.backend}: {one.sealed:,} {what} sealed anew{left}{lost}"
    if any(one.left for one in renewed):
        yield "Run it again before the older secrets are taken away: the rest was changed meanwhile, or not saved."
    elif renewed:
        yield (
            f"All that {tenant} keeps is sealed with the first secret. The others may go once every tenant says so, "
            "and scim_gateway_pending_operations is 0."
        )


def describe_renewed(renewed: Sequence[Renewed]) -> list[dict[str, Any]]:
    return [
        {"backend": one.backend, "type": one.type, "sealed": one.sealed, "left": one.left, "unopened": one.unopened}
        for one in renewed
    ]
