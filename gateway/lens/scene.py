"""Where statements stand: which local of the generated function holds what."""

import ast
from collections.abc import Iterable, Mapping, Set

from gateway.lens.code import Code
from gateway.lens.holes import Hole, attribute_read
from gateway.lens.kinds import Field, keys_of
from gateway.lens.places import spell
from gateway.scim.filter import AttrPath

Holders = Mapping[Field, str]
Statements = list[ast.stmt]


class Scene:
    """Where a rule's statements stand: the objects in reach on both sides.

    `anew`: no record was there before. `sure`: the attributes without which no record is written, or the fields
    without which none is read. `listed`: the list whose items are written, `plain` values or not; `field`: the local
    that names the one whose items are read.
    """

    def __init__(
        self,
        code: Code,
        s_holders: Holders,
        v_holders: Holders,
        id_prefix: str = "",
        *,
        anew: bool = False,
        sure: Set[AttrPath | Field] = frozenset(),
        listed: str = "",
        plain: bool = False,
        field: str = "",
    ) -> None:
        self.code = code
        self.sure = sure
        self.id_prefix = id_prefix
        self.anew = anew
        self.s_holders = s_holders
        self.v_holders = v_holders
        self.listed = listed
        self.plain = plain
        self.field = field

    def name_attribute(self, path: AttrPath) -> ast.expr:
        """An attribute's whole name, for refusals."""
        if self.plain:
            return ast.Constant(self.listed)
        return ast.Constant(f"{self.listed}.{path}" if self.listed else str(path))

    def name_field(self, field: Field) -> ast.expr:
        """A field's whole name, for records that cannot be read."""
        if not self.field:
            return ast.Constant(spell(field))
        return ast.BinOp(ast.Name(self.field, ast.Load()), ast.Add(), ast.Constant(f".{spell(field)}"))

    def s(self, path: AttrPath) -> tuple[str, ast.expr]:
        """The holder and the key of an attribute."""
        keys = keys_of(path)
        return self.s_holders[keys[:-1]], ast.Constant(keys[-1])

    def v(self, field: Field) -> tuple[str, ast.expr]:
        """The holder and the key of a field."""
        return self.v_holders[field[:-1]], ast.Constant(str(field[-1]))

    def hole(self, hole: Hole) -> tuple[str, ast.expr]:
        """The holder and the key of what a template's hole reads."""
        return self.v(hole.path) if isinstance(hole.path, tuple) else self.s(attribute_read(hole.path))


def holders(side: str, paths: Iterable[Field]) -> dict[Field, str]:
    """A local name for every object on the way to the paths, parents first."""
    prefixes = {path[:depth] for path in paths for depth in range(1, len(path))}
    return {path: f"{side}{number}" for number, path in enumerate(sorted(prefixes, key=lambda one: (len(one), one)))}
