"""What every compiling step holds: the source, the complaints so far, and the names of one resource type."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from gateway.lens.guards import paths_read
from gateway.lens.holes import Hole
from gateway.lens.holes import Source as Source_
from gateway.lens.kinds import Field, LeafRule, Rule, SendRule, ShowRule, TextRule, attributes_of, keys_of
from gateway.lens.shapes import Leaf, ListShape, Shape, find_field
from gateway.lens.templates import TemplateError, parse_template
from gateway.mapping.diagnose import Diagnosis, did_you_mean
from gateway.mapping.flow import write_flow, write_key
from gateway.mapping.merge import bare_name
from gateway.mapping.names import BadName, Names, plain
from gateway.mapping.source import Path, Source
from gateway.scim.condition import parse_condition
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath, Filter
from gateway.scim.path import Path as ScimPath

T = TypeVar("T")
_NUMBERS = ("int", "number", "integer", "decimal")


class Desk:
    """One resource type being compiled; `path` is its place in the file."""

    def __init__(self, source: Source, path: Path, names: Names, diagnosis: Diagnosis) -> None:
        self.source = source
        self.path = path
        self.names = names
        self.diagnosis = diagnosis
        self.rule_paths: dict[tuple[str, Field], Path] = {}

    def complain(self, code: str, message: str, path: Path, hint: str = "") -> None:
        """A complaint about something below this resource type.

        Where an inherited line is at fault, the place is the author's own table and the message names that line.
        """
        full = (*self.path, *path)
        place = origin = self.source.place(full)
        while place.file != self.source.file and full:
            full = full[:-1]
            place = self.source.place(full)
        inherited = f" (inherited: {origin.file}:{origin.line})" if place.file != origin.file else ""
        self.diagnosis.add(code, message + inherited, place, hint)

    def line(self, path: Path) -> int:
        """The line of something below this resource type."""
        return self.source.place((*self.path, *path)).line

    def remember(self, rule: Rule, path: Path) -> None:
        """Where a rule stands, for complaints that come later."""
        self.rule_paths[_name_rule(rule)] = path

    def path_of(self, rule: Rule) -> Path:
        """Where a rule stands."""
        return self.rule_paths.get(_name_rule(rule), ("map",))

    def rule_hint(self, path: Path, more: dict[str, Any]) -> str:
        """What a rule should say beside what it says: the keys alone, or all of a rule that is inherited."""
        full = (*self.path, *path)
        if path[:1] != ("map",) or len(path) < 2 or self.source.place(full).file == self.source.file:
            key, value = next(iter(more.items()))
            return f"{write_key(key)}: {write_flow(value)}"
        written: Any = self.source.data["resources"][self.names.type.name]["map"][path[1]]
        rule = dict(written) if isinstance(written, dict) else {"to": written}
        for key, value in more.items():
            old = rule.get(key)
            rule[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
        return f"map: {write_flow({str(path[1]): rule})}"

    def sent_hint(self, path: Path, values: Sequence[Any]) -> str:
        """The rule of `send` with these values, of which the first complete one is sent."""
        written: Any = self.source.data["resources"][self.names.type.name]["send"][path[1]]
        rule = {**written, "value": list(values)} if isinstance(written, dict) else list(values)
        own = self.source.place((*self.path, *path)).file == self.source.file
        return f"{write_key(str(path[1]))}: {write_flow(rule)}" if own else f"send: {write_flow({str(path[1]): rule})}"

    def shape_path(self, field: Field) -> Path:
        """Where a field is declared, whatever is written behind its name."""
        here: Any = self.source.data["resources"][self.names.type.name].get("shape")
        path: Path = ("shape",)
        for name in field:
            key = next((key for key in here if bare_name(key) == name), None) if isinstance(here, dict) else None
            if key is None:
                return path
            path, here = (*path, key), here[key]
        return path

    def attribute(self, text: str, path: Path) -> AttrPath | None:
        """A SCIM attribute by name. Complaints: E101, E104, E106, E124."""
        return self._named(lambda: self.names.attribute(text), path)

    def slot(self, text: str, path: Path) -> ScimPath | None:
        """One value of a list by its selectors. Complaints: E101, E104, E106, E201."""
        return self._named(lambda: self.names.slot(text), path)

    def listed(self, text: str, path: Path) -> AttrPath | None:
        """An attribute for `drop`. Complaints: E101, E104, E106."""
        return self._named(lambda: self.names.listed(text), path)

    def single(self, text: str, path: Path) -> AttrPath | None:
        """An attribute that holds one plain value. Complaints: those of `attribute`, and E201."""
        found = self.attribute(text, path)
        attribute = self.names.type.find(found) if found is not None else None
        if attribute is None or (attribute.type != "complex" and not attribute.multi_valued):
            return found
        kind = "is a list" if attribute.multi_valued else "has parts"
        subs = [f"{found}.{sub.name}" for sub in attribute.sub_attributes if not attribute.multi_valued]
        hint = subs[0] if subs else "a list is carried whole, under map:"
        self.complain("E201", f"{text} {kind}; here stands one plain value", path, hint)
        return None

    def field(self, text: Any, path: Path) -> Field | None:
        """A backend field by name; its existence is checked by the caller. Complaints: E101, E106, E124."""
        return self._named(lambda: self.names.field(str(text)), path)

    def known_field(self, text: Any, path: Path) -> Field | None:
        """A backend field that the shape has. Complaints: those of `field`, and E105."""
        field = self.field(text, path)
        if field is not None and find_field(self.names.shape, field) is None:
            hint = did_you_mean(str(text), self.names.known_fields())
            self.complain("E105", f"the backend's shape has no field {text}", path, hint)
            return None
        return field

    def attribute_template(self, text: Any, path: Path) -> Source_ | None:
        """A constant or a template over SCIM attributes."""
        return self._template(text, path, lambda one: self._need(self.single(one, path)))

    def sent_template(self, text: Any, path: Path) -> Source_ | None:
        """As `attribute_template`, where a hole may also be one value of a list: `{emails[type eq "work"].value}`."""
        return self._template(
            text, path, lambda one: self._need(self.part(one, path) if "[" in one else self.single(one, path))
        )

    def part(self, text: str, path: Path) -> ScimPath | None:
        """A part of one value of a list, in a hole. Complaints: E101, E104, E106, E113, E201."""
        return self._named(lambda: self.names.part(text), path)

    def field_template(self, text: Any, path: Path) -> Source_ | None:
        """A constant or a template over backend fields."""
        return self._template(text, path, lambda one: self._need(self.plain_field(one, path)))

    def condition(self, text: str, path: Path) -> Filter | None:
        """A guard over the resource. Complaints: E104, E106, E113."""
        try:
            return self._named(lambda: self.names.condition(text), path)
        except ScimError as error:
            hint = f"{path[-1]}: 'userType eq \"Employee\"' # conditions are SCIM filters"
            self.complain("E113", plain(error.detail), path, plain(error.hint) if error.hint else hint)
        return None

    def record_condition(self, text: str, path: Path) -> Filter | None:
        """A guard over the record. Complaints: E105, E113."""
        try:
            condition = parse_condition(text, tuple(key for key in self.names.shape.fields if ":" in key))
        except ScimError as error:
            hint = f"{path[-1]}: 'status eq \"DELETED\"' # a filter over fields"
            self.complain("E113", plain(error.detail), path, hint)
            return None
        for keys in paths_read(condition):
            if not reads_field(self.names.shape, keys):
                name = ".".join(keys)
                hint = did_you_mean(name, self.names.known_fields(inside_lists=True))
                self.complain("E105", f"the backend's shape has no field {name}", path, hint)
        return condition

    def unknown(self, code: str, what: str, name: str, known: Iterable[str], path: Path) -> None:
        """A name that is none of the known ones."""
        self.complain(code, what, path, did_you_mean(name, known))

    def _named(self, read: Callable[[], T], path: Path) -> T | None:
        try:
            return read()
        except BadName as error:
            self.complain(error.code, error.message, path, error.hint)
            return None

    def plain_field(self, text: str, path: Path) -> Field | None:
        """A field of the shape that holds one value. Complaints: those of `known_field`, and E201."""
        field = self.known_field(text, path)
        if field is None or isinstance(find_field(self.names.shape, field), Leaf):
            return field
        message = f"{text} has parts or is a list; here stands one plain value"
        self.complain("E201", message, path, "name a field inside it, such as meta.created")
        return None

    def _need(self, found: Any) -> Any:
        if found is None:
            raise TemplateError("")
        return found

    def _template(self, text: Any, path: Path, read_path: Any) -> Source_ | None:
        if isinstance(text, bool | int | float):
            return text
        if not isinstance(text, str):
            self.complain("E112", "here stands one value: a constant, or a text with {holes}", path)
            return None
        try:
            template = parse_template(text, read_path)
        except TemplateError as error:
            if str(error):
                self.complain("E112", str(error), path)
            return None
        if not template.parts:
            self.complain("E112", "an empty text is no value", path, "remove the rule")
            return None
        spelled = (self._spelled(part) if isinstance(part, Hole) else part for part in template.parts)
        template = replace(template, parts=tuple(spelled))
        parts = template.parts
        return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else template

    def _spelled(self, hole: Hole) -> Hole:
        """The hole, marked where its value may be no text; a number reads the same, but is of no class of texts."""
        if isinstance(hole.path, tuple):
            found: Any = find_field(self.names.shape, hole.path)
        else:
            found = self.names.type.find(hole.path.target if isinstance(hole.path, ScimPath) else hole.path)
        kind = getattr(found, "type", "")
        return replace(hole, spelled=kind in ("bool", "boolean", "any") or (kind in _NUMBERS and hole.kind != "any"))


def reads_field(shape: Shape, keys: Sequence[str]) -> bool:
    """Does a path of a condition lead to a field? Letters of either case are one name; an index names an item."""
    if isinstance(shape, ListShape):
        return reads_field(shape.item, keys[1:] if keys and keys[0].isdecimal() else keys)
    if not keys or isinstance(shape, Leaf):
        return not keys or (isinstance(shape, Leaf) and shape.type == "any")
    inner = next((field for name, field in shape.fields.items() if name.casefold() == keys[0].casefold()), None)
    return inner is not None and reads_field(inner, keys[1:])


def _name_rule(rule: Rule) -> tuple[str, Field]:
    if isinstance(rule, SendRule):
        return "send", rule.v
    if isinstance(rule, TextRule):
        return "map", tuple(key for path in attributes_of(rule) for key in keys_of(path))
    if isinstance(rule, LeafRule):
        return "map", (*keys_of(rule.s), *rule.v)  # the parts of slots share their attribute
    return "show" if isinstance(rule, ShowRule) else "map", keys_of(rule.s)
