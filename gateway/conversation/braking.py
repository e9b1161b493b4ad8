"""The brake on removals: a safety net under a client that takes too many away at once.

It counts what passes, in a window that begins with the first removal. Over the bound removals are refused until the
window ends or the operator releases them; one alone passes every five minutes even then, so that a leaver is not
left in behind a mass of others. Without the state store each process counts for itself.
"""

from gateway.conversation.effects import Conversation, Key, Recall, Spend, Unavailable, ask, note
from gateway.observations import RemovalsBraked
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target

ALONE_SECONDS = 300
RELEASED = b"1"


def brake_key(tenant: str, name: str) -> Key:
    """`removals` counts what passed, `alone` what passed over the bound, `released` lies there after a release."""
    return Key("brake", tenant, "", "", name)


def brake(target: Target, removals: int) -> Conversation[None]:
    """Let so many removals pass, or raise SG330. All of a change pass, or none of them."""
    bound, tenant = target.tenant.brake, target.tenant.name
    if bound is None or removals == 0:
        return
    spent = yield from ask(Spend(brake_key(tenant, "removals"), removals, bound.removals, bound.seconds))
    if spent.granted or (yield from is_released(tenant)):
        return
    if removals == 1 and (yield from ask(Spend(brake_key(tenant, "alone"), 1, 1, ALONE_SECONDS))).granted:
        return
    yield from note(RemovalsBraked(tenant, target.resource.name))
    raise Problem("SG330", headers=(("Retry-After", str(spent.seconds)),))


def is_released(tenant: str) -> Conversation[bool]:
    """Did the operator let them through? A store that is away says nothing of it."""
    found = yield from ask(Recall((brake_key(tenant, "released"),)))
    return not isinstance(found, Unavailable) and found[0] == RELEASED
