"""Complaints: their form, the nearest name, the hint that every kind has, and what a table's row can hold of."""

from pathlib import Path

import pytest

from gateway.lens.kinds import LeafRule
from gateway.mapping.diagnose import Diagnosis, Diagnostic, MappingError, Place, did_you_mean, format_diagnostic
from gateway.mapping.dialect import ErrorRule, Errors
from gateway.mapping.load import check_mapping, load_dialect
from gateway.scim.filter import parse_filter

PARENTS = Path(__file__).parent / "parents"

FORMS = [
    (Diagnostic("E104", "no such name", Place("a.yaml", 3, 7), "did you mean b?"),
     "a.yaml:3:7: error E104: no such name\n    hint: did you mean b?"),
    (Diagnostic("W601", "lost", Place("a.yaml", 3, 7)), "a.yaml:3:7: warning W601: lost"),
    (Diagnostic("N701", "cut", Place("a.yaml")), "a.yaml: note N701: cut"),
]  # fmt: skip


@pytest.mark.parametrize(("diagnostic", "text"), FORMS)
def test_a_complaint_is_one_line_and_a_hint(diagnostic: Diagnostic, text: str) -> None:
    assert format_diagnostic(diagnostic) == str(diagnostic) == text


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("usrName", ("userName", "userType"), "did you mean userName?"),
        ("USERNAME", ("userName",), "did you mean userName?"),
        ("quota", ("login", "age"), "known: age, login"),
        (
            "x",
            [f"n{number:02}" for number in range(32)],
            f"known: {', '.join(f'n{n:02}' for n in range(30))} and 2 more",
        ),
    ],
)
def test_the_nearest_name_is_offered_or_all_of_them(name: str, known: list[str], hint: str) -> None:
    assert did_you_mean(name, known) == hint


def test_a_complaint_without_a_hint_gets_that_of_its_kind_and_a_note_gets_none() -> None:
    diagnosis = Diagnosis()
    for code in ("E302", "N701", "E801"):
        diagnosis.add(code, "x", Place("f"))
    assert [one.hint for one in diagnosis.diagnostics] == ["keep one of them", "", ""]


def test_an_error_stops_and_a_warning_does_not() -> None:
    diagnosis = Diagnosis()
    diagnosis.add("W601", "lost", Place("f"))
    diagnosis.stop_on_errors()
    diagnosis.add("E104", "unknown", Place("f"))
    with pytest.raises(MappingError) as caught:
        diagnosis.stop_on_errors()
    assert [one.code for one in caught.value.diagnostics] == ["W601", "E104"]


def test_all_complaints_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "vendor.yaml").write_text(
        "scimap: 1\nname: vendor\nextends: plain-vendor\nresources:\n  User:\n    ops: { update: PATCH /people }\n"
        "    map: { usrName: login, title: jop }\n    drop: [nicName]\nexamples: { Group: [] }\n"
    )
    said = check_mapping("vendor", (tmp_path, PARENTS)).diagnosis.diagnostics
    assert [(one.code, one.place.line) for one in said] == [
        ("E102", 6),
        ("E104", 7),
        ("E105", 7),
        ("E104", 8),
        ("E125", 9),
    ]


def test_an_abstract_parent_is_checked_for_what_it_says_and_not_for_what_it_lacks(tmp_path: Path) -> None:
    head = "scimap: 1\nname: vendor\nabstract: true\nextends: scim2-base\n"
    (tmp_path / "vendor.yaml").write_text(head)
    assert check_mapping("vendor", (tmp_path,)).diagnosis.diagnostics == []
    (tmp_path / "vendor.yaml").write_text(head + "resources: { User: { shape: { age: integer } } }\n")
    assert [one.code for one in check_mapping("vendor", (tmp_path,)).diagnosis.diagnostics] == ["E111"]


def test_a_required_mark_counts_behind_the_key_and_behind_the_type(tmp_path: Path) -> None:
    (tmp_path / "vendor.yaml").write_text(
        "scimap: 1\nname: vendor\nextends: plain-vendor\nresources:\n  User:\n"
        "    shape: { nick!: string, job: string! }\n"
        "    map: { nickName: { to: nick, fill: x }, title: { to: job, fill: x } }\n"
    )
    rules = load_dialect("vendor", (tmp_path, PARENTS)).resources["User"].lens.rules
    required = {".".join(rule.v) for rule in rules if isinstance(rule, LeafRule) and rule.leaf.required}
    assert required == {"login", "nick", "job"}


@pytest.mark.parametrize(
    ("when", "may"),
    [
        ("status eq 200", True), ("status eq 404", False), ("status ge 400", False), ("status ge 200", True),
        ("status lt 300", True), ("status le 199", False), ("status ne 404", True), ("body.ok eq false", True),
        ("status eq 400 and body.ok eq false", False), ("status eq 400 or body.ok eq false", True),
        ("not (status eq 200)", True), ('status eq "200"', True),
    ],
)  # fmt: skip
def test_a_row_that_cannot_hold_of_a_success_is_not_tried_on_one(when: str, may: bool) -> None:
    row = ErrorRule(parse_filter(when), 400)
    assert Errors(table=(row,)).on_success == ((row,) if may else ())
