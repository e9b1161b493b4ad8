"""What reconcile found, for people and as one JSON document: ids and names of attributes, never their values."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from gateway.conversation.followers.unopened import UNOPENED
from gateway.conversation.reconcile.drifting import Drift
from gateway.conversation.reconcile.reconciling import Compared
from gateway.lens.ids import show_id
from gateway.pipeline.problems import PROBLEMS, Problem
from gateway.pipeline.request import Follower, Tenant

MOST = 50  # lines of one type: --json has all of them
WORDS = {
    "missing": "it belongs there, and is not there",
    "differs": "it is there, and is not as at the primary",
    "lasting": "it is there, and differs for good in what the follower never changes; all the rest is in step",
    "extra": "nobody of the primary's; deleted only where it is remembered that the gateway brought it",
    "not wanted": "it does not match when: and has access; taken away only where the gateway brought it",
    "parked": "the follower refused it again and again",
    "ambiguous": "which of the follower's records it is cannot be said",
    "unreadable": "the record makes no sense to the mapping",
}


class Found(Struct, frozen=True):
    """What was found of one follower; a Problem where it could not be compared to the end."""

    tenant: Tenant
    follower: Follower
    compared: tuple[Compared, ...] = ()
    problem: Problem | None = None
    unopened: int = 0

    @property
    def left(self) -> int:
        return sum(one.left for one in self.compared)

    @property
    def in_step(self) -> bool:
        return self.problem is None and not self.left

    def id_of(self, one: Drift) -> str:
        """The SCIM id; of who is nobody of the primary's, the follower's own."""
        seat = self.tenant if one.native else self.follower.seat
        return show_id(one.native or one.there, seat.dialect.resources[one.type].lens.id_prefix)


def tell(found: Found) -> Iterator[str]:
    """Lines for people: of each type how it stands, and what is left before what is repaired."""
    backend = found.follower.seat.backend
    for one in found.compared:
        repaired = len(one.drifts) - one.left
        stands = f"{one.left} out of step" if one.left else "in step"
        done = f", {repaired} repaired" if repaired else ""
        yield f"{backend}: {one.resources:,} of type {one.type}: {stands}{done}"
        if not one.whole:
            yield "  it does not list what it has: who is there and is nobody of the primary's cannot be seen"
        if one.unseen:
            yield f"  it takes and never shows {', '.join(one.unseen)}: whether it has that cannot be said"
        ordered = sorted(one.drifts, key=lambda drift: drift.repaired)
        yield from (line_of(found, drift) for drift in ordered[:MOST])
        if len(ordered) > MOST:
            yield f"  ... and {len(ordered) - MOST:,} more; --json tells all of them"
    if found.unopened:
        many = "1 mark tells" if found.unopened == 1 else f"{found.unopened:,} marks tell"
        yield f"{backend}: {many} nobody what was open ({UNOPENED})"
    kinds = dict.fromkeys(drift.kind for one in found.compared for drift in one.drifts if not drift.repaired)
    yield from (f"  {kind}: {WORDS[kind]}" for kind in kinds)
    codes = {drift.code for one in found.compared for drift in one.drifts if drift.code and not drift.repaired}
    codes |= {UNOPENED} if found.unopened else set()
    yield from (f"  {code}: {PROBLEMS[code].sentence} {PROBLEMS[code].hint}" for code in sorted(codes))


def line_of(found: Found, one: Drift) -> str:
    whose = "" if one.native else f" (id at {found.follower.seat.backend})"
    code = f" ({one.code})" if one.code else ""
    end = "repaired" if one.repaired else "left"
    names = f": {', '.join(one.attributes)}" if one.attributes else ""
    return f"  {one.kind:<10}  {found.id_of(one)}{whose}{names}  {end}{code if not one.repaired else ''}"


def as_document(tenant: str, found: list[Found], *, dry_run: bool, sealed: Sequence[dict[str, Any]] = ()) -> str:
    """All of it as JSON."""
    followers = [describe(one) for one in found]
    document = {
        "tenant": tenant,
        "dryRun": dry_run,
        "inStep": all(one.in_step for one in found),
        "sealed": list(sealed),
        "followers": followers,
    }
    return json.dumps(document, indent=2)


def describe(found: Found) -> dict[str, Any]:
    problem = found.problem
    return {
        "backend": found.follower.seat.backend,
        "inStep": found.in_step,
        "unopened": found.unopened,
        **({"problem": {"code": problem.code, "sentence": problem.sentence}} if problem is not None else {}),
        "types": [
            {
                "type": one.type,
                "resources": one.resources,
                "drifted": len(one.drifts),
                "repaired": len(one.drifts) - one.left,
                "left": one.left,
                "whole": one.whole,
                "unseen": list(one.unseen),
                "kinds": count_kinds(one),
            }
            for one in found.compared
        ],
        "items": [item_of(found, drift) for one in found.compared for drift in one.drifts],
    }


def count_kinds(one: Compared) -> dict[str, int]:
    return {kind: sum(drift.kind == kind for drift in one.drifts) for kind in WORDS}


def item_of(found: Found, one: Drift) -> dict[str, Any]:
    return {
        "type": one.type,
        "kind": one.kind,
        "id": found.id_of(one),
        "at": "primary" if one.native else found.follower.seat.backend,
        "attributes": list(one.attributes),
        "code": one.code,
        "repaired": one.repaired,
    }
