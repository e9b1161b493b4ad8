"""The SCIM type that a mapping speaks of: the RFC's own, and what the mapping adds to it under `urns` and `scim`."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from gateway.mapping.diagnose import Diagnosis, did_you_mean
from gateway.mapping.document import ResourceRow, UrnRow, read_row
from gateway.mapping.source import Path, Source
from gateway.scim.names import ENTERPRISE
from gateway.scim.schema import Attribute, AttributeType, ResourceType, Schema, standard

TYPES: Mapping[str, AttributeType] = {
    "string": "string", "bool": "boolean", "int": "integer", "number": "decimal", "datetime": "dateTime",
}  # fmt: skip
KNOWN = ("User", "Group")


def read_aliases(source: Source, path: Path, row: ResourceRow, diagnosis: Diagnosis) -> dict[str, tuple[str, str]]:
    """Alias -> (URN towards clients, URN at the backend). `core` is the backend's alone and stands apart."""
    aliases = {"enterprise": (ENTERPRISE, ENTERPRISE)}
    for alias, value in row.urns.items():
        where = (*path, "urns", alias)
        urn = read_row(source, where, value, UrnRow, diagnosis)
        if urn is None:
            continue
        for key, text in (("scim", urn.scim), ("vendor", urn.vendor)):
            if text is not None and not text.casefold().startswith("urn:"):
                hint = f"{key}: urn:example:params:scim:schemas:extension:{alias}:2.0:User"
                diagnosis.add("E101", f"'{text}' is no URN", source.place((*where, key)), hint)
        if not (urn.scim or urn.vendor):
            hint = "scim: <URN towards clients>, or vendor: <URN at the backend>, or both"
            diagnosis.add("E102", f"the alias {alias} names no URN", source.place(where), hint)
        elif alias != "core":
            scim = urn.scim or urn.vendor or ""
            aliases[alias] = (scim, urn.vendor or scim)
    return aliases


def extend_type(
    source: Source, path: Path, row: ResourceRow, aliases: Mapping[str, tuple[str, str]], diagnosis: Diagnosis
) -> ResourceType:
    """The RFC's type with what the mapping adds under `scim:`. The last part of `path` names one of KNOWN."""
    full = standard(str(path[-1]))
    added: dict[str, list[Attribute]] = {}
    for text, kind in row.scim.items():
        where = (*path, "scim", text)
        attribute = _read_attribute(source, where, text, kind, aliases, diagnosis)
        if attribute is not None:
            added.setdefault(aliases[text.partition(":")[0]][0], []).append(attribute)
    extensions = {one.id: one for one in full.extensions}
    for urn, attributes in added.items():
        known = extensions.get(urn, Schema(id=urn, name=urn.rsplit(":", 1)[-1]))
        extensions[urn] = replace(known, attributes=(*known.attributes, *attributes))
    if row.at and not row.at.startswith("/"):
        hint = f"at: /{row.at}"
        diagnosis.add("E117", f"'{row.at}' is no endpoint: it begins with /", source.place((*path, "at")), hint)
    return replace(full, endpoint=row.at or full.endpoint, extensions=tuple(extensions.values()))


def _read_attribute(
    source: Source, where: Path, text: str, kind: Any, aliases: Mapping[str, tuple[str, str]], diagnosis: Diagnosis
) -> Attribute | None:
    alias, colon, name = text.partition(":")
    if not colon or not name:
        hint = f"profile:{text}: string, with profile under urns:"
        message = f"'{text}': an attribute of your own stands in a schema of your own"
        diagnosis.add("E101", message, source.place(where), hint)
    elif alias not in aliases:
        hint = f"urns: {{ {alias}: {{ scim: <URN towards clients> }} }}"
        diagnosis.add("E106", f"alias {alias} is not declared under urns:", source.place(where), hint)
    elif not isinstance(kind, str) or kind not in TYPES:
        diagnosis.add("E102", f"{text} cannot be {kind}", source.place(where), did_you_mean(str(kind), TYPES))
    else:
        return Attribute(name=name, type=TYPES[kind])
    return None
