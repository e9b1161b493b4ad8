"""The manual is true: its steps pass the check, its tables are the grammar's, and it knows every word there is."""

import re
from pathlib import Path

import pytest

from gateway.cli.account import print_coverage
from gateway.lens.codecs import CODECS
from gateway.lens.shapes import FLAGS
from gateway.lens.templates import KINDS
from gateway.mapping.load import check_mapping, load_dialect
from gateway.mapping.manual import TABLES, make_tables, place_tables
from gateway.mapping.manual_words import CODEC_WORDS, FLAG_WORDS, KEY_WORDS, KIND_WORDS

MANUAL = Path(__file__).parents[2] / "mappings" / "README.md"
TEXT = MANUAL.read_text("utf-8")
# A block that is a whole file names itself in the line above it: `my-vendor.yaml`, step n; then what the check says.
STEPS = re.findall(r"```yaml\n(# Step \d.*?)```\n(?:\n```text\n(.*?)```\n)?", TEXT, re.DOTALL)
RESOURCE = "resources:\n  User:\n"
FRAGMENTS = re.findall(r"```yaml\n((?!# Step).*?)```", TEXT, re.DOTALL)


def test_the_tables_are_the_grammars_own(accept: bool) -> None:
    placed = place_tables(TEXT)
    if accept:
        MANUAL.write_text(placed, "utf-8")
    assert placed == MANUAL.read_text("utf-8")


def test_every_table_has_its_place_in_the_manual() -> None:
    assert sorted(re.findall(r"<!-- table: (\w+) -->", TEXT)) == sorted(make_tables())


def test_every_word_of_the_grammar_has_a_sentence() -> None:
    keys = {
        f"{struct.__name__}.{key}" for structs in TABLES.values() for struct in structs for key in key_names(struct)
    }
    assert keys == set(KEY_WORDS)
    assert set(FLAG_WORDS) == {"!", *FLAGS}
    assert set(KIND_WORDS) == set(KINDS)
    assert {name for name in CODEC_WORDS if "(" not in name} == set(CODECS)


def key_names(struct: type) -> tuple[str, ...]:
    return struct.__struct_encode_fields__


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check_text(folder: Path, text: str) -> list[str]:
    (folder / "my-vendor.yaml").write_text(text)
    return [str(one) for one in check_mapping("my-vendor", (folder,)).diagnosis.diagnostics]


def test_the_manual_leads_from_an_empty_file_to_a_green_check() -> None:
    assert len(STEPS) >= 5
    assert not re.search(": (error|warning) ", STEPS[-1][1])


@pytest.mark.parametrize(("text", "said"), STEPS, ids=range(1, len(STEPS) + 1))
def test_a_step_is_checked_as_the_manual_says(tmp_path: Path, text: str, said: str) -> None:
    assert "".join(f"{line}\n" for line in check_text(tmp_path, text)) == said


def test_the_last_step_travels_as_the_manual_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_text(tmp_path, STEPS[-1][0])
    print_coverage([load_dialect("my-vendor", (tmp_path,))])
    assert f"```text\n{capsys.readouterr().out}```\n" in TEXT


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=range(len(FRAGMENTS)))
def test_a_fragment_fits_into_the_last_step(tmp_path: Path, fragment: str) -> None:
    (tmp_path / "finished.yaml").write_text(STEPS[-1][0].replace("name: my-vendor", "name: finished"))
    whole = fragment.startswith("resources:")  # anything else belongs below one resource type
    body = fragment if whole else "".join(f"    {line}\n" for line in fragment.splitlines())
    text = f"scimap: 1\nname: my-vendor\nextends: finished\n{'' if whole else RESOURCE}{body}"
    assert [line for line in check_text(tmp_path, text) if ": error " in line] == []
