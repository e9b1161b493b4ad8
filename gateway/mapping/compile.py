"""A merged document, compiled into a Dialect."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

import msgspec

from gateway.lens.kinds import Field
from gateway.mapping.diagnose import Diagnosis
from gateway.mapping.dialect import Connect, Dialect, ErrorRule, Errors, Param, Resource
from gateway.mapping.document import AuthRow, ConnectRow, ErrorCase, ErrorsRow, File, ParamRow, read_row
from gateway.mapping.examples import check_examples
from gateway.mapping.notation import read_keys, read_pace, read_seconds
from gateway.mapping.resource import Bases, compile_resource
from gateway.mapping.source import Source
from gateway.scim.errors import ScimError
from gateway.scim.filter import Filter, parse_filter

_SCHEMES: Mapping[str, str] = {"bearer": "Bearer {secret}", "basic": "Basic {secret}", "oauth2": "Bearer {secret}"}


def compile_source(source: Source, diagnosis: Diagnosis) -> Dialect | None:
    """Compile; None when there were errors (all are in the diagnosis), or when the file is an abstract parent."""
    file = read_row(source, (), source.data, File, diagnosis)
    if file is None:
        return None
    connect = _connect(source, file, diagnosis)
    errors = _errors(source, file, diagnosis)
    bases = Bases({name: _prefix(row) for name, row in file.resources.items()})
    resources: dict[str, Resource] = {}
    for name in file.resources:
        compiled = compile_resource(source, name, file, bases, diagnosis)
        if compiled is not None:
            resources[name] = compiled
    if diagnosis.has_errors or file.abstract:
        return None
    digest = sha256(msgspec.json.encode(source.data)).hexdigest()
    dialect = Dialect(
        name=file.name,
        title=file.title or file.name,
        connect=connect,
        errors=errors,
        resources=resources,
        digest=digest,
    )
    check_examples(source, file, dialect, diagnosis)
    return None if diagnosis.has_errors else dialect


def _prefix(row: Any) -> str:
    table = row.get("id") if isinstance(row, dict) else None
    return str(table.get("prefix", "")) if isinstance(table, dict) else ""


def _connect(source: Source, file: File, diagnosis: Diagnosis) -> Connect:
    row = read_row(source, ("connect",), file.connect, ConnectRow, diagnosis) or ConnectRow()
    params = {}
    for name, value in file.params.items():
        param = read_row(source, ("params", name), value, ParamRow, diagnosis)
        if param is not None:
            params[name] = Param(param.type, param.example, param.default)
    scheme: Literal["bearer", "basic", "oauth2", "header"] = "header" if isinstance(row.auth, AuthRow) else row.auth
    header = row.auth.header if isinstance(row.auth, AuthRow) else None
    return Connect(
        base=row.base,
        params=params,
        auth=scheme,
        auth_header=header.name if header else "Authorization",
        auth_value=header.value if header else _SCHEMES[scheme],
        media=row.media,
        headers=tuple(row.headers.items()),
        timeout=_number(source, "timeout", row.timeout, read_seconds, diagnosis) or 10.0,
        pace=_number(source, "pace", row.pace, read_pace, diagnosis) if row.pace else None,
        concurrency=row.concurrency,
        tries=row.tries,
    )


def _number(source: Source, key: str, text: str, read: Any, diagnosis: Diagnosis) -> float | None:
    try:
        return float(read(text))
    except ValueError as error:
        diagnosis.add("E118", str(error), source.place(("connect", key)))
        return None


def _errors(source: Source, file: File, diagnosis: Diagnosis) -> Errors:
    row = read_row(source, ("errors",), file.errors, ErrorsRow, diagnosis) or ErrorsRow()
    rules: list[ErrorRule] = []
    for number, value in enumerate(row.table):
        path = ("errors", "table", number)
        case = read_row(source, path, value, ErrorCase, diagnosis)
        when = _condition(source, case.when, number, diagnosis) if case else None
        if case is not None and when is not None:
            rules.append(ErrorRule(when, case.becomes.status, case.becomes.scimType, case.becomes.detail))
    detail: tuple[Field, ...] = tuple(read_keys(text) for text in row.detail)
    return Errors(detail, tuple(rules))


def _condition(source: Source, text: str, number: int, diagnosis: Diagnosis) -> Filter | None:
    try:
        return parse_filter(text)
    except ScimError as error:
        where = source.place(("errors", "table", number, "when"))
        diagnosis.add("E113", error.detail, where, "a filter over status, header and body: status eq 409")
        return None
