"""`calls`: the backend's calls beside the operations, and the rules that go `through` them."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from gateway.lens.holes import Hole, Template, holes
from gateway.lens.kinds import LeafRule, ListRule, Rule
from gateway.lens.references import is_reference_list
from gateway.lens.shapes import ListShape, find_field
from gateway.lens.templates import TemplateError, parse_template, print_value
from gateway.mapping.abilities import read_paging
from gateway.mapping.bodies import read_body, table_holes
from gateway.mapping.desk import Desk
from gateway.mapping.diagnose import did_you_mean
from gateway.mapping.dialect import BackendCall, Batch, Body, MemberCalls, Paging
from gateway.mapping.document import ResourceRow, read_row
from gateway.mapping.document_calls import CallRow, ManyRow, MembersRow, PageRow, ReadRow
from gateway.mapping.notation import read_call
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath

_SAMPLES = {
    "add": "add: PUT /groups/{id}/members/{member}",
    "remove": "remove: DELETE /groups/{id}/members/{member}",
    "read": "read: GET /groups/{id}/members",
    "many": 'add: { call: "POST /groups/{id}/members", body: { ids: "{members}" }, size: 100 }',
    "call": "suspend: POST /users/{id}/suspend",
}

_ALL = 1_000_000  # an answer of which nothing is said but that it is the list is all of it
_LIST = "calls: { members: { add: ..., remove: ... } }"


class Calls(Struct, frozen=True):
    """What stands under `calls`, by name: single calls, and those of lists."""

    single: Mapping[str, BackendCall]
    lists: Mapping[str, MemberCalls]
    understood: bool


def read_calls(desk: Desk, row: ResourceRow) -> Calls:
    """The calls. Complaints: E101, E102, E112, E117, E604."""
    said = len(desk.diagnosis.diagnostics)
    single: dict[str, BackendCall] = {}
    lists: dict[str, MemberCalls] = {}
    for name, value in row.calls.items():
        path: Path = ("calls", name)
        if isinstance(value, str) or (isinstance(value, dict) and "call" in value):
            call = _read_call(desk, path, value, ("id",), "call")
            single |= {name: call} if call is not None else {}
        else:
            found = _read_list(desk, path, value)
            lists |= {name: found} if found is not None else {}
    return Calls(single, lists, len(desk.diagnosis.diagnostics) == said)


def _read_list(desk: Desk, path: Path, value: Any) -> MemberCalls | None:
    row = read_row(desk.source, (*desk.path, *path), value, MembersRow, desk.diagnosis)
    if row is None:
        return None
    said = {"add": row.add, "remove": row.remove}
    made = {key: _read_way(desk, (*path, key), value, key) for key, value in said.items()}
    comes_by_calls = row.read is None or bool(row.many) or any(value is not None for value in said.values())
    for key, value in said.items():
        if comes_by_calls and value is None:
            desk.complain("E102", f"{'.'.join(map(str, path))} needs the key {key}", path, _SAMPLES[key])
    for key in row.many:
        if key not in ("add", "remove"):
            desk.unknown("E102", f"unknown key '{key}' in many", key, ("add", "remove"), (*path, "many"))
    many = {key: _read_many(desk, (*path, "many", key), row.many.get(key)) for key in ("add", "remove")}
    read, paging = _read_reading(desk, (*path, "read"), row.read)
    if comes_by_calls and None in made.values():
        return None
    return MemberCalls(made["add"], made["remove"], many["add"], many["remove"], read, paging)


def _read_way(desk: Desk, path: Path, value: Any, kind: str) -> BackendCall | None:
    """The call for one value, None where there is none."""
    return None if value is None else _read_call(desk, path, value, ("id", "member"), kind)


def _read_many(desk: Desk, path: Path, value: Any) -> Batch | None:
    row = None if value is None else read_row(desk.source, (*desk.path, *path), value, ManyRow, desk.diagnosis)
    if row is None:
        return None
    if row.size < 1:
        desk.complain("E102", "size is 1 or more", (*path, "size"), "size: 100")
    call = _make_call(desk, path, row, ("id", "members"), "many")
    return None if call is None else Batch(call, row.size)


def _read_reading(desk: Desk, path: Path, value: Any) -> tuple[BackendCall | None, Paging]:
    if value is None:
        return None, Paging()
    data = {"call": value} if isinstance(value, str) else value
    row = read_row(desk.source, (*desk.path, *path), data, ReadRow, desk.diagnosis)
    if row is None:
        return None, Paging()
    page = row.page or {"style": "none", "items": "$", "max": _ALL}
    paged = read_row(desk.source, (*desk.path, *path, "page"), page, PageRow, desk.diagnosis)
    paging = read_paging(desk, paged, (*path, "page")) if paged is not None else Paging()
    plain = CallRow(row.call, row.expect)
    return _make_call(desk, path, plain, ("id",), "read"), paging


def _read_call(desk: Desk, path: Path, value: Any, known: tuple[str, ...], kind: str) -> BackendCall | None:
    data = {"call": value} if isinstance(value, str) else value
    row = read_row(desk.source, (*desk.path, *path), data, CallRow, desk.diagnosis)
    return None if row is None else _make_call(desk, path, row, known, kind)


def _make_call(desk: Desk, path: Path, row: CallRow | ManyRow, known: tuple[str, ...], kind: str) -> BackendCall | None:
    """One call; each of the `known` holes must be there. Complaints: E117, E604, and those of its texts."""
    try:
        verb, where, query = read_call(row.call)
    except ValueError as error:
        desk.complain("E117", str(error), path, _SAMPLES[kind])
        return None
    said = len(desk.diagnosis.diagnostics)
    fill = _filler(desk, path, known, kind)
    body = read_body(desk, (*path, "body"), row.body, fill) or Body("none")
    made = BackendCall(
        verb=verb,
        path=_template(desk, path, where, fill),
        query=tuple((key, _template(desk, path, text, fill)) for key, text in query),
        expect=(row.expect,) if isinstance(row.expect, int) else tuple(row.expect),
        body=body,
    )
    if len(desk.diagnosis.diagnostics) == said:
        _check_holes(desk, path, made, known, kind)
    return made


def _filler(desk: Desk, path: Path, known: tuple[str, ...], kind: str) -> Any:
    def fill(name: str) -> AttrPath:
        if name in known:
            return AttrPath(None, name)
        names = " and ".join(f"{{{one}}}" for one in known)
        message = (
            f"{'.'.join(map(str, path))} uses {{{name}}}, and {names} {'are' if len(known) > 1 else 'is'} filled in"
        )
        desk.complain("E604", message, path, _SAMPLES[kind])
        raise TemplateError("")

    return fill


def _template(desk: Desk, path: Path, text: str, fill: Any) -> Template:
    try:
        return parse_template(text, fill)
    except TemplateError as error:
        if str(error):
            desk.complain("E112", str(error), path)
        return Template((), text)


def _check_holes(desk: Desk, path: Path, call: BackendCall, known: tuple[str, ...], kind: str) -> None:
    texts = (call.path, *(text for _, text in call.query))
    found: list[Hole] = [hole for text in texts for hole in holes(text)] + list(table_holes(call.body.table))
    named = {str(hole.path) for hole in found}
    for one in known:
        if one not in named:
            what = "which record" if one == "id" else "which value"
            message = f"{'.'.join(map(str, path))} does not say {what}: {{{one}}} is missing"
            desk.complain("E604", message, path, _SAMPLES[kind])
    if call.body.kind == "record":
        message = f"{'.'.join(map(str, path))} sends a record, and there is none"
        desk.complain("E604", message, (*path, "body"), 'body: none, or a table such as { id: "{id}" }')


# The rules that go through them


class Ways(Struct, frozen=True):
    """The calls of a resource type's fields, as `Resource` holds them."""

    members: Mapping[tuple[str, ...], MemberCalls]
    switches: Mapping[tuple[str, ...], Mapping[Any, BackendCall]]


def link_rules(desk: Desk, rules: tuple[Rule, ...], row: ResourceRow, calls: Calls) -> Ways:
    """Which rule goes through which calls. Complaints: E604, E614, E615, W608."""
    members: dict[tuple[str, ...], MemberCalls] = {}
    switches: dict[tuple[str, ...], Mapping[Any, BackendCall]] = {}
    used: set[str] = set()
    for rule in rules:
        if not isinstance(rule, LeafRule | ListRule) or not rule.through:
            continue
        path = (*desk.path_of(rule), "through")
        said = row.map[str(desk.path_of(rule)[1])]["through"]
        if isinstance(said, str) and said in row.calls and not calls.understood:
            continue  # what is wrong with those calls has been said
        if isinstance(rule, ListRule):
            found = _link_list(desk, path, rule, said, calls)
            members |= {rule.v: found} if found is not None else {}
            used.add(str(said))
        else:
            switches[rule.v] = _link_values(desk, path, rule, said, calls)
            used |= {str(name) for name in said.values()} if isinstance(said, dict) else set()
    for name in row.calls if calls.understood else ():
        if name not in used:
            hint = "map: { <attribute>: { ..., through: ... } } # or remove the call"
            desk.complain("W608", f"calls.{name} is never made: no rule goes through it", ("calls", name), hint)
    return Ways(members, switches)


def _link_list(desk: Desk, path: Path, rule: ListRule, said: Any, calls: Calls) -> MemberCalls | None:
    if not isinstance(said, str) or said not in calls.lists:
        message = f"through: {said} names no calls of a list"
        desk.complain("E614", message, path, did_you_mean(str(said), calls.lists) if calls.lists else _LIST)
        return None
    if not is_reference_list(rule):
        message = f"calls.{said} is for ids of other records, and the rule {rule.s} has no ref"
        desk.complain(
            "E604", message, path, f"shape: {{ '{rule.v[-1]}[]': {{ id: ref(User) }} }} # without limit and types"
        )
    found = calls.lists[said]
    if rule.write_only or (rule.shows is not None and found.read is None):
        message = f"{rule.s} goes through calls and no record shows it whole, so a PUT could not tell who has to go"
        sample = f'calls: {{ {said}: {{ read: "GET /groups/{{id}}/members" }} }} # without `wo`'
        desk.complain("E615", message, path, sample)
    return found


def settle_ways(desk: Desk, rules: tuple[Rule, ...], ways: Ways) -> tuple[Rule, ...]:
    """The rules, of which those whose calls only list the values are written with the record, if at all."""

    def settle(rule: Rule) -> Rule:
        calls = ways.members.get(rule.v) if isinstance(rule, ListRule) else None
        if not isinstance(rule, ListRule) or calls is None or calls.add is not None:
            return rule
        shape = find_field(desk.names.shape, rule.v)
        return replace(rule, through=False, read_only=isinstance(shape, ListShape) and shape.read_only)

    return tuple(map(settle, rules))


def _link_values(desk: Desk, path: Path, rule: LeafRule, said: Any, calls: Calls) -> Mapping[Any, BackendCall]:
    if not isinstance(said, dict) or not said:
        desk.complain("E614", f"through of {rule.s} says which call brings about which value", path,
                      "through: { true: resume, false: suspend }")  # fmt: skip
        return {}
    values = list(rule.table.out) if rule.table else [True, False] if rule.s_type == "boolean" else []
    found: dict[Any, BackendCall] = {}
    for key, name in said.items():
        value = {"true": True, "false": False}.get(key, key) if rule.s_type == "boolean" else key
        if value not in values:
            known = (str(print_value(one)) for one in values)
            desk.unknown("E614", f"through: {key} is no value of {rule.s}", key, known, (*path, key))
        elif not isinstance(name, str) or name not in calls.single:
            desk.unknown("E614", f"through: {name} names no call", str(name), calls.single, (*path, key))
        else:
            found[value] = calls.single[name]
    return found
