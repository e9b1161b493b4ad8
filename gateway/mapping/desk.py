"""What every compiling step holds: the source, the complaints so far, and the names of one resource type."""

from typing import Any

from gateway.lens.kinds import Field
from gateway.lens.kinds import Source as Source_
from gateway.lens.templates import TemplateError, parse_template
from gateway.mapping.diagnose import Diagnosis, did_you_mean
from gateway.mapping.notation import Names, UnknownAlias
from gateway.mapping.source import Path, Source
from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath, Filter, parse_filter


class Desk:
    """One resource type being compiled; `path` is its place in the file."""

    def __init__(self, source: Source, path: Path, names: Names, diagnosis: Diagnosis) -> None:
        self.source = source
        self.path = path
        self.names = names
        self.diagnosis = diagnosis

    def complain(self, code: str, message: str, path: Path, hint: str = "") -> None:
        """A complaint about something below this resource type."""
        self.diagnosis.add(code, message, self.source.place((*self.path, *path)), hint)

    def line(self, path: Path) -> int:
        """The line of something below this resource type."""
        return self.source.place((*self.path, *path)).line

    def attribute(self, text: str, path: Path) -> AttrPath | None:
        """A SCIM attribute by name. Complaints: E101, E104, E106."""
        try:
            return self.names.attribute(text)
        except UnknownAlias as error:
            known = ", ".join(self.names.aliases)
            self.complain("E106", f"alias {error} is not declared under urns:", path, f"known: {known}")
        except ScimError as error:
            code = "E104" if "has no attribute" in error.detail else "E101"
            self.complain(code, error.detail, path, error.hint)
        return None

    def field(self, text: Any, path: Path) -> Field | None:
        """A backend field by name; its existence is checked by the caller. Complaints: E101, E106."""
        try:
            return self.names.field(str(text))
        except UnknownAlias as error:
            self.complain(
                "E106", f"alias {error} is not declared under urns:", path, "declare it, or write the URN out"
            )
        except ValueError as error:
            self.complain("E101", str(error), path)
        return None

    def attribute_template(self, text: Any, path: Path) -> Source_ | None:
        """A constant or a template over SCIM attributes."""
        return self._template(text, path, lambda one: self._need(self.attribute(one, path)))

    def field_template(self, text: Any, path: Path) -> Source_ | None:
        """A constant or a template over backend fields."""
        return self._template(text, path, lambda one: self._need(self.field(one, path)))

    def _need(self, found: Any) -> Any:
        if found is None:
            raise TemplateError("")
        return found

    def _template(self, text: Any, path: Path, read_path: Any) -> Source_ | None:
        if isinstance(text, bool | int | float):
            return text
        if not isinstance(text, str):
            self.complain("E112", "a value is a constant or a text with {holes}", path)
            return None
        try:
            template = parse_template(text, read_path)
        except TemplateError as error:
            if str(error):
                self.complain("E112", str(error), path)
            return None
        parts = template.parts
        return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else template

    def condition(self, text: str, path: Path) -> Filter | None:
        """A guard. Complaints: E113."""
        try:
            return parse_filter(text, tuple(self.names.type.urns))
        except ScimError as error:
            self.complain("E113", error.detail, path, error.hint or 'guards are SCIM filters: userType eq "Employee"')
        return None

    def unknown(self, code: str, what: str, name: str, known: Any, path: Path) -> None:
        """A name that is none of the known ones."""
        self.complain(code, what, path, did_you_mean(name, known))
