"""`extends` and overrides: by key, one level deep; `~` removes; the child's errors come first."""

from pathlib import Path
from textwrap import dedent

import pytest

from gateway.mapping.diagnose import MappingError
from gateway.mapping.load import check_mapping, known_mappings, load_dialect, read_mapping
from gateway.mapping.merge import merge
from gateway.mapping.source import Source, read_yaml

PARENTS = Path(__file__).parent / "parents"
PARENT = """
    scimap: 1
    name: parent
    title: Parent
    abstract: true
    connect: { base: https://one.example, timeout: 5s }
    errors:
      detail: [message]
      table: [ { when: status eq 400, as: { status: 400 } } ]
    resources:
      User:
        can: { filter: { language: scim, allow: { userName: [eq], externalId: [eq] } }, project: true }
        shape: { "emails[1..3]! ro": { value: string }, login: string!, age: int }
        map: { userName: login, title: job }
        drop: [nickName, locale]
      Group: { at: /Groups }
    examples: { User: [] }
"""


def source(text: str, file: str = "child.yaml") -> Source:
    return read_yaml(dedent(text), file)


def merged(child: str) -> dict:
    return merge(source(PARENT, "parent.yaml"), source(child)).data


ROWS = [
    ("a table of the file merges by key", "connect: { timeout: 9s }", ("connect",),
     {"base": "https://one.example", "timeout": "9s"}),
    ("a key is removed", "connect: { timeout: ~ }", ("connect",), {"base": "https://one.example"}),
    ("a whole table is removed", "connect: ~", ("connect",), None),
    ("a removal of nothing stays, to be complained of", "connect: { pace: ~ }", ("connect", "pace"), None),
    ("no deeper than one level: an allow-list is replaced",
     "resources: { User: { can: { filter: { language: scim, allow: { userName: [sw] } } } } }",
     ("resources", "User", "can"), {"filter": {"language": "scim", "allow": {"userName": ["sw"]}}, "project": True}),
    ("a list is replaced whole", "resources: { User: { drop: [title] } }", ("resources", "User", "drop"), ["title"]),
    ("a list is removed", "resources: { User: { drop: ~ } }", ("resources", "User", "drop"), None),
    ("a resource type is removed", "resources: { Group: ~ }", ("resources", "Group"), None),
    ("a rule is replaced", "resources: { User: { map: { title: role } } }", ("resources", "User", "map"),
     {"userName": "login", "title": "role"}),
    ("a rule is removed", "resources: { User: { map: { title: ~ } } }", ("resources", "User", "map"),
     {"userName": "login"}),
    ("a field's bounds and flags are the child's", "resources: { User: { shape: { 'emails[]': string } } }",
     ("resources", "User", "shape"), {"login": "string!", "age": "int", "emails[]": "string"}),
    ("a field is removed by its bare name", "resources: { User: { shape: { emails: ~ } } }",
     ("resources", "User", "shape"), {"login": "string!", "age": "int"}),
    ("the child's errors are tried first", "errors: { table: [ { when: status eq 409, as: { status: 409 } } ] }",
     ("errors", "table"), [{"when": "status eq 409", "as": {"status": 409}},
                           {"when": "status eq 400", "as": {"status": 400}}]),
    ("the child's places of messages replace the parent's", "errors: { detail: [error] }", ("errors", "detail"),
     ["error"]),
    ("an error table is removed", "errors: { table: ~ }", ("errors",), {"detail": ["message"]}),
    ("a name is not inherited", "scimap: 1", ("name",), None),
    ("a title is not inherited", "scimap: 1", ("title",), None),
    ("being abstract is not inherited", "scimap: 1", ("abstract",), None),
    ("examples are not inherited", "scimap: 1", ("examples",), None),
    ("a child of another kind replaces", "resources: { User: text }", ("resources", "User"), "text"),
    ("a list in place of a table replaces", "connect: [a]", ("connect",), ["a"]),
]  # fmt: skip


@pytest.mark.parametrize(("why", "child", "path", "wanted"), ROWS, ids=[row[0] for row in ROWS])
def test_a_child_is_laid_over_its_parent(why: str, child: str, path: tuple[str, ...], wanted: object) -> None:
    value: object = merged(child)
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    assert value == wanted


def test_every_part_keeps_the_place_it_was_written_at() -> None:
    both = merge(source(PARENT, "parent.yaml"), source("resources:\n  User:\n    map:\n      title: role\n"))
    title = both.place(("resources", "User", "map", "title"))
    login = both.place(("resources", "User", "map", "userName"))
    assert (title.file, title.line, title.column) == ("child.yaml", 4, 7)
    assert (login.file, login.line) == ("parent.yaml", 14)


def test_a_grandchild_is_laid_over_both(tmp_path: Path) -> None:
    write(tmp_path, "middle", "extends: plain-vendor\nresources: { User: { map: { profileUrl: kind } } }\n")
    write(tmp_path, "last", "extends: middle\nresources: { User: { map: { profileUrl: ~, title: ~ } } }\n")
    rules = read_mapping("last", known_mappings((tmp_path, PARENTS))).data["resources"]["User"]["map"]
    assert not {"profileUrl", "title"} & set(rules)
    assert rules["userName"] == "login"


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.yaml").write_text(f"scimap: 1\nname: {name}\n{text}")


def codes_of(name: str, folder: Path, overrides: Source | None = None) -> list[str]:
    return [one.code for one in check_mapping(name, (folder, PARENTS), overrides).diagnosis.diagnostics]


def test_eight_mappings_may_stand_in_a_row_and_nine_may_not(tmp_path: Path) -> None:
    write(tmp_path, "m1", "extends: plain-vendor\n")  # which extends scim2-base: two more
    for number in range(2, 8):
        write(tmp_path, f"m{number}", f"extends: m{number - 1}\n")
    assert codes_of("m6", tmp_path) == []
    assert codes_of("m7", tmp_path) == ["E121"]


def test_two_mappings_that_extend_each_other_are_a_circle(tmp_path: Path) -> None:
    write(tmp_path, "one", "extends: two\n")
    write(tmp_path, "two", "extends: one\n")
    assert codes_of("one", tmp_path) == ["E121"]


def test_a_folder_given_comes_before_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "cube-cloud", "extends: plain-vendor\ntitle: Another Cube\n")
    assert load_dialect("cube-cloud", (tmp_path, PARENTS)).title == "Another Cube"


OVERRIDES = [
    ("resources: { User: { map: { profileUrl: kind }, drop: [password] } }", ["W601"]),
    ("connect: { timeout: 3s }", []),
    ("name: another", ["E102"]),
    ("extends: scim2", ["E102"]),
    ("examples: { User: [] }", ["E102"]),
    ("resources: { User: { map: { usrName: login } } }", ["E104"]),
    ("resources: { User: { map: { profileUrl: ~ } } }", ["E119"]),
]


@pytest.mark.parametrize(("text", "codes"), OVERRIDES)
def test_overrides_are_a_fragment_laid_over_the_mapping(tmp_path: Path, text: str, codes: list[str]) -> None:
    assert codes_of("plain-vendor", tmp_path, source(text, "gateway.yaml")) == codes


def test_overrides_change_what_they_name_and_nothing_else(tmp_path: Path) -> None:
    overrides = source("connect: { timeout: 3s }\nresources: { User: { map: { title: kind } } }", "gateway.yaml")
    plain = load_dialect("plain-vendor", (PARENTS,))
    narrowed = load_dialect("plain-vendor", (PARENTS,), overrides)
    made = narrowed.resources["User"].lens.out({"userName": "bjensen", "title": "Guide"}, None)
    assert (plain.connect.timeout, narrowed.connect.timeout) == (10.0, 3.0)
    assert (made["login"], made["kind"]) == ("bjensen", "Guide")
    assert plain.digest != narrowed.digest
    assert (narrowed.name, narrowed.title) == (plain.name, plain.title)


def test_a_place_of_a_fault_in_overrides_is_in_the_configuration(tmp_path: Path) -> None:
    overrides = source("resources:\n  User:\n    map:\n      usrName: login\n", "gateway.yaml")
    with pytest.raises(MappingError) as caught:
        load_dialect("plain-vendor", (PARENTS,), overrides)
    assert str(caught.value).startswith("gateway.yaml:4:7: error E104")
