"""What people mistype and mislay: every command ends with its code, a sentence, and never a traceback."""

import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from contract_stage import TINY

Ended = CompletedProcess[str]

GOOD = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
backends: {{ prod: {{ mapping: scim2, url: 'http://127.0.0.1:9/scim/v2', auth: {{ bearer: {{ file: token }} }} }} }}
tenants: {{ acme: {{ tokens: [{{ sha256: {hash} }}], backends: [prod] }} }}
"""
FOLLOWED = """\
backends:
  one: {{ mapping: scim2, url: 'http://127.0.0.1:9/scim/v2', auth: {{ bearer: {{ file: token }} }} }}
  two: {{ mapping: scim2, url: 'http://127.0.0.1:9/scim/other', auth: {{ bearer: {{ file: token }} }} }}
tenants: {{ emea: {{ tokens: [{{ sha256: {hash} }}], backends: [one, two] }} }}
"""
DEEP = "[" * 50_000
CREDENTIAL = "s3cret-credential-of-the-vendor"
FILES: dict[str, bytes] = {
    "token": CREDENTIAL.encode(),
    "empty": b"",
    "binary": bytes(range(256)) * 8,
    "nul.yaml": b"listen: \0\n",
    "wide.yaml": "listen: x\n".encode("utf-16"),
    "deep.yaml": b"listen: " + DEEP.encode(),
    "tag.yaml": b"listen: !!python/object/apply:os.system ['id']\n",
    "tab.yaml": b"backends:\n\tprod: {}\n",
    "list.json": b"[1]",
    "deep.json": DEEP.encode(),
    "user.json": b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}',
    "tiny.yaml": TINY.encode(),
}
OUT = ("translate", "scim2", "User", "--out")
POST = ("explain", "acme", "POST", "/Users", "--body")
PATCH = ("explain", "acme", "PATCH", "/Users/1", "--body", "user.json", "--record")

# The words that are typed; how it ends; what is said.
MISTAKES: list[tuple[tuple[str, ...], int, str]] = [
    (("check", "--config", "folder"), 1, "Is a directory"),
    (("check", "--config", "empty"), 1, "known: listen"),
    (("check", "--config", "binary"), 1, "not UTF-8"),
    (("check", "--config", "nul.yaml"), 1, "nul.yaml:1:9: error E100"),
    (("check", "--config", "wide.yaml"), 1, "not UTF-8"),
    (("check", "--config", "deep.yaml"), 1, "E108"),
    (("check", "--config", "tag.yaml"), 1, "tag.yaml:1:9: error E109"),
    (("check", "--config", "tab.yaml"), 1, "indent with spaces"),
    (("check", "--config", "loop.yaml"), 1, "symbolic links"),
    (("check", "--config", "gateway.yaml/below"), 1, "Not a directory"),
    (("check", "./folder"), 1, "E123: this is a directory"),
    (("check", "scim3"), 1, "did you mean scim2"),
    (("serve", "--config", "folder"), 1, "The gateway did not start"),
    (("serve", "--config", "away.yaml"), 1, "listen: and admin:"),
    (("serve", "--config", "unsaid.yaml"), 1, "cannot be read: No such file"),
    (("serve", "beside"), 2, "scim-gateway serve --help"),
    (("explain", "acmee", "GET", "/Users"), 2, "did you mean acme"),
    (("explain", "acme", "POST", "/Users"), 1, "SG201"),
    ((*POST, "nowhere.json"), 2, "nowhere.json cannot be read"),
    ((*POST, "folder"), 2, "folder cannot be read"),
    ((*POST, "deep.json"), 1, "SG201"),
    ((*PATCH, "empty"), 2, "empty is not JSON"),
    ((*PATCH, "list.json"), 2, "no JSON object"),
    ((*PATCH, "deep.json"), 2, "deep.json is not JSON"),
    ((*OUT, "nowhere.json"), 1, "nowhere.json cannot be read"),
    ((*OUT, "binary"), 1, "not JSON"),
    ((*OUT, "deep.json"), 1, "not JSON"),
    (("translate", "scim2", "User", "user.json", "--out"), 2, "scim-gateway translate --help"),
    (("translate", "scim2-base", "User", "--out", "user.json"), 1, "E122"),
    (("sandbox", "rsa"), 2, "--help"),
    (("sandbox", "cube-cloud", "--port", "99999"), 1, "Choose another --port"),
    (("sandbox", "cube-cloud", "--fault", "naughty"), 2, "known are"),
    (("reconcile", "acme"), 2, "has no followers"),
    (("reconcile", "acmee"), 2, "did you mean acme"),
    (("reconcile", "emea", "--config", "followed.yaml"), 2, "with memory://"),
    (("reconcile",), 2, "--help"),
    (("brake", "release", "acme"), 2, "has no brake"),
    (("brake", "hold", "acme"), 2, "--help"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, hash_of: Callable[[str], str]) -> Path:
    made: Path = tmp_path_factory.mktemp("mistakes")
    good = GOOD.format(hash=hash_of("a-token-of-acme"))
    for name, data in FILES.items():
        (made / name).write_bytes(data)
    (made / "gateway.yaml").write_text(good)
    (made / "away.yaml").write_text(good.replace("listen: 127.0.0.1:0", "listen: 203.0.113.1:8080"))
    (made / "unsaid.yaml").write_text(good.replace("file: token", "file: nowhere"))
    (made / "followed.yaml").write_text(FOLLOWED.format(hash=hash_of("a-token-of-emea")))
    (made / "folder").mkdir()
    (made / "loop.yaml").symlink_to("loop.yaml")
    return made


@pytest.fixture(scope="module")
def endings(folder: Path, run: Callable[..., Ended]) -> dict[tuple[str, ...], Ended]:
    """Every mistake made once, two at a time."""
    typed = [words for words, _, _ in MISTAKES]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(typed, pool.map(lambda words: run(*words, folder=folder), typed), strict=True))


@pytest.mark.parametrize(("words", "code", "says"), MISTAKES, ids=[" ".join(row[0]) for row in MISTAKES])
def test_a_mistake_ends_with_its_code_and_a_sentence(endings, words, code, says):
    ended = endings[words]
    said = ended.stdout + ended.stderr
    assert (ended.returncode, says in said) == (code, True), said
    assert "Traceback" not in said
    assert CREDENTIAL not in said


def test_a_port_that_somebody_has_is_named_with_what_to_do(run, folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        text = (folder / "gateway.yaml").read_text().replace("admin: 127.0.0.1:0", f"admin: {address}")
        (folder / "taken.yaml").write_text(text)
        ended = run("serve", "--config", "taken.yaml", folder=folder)
    assert ended.returncode == 1
    assert address.rpartition(":")[2] in ended.stderr
    assert "listen: and admin:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_disk_that_is_full_is_a_sentence(run, folder):
    with open("/dev/full", "w") as full:
        ended = run("--help", folder=folder, stdout=full)
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("words", [("serve",), ("check",), ("demo",)], ids=" ".join)
def test_ctrl_c_at_any_moment_of_the_start_ends_without_a_traceback(start, folder, words):
    for moment in (0.0, 0.03, 0.08, 0.25):
        process = start(*words, folder=folder)
        maps = Path(f"/proc/{process.process.pid}/maps")
        process.wait_for(lambda maps=maps: "msgspec" in maps.read_text())  # Python is up, the command is being loaded
        time.sleep(moment)
        code = process.stop(signal.SIGINT)
        assert code in (0, -signal.SIGINT), (moment, code)
        assert not any("Traceback" in line for line in process.errors), (moment, process.errors)


def ignores_sighup(pid: int) -> bool:
    """Whether the system would drop the signal: `SigIgn` is a mask, lowest bit first."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn"))
    return bool(int(mask, 16) & 1 << (signal.SIGHUP - 1))


def test_a_sighup_that_comes_before_the_gateway_listens_does_not_end_it(start, folder):
    process = start("serve", folder=folder)
    process.wait_for(lambda: ignores_sighup(process.process.pid))
    process.process.send_signal(signal.SIGHUP)
    process.wait_for_event("startup")
    assert process.stop() == 0


def test_the_release_says_its_name(run, folder):
    ended = run("--version", folder=folder)
    assert (ended.returncode, ended.stdout.split()[0]) == (0, "scim-gateway")


def test_check_tests_the_laws_of_a_mapping_when_asked(run, folder):
    ended = run("check", "--laws", "tiny.yaml", folder=folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "PutGet" in ended.stdout
