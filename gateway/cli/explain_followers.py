"""What `explain` says of followers: who of them a write concerns, and how each is brought in step after it.

A follower gets what the primary has by then, which is known here as far as the body tells.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from gateway.cli.explanation import describe_calls, describe_losses
from gateway.conversation.correlate import choose_plan, correlating
from gateway.conversation.planned import UNKNOWN_ID, planned_calls
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
from gateway.scim.filter import format_filter

Sources = Callable[[Tenant], Sequence[Source]]
Bases = Mapping[str, str]


def explain_followers(intent: Intent, tenant: Tenant, sources: Sources, bases: Bases) -> list[Document]:
    """Each follower of a write, as plain data; none for what changes nothing."""
    if not isinstance(intent, Create | Replace | Modify | Delete):
        return []
    leader = find_target(tenant, intent.type)
    seen = see(intent, leader)
    return [tell_follower(follower, intent, leader, seen, sources, bases) for follower in tenant.followers]


def see(intent: Intent, leader: Target) -> Document | None:
    """What the primary will show of the resource, as far as the body tells; None where it does not say it whole."""
    if not isinstance(intent, Create | Replace):
        return None
    seen = carry(leader.lens, intent.resource, None, leader.lens.out(intent.resource, None))
    for path in leader.lens.kept:
        value = read_attribute(intent.resource, path)
        if value is not None:
            write_attribute(seen, path, value)
    return seen


def tell_follower(
    follower: Follower, intent: Intent, leader: Target, seen: Document | None, sources: Sources, bases: Bases
) -> Document:
    """One follower: whether it has the resource, how its record is found, and what is sent as far as it is known."""
    seat = follower.seat
    told: Document = {"backend": seat.backend, "mapping": seat.dialect.name}
    if not serves(follower, intent.type):
        return {**told, "then": [f"it has no {intent.type}: nothing is done"]}
    there = find_target(seat, intent.type)
    if isinstance(intent, Delete):
        return {**told, "then": [f"its record is {found_by(there)}, and deleted", *tell_waiting(leader)]}
    if follower.when is not None:
        told["when"] = format_filter(follower.when)
    is_there = None if seen is None else belongs(follower, seen, leader.type)
    told["then"] = [
        *tell_when(follower, leader, is_there),
        *tell_steps(follower, there, leader, is_there),
        *tell_waiting(leader),
    ]
    if seen is None or not is_there:
        return told
    try:
        return {**told, **tell_known(intent, seen, leader, there, sources, bases)}
    except (Problem, ScimError, LensError) as error:
        problem = as_problem(error)
        return {**told, "refused": {"code": problem.code, "detail": problem.detail}}


def tell_when(follower: Follower, leader: Target, is_there: bool | None) -> Iterator[str]:
    """Whether the filter lets the resource through."""
    if follower.when is None:
        return
    if is_there is None:
        yield f"whether when holds is seen from what {leader.backend} has by then"
    else:
        yield f"when {'holds' if is_there else 'does not hold'} of what is sent"


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


def tell_known(
    intent: Intent, seen: Document, leader: Target, there: Target, sources: Sources, bases: Bases
) -> Document:
    """The look-ups, the create where they find nobody, and what of it the follower does not carry."""
    fitting = fit(seen, there)
    named = references(fitting, there, leader.tenant)
    wanted = repoint(fitting, there, leader.tenant, dict.fromkeys(named, UNKNOWN_ID))
    if isinstance(intent, Create | Replace) and "password" in intent.resource:
        wanted["password"] = intent.resource["password"]
    plans = [choose_plan((one,), there) for one in correlating(fitting, there)]
    finds = [call for plan in plans for call in planned_calls(plan, there.tenant)]
    plan = plan_create(Create(url="", type=there.resource.name, resource=wanted), there)
    told: Document = {
        "narrowed": describe_losses(plan, Create(url="", resource=wanted), there.resource, sources(there.tenant)),
        "finds": describe_calls(finds, bases),
        "creates": describe_calls(planned_calls(plan, there.tenant), bases),
    }
    note = f"{UNKNOWN_ID} in a body stands for an id that {there.backend} gave."
    return {**told, "note": note} if named else told
