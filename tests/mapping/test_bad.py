"""One file per fault: what is said, where it points, what is offered instead. The texts stand beside the files."""

import re
from pathlib import Path

import pytest

from gateway.mapping.codes import CODES
from gateway.mapping.diagnose import MappingError, format_diagnostic
from gateway.mapping.load import check_mapping, load_dialect

HERE = Path(__file__).parent
BAD, PARENTS = HERE / "bad", HERE / "parents"
SOURCES = HERE.parent.parent / "gateway" / "mapping"
FILES = sorted(BAD.glob("*.yaml"))
# Faults that are no text in a repository: they are made where they are tested (test_hostile.py).
MADE_ELSEWHERE = {"E123"}


def said_of(file: Path) -> str:
    """Every diagnostic, with the folder cut off."""
    if file.stem.startswith("E122"):
        with pytest.raises(MappingError) as caught:
            load_dialect(file.stem, (BAD, PARENTS))
        diagnostics = list(caught.value.diagnostics)
    else:
        diagnostics = check_mapping(file.stem, (BAD, PARENTS)).diagnosis.diagnostics
    said = "".join(f"{format_diagnostic(one)}\n" for one in diagnostics)
    return re.sub(r"\S*/(?=[^/\s]+\.yaml:)", "", said)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_fault_is_told_with_its_place_and_a_way_out(file: Path, accept: bool) -> None:
    expected, said = file.with_suffix(".txt"), said_of(file)
    if accept:
        expected.write_text(said, "utf-8")
    assert said == expected.read_text("utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_shows_the_fault_it_is_named_for_and_no_other(file: Path) -> None:
    told = {line.split(": ")[1].split()[-1] for line in said_of(file).splitlines() if not line.startswith("    hint")}
    assert told == {file.stem[:4]}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_complaint_but_a_note_offers_a_way_out(file: Path) -> None:
    lines = said_of(file).splitlines()
    unhelpful = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if not line.startswith("    ") and ": note " not in line and not after.startswith("    hint: ")
    ]
    assert unhelpful == []


def test_every_code_in_the_source_has_a_meaning_and_a_file() -> None:
    used = {code for file in SOURCES.glob("*.py") if file.name != "codes.py" for code in codes_in(file)}
    assert used == set(CODES)
    assert used - {file.stem[:4] for file in FILES} == MADE_ELSEWHERE


def codes_in(file: Path) -> set[str]:
    return set(re.findall(r'"([EWN]\d{3})"', file.read_text("utf-8")))


def test_no_expected_text_is_left_behind() -> None:
    assert {file.stem for file in BAD.glob("*.txt")} == {file.stem for file in FILES}


def test_the_parent_of_the_bad_files_is_without_a_fault() -> None:
    assert check_mapping("plain-vendor", (PARENTS,)).diagnosis.diagnostics == []
