"""`can.filter`: what the backend filters by, how it is asked, and whether the rules can reach it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from gateway.lens.ability import FilterAbility, Question
from gateway.lens.addresses import read_as_field
from gateway.lens.kinds import (
    ChooseRule,
    Field,
    LeafRule,
    ListRule,
    Rule,
    SendRule,
    ShowRule,
    TextRule,
    attributes_of,
    flatten,
)
from gateway.lens.templates import KINDS
from gateway.mapping.desk import Desk
from gateway.mapping.dialect import Can
from gateway.mapping.document import read_row
from gateway.mapping.document_calls import AskRow, FilterRow, PageRow
from gateway.mapping.names import name_keys
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath
from gateway.scim.terms import CompareOp

OPERATORS = (*get_args(CompareOp), "pr")
_HOLE = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
_NAMES = {"User": AttrPath(None, "userName"), "Group": AttrPath(None, "displayName")}  # what look-ups go by
_PATH: Path = ("can", "filter")


def read_ability(desk: Desk, row: FilterRow, page: PageRow | None) -> FilterAbility:
    """What the backend can filter. Complaints: E102, E604, E620 to E622."""
    for key, least in (("scan", 0), ("clauses", 1)):
        number = getattr(row, key)
        if number is not None and number < least:
            desk.complain("E102", f"{key} is {least} or more", (*_PATH, key), f"{key}: {max(least, 1000)}")
    if row.language == "params" and (row.connect_or or row.negate):
        word = "or" if row.connect_or else "not"
        message = f"parameters of their own have no '{word}': a backend that takes it has a language of filters"
        desk.complain("E621", message, (*_PATH, word), f"remove {word}, or language: scim")
    if row.required and row.language == "none":
        message = "a filter is required and the backend takes none: nothing could ever be listed"
        desk.complain("E622", message, (*_PATH, "required"), "remove required, or say under allow what it takes")
    allow: dict[str, frozenset[str]] = {}
    asked: dict[tuple[str, str], Question] = {}
    for field, operators in row.allow.items():
        found = _read_operators(desk, row.language, field, operators, page)
        allow[field] = frozenset(found)
        asked |= {(field, operator): question for operator, question in found.items() if question != Question()}
    return FilterAbility(
        language=row.language,
        param=row.param,
        scan=row.scan,
        connect_and=row.connect_and,
        connect_or=row.connect_or and row.language == "scim",
        negate=row.negate and row.language == "scim",
        required=row.required,
        clauses=row.clauses,
        quote=row.quote == "double",
        unknown=row.unknown,
        allow={field: operators for field, operators in allow.items() if operators},
        asked=asked,
    )


def _read_operators(
    desk: Desk, language: str, field: str, operators: Any, page: PageRow | None
) -> Mapping[str, Question]:
    path: Path = (*_PATH, "allow", field)
    if isinstance(operators, list):
        operators = {str(operator): {} for operator in operators}
    if not isinstance(operators, dict):
        desk.complain("E102", f"{field} takes a list of operators, or a table", path, f"{field}: [eq]")
        return {}
    found: dict[str, Question] = {}
    for operator, value in operators.items():
        if operator not in OPERATORS:
            desk.unknown("E102", f"'{operator}' is no operator of a filter", str(operator), OPERATORS, path)
            continue
        where = (*path, operator) if value != {} else path
        if value == "read":
            _check_read(desk, field, operator, where)
            continue
        found[operator] = _read_question(desk, language, field, operator, value, where)
        _check_page(desk, found[operator], page, where)
    return found


def _check_read(desk: Desk, field: str, operator: str, where: Path) -> None:
    """Reading a record by its id answers nothing else."""
    if (field, operator) != ("id", "eq"):
        message = f"{field} {operator} cannot be answered by reading one record; id eq can"
        desk.complain("E620", message, where, "id: { eq: read } # instead")


def _read_question(desk: Desk, language: str, field: str, operator: str, value: Any, where: Path) -> Question:
    data = {"query": value} if isinstance(value, str) else value
    row = read_row(desk.source, (*desk.path, *where), data, AskRow, desk.diagnosis) or AskRow()
    if language != "params":
        if row.query:
            message = f"{field} {operator} has a query of its own, and the filter stands in one parameter"
            desk.complain("E620", message, where, f"{field}: [{operator}] # or language: params")
        return Question(exact=row.gives == "exact")
    code, fault = find_fault(row.query, operator)
    if fault:
        desk.complain(code, f"{field} {operator}: {fault}", where, _sample(field, operator))
        return Question()
    kind = next((kind for _, kind in _HOLE.findall(row.query)), "")
    parts = (part.partition("=") for part in _HOLE.sub("{value}", row.query).split("&"))
    return Question(tuple((name, text) for name, _, text in parts), kind or "any", row.gives == "exact")


def find_fault(query: str, operator: str) -> tuple[str, str]:
    """What is wrong with `username={value|word}&exact=true`, with its code; nothing when it can be asked."""
    holes = _HOLE.findall(query)
    strange = next((name for name, _ in holes if name != "value"), None)
    unknown = next((kind for _, kind in holes if kind and kind not in KINDS), None)
    if not query:
        return "E620", "how is it asked? Parameters of their own are written out"
    if strange is not None:
        return "E604", f"the query uses {{{strange}}}, and only {{value}} is filled in"
    if unknown is not None:
        return "E604", f"'{unknown}' is no class of text; known are {', '.join(KINDS)}"
    if len(holes) != (operator != "pr"):
        return "E620", "the query holds a value, and pr has none" if operator == "pr" else "{value} must stand once"
    parts = [part.partition("=") for part in _HOLE.sub("{value}", query).split("&")]
    if not all(name and mark and "{" not in name for name, mark, _ in parts):
        return "E620", f"'{query}' is no query: write name=value, with & between"
    return "", ""


def _check_page(desk: Desk, question: Question, page: PageRow | None, where: Path) -> None:
    taken = {page.start, page.size} if page is not None and page.style != "none" else set()
    for name, _ in question.pairs:
        if name in taken:
            message = f"the parameter {name} says which page is asked: it cannot carry a filter as well"
            desk.complain("E620", message, where, "correct the query, or can.page")


def check_filters(desk: Desk, can: Can, rules: Sequence[Rule], correlate: Sequence[AttrPath]) -> None:
    """Can what is allowed be reached, and can what matters be asked?"""
    reachable: set[Field] = {rule.v for rule in flatten(rules) if isinstance(rule, LeafRule)} | {("id",)}
    reachable |= {rule.v for rule in rules if isinstance(rule, SendRule) and desk.path_of(rule)[:1] == ("id",)}
    for rule in rules:
        if isinstance(rule, ListRule):
            reachable |= {rule.v} | {(*rule.v, *item.v) for item in rule.items if item.v}
        if isinstance(rule, ShowRule) and (read := read_as_field(rule, desk.names.shape)):
            reachable.add(read.v)
    for text in can.filter.allow:
        where = (*_PATH, "allow", text)
        if desk.names.field(text) not in reachable:
            message = f"filter.allow: no rule maps {text}, so no SCIM filter can ever reach it"
            desk.complain("W603", message, where, "map it, or take it off the list")
    if can.filter.scan == 0:
        message = "scan is 0: a filter the backend cannot answer is refused with invalidFilter"
        desk.complain("N702", message, (*_PATH, "scan"))
    if can.filter.language == "none" and not can.filter.required:
        message = f"the backend filters nothing: a look-up reads up to {can.filter.scan} records"
        desk.complain("N704", message, _PATH)
    if can.filter.language == "none":
        return
    if can.filter.unknown == "ignored":
        desk.complain("N705", "filter.unknown is ignored: every answer is checked again here", (*_PATH, "unknown"))
    name = _NAMES.get(desk.names.type.name, next(iter(correlate), None))
    if not _check_lookup(desk, can.filter, rules, name) and can.filter.required:
        message = "a filter is required: clients that list everything are refused with tooMany"
        desk.complain("N720", message, (*_PATH, "required"))


def _check_lookup(desk: Desk, ability: FilterAbility, rules: Sequence[Rule], name: AttrPath | None) -> bool:
    """Whether something was said."""
    carried = (
        rule for rule in rules if isinstance(rule, LeafRule | TextRule | ChooseRule) and name in attributes_of(rule)
    )
    fields = [name_keys(end.v) for end in flatten(carried) if end.v]
    if not fields or any(ability.question(field, "eq") is not None for field in fields):
        return False
    cost = "is refused" if ability.required else "reads the list"
    message = f"{name} eq cannot be pushed: every look-up by an identity provider {cost}"
    sample = _sample(fields[0], "eq") if ability.language == "params" else f"{fields[0]}: [eq]"
    desk.complain("W604", message, _PATH, f"allow: {{ {sample} }} # if the backend has it")
    return True


def _sample(field: str, operator: str) -> str:
    return f'{field}: {{ {operator}: "{field}={"true" if operator == "pr" else "{value}"}" }}'
