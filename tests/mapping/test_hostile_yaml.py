"""YAML that means harm, or means something else elsewhere: refused with a place, or read as what it looks like."""

import os
import time
from pathlib import Path

import pytest

from gateway.mapping.diagnose import MappingError
from gateway.mapping.load import MAX_BYTES, check_mapping
from gateway.mapping.source import MAX_DEPTH, MAX_NODES, read_yaml

HEAD = "scimap: 1\nname: vendor\n"

PLAIN = [
    ("NO", "NO"), ("no", "no"), ("on", "on"), ("yes", "yes"), ("Off", "Off"), ("y", "y"), ("True", "True"),
    ("true", True), ("false", False), ("null", None), ("~", None), ("", None), ("Null", "Null"),
    ("12:30:00", "12:30:00"), ("010", "010"), ("0x1F", "0x1F"), ("0", 0), ("-7", -7), ("1_000", "1_000"),
    ("1.5", 1.5), ("1e3", "1e3"), (".5", ".5"), (".inf", ".inf"), ("2023-11-07", "2023-11-07"), ("+1", "+1"),
    ("9" * 18, int("9" * 18)), ("9" * 40, "9" * 40), ('"5"', "5"), ("'true'", "true"), ('"~"', "~"), ("=", "="),
    ("<<", "<<"), ('"\\u00e9"', "é"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_a_plain_word_is_what_it_looks_like(text: str, value: object) -> None:
    found = read_yaml(f"key: {text}\n", "f").data["key"]
    assert (found, type(found)) == (value, type(value))


REFUSED = [
    ("a: &x [1]\nb: *x\n", ["E109", "E109"]),
    ("a: &x {k: v}\nb: {<<: *x}\n", ["E109", "E109"]),
    ("&k a: 1\n", ["E109"]),
    ("!!str a: 1\n", ["E109"]),
    ("a: !!binary aGk=\n", ["E109"]),
    ("a: !<tag:yaml.org,2002:python/object/apply:os.system> [x]\n", ["E109"]),
    ("a: 1\na: 2\na: 3\n", ["E103", "E103"]),
    ("a: {b: 1, b: 2}\n", ["E103"]),
    ("? [a]\n: b\n", ["E110"]),
    ("{a: b}: c\n", ["E110"]),
    ("a: 1\n---\na: 2\n", ["E107"]),
    ("a: 1\n...\n---\nb: 2\n", ["E107"]),
    ("a:\n\t- b\n", ["E100"]),
    ("a: \x00\n", ["E100"]),
    ("a: \x1b[31m\n", ["E100"]),
    ("a: \ud800\n", ["E100"]),
    ("a: %b\n", ["E100"]),
    ("a: `b`\n", ["E100"]),
    ("a: [b\n", ["E100"]),
    ("a: }\n", ["E100"]),
    ("a: 'b\n", ["E100"]),
    ("a: *unknown\n", ["E109"]),
    ("a: *\n", ["E100"]),
    ("a: b: c\n", ["E100"]),
]


@pytest.mark.parametrize(("text", "codes"), REFUSED, ids=range(len(REFUSED)))
def test_what_means_harm_is_refused(text: str, codes: list[str]) -> None:
    with pytest.raises(MappingError) as caught:
        read_yaml(text, "f")
    assert [one.code for one in caught.value.diagnostics] == codes
    assert all(one.place.line and one.place.column and one.hint for one in caught.value.diagnostics)


@pytest.mark.parametrize(
    "text", ["\ufeffa: 1\n", "a: 1\r\n", "a: 1", "# note\na: 1\n", "---\na: 1\n...\n", "a:   1  # note\n"]
)
def test_what_editors_leave_behind_does_no_harm(text: str) -> None:
    assert read_yaml(text, "f").data == {"a": 1}


def test_a_file_may_hold_twenty_thousand_values_and_not_one_more() -> None:
    def lines(values: int) -> str:
        return "list:\n" + "- a\n" * (values - 2)

    assert len(read_yaml(lines(MAX_NODES), "f").data["list"]) == MAX_NODES - 2
    with pytest.raises(MappingError) as caught:
        read_yaml(lines(MAX_NODES + 1), "f")
    assert [(one.code, one.place.line) for one in caught.value.diagnostics] == [("E108", MAX_NODES)]


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_deep_nesting_ends_at_forty_levels(opening: str) -> None:
    closing = {"[": "]", "{a: ": "}"}[opening]
    assert read_yaml(opening * MAX_DEPTH + closing * MAX_DEPTH, "f").data
    with pytest.raises(MappingError) as caught:
        read_yaml(opening * 100_000, "f")
    assert [one.code for one in caught.value.diagnostics] == ["E108"]


def test_a_bomb_of_aliases_costs_nothing() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"k{n}: &k{n} [*a, *a, *a]\n" for n in range(200))
    began = time.perf_counter()
    with pytest.raises(MappingError):
        read_yaml(bomb, "f")
    assert time.perf_counter() - began < 5


def check_file(folder: Path) -> list[str]:
    return [str(one) for one in check_mapping("vendor", (folder,)).diagnosis.diagnostics]


def test_a_file_that_is_no_utf8_is_told_with_the_byte(tmp_path: Path) -> None:
    (tmp_path / "vendor.yaml").write_bytes("scimap: 1 # é\ntitle: Mü".encode() + b"\xfcller\n")
    said = check_file(tmp_path)
    assert len(said) == 1
    assert "vendor.yaml:2:10: error E123: the file is not UTF-8 text (byte fc)" in said[0]


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "vendor.yaml").write_text(HEAD + "title: " + "x" * MAX_BYTES + "\n")
    (said,) = check_file(tmp_path)
    assert "vendor.yaml:1:1: error E108: the file is too large" in said


def test_a_folder_that_is_called_like_a_mapping_is_told(tmp_path: Path) -> None:
    (tmp_path / "vendor.yaml").mkdir()
    assert "E123: the file cannot be read: Is a directory" in check_file(tmp_path)[0]


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "vendor.yaml").symlink_to(tmp_path / "gone")
    assert "E123: the file cannot be read: No such file or directory" in check_file(tmp_path)[0]


def test_a_file_that_may_not_be_opened_is_told(tmp_path: Path) -> None:
    file = tmp_path / "vendor.yaml"
    file.write_text(HEAD)
    file.chmod(0)
    # The superuser may open anything; then the file is read, and its own faults are told.
    expected = "E606" if os.geteuid() == 0 else "E123: the file cannot be read: Permission denied"
    if os.geteuid() == 0:
        file.write_text(HEAD + "extends: scim2-base\n")
    assert any(expected in line for line in check_file(tmp_path))


INHERITED = ("params", "connect", "errors", "resources")
WRONG_KINDS = [
    "params: [a]",
    "params: { host: x }",
    "connect: text",
    "connect: { auth: { header: x } }",
    "connect: { headers: [a] }",
    "errors: []", "errors: { table: x }", "errors: { table: [x] }", "errors: { detail: x }",
    "errors: { table: [ { when: [a], as: { status: 404 } } ] }", "errors: { table: [ { when: status pr, as: x } ] }",
    "resources: [a]", "resources: { User: [a] }", "resources: { User: { ops: [a] } }",
    "resources: { User: { ops: { create: [a] } } }", "resources: { User: { ops: { create: { call: 5 } } } }",
    "resources: { User: { can: { filter: [a] } } }",
    "resources: { User: { can: { filter: { language: scim, allow: [a] } } } }",
    "resources: { User: { can: { page: x } } }", "resources: { User: { can: { sort: [{ a: b }] } } }",
    "resources: { User: { shape: [a] } }", "resources: { User: { shape: { a: 5 } } }",
    "resources: { User: { shape: { '[]': string } } }", "resources: { User: { shape: { '': string } } }",
    "resources: { User: { urns: { a: text } } }", "resources: { User: { urns: { a: { scim: 5 } } } }",
    "resources: { User: { scim: { 'a:b': [x] } } }", "resources: { User: { id: text } }",
    "resources: { User: { correlate: [[a]] } }", "resources: { User: { drop: userName } }",
    "resources: { User: { drop: [{ a: b }] } }", "resources: { User: { map: [a] } }",
    "resources: { User: { map: { userName: [a] } } }", "resources: { User: { map: { userName: { to: [a] } } } }",
    "resources: { User: { map: { '': a } } }", "resources: { User: { map: { userName: '' } } }",
    "resources: { User: { map: { userName: $ } } }", "resources: { User: { map: { 'a.b.c.d': x } } }",
    "resources: { User: { map: { active: { to: meta.created, values: { true: [a] } } } } }",
    "resources: { User: { map: { active: { to: meta.created, values: { true: a }, also: { b: { c: d } } } } } }",
    "resources: { User: { map: { userName: { to: id, via: [[a]] } } } }",
    "resources: { User: { map: { userName: { to: id, fill: { a: b } } } } }",
    "resources: { User: { map: { userName: { to: id, assume: [a] } } } }",
    "resources: { User: { send: { id: [a] } } }", "resources: { User: { send: { '': a } } }",
    "resources: { User: { show: { title: [[a]] } } }", "resources: { User: { show: { title: { value: ~ } } } }",
    "resources: { User: { show: { '': a } } }", "examples: [a]", "examples: { User: a }", "examples: { User: [a] }",
    "extends: { a: b }", "extends: 5", "name: [a]", "abstract: perhaps",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG_KINDS)
def test_a_value_of_the_wrong_kind_is_a_complaint_and_never_a_crash(tmp_path: Path, text: str) -> None:
    parent = "" if text.startswith("extends") else "extends: scim2-base\n"
    name = "" if text.startswith("name") else "name: vendor\n"
    (tmp_path / "vendor.yaml").write_text(f"scimap: 1\n{name}{parent}{text}\n")
    diagnostics = check_mapping("vendor", (tmp_path,)).diagnosis.diagnostics
    wrong = [one for one in diagnostics if one.code < "E3"]
    assert wrong
    assert all(one.hint for one in wrong)


@pytest.mark.parametrize("text", [text for text in WRONG_KINDS if text.startswith(INHERITED)])
def test_a_parent_with_wrong_kinds_is_a_complaint_for_its_child(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yaml").write_text(f"scimap: 1\nname: odd\n{text}\n")
    (tmp_path / "vendor.yaml").write_text(
        f"{HEAD}extends: odd\nresources: {{ User: {{ map: {{ userName: login }}, shape: {{ login: string }} }} }}\n"
    )
    assert check_mapping("vendor", (tmp_path,)).dialect is None


def test_the_largest_file_is_checked_in_seconds(tmp_path: Path) -> None:
    fields = "".join(f"      field{n}: string\n" for n in range(9000))
    text = f"{HEAD}extends: scim2-base\nresources:\n  User:\n    shape:\n{fields}    map: {{ same: all }}\n"
    (tmp_path / "vendor.yaml").write_text(text)
    began = time.perf_counter()
    assert check_file(tmp_path)
    assert time.perf_counter() - began < 20
