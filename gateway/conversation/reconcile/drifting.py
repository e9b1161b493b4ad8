"""What is not as it should be between a resource of the primary and a follower: judged with what brings them in step.

Everything is known already: nothing is asked here, and nothing is said of values.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from gateway.conversation.comparing import Comparison
from gateway.conversation.deactivating import deletes
from gateway.conversation.followers.equalising import as_primary, without_access
from gateway.conversation.followers.marking import LASTING, Held
from gateway.conversation.followers.pairs import Pair
from gateway.conversation.reconcile.differing import differing
from gateway.conversation.reconcile.pairing import Match
from gateway.conversation.reconcile.surveying import Seen
from gateway.lens.absence import read_at
from gateway.lens.lens import Document, LensError
from gateway.lens.references import id_of
from gateway.pipeline.documents import read_attribute, remove_attribute, write_attribute
from gateway.pipeline.following import Reference, belongs, fit, followed_lists, references, repoint, serves
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.unseen import unshown_attributes
from gateway.scim.errors import ScimError

Kind = Literal["missing", "differs", "lasting", "extra", "not wanted", "parked", "ambiguous", "unreadable"]
REFUSED = (Problem, ScimError, LensError)


class Drift(Struct, frozen=True):
    """One resource that is not in step. `native` is the primary's id, `there` the follower's; empty where unknown.

    `attributes` are names. `code` is the problem in the way. `ours`: there is something for the gateway to do; `after`:
    rather once this one of the primary's is. `awaits`: what it refers to that the follower does not have yet. `mark`:
    what was open already. `repaired`: it is in step now. `inside`: who is in its lists that had to be asked for, by the
    follower's ids; None where there are none.
    """

    kind: Kind
    type: str
    native: str = ""
    there: str = ""
    attributes: tuple[str, ...] = ()
    code: str = ""
    ours: bool = True
    after: str = ""
    awaits: tuple[Reference, ...] = ()
    mark: Held | None = None
    repaired: bool = False
    inside: frozenset[str] | None = None

    @property
    def reference(self) -> Reference:
        return Reference(self.type, self.native)


class Known(Struct, frozen=True):
    """Who is who so far, over all types: the follower's ids, and whom it shall have and does not have yet.

    `unseen` are the attributes that it does not show, by their names: they cannot be compared.
    """

    natives: dict[Reference, str]
    awaited: set[Reference]
    unseen: set[str]


def is_awaited(pair: Pair, seen: Seen, match: Match) -> bool:
    """Shall the follower have it, and does not have it?"""
    if match.there or not belongs(pair.follower, seen.resource, pair.leader.type):
        return False
    try:
        return not deletes(pair.there, fit(seen.resource, pair.there))
    except ScimError:
        return True


def find_drift(pair: Pair, found: Drift, seen: Seen, match: Match, peer: Seen | None, known: Known) -> Drift | None:
    """What is not in step of one of the primary's resources; None when it is. `found` says which one it is."""
    found = replace(found, after=match.after, inside=ids_inside(pair, peer))
    if match.code:
        return replace(found, kind="ambiguous", code=match.code, ours=False)
    wanted = belongs(pair.follower, seen.resource, pair.leader.type)
    if not wanted and peer is None:
        return None
    try:
        drift = judge(pair, found, seen, peer, known) if wanted else judge_unwanted(pair, found, match, peer)
    except REFUSED as error:
        kind: Kind = "not wanted" if not wanted else "missing" if peer is None else "differs"
        drift = replace(found, kind=kind, code=as_problem(error).code)
    mark = found.mark
    if is_refused(mark) and (drift is not None or unshown_attributes(pair.seen)):
        # What is not shown may be what the follower lacks: where nothing differs, the mark says more.
        return replace(drift or found, kind="parked", code=mark.open.code if mark is not None else "")
    return drift


def is_refused(mark: Held | None) -> bool:
    """Was it given up, and for another reason than what comparing shows as well?"""
    return mark is not None and mark.open.parked and mark.open.code != LASTING


def ids_inside(pair: Pair, peer: Seen | None) -> frozenset[str] | None:
    """Who is in the lists of the follower's record that had to be asked for."""
    rules = followed_lists(pair.leader, pair.seen) if peer is not None else ()
    if peer is None or not rules:
        return None
    return frozenset(id_of(rule, one) for rule in rules for one in read_at(peer.record, rule.v) or ())


def judge(pair: Pair, found: Drift, seen: Seen, peer: Seen | None, known: Known) -> Drift | None:
    """One that belongs there."""
    there, leader = pair.seen, pair.leader.tenant
    wanted = fit(seen.resource, there)
    named = (one for one in references(wanted, there, leader) if serves(pair.follower, one.type))
    awaits = tuple(one for one in named if one in known.awaited)
    pointed = repoint(wanted, there, leader, known.natives)
    if peer is None:
        return None if deletes(there, pointed) else replace(found, kind="missing", awaits=awaits)
    laid = as_primary(pair, peer.record, peer.resource, pointed)
    if laid.resource is None:
        return replace(found, attributes=("active",))
    leave_unseen(pair, laid.resource, peer.resource, known)
    names = differing(there, Comparison(found.there, peer.record, peer.resource, laid.resource))
    if names is None and not awaits:
        return judge_lasting(found, laid.fixed) if laid.fixed else None
    lacking = names_awaiting(pair, wanted, awaits)
    return replace(found, attributes=tuple(sorted({*(names or ()), *lacking, *laid.fixed})), awaits=awaits)


def judge_lasting(found: Drift, fixed: tuple[str, ...]) -> Drift:
    """One that differs in nothing but what the follower never changes: to be told, where no mark says it yet."""
    told = found.mark is not None and found.mark.open.fixed == fixed
    return replace(found, kind="lasting", attributes=fixed, code=LASTING, ours=not told)


def leave_unseen(pair: Pair, laid: Document, current: Document, known: Known) -> None:
    """What the follower never shows stays as it is shown: not at all."""
    for path in unshown_attributes(pair.seen):
        value = read_attribute(laid, path)
        if value is not None:
            known.unseen.add(str(path))
        if read_attribute(current, path) is None:
            remove_attribute(laid, path)
        else:
            write_attribute(laid, path, read_attribute(current, path))


def judge_unwanted(pair: Pair, found: Drift, match: Match, peer: Seen | None) -> Drift | None:
    """One that does not belong there, and has access there. Only whom the gateway brought is taken away."""
    if peer is None:
        return None
    ours = match.linked or (found.mark is not None and found.mark.open.ours)
    wanted = without_access(pair, peer.resource)
    if wanted is None:
        return replace(found, kind="not wanted", ours=ours)
    names = differing(pair.seen, Comparison(found.there, peer.record, peer.resource, wanted))
    return None if names is None else replace(found, kind="not wanted", attributes=names, ours=ours)


def names_awaiting(pair: Pair, wanted: Document, awaits: Sequence[Reference]) -> Iterable[str]:
    """The attributes that refer to what the follower does not have yet."""
    there, leader, missing = pair.there, pair.leader.tenant, set(awaits)
    for name, value in wanted.items() if missing else ():
        if missing & set(references({name: value}, there, leader)):
            yield name
