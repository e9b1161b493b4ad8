"""Rules with a template on one side or on both: attributes joined into a field, an attribute split into fields."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from gateway.lens.holes import Hole, Template, holes
from gateway.lens.kinds import LeafRule, Rule, TextRule, attributes_of
from gateway.lens.shapes import Leaf, find_field
from gateway.lens.templates import may_hold
from gateway.mapping.desk import Desk
from gateway.mapping.document import RuleRow
from gateway.mapping.leaf import read_fill
from gateway.mapping.places import check_place
from gateway.mapping.source import Path
from gateway.scim.filter import AttrPath
from gateway.scim.schema import Attribute

MOST_OPTIONAL = 4  # each doubles the forms that a text is tried against
_TEXTS = ("string", "reference")


def read_text_rule(desk: Desk, path: Path, text: str, row: RuleRow) -> TextRule | None:
    """The rule, or None when the complaints say why not. Complaints: E101, E104, E105, E112, E201, E303."""
    to = str(row.to)
    left = desk.attribute_template(text, path) if "{" in text else _bare(desk.single(text, path), text)
    right = desk.field_template(to, (*path, "to")) if "{" in to else _bare(desk.plain_field(to, (*path, "to")), to)
    for source, where in ((left, path), (right, (*path, "to"))):
        if source is not None and not isinstance(source, Template):
            desk.complain("E112", f"'{source}' has no hole: nothing would be carried", where, "{name.givenName|word}")
    if not isinstance(left, Template) or not isinstance(right, Template):
        return None
    said = len(desk.diagnosis.diagnostics)
    for template, where in ((left, path), (right, (*path, "to"))):
        paths = [hole.path for hole in holes(template)]
        if len(set(paths)) < len(paths):
            desk.complain("E112", f"'{_written(template, text, row)}' names a hole twice", where, "name each once")
        for why, hint in _ambiguities(template):
            desk.complain("E303", f"'{_written(template, text, row)}' cannot be split back: {why}", where, hint)
    _check_attributes(desk, path, left)
    leaves = _leaves(desk, (*path, "to"), right)
    if any(one.code < "E3" for one in desk.diagnosis.diagnostics[said:]):
        return None
    fill = read_fill(desk, (*path, "fill"), holes(left)[0].path, Attribute(name=text, type="string"), row.fill)  # type: ignore[arg-type]  # a hole of the left side
    return _make(desk, path, TextRule(left=left, right=right, ends=(), line=desk.line(path), fill=fill), leaves)


def _bare(path: AttrPath | tuple[str, ...] | None, text: str) -> Template | None:
    """One hole for the whole text."""
    return None if path is None else Template((Hole(path),), text)


def _written(template: Template, text: str, row: RuleRow) -> str:
    return next((one for one in (text, str(row.to)) if one == template.text), template.text)


def _make(desk: Desk, path: Path, rule: TextRule, leaves: Sequence[Leaf]) -> TextRule:
    paths = attributes_of(rule)
    found = [desk.names.type.find(one) for one in paths]
    must = [one for one, hole in zip(found, holes(rule.left), strict=True) if not hole.optional]
    sure = bool(rule.fill) or any(one is not None and one.required for one in must)
    ends = tuple(_end(rule, paths[0], hole, leaf, sure) for hole, leaf in zip(holes(rule.right), leaves, strict=True))
    whole: tuple[Rule, ...] = (replace(rule, ends=ends), *ends)
    for one in whole:
        desk.remember(one, path)
    return replace(rule, ends=ends)


def _end(rule: TextRule, path: AttrPath, hole: Hole, leaf: Leaf, sure: bool) -> LeafRule:
    """A field of the right side; what is wrong with it is told by the first attribute's name."""
    field = hole.path if isinstance(hole.path, tuple) else ()
    return LeafRule(s=path, v=field, leaf=leaf, s_type="string", line=rule.line, s_required=sure and not hole.optional)


def _check_attributes(desk: Desk, path: Path, left: Template) -> None:
    for hole in holes(left):
        attribute = desk.names.type.find(hole.path)  # type: ignore[arg-type]  # a hole of the left side
        if attribute is not None and attribute.type not in _TEXTS:
            message = f"{hole.path} is {attribute.type}, and a text is made of texts"
            desk.complain("E201", message, path, "carry it with a rule of its own")


def _leaves(desk: Desk, path: Path, right: Template) -> list[Leaf]:
    """The fields' shapes: texts that are shown, and all of them writable or none."""
    found: list[Leaf] = []
    for hole in holes(right):
        field = tuple(hole.path)  # type: ignore[arg-type]  # a hole of the right side
        leaf = find_field(desk.names.shape, field)
        if isinstance(leaf, Leaf) and check_place(desk, path, field):
            found.append(leaf)
            if leaf.type != "string":
                message = f"{'.'.join(field)} is {leaf.type}, and a text is made of texts"
                desk.complain("E201", message, path, "name a field that is a string")
            elif leaf.write_only or leaf.unechoed:
                message = f"{'.'.join(field)} is never shown: nothing can be split back"
                desk.complain("E303", message, path, "carry it under send, which takes a text one way")
    if len({leaf.read_only for leaf in found}) > 1:
        message = f"of '{right.text}' the backend sets some fields itself and takes others"
        desk.complain("E303", message, path, "carry it under show, which makes an attribute of several fields")
    return found


def _ambiguities(template: Template) -> Iterator[tuple[str, str]]:
    """Why a text of this form could be read in two ways, and what helps."""
    for part, behind in zip(template.parts, template.parts[1:], strict=False):
        if isinstance(part, Hole) and isinstance(behind, Hole):
            yield f"holes {_name(part)} and {_name(behind)} touch", "put a text between them"
        elif isinstance(part, Hole) and isinstance(behind, str) and may_hold(part.kind, behind[0]):
            kinds = [kind for kind in ("word", "local", "host", "digits") if not may_hold(kind, behind[0])]
            hint = f"{_named(part, kinds[0])} holds no {behind[0]!r}" if kinds else "put another text there"
            yield f"hole {_name(part)} of class {part.kind} is followed by {behind[0]!r}", hint
    optional = [hole for hole in holes(template) if hole.optional]
    if len(optional) == len(holes(template)) == 1:
        yield "its only hole may be absent", "take off the question mark"
    if len(optional) > MOST_OPTIONAL:
        yield f"more than {MOST_OPTIONAL} of its holes may be absent", "take off a question mark"


def _name(hole: Hole) -> str:
    return f"{{{_spell(hole.path)}}}"


def _named(hole: Hole, kind: str) -> str:
    return f"{{{_spell(hole.path)}{'?' if hole.optional else ''}|{kind}}}"


def _spell(path: object) -> str:
    return ".".join(path) if isinstance(path, tuple) else str(path)
