"""What `explain` has to say about a request, as plain data and as lines: intent, plan, losses with places, calls."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from gateway.conversation.effects import Call
from gateway.lens.kinds import LeafRule, ListRule
from gateway.lens.lens import Document
from gateway.mapping.diagnose import Place
from gateway.mapping.dialect import Resource
from gateway.mapping.merge import bare_name
from gateway.mapping.source import Path, Source
from gateway.pipeline.describe import describe_intent, describe_plan
from gateway.pipeline.intent import Intent
from gateway.pipeline.plans import ModifyByComparison, ModifyDirectly, Plan, QueryPlan, ReplacePlan
from gateway.scim.filter import format_filter
from gateway.scim.names import ENTERPRISE

HOLE = re.compile(r"\{([^{}|?]+)")


def tell_intent(intent: Intent) -> list[str]:
    """The request in SCIM's terms, a line per fact."""
    first, *rest = describe_intent(intent)
    return [first.removeprefix("intent: "), *rest]


def tell_plan(plan: Plan, source: Source, type_name: str) -> list[str]:
    """How it will be done, and the line of the mapping that decides it. Losses have a part of their own."""
    first, *rest = (line for line in describe_plan(plan) if not line.startswith("not carried: "))
    decided = DECIDED_BY.get(type(plan))
    place = source.place(("resources", type_name, "can", decided)) if decided else None
    return [first.removeprefix("plan: "), *rest, *([f"decided at: {show_place(place)}"] if place else [])]


def tell_query(plan: QueryPlan) -> Document:
    """The parts of a query's plan by name, for machines."""
    pushdown = plan.pushdown
    return {
        "how": plan.how,
        "exact": pushdown.exact,
        "pushed": None if pushdown.pushed is None else format_filter(pushdown.pushed),
        "checked_here": None if pushdown.residual is None else format_filter(pushdown.residual),
        "reads_at_most": plan.scan,
    }


def show_place(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"


# Which part of `can` makes a plan what it is.
DECIDED_BY: dict[type[Plan], str] = {
    QueryPlan: "filter",
    ReplacePlan: "replace",
    ModifyDirectly: "modify",
    ModifyByComparison: "modify",
}


def describe_losses(plan: Plan, intent: Intent, resource: Resource, sources: Sequence[Source]) -> list[Document]:
    """What is not carried as sent: the attribute, what becomes of it, and the line of the mapping that says so."""
    losses = [(name, how) for name, how in plan.narrowed if how != "unknown"]
    caps = {str(rule.s): rule.cap for rule in resource.lens.rules if isinstance(rule, ListRule)}
    caps |= {str(rule.s): rule.leaf.high for rule in resource.lens.rules if isinstance(rule, LeafRule)}
    told = [(name, f"cut to {caps[name]}" if how == "cut" else how) for name, how in losses]
    found = [{"attribute": name, "how": how, **where(find_place(name, resource.name, sources))} for name, how in told]
    return found + [{"attribute": name, "how": "unknown to SCIM"} for name in intent.ignored]


def where(found: tuple[Source, Path] | None) -> Document:
    if found is None:
        return {}
    place = found[0].place(found[1])
    return {"file": place.file, "line": place.line, "column": place.column}


def find_place(name: str, type_name: str, sources: Sequence[Source]) -> tuple[Source, Path] | None:
    """The `drop` entry or the `show` key that an attribute falls under; else the rule of its list."""
    for source in sources:
        table = table_of(source, type_name)
        for number, entry in enumerate(table.get("drop") or ()):
            if falls_under(name, str(entry), table.get("urns") or {}):
                return source, ("resources", type_name, "drop", number)
        if name in (table.get("show") or {}):
            return source, ("resources", type_name, "show", name)
    return find_rule(name, type_name, sources)


def find_rule(name: str, type_name: str, sources: Sequence[Source]) -> tuple[Source, Path] | None:
    """The line of `map` for an attribute, for the list that it is a part of, or for the text that it is joined into."""
    name = name.partition("[")[0]
    for source in sources:
        table = table_of(source, type_name)
        for key, rule in (table.get("map") or {}).items():
            if rule is not None and any(falls_under(name, one, table.get("urns") or {}) for one in named_in(str(key))):
                return source, ("resources", type_name, "map", key)
    return None


def find_shape(field: str, type_name: str, sources: Sequence[Source]) -> tuple[Source, Path] | None:
    """The line of `shape` for a field of the record, or for the table or list that it is in."""
    for source in sources:
        for key in table_of(source, type_name).get("shape") or {}:
            if f"{field}.".startswith((f"{bare_name(key)}.", f"{bare_name(key)}[")):
                return source, ("resources", type_name, "shape", key)
    return None


def named_in(key: str) -> Sequence[str]:
    """The attributes that a key of `map` names: one, a list whose value it picks, or the holes of a template."""
    return HOLE.findall(key) if "{" in key else [key.partition("[")[0]]


def table_of(source: Source, type_name: str) -> Document:
    resources = source.data.get("resources") if isinstance(source.data, dict) else None
    table = resources.get(type_name) if isinstance(resources, dict) else None
    return table if isinstance(table, dict) else {}


def falls_under(name: str, entry: str, urns: Mapping[str, Any]) -> bool:
    """Is the attribute the entry's, or a part of it? An entry may be an alias of a whole extension."""
    urn = ENTERPRISE if entry == "enterprise" else (urns.get(entry) or {}).get("scim", entry)
    alias, colon, rest = entry.partition(":")
    known = ENTERPRISE if alias == "enterprise" else (urns.get(alias) or {}).get("scim")
    if colon and known:
        urn = f"{known}:{rest}"
    return name == urn or name.startswith((f"{urn}.", f"{urn}:"))


def describe_calls(calls: Sequence[Call], bases: Mapping[str, str]) -> list[Document]:
    """The calls, with their whole URLs as they go out, and never a credential. `bases` are those of the backends."""
    return [describe_call(call, bases[call.backend]) for call in calls]


def describe_call(call: Call, base: str) -> Document:
    query = "&".join(f"{name}={value}" for name, value in call.query)
    found: Document = {"method": call.method, "url": f"{base}{call.path}{'?' if query else ''}{query}"}
    return found if call.body is None else {**found, "body": call.body}


def print_explanation(told: Document) -> Iterator[str]:
    """The whole of it for people."""
    yield f"{told['request']}   tenant {told['tenant']}, backend {told['backend']}, mapping {told['mapping']}"
    yield ""
    yield from print_told(told)


def print_told(told: Document) -> Iterator[str]:
    """What is told of a request, or of each operation of a bulk request."""
    yield from part("branch", [told["branch"]] if "branch" in told else ())
    yield from part("intent", told.get("intent", ()))
    for one in told.get("operations", ()):
        bulk_id = f", bulkId {one['bulkId']}" if "bulkId" in one else ""
        yield f"-- operation {one['operation']}: {one['request']}{bulk_id}"
        yield ""
        yield from print_told(one)
        yield ""
    if "operations" in told:
        return
    if "refused" in told:
        yield from part("refused", [f"{key.replace('_', ' ')}: {value}" for key, value in told["refused"].items()])
        return
    yield from part("plan", told["plan"])
    yield from print_losses(told["narrowed"])
    yield from print_calls(told)
    for follower in told.get("followers", ()):
        yield ""
        yield from "\n".join(print_follower(follower)).rstrip().split("\n")


def print_follower(told: Document) -> Iterator[str]:
    """What is done at one follower after the primary has answered."""
    when = f", when {told['when']}" if "when" in told else ""
    yield from part("follower", [f"{told['backend']}, mapping {told['mapping']}{when}", *told["then"]])
    if "refused" in told:
        yield from part("refused", [told["refused"]["detail"]])
    yield from print_losses(told.get("narrowed", ()))
    yield from print_list(told.get("finds", ()), "find      unless a link leads there")
    yield from print_list(told.get("creates", ()), "create    unless it is found")
    if "note" in told:
        yield f"          {told['note']}"


def part(title: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{title if number == 0 else '':<9} {line}"
    if lines:
        yield ""


def print_losses(losses: Sequence[Document]) -> Iterator[str]:
    if not losses:
        return
    yield "not carried as sent"
    names = max(len(one["attribute"]) for one in losses)
    for one in losses:
        place = f"{one['file']}:{one['line']}:{one['column']}" if "file" in one else ""
        yield f"          {one['how']:<15} {one['attribute']:<{names}}  {place}".rstrip()
    yield ""


def print_calls(told: Document) -> Iterator[str]:
    calls = told["calls"]
    yield f"calls     {len(calls)} known before any answer" if calls else "calls     none"
    yield from number_calls(calls)
    if "note" in told:
        yield f"          {told['note']}"


def print_list(calls: Sequence[Document], title: str) -> Iterator[str]:
    if calls:
        yield title
        yield from number_calls(calls)


def number_calls(calls: Sequence[Document]) -> Iterator[str]:
    """One below the other, each with its body."""
    for number, call in enumerate(calls, 1):
        yield f"          {number}. {call['method']} {call['url']}"
        if "body" in call:
            body = msgspec.json.format(msgspec.json.encode(call["body"]), indent=2).decode()
            yield from (f"             {line}" for line in body.splitlines())
