"""`scim-gateway demo` as a stranger starts it: a real process, in a pipe and on a terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import urllib.request

import pytest

from gateway.cli import run_command
from gateway.demo.closing import summary
from gateway.demo.paint import PLAIN_GLYPHS, Glyphs, Look, wrap
from gateway.demo.play import find_fault
from gateway.demo.remarks import REMARKS
from gateway.demo.stage import CAST
from gateway.demo.story import STEPS
from gateway.demo.tally import tally
from gateway.sandbox import VENDORS, RunningSandbox, start_sandbox

COMMAND = [sys.executable, "-m", "gateway", "demo"]
ESCAPE = "\033"


@pytest.fixture(scope="module")
def page() -> str:
    """What `demo --once` prints into a pipe."""
    done = subprocess.run([*COMMAND, "--once"], capture_output=True, text=True, timeout=180, env=dict(os.environ))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def parts_of(page: str) -> dict[str, str]:
    """The page by vendor."""
    found = {}
    titles = [VENDORS[vendor].title for vendor in CAST]
    starts = [page.index(f"\n{number}. {title}") for number, title in enumerate(titles, 1)]
    for title, start, end in zip(titles, starts, [*starts[1:], page.index("\nSummary")], strict=True):
        found[title] = page[start:end]
    return found


def test_a_pipe_gets_plain_text_of_at_most_100_columns(page: str) -> None:
    assert ESCAPE not in page
    assert max(len(line) for line in page.splitlines()) <= 100
    assert all(line == line.rstrip() for line in page.splitlines())


@pytest.mark.parametrize("vendor", CAST)
def test_every_vendor_shows_every_step(page: str, vendor: str) -> None:
    part = parts_of(page)[VENDORS[vendor].title]
    for number, step in enumerate(STEPS, 1):
        line = re.search(rf"^ ?{number}  {step.name} ", part, re.MULTILINE)
        left_out = step.name in ("add member", "remove member") and "no Groups at this vendor" in part
        assert (line is None) is left_out, step.name


@pytest.mark.parametrize("remark", REMARKS, ids=lambda remark: f"{remark.vendor}: {remark.step}: {remark.says[:40]}")
def test_every_oddity_that_is_remarked_on_is_really_seen(page: str, remark: object) -> None:
    part = parts_of(page)[VENDORS[remark.vendor].title]
    assert " ".join(remark.says.split()) in " ".join(part.split())


def test_requests_stand_beside_the_calls_they_became(page: str) -> None:
    part = parts_of(page)["Huawei Cloud IAM Identity Center"]
    disable = part[part.index(" 8  disable") : part.index(" 9  enable")]
    assert re.search(r"client +PATCH /Users/\w+…", disable)
    assert re.search(r"vendor +GET /d-7f31c0a9/scim/v2/Users/\w+…", disable)
    assert re.search(r" PUT /d-7f31c0a9/scim/v2/Users/\w+…", disable)
    assert '~ "active": false' in disable


@pytest.mark.parametrize(
    ("title", "facts"),
    [
        ("Cube Cloud", ["14 of 14 steps", "left out    title, emails.type", "shown here"]),
        ("RSA Unified Directory", ["12 of 14 steps", "no groups", "translated  emails.type, phoneNumbers.type"]),
        ("Huawei Cloud IAM Identity Center", ["14 of 14 steps", "cut to one  emails", "filled in   displayName"]),
        ("PingDirectory", ["12 of 14 steps", "no groups", "left out    enterprise.department"]),
    ],
)
def test_the_summary_says_what_became_of_the_profile(page: str, title: str, facts: list[str]) -> None:
    end = page[page.index("\nSummary") :]
    part = end[end.index(f" {title}") :].split("\n\n")[0]
    for fact in facts:
        assert fact in part


def watch(columns: int, *words: str, **env: str) -> tuple[int, str]:
    """Run on a terminal of that width; exit code and all that was shown."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm", **env}
    process = subprocess.Popen([*COMMAND, *words], stdout=follower, stderr=follower, env=environment)
    os.close(follower)
    shown = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([leader], [], [], 1)[0]:
            continue
        try:
            shown += os.read(leader, 65536)
        except OSError:
            break
    os.close(leader)
    return process.wait(10), shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(("columns", "beside"), [(140, True), (80, False)])
def test_a_terminal_gets_colour_and_two_columns_where_they_fit(columns: int, beside: bool) -> None:
    code, shown = watch(columns, "--once")
    plain = re.sub(r"\033\[[0-9;]*m", "", shown)
    assert code == 0
    assert shown != plain
    assert max(len(line) for line in plain.splitlines()) <= columns
    assert bool(re.search(r"POST /Users +│ +POST /api/scim/v2/Users", plain)) is beside


def test_no_color_is_respected() -> None:
    code, shown = watch(100, "--once", NO_COLOR="1")
    assert (code, ESCAPE in shown) == (0, False)


def test_it_stays_up_with_lines_that_work_until_it_is_interrupted() -> None:
    process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        shown = ""
        while "metrics " not in shown:
            line = process.stdout.readline()
            assert line, "the demo ended early"
            shown += line
        tries = re.findall(r"  curl -sS -H 'Authorization: (Bearer \S+)' (\S+)", shown)
        assert len(tries) == 4
        for header, url in tries:
            request = urllib.request.Request(url, headers={"Authorization": header})
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_a_step_that_goes_wrong_stops_the_demo_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def start_broken(vendor: str, *, token: str) -> RunningSandbox:
        faults = ("error-500",) if vendor == "rsa-unified-directory" else ()
        return await start_sandbox(vendor, token=token, faults=faults)

    monkeypatch.setattr("gateway.demo.stage.start_sandbox", start_broken)
    assert run_command(["demo", "--once"]) == 1
    shown = capsys.readouterr()
    place = "the demo stopped at RSA Unified Directory, step 1 (test connection): expected 200, got 503."
    assert shown.err.startswith(place)
    assert "(SG503)" in shown.err
    assert "3. Huawei" not in shown.out


@pytest.mark.parametrize(
    ("name", "status", "answer", "fault"),
    [
        ("read", 503, {"detail": "The backend cannot be reached. (SG501)"}, "expected 200, got 503. The backend"),
        ("match", 200, {"totalResults": 1, "Resources": [{}]}, "the answer is not an empty list."),
        ("match", 200, {"Resources": []}, "the answer is not an empty list."),
        ("disable", 200, {"active": True}, "the answer is not active: false."),
        ("disable", 204, None, ""),
        ("delete", 204, None, ""),
        ("gone", 200, {"id": "1"}, "expected 404, got 200."),
    ],
)
def test_a_wrong_answer_is_a_fault_of_its_step(name: str, status: int, answer: object, fault: str) -> None:
    (step,) = [one for one in STEPS if one.name == name]
    found = find_fault(step, step.status, False, status, answer)
    assert found.startswith(fault)
    assert bool(found) is bool(fault)


def test_what_became_of_a_document_is_counted_from_what_was_sent() -> None:
    client = {"a": 1, "b": [{"x": 1}, {"x": 2}], "c": "keep", "d": "lost", "e": "old"}
    counted = tally(client, {"a": 1, "b": [{"x": 1}], "e": "new", "f": 2}, {"c": "keep", "g": 3}, {})
    assert counted.carried == ("a",)
    assert counted.cut == ("b",)
    assert counted.changed == ("e",)
    assert counted.filled == ("f",)
    assert counted.kept == ("c",)
    assert counted.dropped == ("d",)
    assert counted.shown == ("g",)


def test_lines_break_between_spans_and_never_pass_the_width() -> None:
    spans = [("aaaa", "plain"), (" bbbb", "plain"), (" " + "c" * 30, "plain")]
    lines = ["".join(text for text, _ in line) for line in wrap(spans, 10, 2)]
    assert lines == ["aaaa bbbb", "  cccccccc", "  cccccccc", "  cccccccc", "  cccccc"]


def test_ascii_is_enough_where_nothing_else_can_be_shown() -> None:
    look = Look(80, False, PLAIN_GLYPHS)
    text = "".join(look.paint(line) for line in summary(look, []))
    assert text.isascii()
    assert not "".join(look.paint(line) for line in summary(Look(80, False, Glyphs()), [])).isascii()
