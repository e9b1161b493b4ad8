"""What `explain` says of followers: who of them a write concerns, and how each is brought in step after it.

A follower gets what the primary has by then, which is known here as far as body and record tell.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from gateway.cli.explanation import describe_calls, describe_losses
from gateway.conversation.comparing import patched
from gateway.conversation.correlate import choose_plan, correlating
from gateway.conversation.deactivating import deletes
from gateway.conversation.planned import UNKNOWN_ID, planned_calls
from gateway.conversation.replace import assert_access
from gateway.conversation.writing import write_onto
from gateway.lens.carrying import carry
from gateway.lens.lens import Document, LensError
from gateway.mapping.source import Source
from gateway.pipeline.documents import read_attribute, write_attribute
from gateway.pipeline.following import belongs, fit, references, repoint, serves
from gateway.pipeline.intent import Create, Delete, Intent, Modify, Replace
from gateway.pipeline.plan import plan_create
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Follower, Tenant
from gateway.pipeline.target import Target, find_target
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath, format_filter

Sources = Callable[[Tenant], Sequence[Source]]
Bases = Mapping[str, str]


class Seen(Struct, frozen=True):
    """What the primary shows of a resource before a write and after it, as far as it is known; None where it is not.

    `gone`: the write takes it away. `sent` is the resource as the write would have it, `kept` what no record shows.
    """

    before: Document | None = None
    after: Document | None = None
    gone: bool = False
    sent: Document = {}
    kept: tuple[AttrPath, ...] = ()


def explain_followers(
    intent: Intent, tenant: Tenant, record: Document | None, sources: Sources, bases: Bases
) -> list[Document]:
    """Each follower of a write, as plain data; none for what changes nothing. `record` is the primary's, if known."""
    if not isinstance(intent, Create | Replace | Modify | Delete):
        return []
    leader = find_target(tenant, intent.type)
    seen = see(intent, leader, record)
    return [tell_follower(follower, leader, seen, sources, bases) for follower in tenant.followers]


def see(intent: Create | Replace | Modify | Delete, leader: Target, record: Document | None) -> Seen:
    """What body and record tell."""
    if isinstance(intent, Create) or (isinstance(intent, Replace) and record is None):
        return Seen(after=foresee(intent.resource, leader), sent=intent.resource)
    before = None if record is None else leader.lens.into(record)
    if isinstance(intent, Delete) or record is None or before is None:
        return Seen(before, gone=isinstance(intent, Delete))
    if isinstance(intent, Replace):
        wanted = assert_access(intent.resource, before, leader.lens)
    else:
        wanted = patched(leader, intent.operations, before)
    if deletes(leader, wanted):
        return Seen(before, gone=True)
    after = keep(leader.lens.into(write_onto(leader, wanted, record)), wanted, leader)
    return Seen(before, after, sent=wanted, kept=leader.lens.kept if isinstance(intent, Modify) else ())


def foresee(resource: Document, leader: Target) -> Document:
    """What the primary will show of somebody of whom no record is known."""
    return keep(carry(leader.lens, resource, None, leader.lens.out(resource, None)), resource, leader)


def keep(seen: Document, resource: Document, leader: Target) -> Document:
    """The same with what the gateway keeps of it."""
    for path in leader.lens.kept:
        value = read_attribute(resource, path)
        if value is not None:
            write_attribute(seen, path, value)
    return seen


def tell_follower(follower: Follower, leader: Target, seen: Seen, sources: Sources, bases: Bases) -> Document:
    """One follower: whether it has the resource, how its record is found, and what is sent as far as it is known."""
    seat = follower.seat
    told: Document = {"backend": seat.backend, "mapping": seat.dialect.name}
    if not serves(follower, leader.resource.name):
        return {**told, "then": [f"it has no {leader.resource.name}: nothing is done"]}
    there = find_target(seat, leader.resource.name)
    if follower.when is not None:
        told["when"] = format_filter(follower.when)
    was, will_be = (None if one is None else belongs(follower, one, leader.type) for one in (seen.before, seen.after))
    steps = tell_removal(follower, there, leader, was) if seen.gone else tell_steps(follower, there, leader, will_be)
    told["then"] = [*tell_when(follower, leader, seen, was, will_be), *steps, *tell_waiting(leader)]
    if seen.after is None or not will_be:
        return told
    try:
        return {**told, **tell_known(seen, seen.after, leader, there, sources, bases)}
    except (Problem, ScimError, LensError) as error:
        problem = as_problem(error)
        return {**told, "refused": {"code": problem.code, "detail": problem.detail}}


MOVES = {  # whether it belongs there before the write, and after it
    (False, True): "when does not hold of the record, and holds of what it becomes: it comes in",
    (True, True): "when holds of the record, and of what it becomes: it stays",
    (True, False): "when holds of the record, and not of what it becomes: it leaves",
    (False, False): "when holds neither of the record nor of what it becomes: it stays outside",
}


def tell_when(follower: Follower, leader: Target, seen: Seen, was: bool | None, will_be: bool | None) -> Iterator[str]:
    """Whether the filter lets the resource through."""
    if follower.when is None:
        return
    if was is not None and will_be is not None:
        yield MOVES[was, will_be]
    elif will_be is not None:
        yield f"when {'holds' if will_be else 'does not hold'} of what is sent"
    elif was is not None:
        yield f"when {'holds' if was else 'does not hold'} of the record"
    elif seen.gone:
        yield f"whether when holds is seen from what {leader.backend} has until then"
    else:
        yield f"whether when holds is seen from what {leader.backend} has by then"


def tell_removal(follower: Follower, there: Target, leader: Target, was: bool | None) -> Iterator[str]:
    """How it is taken away: by its names only where it belonged."""
    if was is not False:
        yield f"its record is {found_by(there)}, and deleted"
    if was is not True and follower.when is not None:
        yield "of who did not belong there only a record that a link leads to is deleted"


def tell_steps(follower: Follower, there: Target, leader: Target, is_there: bool | None) -> Iterator[str]:
    """How it comes to be in step."""
    leaving = "deleted" if leader.tenant.leaves == "delete" else "barred"
    if is_there is not False:
        yield f"its record is {found_by(there)}; what {leader.backend} has by then and it has not is sent"
    if is_there is None and follower.when is not None:
        yield f"who no longer belongs there is {leaving}"
    if is_there is False:
        yield f"nobody is created; who came there as a follower is {leaving}"


def tell_waiting(leader: Target) -> Iterator[str]:
    """What the client meets while it is not in step."""
    if leader.tenant.require == "all":
        yield "until that is done the client gets 503 (SG340)"


def found_by(there: Target) -> str:
    """How a record is found: what is remembered first."""
    names = [str(path) for path in there.resource.correlate if path not in there.lens.kept]
    return f"found by its link, else by {', then by '.join(names)}"


def tell_known(seen: Seen, after: Document, leader: Target, there: Target, sources: Sources, bases: Bases) -> Document:
    """The look-ups, the create where they find nobody, and what of it the follower does not carry."""
    fitting = fit(after, there)
    named = references(fitting, there, leader.tenant)
    wanted = repoint(fitting, there, leader.tenant, dict.fromkeys(named, UNKNOWN_ID))
    if "password" in seen.sent:
        wanted["password"] = seen.sent["password"]
    former = () if seen.before is None else correlating(fit(seen.before, there), there)
    plans = [choose_plan((one,), there) for one in dict.fromkeys((*correlating(fitting, there), *former))]
    finds = [call for plan in plans for call in planned_calls(plan, there.tenant)]
    plan = plan_create(Create(url="", type=there.resource.name, resource=wanted), there)
    told: Document = {
        "narrowed": describe_losses(plan, Create(url="", resource=wanted), there.resource, sources(there.tenant)),
        "finds": describe_calls(finds, bases),
        "creates": describe_calls(planned_calls(plan, there.tenant), bases),
    }
    notes = [f"{UNKNOWN_ID} in a body stands for an id that {there.backend} gave."] if named else []
    if seen.kept:
        notes.append(f"What the gateway keeps itself no record shows: {', '.join(map(str, seen.kept))}.")
    return {**told, "note": " ".join(notes)} if notes else told
