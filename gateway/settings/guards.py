"""What a `when` reads of the resource types that it divides: only what their backends carry both ways."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from gateway.mapping.coverage import travels, way_at
from gateway.mapping.diagnose import did_you_mean
from gateway.mapping.dialect import Resource
from gateway.mapping.names import plain
from gateway.mapping.source import Path
from gateway.scim.bind import bind_filter
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath, Filter, walk
from gateway.scim.schema import ResourceType
from gateway.settings.data import Backend
from gateway.settings.values import Desk

# Why an attribute that goes this way decides nothing.
_REASONS = {
    "in only": "only shows",
    "out only": "takes and never shows",
    "kept": "does not carry: the gateway keeps it, in a store that may lose it",
}


class Guard(Struct, frozen=True):
    """A `when`, and where it stands."""

    when: Filter
    path: Path

    @property
    def reads(self) -> tuple[AttrPath, ...]:
        """The attributes that it reads, each once."""
        return tuple(dict.fromkeys(walk(self.when)))


def lacking(guard: Guard, type_: ResourceType) -> list[AttrPath]:
    """The attributes of a guard that a resource type does not have."""
    return [path for path in guard.reads if type_.find(path) is None]


def check_guard(desk: Desk, guard: Guard, backend: Backend, resource: Resource) -> bool:
    """Is what the guard reads of this type carried? Complaints: E701, E827."""
    present = [path for path in guard.reads if resource.type.find(path) is not None]
    ways = {path: way_at(resource, resource.type.canonical(path)) for path in present}
    bad = [path for path, way in ways.items() if way != "both ways"]
    for path in bad:
        why = _REASONS.get(ways[path] or "", "does not carry")
        message = f"the guard reads {path} of {resource.name}, which {backend.name} {why}"
        complain_of(desk, guard, path, message, did_you_mean(str(path), carried_names([resource])))
    if bad or not present:
        return not bad
    try:
        bind_filter(guard.when, resource.type, unknown_is_absent=True)
    except ScimError as error:
        hint = plain(error.hint) if error.hint else f"/Schemas says what each attribute of {resource.name} takes"
        desk.complain("E827", f"when is no filter over {resource.name}: {plain(error.detail)}", guard.path, hint)
        return False
    return True


def refuse_unknown(desk: Desk, guard: Guard, backend: Backend, resources: Sequence[Resource]) -> bool:
    """An attribute that none of the resource types has: E701, with the nearest. Was there one?"""
    unknown = [path for path in guard.reads if all(one.type.find(path) is None for one in resources)]
    for path in unknown:
        message = f"the guard reads {path}, which {backend.name} does not carry"
        complain_of(desk, guard, path, message, did_you_mean(str(path), carried_names(resources)))
    return bool(unknown)


def complain_of(desk: Desk, guard: Guard, path: AttrPath, message: str, hint: str) -> None:
    """A complaint of one attribute of a guard, at the place where its name stands."""
    text = _text_at(desk, guard.path)
    at = text.find(str(path.attr)) if path.attr else -1
    desk.complain_in("E701", message, guard.path, text, max(at, 0), hint)


def carried_names(resources: Iterable[Resource]) -> Iterator[str]:
    """What a guard may read of them."""
    for resource in resources:
        yield from (str(path) for path, way in travels(resource).items() if way == "both ways")


def _text_at(desk: Desk, path: Path) -> str:
    found = desk.source.data
    for key in path:
        found = found[key]
    return str(found)
