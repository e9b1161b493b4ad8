"""The SCIM type that a mapping speaks of: the RFC's own, and what the mapping adds to it under `urns` and `scim`."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from gateway.mapping.diagnose import Diagnosis, nearest
from gateway.mapping.document import ResourceRow, UrnRow, read_row
from gateway.mapping.flow import write_flow
from gateway.mapping.merge import bare_name
from gateway.mapping.names import BadName
from gateway.mapping.own import read_attributes
from gateway.mapping.source import Path, Source
from gateway.scim.filter import AttrPath
from gateway.scim.names import ENTERPRISE
from gateway.scim.schema import Attribute, ResourceType, Schema, standard

KNOWN = ("User", "Group")
RESERVED = ("Bulk", "Me", "ResourceTypes", "Schemas", "ServiceProviderConfig", "ServiceProviderConfigs")  # RFC 7644 3.2
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_ENDPOINT = re.compile(r"/[A-Za-z][A-Za-z0-9_-]*")


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
            hint = "scim: <URN towards clients> # or vendor: <URN at the backend>; or both"
            diagnosis.add("E102", f"the alias {alias} names no URN", source.place(where), hint)
        elif alias != "core":
            scim = urn.scim or urn.vendor or ""
            aliases[alias] = (scim, urn.vendor or scim)
    return aliases


def refuse_aliases(
    source: Source, path: Path, row: ResourceRow, aliases: Mapping[str, tuple[str, str]], diagnosis: Diagnosis
) -> None:
    """A field named with an alias would be sent under that very name. Complaints: E111."""
    for text, value in row.shape.items():
        alias, _, rest = str(text).partition(":")
        if rest and alias in aliases:
            urn = aliases[alias][1]
            message = f"{text}: an alias names no field; the fields of a schema stand below its URN"
            hint = f"{urn}: {write_flow({rest: value})} # instead"
            diagnosis.add("E111", message, source.place((*path, "shape", text)), hint)


def read_type(
    source: Source, path: Path, row: ResourceRow, aliases: Mapping[str, tuple[str, str]], types: frozenset[str],
    diagnosis: Diagnosis,
) -> ResourceType | None:  # fmt: skip
    """The RFC's type, or one of the mapping's own (`schema`), with the attributes that stand under `scim`.

    `types` are those of the file. None when there is no such type. Complaints: E101, E103, E106, E111, E117, E125.
    """
    full = _bare_type(source, path, row, diagnosis)
    if full is None:
        return None
    added: dict[str, list[Attribute]] = {}
    for text, attribute in read_attributes(source, (*path, "scim"), row.scim, types, diagnosis).items():
        try:
            added.setdefault(_schema_for(full, text, attribute, aliases), []).append(attribute)
        except BadName as error:
            where = next(key for key in row.scim if bare_name(key) == text)
            diagnosis.add(error.code, error.message, source.place((*path, "scim", where)), error.hint)
    return _with_attributes(full, added)


def _bare_type(source: Source, path: Path, row: ResourceRow, diagnosis: Diagnosis) -> ResourceType | None:
    name = str(path[-1])
    full = standard(name) if name in KNOWN else ResourceType(name, f"/{name}s", name, Schema(row.schema, name, name))
    if name in KNOWN and row.schema:
        hint = "remove it; the backend's own URN stands under urns: { core: { vendor: <URN> } }"
        diagnosis.add("E125", f"the schema of {name} is the standard's", source.place((*path, "schema")), hint)
    elif name not in KNOWN and not row.schema:
        close = nearest(name, KNOWN)
        hint = f"did you mean {close}?" if close else f"schema: urn:example:params:scim:schemas:core:2.0:{name}"
        diagnosis.add("E125", f"{name} is no resource type of the standard's", source.place(path), hint)
        return None
    elif not _NAME.fullmatch(name):
        message = f"'{name}' cannot be a resource type's name"
        diagnosis.add("E125", message, source.place(path), "a capital, then letters and digits: ServicePrincipal")
        return None
    if row.schema and not row.schema.casefold().startswith("urn:"):
        hint = f"schema: urn:example:params:scim:schemas:core:2.0:{name}"
        diagnosis.add("E101", f"'{row.schema}' is no URN", source.place((*path, "schema")), hint)
    return replace(full, endpoint=_endpoint(source, path, row, diagnosis) or full.endpoint)


def _endpoint(source: Source, path: Path, row: ResourceRow, diagnosis: Diagnosis) -> str:
    """`at`; one segment that no document of the standard's stands at. Complaints: E117."""
    if row.at and (not _ENDPOINT.fullmatch(row.at) or row.at[1:] in RESERVED):
        near = "/" + re.sub(r"[^A-Za-z0-9_-]", "", row.at)
        hint = "at: /Users" if near[1:] in {"", *RESERVED} else f"at: {near}"
        why = "a document of SCIM's stands there" if row.at[1:] in RESERVED else "it is / and one segment"
        diagnosis.add("E117", f"'{row.at}' is no endpoint: {why}", source.place((*path, "at")), hint)
    return row.at


def _schema_for(full: ResourceType, text: str, attribute: Attribute, aliases: Mapping[str, tuple[str, str]]) -> str:
    """The URN that a name of `scim` stands below: that of its alias, or the own type's. Raises BadName."""
    alias, colon, _ = text.rpartition(":")
    if not colon and full.name in KNOWN:
        message = f"'{text}': an attribute of your own stands in a schema of your own"
        raise BadName("E101", message, f"profile:{attribute.name}: string # instead, with profile under urns:")
    if colon and alias not in aliases:
        close = nearest(alias, aliases)
        hint = f"did you mean {close}?" if close else f"urns: {{ {alias}: {{ scim: <URN towards clients> }} }}"
        raise BadName("E106", f"alias {alias} is not declared under urns:", hint)
    urn = aliases[alias][0] if colon else full.schema.id
    known = full.find(AttrPath(urn, attribute.name))
    if known is not None:  # RFC 7643 3.1: every resource has `id`, `externalId` and `meta`
        raise BadName("E103", f"{full.name} has an attribute {known.name} already", "remove the line")
    return urn


def _with_attributes(full: ResourceType, added: Mapping[str, list[Attribute]]) -> ResourceType:
    """The type with further attributes, by URN of their schema."""
    core = (*full.schema.attributes, *added.get(full.schema.id, ()))
    extensions = {one.id: one for one in full.extensions}
    for urn, attributes in added.items():
        if urn != full.schema.id:
            known = extensions.get(urn, Schema(id=urn, name=urn.rsplit(":", 1)[-1]))
            extensions[urn] = replace(known, attributes=(*known.attributes, *attributes))
    return replace(full, schema=replace(full.schema, attributes=core), extensions=tuple(extensions.values()))


def check_apart(source: Source, rows: Mapping[str, Any], diagnosis: Diagnosis) -> None:
    """Each type of the file has an endpoint and a schema of its own. Complaints: E127."""
    seen: dict[str, str] = {}
    samples = {"at": "at: /Devices", "schema": "schema: urn:example:params:scim:schemas:core:2.0:Device"}
    for name, row in rows.items():
        said = row if isinstance(row, dict) else {}
        full = standard(name) if name in KNOWN else None
        usual = {"at": full.endpoint if full else f"/{name}s", "schema": full.schema.id if full else ""}
        for key, hint in samples.items():
            value = str(said.get(key) or usual[key])
            first = seen.setdefault(value.casefold(), name) if value else name
            if first != name:
                where = source.place(("resources", name, key))
                diagnosis.add("E127", f"{first} and {name} share {value}", where, hint)
