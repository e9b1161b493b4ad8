# ruff: noqa: E501 (a file's own lines)
"""Hand-written mini mappings, compiled from real files."""

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from gateway.lens.lens import Lens
from gateway.mapping.load import load_dialect

HEAD = """
scimap: 1
name: mini
dialect: {dialect}
params:
  url: {{ type: url, example: https://vendor.example }}
connect: {{ base: "{{url}}" }}
resources:
  {kind}:
    at: /{kind}s
    ops: {{ create: POST /u, retrieve: "GET /u/{{id}}", query: GET /u, replace: "PUT /u/{{id}}", modify: "PATCH /u/{{id}}", delete: "DELETE /u/{{id}}" }}
    can: {{ replace: {{ omitted: cleared }}, modify: scim-patch, page: {{ style: index }}, filter: {{ language: scim, allow: {{ login: [eq] }} }} }}
"""

Mini = Callable[..., Lens]


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    """A lens out of the blocks that matter (`shape`, `map`, ...); the rest of the file is given."""

    def build(body: str, kind: str = "User", dialect: str = "scim") -> Lens:
        head = HEAD.format(kind=kind, dialect=dialect)
        (tmp_path / "mini.yaml").write_text(head + indent(body.strip("\n"), "    ") + "\n", "utf-8")
        return load_dialect("mini", (tmp_path,)).resources[kind].lens

    return build
