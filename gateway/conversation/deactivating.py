"""`active: false` at a backend that cannot bar an account: the record is deleted, and the answer is what was asked."""

from gateway.conversation.braking import brake
from gateway.conversation.comparing import Comparison
from gateway.conversation.effects import Conversation
from gateway.conversation.removing import remove
from gateway.lens.lens import Document
from gateway.pipeline.deactivation import is_deactivated
from gateway.pipeline.outcome import Changed
from gateway.pipeline.target import Target


def deletes(target: Target, wanted: Document) -> bool:
    """Does this resource come to a deletion?"""
    return target.resource.deactivation == "delete" and is_deactivated(wanted)


def deactivate(target: Target, compared: Comparison) -> Conversation[Changed]:
    """Delete the record. Whatever else was to change goes with it; later reads find nobody."""
    yield from brake(target, 1)
    yield from remove(target, compared.native)
    return Changed({**compared.wanted, "id": compared.current["id"], "meta": compared.current["meta"]}, lasting=False)
