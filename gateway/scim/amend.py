"""PATCH operations applied to a resource (RFC 7644 3.5.2.1 to 3.5.2.3): in order, and all of them or none.

What is changed is copied first; the resource that came in stays as it was, also when an operation fails.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from gateway.scim.elements import add_elements, blank_element, demote_others, forget_shadows, has_substance, is_label
from gateway.scim.errors import ScimError
from gateway.scim.match import compile_element
from gateway.scim.operation import Op, Operation, fuse
from gateway.scim.schema import Attribute, Resource, ResourceType
from gateway.scim.terms import AttrPath

CREATES: Final = frozenset[Op]({"add", "replace"})


def apply_patch(
    resource: Resource, operations: Sequence[Operation], rt: ResourceType, *, creates: Collection[Op] = CREATES
) -> Resource:
    """The resource after the operations, a new object.

    An operation of `creates` on `emails[type eq "work"]` that matches nothing creates that value, as some clients
    expect (erratum 8097); otherwise it is ScimError `noTarget`. A change of an immutable attribute or the removal
    of a required one is `mutability`.
    """
    patched = dict(resource)
    steps = [_Step(operation, rt, creates) for operation in fuse(operations)]
    for step in steps:
        step.apply(patched)
    for step in steps:
        if step.labelled:
            _drop_labels(patched, resource, step.target)
    return patched


def _drop_labels(patched: Resource, before: Resource, target: AttrPath) -> None:
    """Leave out what was created and got no more than a label: a primary number without digits is no number."""
    holder, old = patched, before
    if target.urn is not None:
        holder, old = patched.get(target.urn) or {}, before.get(target.urn) or {}
    name = target.attr or ""
    known = old.get(name) or ()
    _keep(holder, name, [each for each in holder.get(name) or () if not is_label(each) or each in known])
    if target.urn is not None:
        _keep(patched, target.urn, holder)


class _Step:
    """One operation on one resource that may be changed at its top level."""

    def __init__(self, operation: Operation, rt: ResourceType, creates: Collection[Op]) -> None:
        self.op, self.value = operation.op, operation.value
        self.target, self.where = operation.path.target, operation.path.where
        attribute = rt.find_top(self.target)
        if attribute is None:
            raise rt.unknown(self.target)
        self.attribute = attribute
        self.creates = operation.op in creates or self.where is None  # RFC 7644 3.5.2.3: without a filter, an `add`
        self.labelled = False  # did it create a value that says nothing but what it is called?

    def apply(self, resource: Resource) -> None:
        urn, attr = self.target.urn, self.target.attr
        if attr is None:
            self.drop(resource, urn or "", self.attribute)
        elif urn is None:
            self.change(resource, attr)
        else:
            extension = dict(resource.get(urn) or {})
            self.change(extension, attr)
            _keep(resource, urn, extension)

    def change(self, holder: dict[str, Any], name: str) -> None:
        if self.attribute.multi_valued:
            if self.where is not None or self.target.sub is not None:
                self.change_some(holder, name)
            else:
                self.assign(holder, name, self.attribute)
        elif self.target.sub is None:
            self.assign(holder, name, self.attribute)
        else:
            inner = dict(holder.get(name) or {})
            self.assign_sub(inner)
            if not inner:
                self.refuse_if_required(self.attribute)
            _keep(holder, name, inner)

    def assign(self, holder: dict[str, Any], name: str, attribute: Attribute) -> None:
        """Write or remove one whole attribute of `holder`."""
        if self.op == "remove":
            self.drop(holder, name, attribute)
            return
        value = self.value
        if attribute.multi_valued:
            value = value if isinstance(value, list) else [value]
            if self.op == "add":
                value = add_elements(holder.get(name) or [], value, attribute)
            if not value:
                self.drop(holder, name, attribute)
                return
        if attribute.mutability == "immutable" and holder.get(name, value) != value:
            raise self.frozen(attribute)
        holder[name] = value

    def drop(self, holder: dict[str, Any], name: str, attribute: Attribute) -> None:
        self.refuse_if_required(attribute)
        if attribute.mutability == "immutable" and name in holder:
            raise self.frozen(attribute)
        holder.pop(name, None)

    def assign_sub(self, inner: dict[str, Any]) -> None:
        """Write or remove one sub-attribute of a complex value that may be changed."""
        sub = self.attribute.find(self.target.sub or "")
        if sub is None:
            raise ScimError("invalidPath", f"`{self.attribute.name}` has no such sub-attribute.")
        before = inner.get(sub.name)
        self.assign(inner, sub.name, sub)
        if sub.name == "value" and before is not None and inner.get("value") != before:
            forget_shadows(inner, self.attribute)

    def change_some(self, holder: dict[str, Any], name: str) -> None:
        """Change the values of a list that the filter selects; without a filter, all of them."""
        elements: list[Any] = list(holder.get(name) or [])
        selects: Callable[[Any], bool] = (
            (lambda each: True) if self.where is None else compile_element(self.where, self.attribute)
        )
        if self.op == "remove" and self.target.sub is None:
            self.keep_elements(holder, name, [element for element in elements if not selects(element)])
            return
        chosen = [at for at, element in enumerate(elements) if selects(element)]
        if not chosen and self.op == "remove":
            return  # RFC 7644 3.5.2.2: no match is success
        if chosen:
            for at in chosen:
                elements[at] = self.changed(elements[at])
        else:
            chosen = self.create(elements, selects)
        demote_others(elements, chosen, self.attribute.name)
        self.keep_elements(holder, name, [element for element in elements if element is not None and element != {}])

    def create(self, elements: list[Any], selects: Callable[[Any], bool]) -> list[int]:
        """Append the value that the path describes; its number, none yet for a label: that demotes nobody."""
        created = self.changed(self.missing())
        if not selects(created):  # it renames what is not there
            raise self.unmatched()
        elements.append(created)
        self.labelled = is_label(created) and has_substance(self.attribute)
        return [] if self.labelled else [len(elements) - 1]

    def keep_elements(self, holder: dict[str, Any], name: str, elements: list[Any]) -> None:
        if not elements and name in holder:
            self.refuse_if_required(self.attribute)
        _keep(holder, name, elements)

    def changed(self, element: Any) -> Any:
        """One selected value after the operation; None when it goes."""
        if self.target.sub is not None and isinstance(element, dict):
            inner = dict(element)
            self.assign_sub(inner)
            emptied = self.op == "remove" and self.target.sub == "value" and is_label(inner)
            return None if emptied else inner  # Entra removes a work address by its `value`
        if self.op == "add" and isinstance(element, dict) and isinstance(self.value, dict):
            self.refuse_frozen(element)
            return {**element, **self.value}
        if isinstance(self.value, dict):  # replaced whole, yet still what the path calls it
            return (blank_element(self.where, self.attribute) or {}) | self.value
        return self.value

    def refuse_frozen(self, element: dict[str, Any]) -> None:
        for sub in self.attribute.sub_attributes:
            both = sub.name in element and sub.name in self.value
            if both and sub.mutability == "immutable" and element[sub.name] != self.value[sub.name]:
                raise self.frozen(sub)

    def missing(self) -> dict[str, Any]:
        blank = blank_element(self.where, self.attribute) if self.creates else None
        if blank is None:
            raise self.unmatched()
        return blank

    def unmatched(self) -> ScimError:
        hint = "Add the value to the whole attribute."
        return ScimError("noTarget", f"No value of `{self.target.attr}` matches the filter of the path.", hint)

    def refuse_if_required(self, attribute: Attribute) -> None:
        if attribute.required:  # RFC 7644 3.5.2.2
            raise ScimError("mutability", f"`{attribute.name}` is required and cannot be removed.")

    def frozen(self, attribute: Attribute) -> ScimError:
        hint = "Remove the value and add another." if self.attribute.multi_valued else ""
        return ScimError("mutability", f"`{attribute.name}` is immutable and has a value.", hint)


def _keep(holder: dict[str, Any], name: str, value: Any) -> None:
    """Set what holds something, remove what holds nothing."""
    if value:
        holder[name] = value
    else:
        holder.pop(name, None)
