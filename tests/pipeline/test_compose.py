"""Texts of calls, filled: every value as JSON writes it, and what has no such form is as good as absent."""

from typing import Any

import pytest

from gateway.lens.holes import Hole, Template
from gateway.lens.templates import parse_template
from gateway.pipeline.compose import fill_path, fill_table, fill_text
from gateway.pipeline.problems import Problem
from gateway.scim.filter import AttrPath


def read(text: str) -> Template:
    return parse_template(text, lambda name: AttrPath(None, name))


ROWS: list[tuple[Any, str]] = [
    (True, "true"), (False, "false"), (7, "7"), (1.5, "1.5"), ("True", "True"), ("a/b", "a%2Fb"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "written"), ROWS)
def test_a_path_holds_values_as_json_writes_them(value: Any, written: str) -> None:
    assert fill_path(read("/people/{active}"), lambda hole: value) == f"/people/{written}"


@pytest.mark.parametrize("value", [None, "", [], ["a"], {"a": 1}])
def test_a_path_has_no_place_for_what_has_no_text(value: Any) -> None:
    with pytest.raises(Problem) as refusal:
        fill_path(read("/people/{active}"), lambda hole: value)
    assert refusal.value.code == "SG205"
    assert fill_path(read("/people/{active?}"), lambda hole: value) == "/people/"


@pytest.mark.parametrize("value", [True, False, 7, 1.5, "x", ["a"], {"a": 1}])
def test_a_hole_alone_keeps_its_type_in_a_body_and_a_text_around_it_does_not(value: Any) -> None:
    def known(hole: Hole) -> Any:
        return value

    spelled = (
        None if isinstance(value, list | dict) else {True: "true", False: "false", 7: "7", 1.5: "1.5", "x": "x"}[value]
    )
    table = {"alone": read("{active}"), "within": read("is {active}"), "always": None}
    within = {} if spelled is None else {"within": f"is {spelled}"}
    assert fill_table(table, known) == {"alone": value, **within, "always": None}
    assert fill_text(read("{active?}!"), known) == f"{spelled or ''}!"
