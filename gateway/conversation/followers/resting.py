"""Followers that did not answer a moment ago: requests do not wait for them again, the workers see to them."""

from gateway.conversation.effects import Conversation, Keep, Key, ask
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant

SECONDS = 30
RESTS = b"1"
SILENT = frozenset({"SG501", "SG502", "SG508", "SG604"})


def resting_key(seat: Tenant) -> Key:
    return Key("resting", seat.name, seat.backend, "", "")


def let_rest(seat: Tenant, problem: Problem) -> Conversation[None]:
    """Remember for a while that it is of no use to wait for this follower."""
    if problem.code in SILENT:
        yield from ask(Keep(((resting_key(seat), RESTS),), SECONDS))
