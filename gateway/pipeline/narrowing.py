"""What of a request is not carried as it was sent: by attribute, and how. It is noted, counted and never silent."""

from gateway.lens.addresses import find_rule
from gateway.lens.kinds import LeafRule
from gateway.lens.lens import Document
from gateway.lens.losses import is_cut, losses
from gateway.observations import Narrowing
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.patch import Operation

Loss = tuple[str, Narrowing]


def find_losses(target: Target, resource: Document, ignored: tuple[str, ...], *, anew: bool) -> tuple[Loss, ...]:
    """What of the client's resource is not carried, when it is created or when it replaces another."""
    return (*losses(target.lens, resource, anew=anew), *count_unknown(ignored))


def count_unknown(ignored: tuple[str, ...]) -> tuple[Loss, ...]:
    """Unknown names are the client's own words: counted, never repeated."""
    return (("_unknown", "unknown"),) if ignored else ()


def find_lost_operations(target: Target, operations: tuple[Operation, ...]) -> tuple[Loss, ...]:
    """The same for operations: those aimed at attributes that are dropped or only shown, and texts that are cut."""
    found: dict[str, Narrowing] = {}
    for one in operations:
        path = one.path.target
        for name in (str(path), str(AttrPath(path.urn, path.attr)), path.urn):
            if name is None:
                continue
            if name in target.lens.shown:
                found[name] = "shown"
            elif name in target.lens.dropped or name in target.lens.told_once:
                found[name] = "dropped"
        rule = find_rule(target.lens, path)
        if isinstance(rule, LeafRule) and is_cut(rule, one.value):
            found[str(path)] = "cut"
    return tuple(found.items())
