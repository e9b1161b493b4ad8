"""Backends of `gateway.yaml`: mapping, base URL, credentials and limits, made into a Link."""

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import quote

from msgspec import UNSET, structs

from gateway.edge.credentials import Auth, Basic, Bearer, Header, OAuth2
from gateway.edge.secrets import Secret
from gateway.edge.transport import Link
from gateway.mapping.diagnose import MappingError, did_you_mean
from gateway.mapping.dialect import Connect, Dialect, Param
from gateway.mapping.load import check_mapping, is_abstract, known_mappings
from gateway.mapping.rows import read_row
from gateway.mapping.source import Path, Source
from gateway.settings.data import Backend
from gateway.settings.grammar import BackendRow, BasicRow, HeaderAuthRow, OAuth2Row
from gateway.settings.values import HOST, Desk, is_loopback

SCHEMES = ("bearer", "basic", "header", "oauth2")
_HOLE = re.compile(r"\{(\w+)\}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_AUTH_HINT = "auth: { bearer: { env: NAME } }; or basic, header, oauth2; or auth: none where none is asked for"


class Mappings:
    """Dialects by name, each compiled once; their complaints join those of the file."""

    def __init__(self, desk: Desk, folders: tuple[FilePath, ...]) -> None:
        self.desk = desk
        self.folders = folders
        self.known = known_mappings(folders)
        self.compiled: dict[str, Dialect | None] = {}

    def find(self, name: str, path: Path, overrides: Source | None) -> Dialect | None:
        """The dialect, or None after a complaint."""
        if name not in self.known:
            self.desk.complain("E815", f"there is no mapping {name}", path, did_you_mean(name, self.known))
            return None
        if overrides is None and name in self.compiled:
            return self.compiled[name]
        dialect = self.compile(name, path, overrides)
        if overrides is None:
            self.compiled[name] = dialect
        return dialect

    def compile(self, name: str, path: Path, overrides: Source | None) -> Dialect | None:
        try:
            if is_abstract(name, self.folders):
                hint = "use a mapping that extends it; scim2 serves any conformant server"
                self.desk.complain("E816", f"{name} is only a parent for other mappings", path, hint)
                return None
            report = check_mapping(name, self.folders, overrides)
        except MappingError as error:
            self.desk.diagnosis.diagnostics += error.diagnostics
            return None
        self.desk.diagnosis.diagnostics += report.diagnosis.diagnostics
        return report.dialect


def read_backend(desk: Desk, name: str, data: Any, mappings: Mappings) -> Backend | None:
    """One backend; None after complaints that leave nothing to use."""
    path: Path = ("backends", name)
    desk.name(name, path, "backend")
    row = read_row(desk.source, path, data, BackendRow, desk.diagnosis, instead={"mapping": ""})
    if row is None:
        return None
    overrides = cut_source(desk.source, (*path, "overrides"), row.overrides) if row.overrides is not UNSET else None
    dialect = mappings.find(row.mapping, (*path, "mapping"), overrides) if row.mapping else None
    if dialect is None:  # what the backend says by itself is looked at all the same
        read_limits(desk, row, path)
        read_auth(desk, row.auth, None, (*path, "auth"))
        if row.url is not None:
            desk.url(row.url, (*path, "url"))
        return None
    link = read_link(desk, name, data, row, dialect.connect, path)
    return Backend(name=name, mapping=row.mapping, dialect=dialect, link=link, drops=_drops(overrides))


def _drops(overrides: Source | None) -> frozenset[str]:
    """The resource types for which overrides, found good, write `drop`."""
    resources = overrides.data.get("resources", {}) if overrides is not None else {}
    return frozenset(name for name, row in resources.items() if row is not None and "drop" in row)


def cut_source(source: Source, at: Path, data: Any) -> Source:
    """A part of the file as a source of its own, with the file's places."""
    places = {path[len(at) :]: place for path, place in source.places.items() if path[: len(at)] == at}
    return Source(source.file, data, places)


def read_link(desk: Desk, name: str, data: Mapping[str, Any], row: BackendRow, connect: Connect, path: Path) -> Link:
    """What the backend says, over what its mapping says."""
    told = not isinstance(data.get("url", ""), str) or not isinstance(data.get("params", {}), dict)
    base = "" if told else read_base(desk, row, connect, path)  # a value of another kind was told already
    auth = read_auth(desk, row.auth, connect, (*path, "auth"))
    if auth is not None and base.startswith("http://") and not is_loopback(base):
        desk.complain("W830", f"the credential of {name} travels unencrypted", path, "use https")
    link = Link(
        name=name,
        base=base,
        auth=auth,
        media=connect.media,
        headers=connect.headers,
        timeout=connect.timeout,
        pace=connect.pace,
        concurrency=connect.concurrency,
    )
    return structs.replace(link, **read_limits(desk, row, path))


def read_limits(desk: Desk, row: BackendRow, path: Path) -> dict[str, Any]:
    """The limits that the backend says itself."""
    limits: dict[str, Any] = {}
    if row.timeout is not None:
        limits["timeout"] = desk.duration(row.timeout, (*path, "timeout"), most=120.0)
    if row.pace is not None:
        limits["pace"] = desk.pace(row.pace, (*path, "pace"))
    if row.concurrency is not None:
        if not 1 <= row.concurrency <= 1000:
            desk.complain("E818", "concurrency is a number from 1 to 1000", (*path, "concurrency"), "for example 16")
        limits["concurrency"] = max(row.concurrency, 1)
    return limits


def read_base(desk: Desk, row: BackendRow, connect: Connect, path: Path) -> str:
    """`url` replaces the mapping's base URL whole; else `params` fill its holes."""
    unknown = [key for key in row.params if key not in connect.params]
    for key in unknown:
        hint = did_you_mean(key, connect.params) if connect.params else "remove it"
        desk.complain("E817", f"the mapping {row.mapping} has no param {key}", (*path, "params", key), hint)
    if row.url is not None:
        return desk.url(row.url, (*path, "url"))
    if not connect.base:
        desk.complain("E817", f"the mapping {row.mapping} has no base URL", path, "add url: https://...")
        return ""
    wanted = {key: param for key, param in connect.params.items() if f"{{{key}}}" in connect.base}
    values = {key: read_param(desk, key, param, row.params, path) for key, param in wanted.items()}
    return _HOLE.sub(lambda hole: values.get(hole[1], ""), connect.base).rstrip("/")


def read_param(desk: Desk, key: str, param: Param, given: Mapping[str, Any], path: Path) -> str:
    """One hole's value, safe to stand in a URL."""
    value = given.get(key, param.default)
    where = (*path, "params", key)
    example = f"for example params: {{ {key}: {param.example} }}" if param.example else f"add params: {{ {key}: ... }}"
    if value is None:
        desk.complain("E817", f"the param {key} is missing", (*path, "params"), example)
        return ""
    text = str(value)
    if isinstance(value, bool | dict | list) or not text or not text.isprintable():
        desk.complain("E817", f"the param {key} must be a text", where, example)
    elif param.type == "host" and not HOST.fullmatch(text):
        desk.complain("E817", f"the param {key} must be a host name", where, example)
    elif param.type == "url":
        return desk.url(text, where)
    return text if param.type == "host" else quote(text, safe="")


def read_auth(desk: Desk, data: Any, connect: Connect | None, path: Path) -> Auth:
    """One scheme and its secrets. None is for backends that ask for no credential."""
    if data == "none":
        return None
    if data is UNSET:
        if connect is not None and connect.auth is not None:
            desk.complain("E819", "the backend has no auth", path[:-1], _AUTH_HINT)
        return None
    if not isinstance(data, dict) or len(data) != 1 or next(iter(data)) not in SCHEMES:
        given = [key for key in data if key not in SCHEMES] if isinstance(data, dict) else []
        desk.complain("E819", "auth is one scheme", path, did_you_mean(given[0], SCHEMES) if given else _AUTH_HINT)
        return None
    scheme, value = next(iter(data.items()))
    if scheme == "bearer" and connect is not None and connect.auth == "header":
        hint = "auth: { header: { value: { env: NAME } } }"
        desk.complain("E819", f"the mapping sends its credential in {connect.auth_header}", path, hint)
    return READERS[scheme](desk, value, connect, (*path, scheme))


def read_bearer(desk: Desk, data: Any, connect: Connect | None, path: Path) -> Auth:
    return Bearer(desk.secret(data, path))


def read_basic(desk: Desk, data: Any, connect: Connect | None, path: Path) -> Auth:
    row = read_row(desk.source, path, data, BasicRow, desk.diagnosis)
    if row is None:
        return None
    if ":" in row.user or not row.user.isprintable():
        desk.complain("E819", "a basic user holds no colon (RFC 7617)", (*path, "user"), "user: gateway")
    return Basic(row.user, desk.secret(row.password, (*path, "password")))


def read_header(desk: Desk, data: Any, connect: Connect | None, path: Path) -> Auth:
    """With a name the secret is sent as it is; without one, as the mapping's template says."""
    row = read_row(desk.source, path, data, HeaderAuthRow, desk.diagnosis)
    if row is None:
        return None
    secret: Secret = desk.secret(row.value, (*path, "value"))
    if row.name is not None:
        if not _HEADER_NAME.fullmatch(row.name):
            desk.complain("E819", "that cannot be the name of a header", (*path, "name"), "for example X-Api-Key")
        return Header(row.name, secret)
    if connect is None or connect.auth != "header":
        desk.complain("E819", "the mapping names no header", path, "add name: X-Api-Key")
        return None
    return Header(connect.auth_header, secret, connect.auth_value)


def read_oauth2(desk: Desk, data: Any, connect: Connect | None, path: Path) -> Auth:
    row = read_row(desk.source, path, data, OAuth2Row, desk.diagnosis)
    if row is None:
        return None
    secret = desk.secret(row.client_secret, (*path, "client_secret"))
    return OAuth2(desk.url(row.token_url, (*path, "token_url")), row.client_id, secret, row.scope)


READERS = {"bearer": read_bearer, "basic": read_basic, "header": read_header, "oauth2": read_oauth2}
