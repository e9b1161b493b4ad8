"""Where a plan is carried out: one tenant's backend, and one resource type of it."""

from collections.abc import Iterable

from msgspec import Struct, field

from gateway.lens.ability import Modify, Replace
from gateway.lens.ids import native_id
from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.lens import Lens
from gateway.mapping.dialect import BackendCall, Dialect, Resource
from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Tenant
from gateway.scim.filter import AttrPath
from gateway.scim.schema import ResourceType


class Target(Struct, frozen=True):
    """A tenant and the resource type addressed there.

    `names`: by native id, under which name this conversation has read a record, where ids are first names. `people`:
    the same of the types that are referred to by name. `bare`: what a record refers to is of no interest.
    """

    tenant: Tenant
    resource: Resource
    names: dict[str, str] = field(default_factory=dict)
    people: "dict[str, Target]" = field(default_factory=dict)
    bare: bool = False

    @property
    def backend(self) -> str:
        return self.tenant.backend

    @property
    def dialect(self) -> Dialect:
        return self.tenant.dialect

    @property
    def lens(self) -> Lens:
        return self.resource.lens

    @property
    def type(self) -> ResourceType:
        return self.resource.type

    @property
    def accepted(self) -> ResourceType:
        """What a client may write."""
        return self.tenant.accepted[self.resource.name]

    @property
    def modify(self) -> Modify | None:
        """What the backend's PATCH takes; None when it has none."""
        return self.resource.can.modify if "modify" in self.resource.ops else None

    @property
    def replace(self) -> Replace | None:
        """What the backend's PUT does; None when it has none."""
        return self.resource.can.replace if "replace" in self.resource.ops else None

    def keeps_any(self, paths: Iterable[AttrPath]) -> bool:
        """Does one of the attributes stand in the state store alone?"""
        return bool(self.kept_among(paths))

    def kept_among(self, paths: Iterable[AttrPath]) -> frozenset[str]:
        """Those that stand in the state store alone, by name."""
        named = {(path.urn, path.attr) for path in paths}
        return frozenset(str(path) for path in self.lens.kept if (path.urn, path.attr) in named)

    def op(self, operation: str) -> BackendCall:
        """How the backend does an operation; a 501 Problem when it cannot."""
        found = self.resource.ops.get(operation)
        if found is None:
            raise Problem("SG115")
        return found

    def native(self, shown: str) -> str:
        """The backend's id behind one of ours; a 404 Problem when it can be nobody's."""
        native = native_id(shown, self.lens.id_prefix)
        if native is None:
            raise Problem("SG110")
        return native

    @property
    def pointing(self) -> tuple[LeafRule | ListRule, ...]:
        """The references that the backend keeps as names."""
        return () if self.bare else self.lens.by_name

    def peer(self, kind: str) -> "Target":
        """The target of a type that is referred to by name; it remembers who was met."""
        if kind not in self.people:
            self.people[kind] = Target(self.tenant, self.tenant.dialect.resources[kind], bare=True)
        return self.people[kind]

    def address(self, native: str) -> str:
        """What calls for a record say: its id, or the name it was read under. Nobody's name is ever guessed."""
        if self.lens.anchor is None:
            return native
        if native not in self.names:
            raise Problem("SG602")
        return self.names[native]


def find_target(tenant: Tenant, name: str) -> Target:
    """The target of a resource type by its name; a 404 Problem when the tenant does not offer it."""
    resource = tenant.dialect.resources.get(name)
    if resource is None:
        raise Problem("SG106")
    return Target(tenant, resource)
