"""A merged document, compiled into a Dialect."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

import msgspec

from gateway.lens.guards import paths_read
from gateway.mapping.asked import check_prompt
from gateway.mapping.diagnose import Diagnosis, did_you_mean, nearest
from gateway.mapping.dialect import Connect, Dialect, ErrorRule, Errors, Param, Resource
from gateway.mapping.document import AuthRow, ConnectRow, ErrorAnswer, ErrorCase, ErrorsRow, File, ParamRow, read_row
from gateway.mapping.examples import check_examples
from gateway.mapping.extended import check_apart
from gateway.mapping.flow import write_flow
from gateway.mapping.merge import refuse_removals
from gateway.mapping.names import plain
from gateway.mapping.notation import find_holes, read_pace, read_reply_keys, read_seconds
from gateway.mapping.resource import Bases, compile_resource
from gateway.mapping.source import Path, Source
from gateway.scim.condition import parse_condition
from gateway.scim.errors import STATUS, ScimError
from gateway.scim.filter import Filter

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
_ANSWER = frozenset({"status", "header", "body", "text"})
_MEDIA = {"scim": "application/scim+json", "json": "application/json"}
_SCHEMES: Mapping[str, str] = {"bearer": "Bearer {secret}", "basic": "Basic {secret}", "oauth2": "Bearer {secret}"}


def compile_source(source: Source, diagnosis: Diagnosis) -> Dialect | None:
    """Compile; None when there were errors (all are in the diagnosis), or when the file is an abstract parent."""
    source = refuse_removals(source, diagnosis)
    file = read_row(source, (), source.data, File, diagnosis, instead={"scimap": 1, "name": ""})
    if file is None:
        return None
    connect = _connect(source, file, diagnosis)
    errors = _errors(source, file, diagnosis)
    anchored = frozenset(name for name, row in file.resources.items() if _id_table(row).get("anchor"))
    bases = Bases({name: str(_id_table(row).get("prefix", "")) for name, row in file.resources.items()}, anchored)
    check_apart(source, file.resources, diagnosis)
    resources: dict[str, Resource] = {}
    for name in file.resources:
        compiled = compile_resource(source, name, file, bases, diagnosis)
        if compiled is not None:
            resources[name] = compiled
    check_prompt(source, connect, resources, diagnosis)
    misspelt = any(key != "resources" and nearest(key, ("resources",)) for key in source.data)
    if not source.data.get("resources") and not file.abstract and not misspelt:
        hint = "resources: { User: { ops: ..., can: ..., shape: ..., map: ... } }"
        diagnosis.add("E602", "there are no resources: nothing can be served", source.place(("resources",)), hint)
    check_examples(source, file, resources, diagnosis)
    if diagnosis.has_errors or file.abstract:
        return None
    digest = sha256(msgspec.json.encode(source.data)).hexdigest()
    return Dialect(
        name=file.name,
        title=file.title or file.name,
        connect=connect,
        errors=errors,
        resources=resources,
        digest=digest,
    )


def _id_table(row: Any) -> Mapping[str, Any]:
    table = row.get("id") if isinstance(row, dict) else None
    return table if isinstance(table, dict) else {}


def _connect(source: Source, file: File, diagnosis: Diagnosis) -> Connect:
    row = read_row(source, ("connect",), file.connect, ConnectRow, diagnosis, instead={}) or ConnectRow()
    params = {}
    for name, value in file.params.items():
        param = read_row(source, ("params", name), value, ParamRow, diagnosis)
        if param is not None:
            params[name] = Param(param.type, param.example, param.default)
    scheme: Literal["bearer", "basic", "oauth2", "header"] = "header" if isinstance(row.auth, AuthRow) else row.auth
    header = row.auth.header if isinstance(row.auth, AuthRow) else None
    _check_connect(source, row, params, diagnosis)
    return Connect(
        base=row.base,
        params=params,
        auth=scheme,
        auth_header=header.name if header else "Authorization",
        auth_value=header.value if header else _SCHEMES[scheme],
        media=row.media or _MEDIA[file.dialect],
        headers=tuple(row.headers.items()),
        timeout=_number(source, "timeout", row.timeout, read_seconds, diagnosis) or 10.0,
        pace=_number(source, "pace", row.pace, read_pace, diagnosis) if row.pace else None,
        concurrency=row.concurrency,
        tries=row.tries,
        shows_after=_number(source, "shows_after", row.shows_after, read_seconds, diagnosis) or 0.0
        if row.shows_after
        else 0.0,
    )


def _check_connect(source: Source, row: ConnectRow, params: Mapping[str, Param], diagnosis: Diagnosis) -> None:
    path: Path = ("connect",)
    for hole in sorted(find_holes(row.base) - set(params)):
        message = f"base uses {{{hole}}}, which params: does not declare"
        hint = f"params: {{ {hole}: {{ type: host, example: vendor.example }} }}"
        diagnosis.add("E604", message, source.place((*path, "base")), hint)
    for name in row.headers:
        if name.casefold() in _SECRET_HEADERS:
            message = f"the header {name} would put a credential into the mapping"
            diagnosis.add(
                "E703",
                message,
                source.place((*path, "headers", name)),
                "auth: bearer # instead; or basic, oauth2, { header: { name: X-Api-Key } }",
            )
    if isinstance(row.auth, AuthRow) and "{secret}" not in row.auth.header.value:
        message = "the header of auth does not say where the secret goes"
        header = {"name": row.auth.header.name, "value": f"{row.auth.header.value} {{secret}}".strip()}
        hint = f"header: {write_flow(header)}"
        diagnosis.add("E604", message, source.place((*path, "auth")), hint)


def _number(source: Source, key: str, text: str, read: Any, diagnosis: Diagnosis) -> float | None:
    try:
        return float(read(text))
    except ValueError as error:
        diagnosis.add(
            "E118", str(error), source.place(("connect", key)), f"{key}: {'25/s' if key == 'pace' else '10s'}"
        )
        return None


def _errors(source: Source, file: File, diagnosis: Diagnosis) -> Errors:
    row = read_row(source, ("errors",), file.errors, ErrorsRow, diagnosis, instead={}) or ErrorsRow()
    rules: list[ErrorRule] = []
    for number, value in enumerate(row.table):
        path: Path = ("errors", "table", number)
        case = read_row(source, path, value, ErrorCase, diagnosis)
        when = _condition(source, case.when, (*path, "when"), diagnosis) if case else None
        if case is not None and when is not None:
            _check_answer(source, (*path, "as"), case.becomes, diagnosis)
            rules.append(ErrorRule(when, case.becomes.status, case.becomes.scimType, case.becomes.detail))
    detail = []
    for number, text in enumerate(row.detail):
        try:
            detail.append(read_reply_keys(text))
        except ValueError as error:
            diagnosis.add("E101", str(error), source.place(("errors", "detail", number)), "error.message")
    return Errors(tuple(detail), tuple(rules))


def _condition(source: Source, text: str, path: Path, diagnosis: Diagnosis) -> Filter | None:
    hint = "when: status eq 409 # a filter over status, header, body and text"
    try:
        when = parse_condition(text)
    except ScimError as error:
        diagnosis.add("E113", plain(error.detail), source.place(path), hint)
        return None
    for keys in paths_read(when):
        if keys[0] not in _ANSWER:
            message = f"'{'.'.join(keys)}' is nothing of an answer"
            diagnosis.add("E113", message, source.place(path), hint)
    return when


def _check_answer(source: Source, path: Path, answer: ErrorAnswer, diagnosis: Diagnosis) -> None:
    if not 400 <= answer.status <= 599:
        message = f"status cannot be {answer.status}: an error is 400 to 599"
        diagnosis.add("E102", message, source.place((*path, "status")), "status: 400")
    if answer.scimType and "{" not in answer.scimType and answer.scimType not in STATUS:
        message = f"scimType cannot be {answer.scimType}: RFC 7644 does not list it"
        diagnosis.add("E102", message, source.place((*path, "scimType")), did_you_mean(answer.scimType, STATUS))
