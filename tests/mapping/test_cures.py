"""A hint cures: applied to its bad file, it leaves the fault gone and nothing behind that cannot be read.

Hints that are prose cannot be applied by a machine; `prose-hints.txt` lists them, so that a new one is seen.
"""

import json
from pathlib import Path

import pytest
from cure import cures, is_prose

from gateway.mapping.diagnose import Diagnostic, MappingError
from gateway.mapping.load import check_mapping, read_file
from gateway.mapping.source import Source

HERE = Path(__file__).parent
BAD, PARENTS, PROSE = HERE / "bad", HERE / "parents", HERE / "prose-hints.txt"
READABLE = "E130"  # complaints below this code: something cannot be read, or is called by no name

# What an author fills into the blanks of a hint, by bad file.
BLANKS: dict[str, dict[str, str]] = {
    "E101-selector-unread": {"<field>": "kind"},
    "E102-alias-without-urn": {"<URN towards clients>": "urn:example:a"},
    "E102-branch-nowhere": {"...": "kind"},
    "E102-each": {"<field>": "address"},
    "E102-no-branches": {"when: ..., to: ...": "when: userType pr, to: kind", "{ to: ... }": "{ to: job }"},
    "E106-field-alias": {"<URN towards clients>": "urn:example:profile", "<URN at the backend>": "urn:example:profile"},
    "E106-own-attribute": {"<URN towards clients>": "urn:example:profile"},
    "E114-nowhere": {"<field of the backend>": "shown"},
    "E114-part-nowhere": {"<field>": "kind"},
    "E114-slot": {"<field of the backend>": "kind"},
    "E114-text": {"<field of the backend>": "job"},
    "E116-types-without-type": {"<field>": "kind"},
    "E124-value-of-a-plain-list": {"to: ..., each: same": "to: tags"},
    "E124-part-of-a-list": {"to: ..., each: same": "to: mails, each: { value: address }"},
    "E126-also-alone": {"{ ... }": "{ true: on, false: off }"},
    "E201-kinds": {"true: ..., false: ...": "true: a, false: b"},
    "E201-part": {"via: ...": "via: bool_text"},
    "E201-same": {"true: ..., false: ...": "true: a, false: b"},
    "E201-slot-of-one-value": {"<field>": "kind"},
    "E305-reads-another-choice": {"<field>": "job"},
    "E305-reads-what-is-dropped": {"<field>": "nick"},
    "E401-labelled-place": {"<attribute>": "profileUrl"},
    "E401-nobody-sends": {"<attribute>": "profileUrl"},
    "E401-place-before": {"<attribute>": "profileUrl"},
    "E401-part": {"<part>": "display"},
    "E401-place": {"<attribute>": "profileUrl"},
    "E606-active": {"<the field that bars the account>": "kind"},
    "E606-read-only": {"<the field that bars the account>": "kind"},
    "E641-set-unmapped": {"<field of the backend>": "kind"},
    "E651-name-itself": {"<a spare field>": "origin"},
    "E652-converted-name": {"<attribute>": "userName"},
    "E650-given-by-nobody": {"<attribute>": "profileUrl"},
}

# Hints after which another complaint asks for the rest.
LEAD_ON = {
    "E101-own-attribute-without-schema": "the alias wants its URN",
    "E106-condition": "the alias leads to no attribute yet",
    "E106-unknown-alias": "the alias leads to no attribute yet",
    "E120-parent-list": "the other parent is not SCIM's",
    "E125-no-schema": "nothing else of the type is there either",
    "E602-no-resources": "the four tables are left to be written",
    "E614-no-call:16": "the calls are left to be written",
    "E614-no-values": "the calls are left to be written",
    "W608-call-of-nobody": "the rule is left to be written",
    "E105-condition": "the name stands in two halves, before and inside the brackets",
    "E102-empty-file": "there is no table yet",
    "E102-list-file": "there is no table yet",
}


def spoilt() -> list[tuple[Path, Source, Diagnostic]]:
    """Every complaint about a bad file that can be read at all, with the file."""
    found = []
    for file in sorted(BAD.glob("*.yaml")):
        try:
            source = read_file(file)
        except MappingError:
            continue  # what to do about a text that is no YAML is told in prose
        told = check_mapping(file.stem, (BAD, PARENTS)).diagnosis.diagnostics
        found += [(file, source, one) for one in told if one.level != "note"]
    return found


SPOILT = spoilt()
SHOWN = [row for row in SPOILT if not is_prose(row[2].hint)]


@pytest.mark.parametrize(
    ("file", "source", "said"),
    SHOWN,
    ids=[f"{file.stem}:{said.place.line}" for file, _, said in SHOWN],
)
def test_a_hint_that_can_be_applied_cures(tmp_path: Path, file: Path, source: Source, said: Diagnostic) -> None:
    before = check_mapping(file.stem, (BAD, PARENTS)).diagnosis.diagnostics
    ways = cures(source, said, BLANKS.get(file.stem, {}))
    cured = any(is_cured(said, before, check_again(tmp_path, file, data)) for data in ways)
    assert cured is not bool({file.stem, f"{file.stem}:{said.place.line}"} & set(LEAD_ON)), said.hint


def check_again(folder: Path, file: Path, data: object) -> list[Diagnostic]:
    (folder / file.name).write_text(json.dumps(data), "utf-8")
    return check_mapping(file.stem, (folder, BAD, PARENTS)).diagnosis.diagnostics


def is_cured(said: Diagnostic, before: list[Diagnostic], after: list[Diagnostic]) -> bool:
    """The complaint is gone, its code is told less often, and nothing new cannot be read."""
    if any((one.code, one.message) == (said.code, said.message) for one in after):
        return False
    new = {one.code for one in after} - {one.code for one in before}
    often, still = ([one.code for one in told].count(said.code) for told in (before, after))
    return still < often and not any(code < READABLE for code in new if code.startswith("E"))


def test_hints_that_are_prose_were_reviewed(accept: bool) -> None:
    told = "".join(f"{hint}\n" for hint in sorted({said.hint for _, _, said in SPOILT if is_prose(said.hint)}))
    if accept:
        PROSE.write_text(told, "utf-8")
    assert told == PROSE.read_text("utf-8")


def test_most_hints_can_be_applied() -> None:
    assert len(SHOWN) > 2 * (len(SPOILT) - len(SHOWN))
