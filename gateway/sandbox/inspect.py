"""A document against a vendor's attribute table: what is not in the table, or not as the table says, is a complaint."""

from collections.abc import Iterator
from typing import Any

from gateway.sandbox.profile import Complaint, Strictness
from gateway.scim.names import fold
from gateway.scim.schema import Attribute, Resource, ResourceType

_TYPES = {"boolean": bool, "integer": int, "decimal": float, "complex": dict}
_OWN = {"schemas", "id", "meta"}


class Inspector:
    """Reads one document; `complaints` grows while `read` goes through it."""

    def __init__(self, kind: ResourceType, strictness: Strictness, method: str) -> None:
        self.kind = kind
        self.strictness = strictness
        self.forbidden = strictness.forbidden.get(method, frozenset())
        self.complaints: list[Complaint] = []

    def read(self, document: Resource) -> Resource:
        """The document in the table's spelling, without what the vendor itself writes; null stands for 'clear'."""
        found: Resource = {}
        for key, value in document.items():
            if key in self.forbidden:
                self.complain("readOnly", key)
            elif fold(key) not in _OWN:
                self._take(found, key, value)
        return found

    def _take(self, found: Resource, key: str, value: Any) -> None:
        attribute = self._look_up(key)
        if attribute is None:
            self.miss(key)
        elif attribute.mutability != "readOnly":
            found[attribute.name] = self._value(attribute, value, attribute.name)

    def _look_up(self, key: str) -> Attribute | None:
        extension = self.kind.extension_by_urn.get(fold(key))
        return self._spelled(extension.as_attribute if extension else self.kind.schema.find(key), key)

    def _spelled(self, attribute: Attribute | None, key: str) -> Attribute | None:
        exact = attribute is not None and (attribute.name == key or self.strictness.folds_names)
        return attribute if exact else None

    def _value(self, attribute: Attribute, value: Any, path: str) -> Any:
        if value is None and self.strictness.nulls_clear:
            return None
        if not attribute.multi_valued:
            return self._one(attribute, value, path)
        if not isinstance(value, list):
            return self.complain("type", path, allowed="array")
        if len(value) > self.strictness.caps.get(attribute.name, len(value)):
            self.complain("tooMany", path, allowed=str(self.strictness.caps[attribute.name]))
        if sum(isinstance(each, dict) and each.get("primary") is True for each in value) > 1:
            self.complain("primaries", path)
        return [self._one(attribute, each, f"{path}[{index}]") for index, each in enumerate(value)]

    def _one(self, attribute: Attribute, value: Any, path: str) -> Any:
        wanted = _TYPES.get(attribute.type, str)
        if type(value) is not wanted:
            return self.complain("type", path, allowed="string" if wanted is str else attribute.type)
        if isinstance(value, dict):
            return self._object(attribute, value, path)
        if isinstance(value, str):
            self._check_text(attribute, value, path)
        return value

    def _object(self, attribute: Attribute, value: Resource, path: str) -> Resource:
        found: Resource = {}
        for key, inner in value.items():
            sub = self._spelled(attribute.find(key), key)
            if sub is None:
                self.miss(f"{path}.{key}")
            else:
                found[sub.name] = self._value(sub, inner, f"{path}.{sub.name}")
        for sub in attribute.sub_attributes:
            if sub.required and found.get(sub.name) is None and sub.name not in value:
                self.complain("required", f"{path}.{sub.name}")
        return found

    def _check_text(self, attribute: Attribute, value: str, path: str) -> None:
        low, high = self.strictness.lengths or (0, len(value))
        if not low <= len(value) <= high:
            self.complain("length", path, allowed=f"{low} to {high}")
        if self.strictness.checks_types and attribute.canonical_values and value not in attribute.canonical_values:
            self.complain("canonical", path, given=value, allowed=", ".join(attribute.canonical_values))

    def miss(self, path: str) -> None:
        """What the table does not have: a complaint, unless the vendor overlooks it."""
        if not self.strictness.overlooks_unknown:
            self.complain("undefined", path)

    def complain(self, fault: str, path: str, given: str = "", allowed: str = "") -> None:
        """Take a complaint down."""
        self.complaints.append(Complaint(fault, path, given, allowed))


def find_missing(document: Resource, kind: ResourceType) -> list[Complaint]:
    """The mandatory attributes a whole document lacks; an empty list or text is no value."""
    names = (each.name for each in kind.schema.attributes if each.required)
    return [Complaint("required", name) for name in names if document.get(name) in (None, "", [])]


def check_schemas(document: Resource, kind: ResourceType, strictness: Strictness) -> Iterator[Complaint]:
    """What is wrong with `schemas`: left out, without the core URN, with one that nobody knows, or without one used."""
    given = document.get("schemas")
    if given is None and strictness.schemas_mandatory:
        yield Complaint("required", "schemas")
    if given is not None and not (isinstance(given, list) and all(isinstance(urn, str) for urn in given)):
        yield Complaint("type", "schemas", allowed="array of strings")
        return
    urns = given or []
    if given is not None and kind.schema.id not in urns:
        yield Complaint("core", "schemas", given=kind.schema.id)
    for index, urn in enumerate(urns):
        if urn not in kind.urns and not strictness.overlooks_unknown:
            yield Complaint("schema", f"schemas[{index}]", given=urn)
    for extension in kind.extensions:
        if strictness.extensions_declared and document.get(extension.id) and extension.id not in urns:
            yield Complaint("extension", "schemas", given=extension.id)


def without_nulls(value: Any) -> Any:
    """The same document without nulls, at any depth, and without the lists and objects that leaves empty."""
    if isinstance(value, dict):
        kept = {key: without_nulls(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner is not None and inner != [] and inner != {}}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value
