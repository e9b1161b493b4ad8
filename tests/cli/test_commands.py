"""The command line itself, `token` and `check`: exit codes, help, and never a traceback."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec import Struct

from gateway.cli import COMMANDS, run_command

WRITTEN = [name for name in COMMANDS if (Path(__file__).parents[2] / "gateway" / "cli" / f"{name}.py").is_file()]


class Ended(Struct):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """One command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run_here(*words: str, **variables: str) -> Ended:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        code = run_command(words)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run_here


def test_it_is_a_program(run):
    ended = run("check", "nowhere")
    assert ended.returncode == 1
    assert "E120" in ended.stdout
    assert run("token", "new").returncode == 0


def test_alone_it_shows_its_commands_and_how_to_begin(do):
    shown = do("--help")
    assert shown.returncode == 0
    for command in COMMANDS:
        assert f"  {command} " in shown.stdout
    assert "scim-gateway demo" in shown.stdout
    assert do().returncode == 2


@pytest.mark.parametrize("command", WRITTEN)
def test_every_command_has_help_with_an_example(do, command):
    shown = do(command, "--help")
    assert shown.returncode == 0, shown.stderr
    assert "example" in shown.stdout
    assert f"scim-gateway {command}" in shown.stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["srve"], 2, "did you mean serve"),
        (["serve", "--wrokers", "2"], 2, "--help"),
        (["serve", "--workers", "two"], 2, "--help"),
        (["serve", "--config", "nowhere.yaml"], 1, "nowhere.yaml: error E801"),
        (["token"], 2, "--help"),
        (["token", "old"], 2, "--help"),
        (["check", "--config", "nowhere.yaml"], 1, "--config FILE"),
        (["check"], 1, "gateway.yaml: error E801"),
        (["check", "nowhere"], 1, "E120"),
        (["check", "./nowhere.yaml"], 1, "./nowhere.yaml: error E123: there is no such mapping file"),
        (["check", "gateway.yml"], 1, "E120"),
        (["check", "/dev/null"], 1, "E123: there is no such mapping file"),
        (["laws", "./"], 1, "E123: this is a directory"),
    ],
)
def test_a_mistake_ends_with_its_code_and_a_way_on(do, words, code, says):
    ended = do(*words)
    assert ended.returncode == code
    assert says in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_new_token_is_long_fresh_and_matches_its_hash(do):
    first, second = do("token", "new"), do("token", "new")
    assert first.returncode == 0
    token, line = first.stdout.splitlines()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert line == f"- sha256: {sha256(token.encode()).hexdigest()}"
    assert token not in second.stdout


def test_the_line_of_a_new_token_can_be_pasted_into_a_configuration(do, config):
    line = do("token", "new").stdout.splitlines()[1]
    text = re.sub(r"tokens: \[.*?\],", f"tokens: [{{{line.removeprefix('-')} }}],", config.read_text())
    config.write_text(text)
    assert do("check", "--config", str(config)).returncode == 0


def test_a_good_configuration_is_checked_in_silence(do, config):
    config.write_text(config.read_text().replace("backends: [slow]", "backends: [slow], brake: { removals: 100/h }"))
    ended = do("check", "--config", str(config), "--strict")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_tenant_without_a_brake_is_worth_a_note_and_no_refusal(do, config):
    ended = do("check", "--config", str(config), "--strict")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "gateway.yaml:6:3: note N824" in ended.stdout
    assert "hint: add brake:" in ended.stdout


@pytest.mark.parametrize(
    ("tenant", "brake", "says"),
    [
        ("acmee", "100/h", "did you mean acme"),
        ("acme", "", "has no brake"),
        ("acme", "100/h", "with memory:// only the gateway itself knows"),
    ],
)
def test_a_brake_that_cannot_be_released_from_here_is_said_so(do, config, tenant, brake, says):
    row = f"backends: [slow], brake: {{ removals: {brake} }}" if brake else "backends: [slow]"
    config.write_text(config.read_text().replace("backends: [slow]", row))
    ended = do("brake", "release", tenant, "--config", str(config))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert says in ended.stderr


def test_the_configuration_may_be_named_by_the_environment(do, config):
    assert do("check", SCIM_GATEWAY_CONFIG=str(config)).returncode == 0


def test_every_mistake_of_a_configuration_is_shown_with_its_place(do, config):
    config.write_text(config.read_text().replace("scim2", "scim3").replace("listen", "lisen"))
    ended = do("check", "--config", str(config))
    assert ended.returncode == 1
    assert "gateway.yaml:1:1: error E102" in ended.stdout
    assert "gateway.yaml:4:11: error E815" in ended.stdout
    assert "hint: did you mean listen?" in ended.stdout
    assert "2 to correct" in ended.stderr


def test_a_warning_is_an_error_only_when_asked(do, config):
    plain = "url: 'http://vendor.example.com', auth: { bearer: { env: T } }"
    config.write_text(re.sub(r"url: '.*?', auth: none", plain, config.read_text()))
    relaxed = do("check", "--config", str(config), T="token-of-the-vendor")
    assert relaxed.returncode == 0
    assert "warning W830" in relaxed.stdout
    assert do("check", "--config", str(config), "--strict", T="token-of-the-vendor").returncode == 1


def test_mappings_are_checked_by_name_and_by_file(do, tmp_path):
    assert do("check", "scim2", "scim2-base").returncode == 0
    (tmp_path / "mine.yaml").write_text("scimap: 1\nname: mine\nextends: scim2\n")
    assert do("check", "mine.yaml").returncode == 0
    (tmp_path / "mine.yaml").write_text("scimap: 1\nname: mine\nextends: scim2\nresorces: {}\n")
    ended = do("check", "mine.yaml")
    assert ended.returncode == 1
    assert "mine.yaml:4:1: error E102" in ended.stdout
    assert "did you mean resources" in ended.stdout
