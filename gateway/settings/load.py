"""The whole file: read, checked against itself and its mappings, and made into Settings."""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any

from msgspec import UNSET, Struct

from gateway.edge.secrets import Secret
from gateway.edge.state_address import StateAddress, parse_state_url
from gateway.mapping.diagnose import Diagnosis, Diagnostic, MappingError, Place
from gateway.mapping.rows import read_row
from gateway.mapping.source import Source, read_yaml
from gateway.settings.backends import Mappings, read_backend
from gateway.settings.data import Backend, Settings, TenantSettings
from gateway.settings.following import advise_several, check_followers
from gateway.settings.grammar import FileRow, StateRow
from gateway.settings.splitting import check_split
from gateway.settings.tenants import Tokens, advise_brake, check_adopted, read_tenant
from gateway.settings.uses import check_apart
from gateway.settings.values import Desk

SECRET_BYTES = 32
CONFIG_VARIABLE = "SCIM_GATEWAY_CONFIG"


class SettingsReport(Struct, frozen=True):
    """A file that was checked: the settings when it had no errors, and everything there is to say."""

    settings: Settings | None
    diagnostics: tuple[Diagnostic, ...]


def default_config() -> str:
    """Where the configuration is when nobody says."""
    return os.environ.get(CONFIG_VARIABLE) or "gateway.yaml"


def load_settings(file: str) -> Settings:
    """The settings of a file. Raises MappingError with every diagnostic when it has errors."""
    report = check_settings(file)
    if report.settings is None:
        raise MappingError(report.diagnostics)
    return report.settings


def check_settings(file: str) -> SettingsReport:
    """Read and check a file, collecting complaints."""
    try:
        text = FilePath(file).read_text("utf-8")
        diagnosis = Diagnosis()
        source = read_yaml(text, file, beside=diagnosis)
    except (OSError, UnicodeDecodeError) as error:
        return SettingsReport(None, (unreadable(file, error),))
    except MappingError as error:
        return SettingsReport(None, error.diagnostics)
    desk = Desk(source, diagnosis, FilePath(file).parent)
    settings = read_file(desk, file, text)
    if settings is not None and not desk.diagnosis.has_errors:
        advise(desk, settings)
    diagnostics = tuple(unique(desk.diagnosis.diagnostics))
    return SettingsReport(None if desk.diagnosis.has_errors else settings, diagnostics)


def advise(desk: Desk, settings: Settings) -> None:
    """What is worth knowing of a good file."""
    advise_brake(desk, settings.tenants.values())
    for tenant in settings.tenants.values():
        advise_several(desk, tenant, shared=settings.state.is_shared)


def unique(diagnostics: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """Each complaint once; two backends of one mapping repeat the mapping's."""
    return {str(one): one for one in diagnostics}.values()


def unreadable(file: str, error: OSError | UnicodeDecodeError) -> Diagnostic:
    reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
    hint = f"say where it is: --config FILE, or set {CONFIG_VARIABLE}"
    return Diagnostic("E801", f"the configuration cannot be read: {reason}", Place(file), hint)


def read_file(desk: Desk, file: str, text: str) -> Settings | None:
    """All of the file; None when not even its outline holds."""
    row = read_row(desk.source, (), desk.source.data, FileRow, desk.diagnosis, instead={})
    if row is None:
        return None
    folders = read_folders(desk, row.mappings)
    mappings = Mappings(desk, folders)
    backends = read_backends(desk, row.backends, mappings)
    tenants = read_tenants(desk, row.tenants, row.backends)
    for tenant in tenants.values():
        check_apart(desk, tenant, backends)
        check_adopted(desk, tenant, backends)
        check_followers(desk, tenant, backends)
        check_split(desk, tenant, backends)
    refuse_idle(desk, row.backends)
    state = read_state(desk, row.state)
    secret = read_keys(desk, row.secret, state)
    listen, admin = desk.address(row.listen, ("listen",)), desk.address(row.admin, ("admin",))
    if listen == admin and listen.port:
        desk.complain("E803", "listen and admin are the same address", ("admin",), "admin: 127.0.0.1:9090")
    return Settings(
        file=file,
        digest=digest_of(text, backends.values()),
        listen=listen,
        admin=admin,
        public_url=desk.url(row.public_url, ("public_url",)) if row.public_url else "",
        state=state,
        secret=secret,
        mappings=folders,
        backends=backends,
        tenants=tenants,
    )


def digest_of(text: str, backends: Iterable[Backend]) -> str:
    parts = [text, *sorted(backend.dialect.digest for backend in backends)]
    return sha256("\0".join(parts).encode()).hexdigest()[:12]


def read_folders(desk: Desk, listed: list[str]) -> tuple[FilePath, ...]:
    """Folders of mappings; a relative one is meant from the file's own folder."""
    folders = [desk.folder / folder for folder in listed]
    good = [os.access(folder, os.R_OK | os.X_OK) and folder.is_dir() for folder in folders]
    hint = "it is looked for beside the configuration file; those that come with the gateway need no entry"
    for index, is_good in enumerate(good):
        if not is_good:
            desk.complain("E822", f"there is no folder {listed[index]} that can be read", ("mappings", index), hint)
    return tuple(folder for folder, is_good in zip(folders, good, strict=True) if is_good)


def read_backends(desk: Desk, rows: dict[str, Any], mappings: Mappings) -> dict[str, Backend]:
    if not rows:
        desk.complain("E821", "there are no backends", ("backends",), "backends: { name: { mapping: ..., url: ... } }")
    found = {name: read_backend(desk, name, data, mappings) for name, data in rows.items()}
    return {name: backend for name, backend in found.items() if backend is not None}


def read_tenants(desk: Desk, rows: dict[str, Any], backends: dict[str, Any]) -> dict[str, TenantSettings]:
    if not rows:
        hint = "tenants: { name: { tokens: [...], backends: [...] } }"
        desk.complain("E821", "there are no tenants", ("tenants",), hint)
    tokens = Tokens(desk)
    found = {name: read_tenant(desk, name, data, backends, tokens) for name, data in rows.items()}
    return {name: tenant for name, tenant in found.items() if tenant is not None}


def refuse_idle(desk: Desk, backends: Iterable[str]) -> None:
    used = named_backends(desk.source)
    for name in backends:
        if name not in used:
            desk.complain("E814", f"no tenant uses the backend {name}", ("backends", name), "remove it, or use it")


def named_backends(source: Source) -> set[str]:
    """Every backend that some tenant names, in any form."""
    found: set[str] = set()
    tenants = source.data.get("tenants") if isinstance(source.data, dict) else None
    for tenant in tenants.values() if isinstance(tenants, dict) else ():
        for key in ("backends", "split") if isinstance(tenant, dict) else ():
            listed = tenant.get(key)
            for one in listed if isinstance(listed, list) else ():
                name = one.get("use") if isinstance(one, dict) else one
                found.add(str(name))
    return found


def read_state(desk: Desk, data: Any) -> StateAddress:
    """`state` as a URL, or as a table with a user and a password."""
    username, password = None, None
    url = data
    if isinstance(data, dict):
        row = read_row(desk.source, ("state",), data, StateRow, desk.diagnosis)
        if row is None:
            return StateAddress("memory")
        url, username = row.url, row.username
        if row.password is not UNSET:
            password = desk.secret(row.password, ("state", "password"))
    try:
        return parse_state_url(str(url), username, password)
    except ValueError as error:
        desk.complain("E805", f"state: {error}", ("state",), "memory://, or redis://redis:6379/0")
        return StateAddress("memory")


def read_keys(desk: Desk, data: Any, state: StateAddress) -> tuple[Secret, ...]:
    """`secret`: one, or `[new, old]` while it is being rotated. A shared store needs it."""
    if data is UNSET:
        if state.is_shared:
            hint = "secret: { env: SCIM_GATEWAY_SECRET }, 32 bytes or more, the same in every replica"
            desk.complain("E806", "a shared state needs a secret", ("state",), hint)
        return ()
    listed = data if isinstance(data, list) else [data]
    if not listed:
        desk.complain("E807", "secret must say where the secret is", ("secret",), "write { env: NAME }")
    paths = [("secret", index) if isinstance(data, list) else ("secret",) for index in range(len(listed))]
    return tuple(desk.secret(one, path, least=SECRET_BYTES) for one, path in zip(listed, paths, strict=True))
