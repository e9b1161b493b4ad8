"""Masses that a comparison would delete at a follower are left alone where no brake bounds them.

A primary that was emptied, restored from an old copy or exchanged for another looks like one that everybody has left,
and each of them is proven to be gone.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from gateway.conversation.followers.pairs import Pair
from gateway.conversation.reconcile.drifting import Drift

FREELY = 20
SHARE = 10  # one in ten


def withhold(pair: Pair, drifts: Sequence[Drift], resources: int) -> list[Drift]:
    """The drifts; of a mass of deletions each is nobody's to repair. `resources` is how many the primary has."""
    tenant = pair.leader.tenant
    kinds = ("extra", "not wanted") if tenant.leaves == "delete" else ("extra",)
    going = {id(one) for one in drifts if one.ours and one.kind in kinds}
    if tenant.brake is not None or len(going) <= max(FREELY, resources // SHARE):
        return list(drifts)
    return [replace(one, ours=False, code="SG345") if id(one) in going else one for one in drifts]
