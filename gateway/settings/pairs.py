"""One resource type at the primary and at a follower: whether it can be kept equal, and what is lost there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from gateway.lens.holes import Source, Template, holes
from gateway.lens.kinds import LeafRule, ListRule, Rule, SendRule, flatten
from gateway.lens.places import whole_field
from gateway.lens.references import is_reference_list, reference
from gateway.mapping.coverage import shorten, travels, way_at
from gateway.mapping.dialect import Resource
from gateway.mapping.flow import write_flow
from gateway.mapping.narrowing import write_name
from gateway.mapping.removal import ACTIVE
from gateway.mapping.required import required_fields
from gateway.mapping.source import Path
from gateway.pipeline.naming import naming_attributes
from gateway.scim.filter import AttrPath
from gateway.settings.data import Backend, TenantSettings
from gateway.settings.values import Desk

SEEN = ("both ways", "in only", "kept")  # the ways of what can be read at the primary
CARRIED = ("both ways", "out only", "kept")
PASSWORD = AttrPath(None, "password")
_OVERRIDE = "overrides: {{ resources: {{ {type}: {what} }} }} # under backends.{name}"


class Pair(Struct, frozen=True):
    """A resource type at the primary and at a follower, and where the follower's use stands."""

    desk: Desk
    path: Path
    primary: Backend
    follower: Backend
    leader: Resource
    there: Resource

    def complain(self, code: str, message: str, hint: str = "") -> None:
        self.desk.complain(code, f"{self.follower.name} {message}", self.path, hint)

    @property
    def leave_out(self) -> str:
        """How a follower is spared a resource type."""
        return _OVERRIDE.format(type=self.there.name, name=self.follower.name, what="~")

    def seen(self, path: AttrPath) -> bool:
        """Can the attribute be read at the primary?"""
        return self.leader.type.find(path) is not None and way_at(self.leader, path) in SEEN


def check_pair(pair: Pair) -> None:
    """All there is to say of it by itself. Complaints: E833 to E835, W607, W833, W835, W836, N827, N835."""
    check_calls(pair)
    check_found(pair)
    check_needs(pair)
    warn_of_losses(pair)
    tell_unseen(pair)
    tell_hidden(pair)
    warn_of_fixed(pair)


def check_calls(pair: Pair) -> None:
    """What the primary creates and deletes, the follower must be able to (E833)."""
    wanting = [operation for operation in ("create", "delete") if operation not in pair.there.ops]
    if wanting:
        pair.complain("E833", f"cannot {' or '.join(wanting)} a {pair.there.name}", pair.leave_out)


def check_found(pair: Pair) -> None:
    """A follower's record is found again by what the primary shows, links being only hints (E834)."""
    there = pair.there
    known = [path for path in there.correlate if path not in there.lens.kept]
    if any(pair.seen(path) and way_at(pair.leader, path) != "kept" for path in known):
        return
    names = " or ".join(map(str, known)) or "nothing"
    message = f"finds a {there.name} by {names}, which {pair.primary.name} does not carry: none could be found again"
    shared = next((path for path in texts(there) if way_at(pair.leader, path) == "both ways"), None)
    cure = f"{{ correlate: [{write_name(there, shared)}] }}" if shared is not None else "~"
    pair.complain("E834", message, _OVERRIDE.format(type=there.name, name=pair.follower.name, what=cure))


def texts(resource: Resource) -> Iterator[AttrPath]:
    """The attributes of one text each that are carried both ways."""
    for path, way in travels(resource).items():
        found = resource.type.find(path)
        if way == "both ways" and path.sub is None and found is not None and found.type == "string":
            yield path


def check_needs(pair: Pair) -> None:
    """What the follower requires is made of what the primary has; else every create would be refused (E835)."""
    for field, _, sure in required_fields(pair.there.lens.shape):
        rules = [rule for rule in flatten(pair.there.lens.rules) if whole_field(rule.v) == field]
        needs = [needed for rule in rules for needed in needs_of(rule)]
        if sure and needs and not any(all(map(pair.seen, needed)) for needed in needs):
            names = " and ".join(str(path) for path in needs[0] if not pair.seen(path))
            message = f"requires {'.'.join(field)}, which is made of {names}, and {pair.primary.name} does not carry it"
            sample = next((write_name(pair.there, path) for path in texts(pair.leader)), "...")
            hint = f'give the rule for {names} a fill: of what {pair.primary.name} carries, such as "{{{sample}}}"'
            pair.complain("E835", message, hint)


def needs_of(rule: Rule) -> Iterator[tuple[AttrPath, ...]]:
    """The ways in which a rule is sure to write: the attributes that each needs."""
    match rule:
        case LeafRule():
            if rule.s_required:
                yield (rule.s,)
            yield from map(_holes, rule.fill)
        case ListRule():
            yield from (tuple(path for one in item.values() for path in _holes(one)) for item in rule.fill)
        case SendRule():
            yield from map(_holes, rule.values)


def _holes(source: Source) -> tuple[AttrPath, ...]:
    found = holes(source) if isinstance(source, Template) else ()
    return tuple(one.path for one in found if isinstance(one.path, AttrPath) and not one.optional)


def check_leaving(pair: Pair, tenant: TenantSettings) -> None:
    """Who stops matching `when` must be barred (E836); a group loses its members."""
    there = pair.there
    if tenant.leaves == "delete" or there.type.find(AttrPath(None, "members")) is not None:
        return
    carried = way_at(there, ACTIVE) in CARRIED if there.deactivation == "carried" else True
    if there.deactivation == "refuse" or not carried:
        message = f"cannot deactivate a {there.name}: who stops matching when would stay in"
        pair.complain("E836", message, f"leaves: delete # under tenants.{tenant.name}")


def warn_of_losses(pair: Pair) -> None:
    """What the primary carries and the follower has no place for, unless the operator gave it up by name (W607)."""
    ways = travels(pair.there)
    carried = [path for path, way in travels(pair.leader).items() if way in ("both ways", "kept")]
    lost = [path for path in carried if ways.get(path) not in CARRIED and not _is_settled(pair, path)]
    if lost:
        names = ", ".join(shorten(pair.there, lost, [path for path in carried if path not in lost]))
        message = f"follower {pair.follower.name} drops {names} of {pair.there.name}, which the primary carries"
        pair.desk.complain("W607", message, pair.path, _give_up(pair, lost))


def _is_settled(pair: Pair, path: AttrPath) -> bool:
    """Is it given up in the follower's own overrides, or is it `active`, whose change deletes or is refused there?"""
    if path == ACTIVE and pair.there.deactivation in ("delete", "refuse"):
        return True
    return pair.there.name in pair.follower.drops and _is_named(path, pair.there.dropped)


def _is_named(path: AttrPath, named: Iterable[AttrPath]) -> bool:
    """Is the attribute, or what it is a part of, one of these?"""
    heads = {str(AttrPath(path.urn, None)), str(AttrPath(path.urn, path.attr)), str(path)}
    return not heads.isdisjoint(map(str, named))


def _give_up(pair: Pair, lost: Sequence[AttrPath]) -> str:
    """The override that gives up what is lost. Its `drop` replaces that of the mapping, so it holds both."""
    there, known = pair.there, travels(pair.there)
    named = [path for path in known if path in lost or _is_named(path, there.dropped)]
    named += [path for path in lost if path not in known]
    row: dict[str, Any] = {"drop": shorten(there, named, known.keys() - {*named})}
    strange = [path for path in lost if path.urn is None and there.lens.type.find_top(path) is None]
    if strange:  # in a type of the mappings' own
        row = {"scim": {str(path.attr): "string" for path in strange}, **row}
    return _OVERRIDE.format(type=there.name, name=pair.follower.name, what=write_flow(row))


def tell_unseen(pair: Pair) -> None:
    """What the primary takes and never shows, and the follower would take (N827). A password goes along instead."""
    ways = travels(pair.there)
    hidden = [path for path, way in travels(pair.leader).items() if way == "out only" and path != PASSWORD]
    missed = [path for path in hidden if ways.get(path) in CARRIED]
    if missed:
        names = ", ".join(shorten(pair.there, missed, ways.keys() - set(missed)))
        message = (
            f"{pair.primary.name} never shows {names} of a {pair.there.name}: {pair.follower.name} does not get it"
        )
        pair.desk.complain("N827", message, pair.path)


def tell_hidden(pair: Pair) -> None:
    """Lists of references that the primary shows and the follower never does: asked for (N835), or not known (W835)."""
    lists = (rule for rule in pair.there.lens.list_rules.values() if rule.write_only and is_reference_list(rule))
    hidden = [rule for rule in lists if pair.seen(rule.s)]
    for rule in hidden:
        whose = f"never shows {rule.s} of a {pair.there.name}"
        if rule.asked:
            item = reference(rule)
            kinds = " and ".join(item.ref) if item is not None else ""
            pair.desk.complain(
                "N835", f"{pair.follower.name} {whose}: reconcile asks it once for each {kinds}", pair.path
            )
        elif not takes_whole(pair.there, rule):
            message = f"{whose}, and nothing says how it can be asked: one that has to be compared stays behind (SG208)"
            pair.complain("W835", message, "write wo asked in its shape if it lists the groups of one user")


def takes_whole(there: Resource, rule: ListRule) -> bool:
    """Can the list be sent whole, so that nobody needs to know what is in it?"""
    modify = there.can.modify if "modify" in there.ops else None
    if modify is not None and (modify.whole is None or ".".join(rule.v) in modify.whole):
        return True
    return there.can.replace is not None and "replace" in there.ops


def warn_of_fixed(pair: Pair) -> None:
    """What the primary lets a client change and the follower never changes: such a change does not arrive (W833), which
    the operator may know (`once`). What is said to be such and is not is told as well (W836).
    """
    there = pair.there
    carried = [path for path, way in travels(pair.leader).items() if way == "both ways"]
    free = [path for path in carried if _mutability(pair.leader, path) == "readWrite"]
    fixed = [path for path in free if path in _fixed(there) and not _is_named(path, there.once)]
    if fixed:
        names = shorten(there, fixed, [path for path in free if path not in fixed])
        what = f"never changes {', '.join(names)} of a {there.name}"
        row = write_flow({"once": [*(write_name(there, one) for one in there.once), *names]})
        cure = _OVERRIDE.format(type=there.name, name=pair.follower.name, what=row)
        pair.complain("W833", f"{what}: who gets another at the primary keeps the old one there", cure)
    changing = [one for one in there.once if not any(_is_named(path, [one]) for path in _fixed(there))]
    if changing:
        what = f"changes {', '.join(write_name(there, one) for one in changing)} of a {there.name}"
        pair.complain("W836", f"{what}, of which once says otherwise", "take it off the list")


def _fixed(there: Resource) -> frozenset[AttrPath]:
    """What a backend takes once and never changes, or goes by."""
    names = naming_attributes(there) if there.lens.anchor is None else frozenset()
    return frozenset(path for path in travels(there) if path in names or _mutability(there, path) == "immutable")


def _mutability(resource: Resource, path: AttrPath) -> str:
    """As advertised; what is a part of something that cannot be changed cannot be changed either."""
    found = [resource.type.find_top(path), resource.type.find(path)]
    words = [one.mutability for one in found if one is not None]
    return next((word for word in words if word != "readWrite"), "readWrite" if all(found) else "")
