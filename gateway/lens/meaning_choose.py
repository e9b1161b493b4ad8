"""What choices mean: the yardstick of the generated code."""

from gateway.lens.absence import prune, read_at, write_at
from gateway.lens.guards import holds
from gateway.lens.kinds import Branch, ChooseRule, keys_of
from gateway.lens.lens import Document, Lens, LensError
from gateway.lens.meaning_slots import say_leaf
from gateway.lens.meaning_values import leaf_in


def branch_of(rule: ChooseRule, record: Document) -> Branch | None:
    """The branch that a record is of. LensError where what decides cannot be read."""
    seen: Document = {}
    for read in rule.reads:
        write_at(seen, keys_of(read.s), leaf_in(read, record))
    return next((one for one in rule.branches if one.when is None or holds(one.when, prune(seen))), None)


def say_choice(lens: Lens, rule: ChooseRule, resource: Document, record: Document | None, wanted: Document) -> None:
    """Write the branch that the record is of now; what another one held is taken away."""
    value = read_at(resource, keys_of(rule.s))
    try:
        was = branch_of(rule, prune(record)) if record else None
    except LensError:
        was = None
    now = branch_of(rule, wanted)
    if was is not None and was != now:
        write_at(wanted, was.rule.v, None)
    if now is not None:
        say_leaf(lens, now.rule, value, resource, wanted, anew=record is None)
    elif value is not None:
        raise LensError(str(rule.s), "has no field for a resource like this")
