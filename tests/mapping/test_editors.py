"""The schema for editors: current, kind to every sound mapping, and strict where authors mistype."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway.mapping.editors import BELOW, make_schema
from gateway.mapping.manual import TABLES
from gateway.mapping.source import read_yaml

HERE = Path(__file__).parent
MAPPINGS = HERE.parents[1] / "mappings"
FILE = MAPPINGS / "mapping.schema.json"
STEPS = re.findall(r"```yaml\n(# Step \d.*?)```", (MAPPINGS / "README.md").read_text("utf-8"), re.DOTALL)
FRAGMENTS = re.findall(r"```yaml\n((?!# Step).*?)```", (MAPPINGS / "README.md").read_text("utf-8"), re.DOTALL)
SOUND = sorted([*MAPPINGS.glob("*.yaml"), *(HERE / "vendors").glob("*.yaml"), *(HERE / "parents").glob("*.yaml")])
# Faults that need no knowledge of names and types: an editor underlines them while they are typed.
TYPICAL = [
    "E102-missing-key", "E102-nested-key", "E102-not-a-table", "E102-number-for-text", "E102-same", "E102-types-number",
    "E102-unknown-file-key", "E102-unknown-operation", "E102-unknown-operator", "E102-unknown-rule-key", "E102-version",
    "E102-word-of-a-list", "E111-list", "E111-unknown-flag", "E111-unknown-type", "E117-bad-call",
]  # fmt: skip
# Tables whose keys are the author's own.
OPEN = {("ExampleRow", key) for key in ("resource", "record", "answer", "shown")} | {("ConnectRow", "headers")}


@pytest.fixture(scope="module")
def judge() -> Draft202012Validator:
    schema = json.loads(FILE.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(judge: Draft202012Validator, data: Any) -> list[str]:
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in judge.iter_errors(data)]


def test_the_schema_is_the_grammars_own(accept: bool) -> None:
    made = json.dumps(make_schema(), indent=1, ensure_ascii=False) + "\n"
    if accept:
        FILE.write_text(made, "utf-8")
    assert made == FILE.read_text("utf-8")


@pytest.mark.parametrize("file", SOUND, ids=lambda file: file.stem)
def test_a_sound_mapping_is_valid(judge: Draft202012Validator, file: Path) -> None:
    assert faults(judge, read_yaml(file.read_text("utf-8"), file.name).data) == []


@pytest.mark.parametrize("text", STEPS, ids=range(1, len(STEPS) + 1))
def test_a_step_of_the_manual_is_valid(judge: Draft202012Validator, text: str) -> None:
    assert faults(judge, read_yaml(text, "my-vendor.yaml").data) == []


@pytest.mark.parametrize("text", FRAGMENTS, ids=range(len(FRAGMENTS)))
def test_a_fragment_of_the_manual_is_valid_in_its_place(judge: Draft202012Validator, text: str) -> None:
    data = read_yaml(text, "fragment.yaml").data
    whole = data.keys() <= {"resources", "dialect", "params", "connect", "errors", "examples", "extends"}
    assert faults(judge, {"scimap": 1, "name": "x", **(data if whole else {"resources": {"User": data}})}) == []


@pytest.mark.parametrize("name", TYPICAL)
def test_a_typical_fault_is_underlined(judge: Draft202012Validator, name: str) -> None:
    assert faults(judge, read_yaml((HERE / "bad" / f"{name}.yaml").read_text("utf-8"), name).data)


def test_every_table_of_the_grammar_says_what_stands_below_it() -> None:
    components = make_schema()["$defs"]
    rows = {struct.__name__ for structs in TABLES.values() for struct in structs}
    vague = {
        (row, key)
        for row in rows
        for key, schema in components[row]["properties"].items()
        if not schema.keys() - {"description", "default"} or schema.get("additionalProperties") == {}
    }
    assert vague <= OPEN | {("OpRow", "body")}
    assert set(BELOW) <= {(row, key) for row in rows for key in components[row]["properties"]}
