"""`scim-gateway demo`: a life cycle through four pretend vendors, every request beside the calls it becomes."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import aiohttp

from gateway.demo.closing import Run, farewell, summary
from gateway.demo.page import act_heading, opening, scene_lines
from gateway.demo.paint import PLAIN_GLYPHS, Glyphs, Line, Look
from gateway.demo.play import Client, Scene
from gateway.demo.stage import Booth, Stage, open_stage

PIPE_COLUMNS = 100
WIDEST = 160
NARROWEST = 60
EXAMPLE = "example:\n  scim-gateway demo --once | less"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "demo",
        help="watch a life cycle through four pretend vendors",
        description="Start four pretend vendors and a gateway before them on local ports, take a person through her "
        "life as an identity provider does, and show every SCIM request beside the vendor calls it became. Every "
        "answer is checked. Afterwards the gateway stays up to be tried by hand.",
        epilog=EXAMPLE,
    )
    parser.add_argument("--once", action="store_true", help="stop by itself at the end")


def run(args: argparse.Namespace) -> int:
    """0 when every step went as it should; 1 when one did not, which the last line names."""
    try:
        return asyncio.run(show(args.once, sys.stdout))
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        raise  # a reader that has seen enough: every command ends alike
    except OSError as problem:
        print(f"the demo cannot start: {problem}", file=sys.stderr)
        print("It needs a few free ports on 127.0.0.1 and a folder for temporary files.", file=sys.stderr)
        return 1


def look_at(stream: TextIO) -> Look:
    """How to show a page on this stream: colour and its width on a terminal, else plain and 100 columns."""
    encoding = (stream.encoding or "ascii").lower()
    glyphs = Glyphs() if encoding.startswith("utf") else PLAIN_GLYPHS
    if not stream.isatty():
        return Look(PIPE_COLUMNS, False, glyphs)
    try:
        columns = os.get_terminal_size(stream.fileno()).columns or PIPE_COLUMNS
    except OSError:
        columns = PIPE_COLUMNS
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(max(NARROWEST, min(columns, WIDEST)), colour, glyphs)


class Printer:
    """Writes lines as a look has them, at once."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        self.stream = stream
        self.look = look

    def print(self, lines: Iterable[Line]) -> None:
        self.stream.write("".join(f"{self.look.paint(line)}\n" for line in lines))
        self.stream.flush()


async def show(once: bool, stream: TextIO) -> int:
    """The whole evening."""
    printer = Printer(stream, look_at(stream))
    stop = listen_for_the_end()
    async with open_stage() as stage, aiohttp.ClientSession() as session:
        printer.print(opening(printer.look, stage.gateway.url))
        runs: list[Run] = []
        for number, booth in enumerate(stage.booths, 1):
            printer.print(act_heading(printer.look, number, booth, stage.base(booth)))
            runs.append(await show_vendor(printer, stage, booth, session))
            if stop.is_set():
                return 0
            if runs[-1].scenes[-1].fault:
                return report_fault(booth, runs[-1].scenes[-1])
        printer.print(summary(printer.look, runs))
        if not once:
            printer.print(farewell(printer.look, stage))
            await stop.wait()
    return 0


async def show_vendor(printer: Printer, stage: Stage, booth: Booth, session: aiohttp.ClientSession) -> Run:
    """One vendor's run, every scene shown as it ends."""
    scenes: list[Scene] = []
    async for scene in Client(session, stage.base(booth), booth).play():
        printer.print(scene_lines(printer.look, booth, scene))
        scenes.append(scene)
    return Run(booth, tuple(scenes))


def report_fault(booth: Booth, scene: Scene) -> int:
    """Say which step went wrong."""
    place = f"{booth.title}, step {scene.number} ({scene.step.name})"
    print(f"the demo stopped at {place}: {scene.fault}", file=sys.stderr)
    return 1


def listen_for_the_end() -> asyncio.Event:
    """Set by Ctrl-C and SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
