"""What `check` ends with for a mapping that is named: which way each attribute travels; with --laws, what narrows."""

from pathlib import Path

import pytest

from gateway.cli import run_command
from gateway.cli.account import print_coverage, print_narrowings
from gateway.lens.advertise import attribute_leaves
from gateway.lens.kinds import keys_of
from gateway.lens.laws import LAWS
from gateway.mapping.coverage import WAYS, coverage
from gateway.mapping.load import load_dialect

ACCOUNTS = Path(__file__).parent / "accounts"
VENDORS = Path(__file__).parents[1] / "mapping" / "vendors"
NAMES = [
    "cube-cloud", "huawei-identity-center", "ping-directory", "rsa-unified-directory", "scim2", "json-vendor",
    "principals", "slack", "databricks", "choice-vendor",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_mapping_gives_the_account_that_was_reviewed(
    name: str, accept: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    dialects = [load_dialect(name, (VENDORS,))]
    print_coverage(dialects)
    print_narrowings(dialects)
    said, file = capsys.readouterr().out, ACCOUNTS / f"{name}.txt"
    if accept:
        file.write_text(said, "utf-8")
    assert said == file.read_text("utf-8")
    assert max(map(len, said.splitlines())) <= 120


def test_no_account_is_left_behind() -> None:
    assert {file.stem for file in ACCOUNTS.glob("*.txt")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_attribute_that_clients_may_write_goes_one_way_exactly(name: str) -> None:
    for resource in load_dialect(name, (VENDORS,)).resources.values():
        told = [one for names in coverage(resource).values() for one in names]
        assert len(told) == len(set(told))
        for path, attribute in attribute_leaves(resource.lens.type):
            if attribute.mutability == "readOnly":
                continue
            alias = resource.aliases.get(path.urn or "", "")
            keys = keys_of(path)[1:] if path.urn else keys_of(path)
            forms = {f"{alias}:{'.'.join(keys[:depth])}" if path.urn else ".".join(keys[:depth]) for depth in (1, 2)}
            assert len((forms | ({alias} if path.urn else set())) & set(told)) == 1, path


def test_what_is_neither_carried_nor_dropped_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "scimap: 1\nname: lossy\nextends: cube-cloud\nresources: { User: { drop: [emails.type] }, Group: ~ }\n"
    (tmp_path / "lossy.yaml").write_text(text)
    assert run_command(["check", str(tmp_path / "lossy.yaml")]) == 0
    rows = [line.split("  ", 2)[1:] for line in capsys.readouterr().out.splitlines() if line.startswith("  lost")]
    assert rows == [["lost", rows[0][1]]]
    assert "nickName, profileUrl, title" in rows[0][1]
    assert WAYS[-1] == "lost"


def test_a_configuration_is_checked_without_an_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gateway.yaml").write_text(
        "backends: { prod: { mapping: ping-directory, url: 'http://127.0.0.1:9/scim', auth: none } }\n"
        f"tenants: {{ acme: {{ tokens: [{{ sha256: {'ab' * 32} }}], backends: [prod] }} }}\n"
    )
    assert run_command(["check"]) == 0
    assert "both ways" not in capsys.readouterr().out


def test_laws_come_with_what_narrows_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "--laws", str(VENDORS / "json-vendor.yaml")]) == 0
    said = capsys.readouterr().out
    assert said.index("json-vendor User: where it narrows") < said.index(f"json-vendor User: {len(LAWS)} laws")
    assert "✓ PutGet" in said


def test_what_a_call_is_made_of_goes_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = '{ call: "POST /Users/{title}", body: { a: { b: ["{locale?}-{userName}"] } } }'
    user = f"ops: {{ create: {call} }}, shape: {{ title: ~, locale: ~ }}, drop: [locale]"
    user += ", can: { filter: { language: scim, allow: { userName: [eq] } } }"
    (tmp_path / "told.yaml").write_text(
        f"scimap: 1\nname: told\nextends: scim2\nresources: {{ User: {{ {user} }}, Group: ~ }}\n"
    )
    assert run_command(["check", str(tmp_path / "told.yaml")]) == 0
    said = "".join(capsys.readouterr())
    assert "W602: drop lists locale, which a call carries" in said
    assert "W601" not in said
    assert "\n  out only   title, locale, password\n" in said
    print_narrowings([load_dialect("told", (tmp_path,))])
    assert "title: sent in the call, when a record is created, and never shown" in capsys.readouterr().out
