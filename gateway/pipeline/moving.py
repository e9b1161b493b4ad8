"""Resources of a split tenant stay in the branch where they were created: a change that would move one is refused.

To move somebody would take a create and a delete, with another id in the end: that is the client's to ask for.
"""

from collections.abc import Iterable

from gateway.lens.lens import Document, LensError
from gateway.lens.partial import into_part
from gateway.pipeline.documents import read_attribute
from gateway.pipeline.interpret import blame_record
from gateway.pipeline.problems import Problem
from gateway.pipeline.splitting import find_branch, guarded_paths
from gateway.pipeline.target import Target
from gateway.scim.filter import AttrPath
from gateway.scim.operation import Operation


def touches_guard(target: Target, operations: Iterable[Operation]) -> bool:
    """Might one of the operations change in which branch the resource belongs? Whether it does, the record says."""
    if not target.tenant.guards:
        return False
    paths = guarded_paths(target.tenant.guards, target.tenant.common[target.resource.name])
    named = {(path.urn, path.attr) for path in paths} | {(path.urn, None) for path in paths}
    return any((one.path.target.urn, one.path.target.attr) in named for one in operations)


def refuse_move(target: Target, current: Document, changed: Document) -> None:
    """A 400 Problem where the record as it shall be would belong in another branch than this, and did not before.

    What lies in the wrong branch may be changed there, and into what belongs there.
    """
    guards, rt = target.tenant.guards, target.tenant.common.get(target.resource.name)
    paths = frozenset() if rt is None else guarded_paths(guards, rt)
    if rt is None or not paths:
        return
    seen = show_changed(target, changed, paths)
    home = find_branch(guards, rt, seen)
    if home in (target.tenant.key, find_branch(guards, rt, current)):
        return
    names = sorted({str(path) for path in paths if read_attribute(current, path) != read_attribute(seen, path)})
    raise Problem(
        "SG350",
        f"With this change the {target.resource.name} would belong in another backend, {home}, and none is moved",
        f"Leave {' and '.join(names) or 'it'} as it was; or delete the {target.resource.name}, and create it anew.",
    )


def show_changed(target: Target, changed: Document, paths: Iterable[AttrPath]) -> Document:
    """What the changed record will show of some attributes; guards look at no other than the record's own."""
    try:
        return into_part(target.lens, paths)(changed)
    except LensError as error:
        raise blame_record(error) from error
