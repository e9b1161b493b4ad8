"""`scim-gateway sandbox` as a person starts it: a real process, a real port, real signals."""

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from gateway.cli import Parser
from gateway.cli.sandbox import add_parser, run


def start(*arguments):
    command = [sys.executable, "-m", "gateway", "sandbox", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_where_it_serves_and_stops_cleanly_on_a_signal(number):
    process = start("ping-directory")
    try:
        lines = [process.stdout.readline() for _ in range(6)]
        url = re.search(r"url +(\S+)", lines[1]).group(1)
        token = re.search(r"token +([0-9a-f]{40})\n", lines[2]).group(1)
        assert lines[4] == f"  curl -sS -H 'Authorization: Bearer {token}' {url}/Users\n"
        request = urllib.request.Request(f"{url}/Users", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_a_given_token_is_the_one_that_opens():
    process = start("cube-cloud", "--token", "let me in")
    try:
        lines = [process.stdout.readline() for _ in range(6)]
        assert "let me in" in lines[2]
        assert "'Authorization: Bearer let me in'" in lines[4]
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def parser():
    parser = Parser(prog="scim-gateway")
    add_parser(parser.add_subparsers(parser_class=Parser))
    return parser


def test_an_unknown_fault_is_a_usage_error_that_lists_the_known_ones(parser, capsys):
    assert run(parser.parse_args(["sandbox", "rsa-unified-directory", "--fault", "sloow"])) == 2
    said = capsys.readouterr().err
    assert "slow" in said
    assert "put-merges" in said


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_cannot_be_had_says_what_to_do(parser, capsys, port):
    assert run(parser.parse_args(["sandbox", "cube-cloud", "--port", port])) == 1
    assert "--port" in capsys.readouterr().err


def test_help_has_the_faults_and_an_example(parser, capsys):
    with pytest.raises(SystemExit) as left:
        parser.parse_args(["sandbox", "--help"])
    said = capsys.readouterr().out
    assert left.value.code == 0
    assert "example:\n  scim-gateway sandbox rsa-unified-directory" in said
    assert "lost-answer" in said
    assert "echo-artefacts" in said


def test_an_unknown_vendor_is_a_usage_error(parser, capsys):
    with pytest.raises(SystemExit) as left:
        parser.parse_args(["sandbox", "cube"])
    assert left.value.code == 2
    assert "cube-cloud" in capsys.readouterr().err
