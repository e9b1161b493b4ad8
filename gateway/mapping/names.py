"""The addresses of one resource type: aliases, SCIM's attributes, the backend's fields."""

import re
from collections.abc import Iterator, Mapping

from gateway.lens.kinds import Field
from gateway.lens.places import Place
from gateway.lens.shapes import ListShape, ObjectShape
from gateway.mapping.diagnose import nearest
from gateway.mapping.notation import read_field
from gateway.scim.bind import bind_filter, bind_path
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath, Filter, walk
from gateway.scim.grammar import Parser, split_urn
from gateway.scim.lenience import OURS
from gateway.scim.path import Path, parse_path
from gateway.scim.schema import ResourceType

_FIELD = 'titles[0], or credentials[type eq "password"].value'
_WHERE = 'the brackets hold a filter over the parts of a value: type eq "work"'
_ALIASED = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):(.*)", re.DOTALL)


class BadName(ValueError):
    """A name that leads nowhere: the code of the complaint, the message, the hint."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Names:
    """What the texts of one resource type's rules mean."""

    def __init__(self, type_: ResourceType, aliases: Mapping[str, tuple[str, str]], shape: ObjectShape) -> None:
        self.type = type_
        self.aliases = aliases
        self.shape = shape

    def attribute(self, text: str) -> AttrPath:
        """A SCIM attribute, `enterprise:department` or `name.givenName`. Raises BadName."""
        if "{" in text:
            raise BadName("E101", f"'{text}' is a text with holes; here stands one attribute", "name an attribute")
        if "[" in text:
            raise BadName(
                "E101",
                f"'{text}': one value of a list stands on the left under map:, or in a hole under send:",
                "name an attribute",
            )
        path = self._parse(text)
        if path.attr is None:
            raise BadName("E101", f"'{text}' is a schema, not an attribute", f"{text}:<attribute>")
        if self.type.find(path) is None:
            raise self._unknown(text)
        path = self.type.canonical(path)
        top = self.type.find_top(path)
        if top is not None and top.multi_valued and path.sub is not None:
            whole = f"{text.rpartition('.')[0]}: {{ to: ..., each: same }} # instead"
            hint = f"{whole}; or '{path.attr}[type eq \"work\"].{path.sub}': ..." if top.sub_attributes else whole
            raise BadName("E124", f"{path.attr} is a list: one rule carries it whole, or one value of it", hint)
        return path

    def slot(self, text: str) -> Path:
        """One value of a list, `phoneNumbers[type eq "work"].value`, with canonical names. Raises BadName."""
        hint = "'phoneNumbers[type eq \"work\"].value': <field> # instead; or 'roles[value eq \"admin\"]': <field>"
        return self._selected(text, hint, "{}: <field> # instead")

    def part(self, text: str) -> Path:
        """A part of the first value of a list that a condition holds of, for a hole. Raises BadName."""
        path = self._selected(text, '{phoneNumbers[type eq "mobile"].value}', "{{{}}}")
        if path.target.sub is None or path.where is None:
            raise BadName("E201", f"{text} has parts; here stands one plain value", f"{{{text}.value}}")
        try:
            return bind_path(path, self.type)
        except ScimError as error:
            hint = plain(error.hint or _WHERE)
            raise BadName("E113", f"'{text}': {plain(error.detail)}", hint[0].lower() + hint[1:]) from None

    def _selected(self, text: str, readable: str, single: str) -> Path:
        """One value of a list, with its name in the schema's letter case; the hints where it is none."""
        try:
            path = parse_path(self.expand(text), self.type.urns)
        except ScimError as error:
            raise BadName("E101", f"'{text}': {plain(error.detail)}", readable) from None
        top = self.type.find_top(path.target)
        if top is None:
            raise self._unknown(text.partition("[")[0])
        if not top.multi_valued or not top.sub_attributes:
            target = AttrPath(path.target.urn, path.target.attr)
            raise BadName("E201", f"{target} is no list of values with parts", single.format(target))
        if self.type.find(path.target) is None:
            known = ", ".join(sub.name for sub in top.sub_attributes)
            raise BadName("E104", f"{top.name} has no part {path.target.sub}", f"it has {known}")
        return Path(self.type.canonical(path.target), path.where)

    def listed(self, text: str) -> AttrPath:
        """What `drop` takes: a sub-attribute of a list too, a whole extension, and what stands in an extension that
        this type does not have (of a primary, which its followers give up)."""
        if text in self.aliases:
            return AttrPath(self.aliases[text][0], None)
        if text.startswith("urn:") and split_urn(text, self.type.urns)[0] not in self.type.urns:
            return AttrPath(text, None)
        path = self._parse(text)
        if self.type.find(path) is None:
            raise self._unknown(text)
        return path if path.attr is None else self.type.canonical(path)

    def condition(self, text: str) -> Filter:
        """A filter over the attributes, with canonical names. Raises BadName and ScimError."""
        parser = _Conditions(text, self)
        found = parser.disjunction()
        parser.expect_end("`and`, `or` or the end")
        for path in walk(found):
            if self.type.find(path) is None:
                alias = next((alias for alias, urns in self.aliases.items() if urns[0] == path.urn), path.urn)
                raise self._unknown(str(AttrPath(alias, path.attr, path.sub)))
        return bind_filter(found, self.type)

    def field(self, text: str) -> Field:
        """A field of the backend; an alias stands for the backend's URN. Raises BadName."""
        if "{" in text:
            raise BadName("E101", f"'{text}' is a text with holes; here stands one field", "name a field")
        for urn in sorted((key for key in self.shape.fields if ":" in key), key=len, reverse=True):
            if text.startswith(urn + ":"):
                return (urn, *self._keys(text[len(urn) + 1 :]))
            if text == urn:
                return (urn,)
        found = _ALIASED.fullmatch(text)
        if found is None:
            return self._keys(text)
        if found[1] not in self.aliases:
            raise self._unknown_alias(found[1])
        return (self.aliases[found[1]][1], *self._keys(found[2]))

    def must_be_given(self, path: AttrPath) -> bool:
        """Is it an attribute without which a client's resource is refused (RFC 7643 2.2: `required`)?"""
        found = self.type.schema.find(path.attr or "") if path.urn is None and path.sub is None else None
        return found is not None and found.required and found.mutability != "readOnly"

    def known_attributes(self) -> Iterator[str]:
        """Every attribute and sub-attribute, the way a mapping writes it."""
        shown = {urns[0]: alias for alias, urns in self.aliases.items()}
        for path, attribute in self.type.attributes():
            head = f"{shown.get(path.urn, path.urn)}:{path.attr}" if path.urn else str(path.attr)
            yield head
            yield from (f"{head}.{sub.name}" for sub in attribute.sub_attributes)

    def known_fields(self, *, inside_lists: bool = False) -> list[str]:
        """Every field of the shape; `inside_lists`: those of items too, as conditions read them."""
        return [".".join(keys) for keys in _all_fields(self.shape, inside_lists=inside_lists)]

    def _parse(self, text: str) -> AttrPath:
        try:
            return parse_path(self.expand(text), self.type.urns).target
        except ScimError:
            hint = "name.givenName, or enterprise:department"
            raise BadName("E101", f"'{text}' is no attribute path", hint) from None

    def expand(self, text: str) -> str:
        """The text with the URN in place of an alias. Raises BadName."""
        found = _ALIASED.fullmatch(text)
        if found is None or found[1] == "urn":
            return text
        if found[1] not in self.aliases:
            raise self._unknown_alias(found[1])
        return f"{self.aliases[found[1]][0]}:{found[2]}"

    def _keys(self, text: str) -> Field:
        try:
            keys = read_field(text)
        except ValueError as error:
            raise BadName("E101", str(error), _FIELD if "[" in text else "") from None
        if not keys:
            raise BadName("E101", f"'{text}' is no field", "write the field's name")
        return keys

    def _unknown(self, text: str) -> BadName:
        close = nearest(text, self.known_attributes())
        hint = f"did you mean {close}?" if close else "RFC 7643 section 4 lists them; your own are declared under scim:"
        return BadName("E104", f"{self.type.name} has no SCIM attribute {text}", hint)

    def _unknown_alias(self, alias: str) -> BadName:
        hint = f"urns: {{ {alias}: {{ scim: <URN towards clients>, vendor: <URN at the backend> }} }}"
        close = nearest(alias, self.aliases)
        return BadName(
            "E106", f"alias {alias} is not declared under urns:", f"did you mean {close}?" if close else hint
        )


class _Conditions(Parser):
    """The filter's grammar, with the aliases of a mapping."""

    def __init__(self, text: str, names: Names) -> None:
        super().__init__(text, names.type.urns, lenience=OURS)
        self.names = names

    def attr_path(self) -> AttrPath:
        at, token = self.next, self.peek()
        self.tokens[at] = self.names.expand(token)
        path = super().attr_path()
        self.tokens[at] = token  # the positions that refusals name are those of the text
        return path


def plain(text: str) -> str:
    """The refusal of another room without the back-quotes of answers to clients."""
    return text.replace("`", "'").replace("The filter is not valid", "the condition is not valid").rstrip(".")


def name_keys(keys: Field) -> str:
    """Keys the way a mapping writes them."""
    first, *rest = keys
    text = "".join(key if isinstance(key, Place) else f".{key}" for key in rest)
    return f"{first}:{text.removeprefix('.')}" if ":" in first and rest else first + text


def _all_fields(shape: ObjectShape, prefix: Field = (), *, inside_lists: bool) -> Iterator[Field]:
    for name, field in shape.fields.items():
        yield (*prefix, name)
        field = field.item if isinstance(field, ListShape) and inside_lists else field
        if isinstance(field, ObjectShape):
            yield from _all_fields(field, (*prefix, name), inside_lists=inside_lists)
