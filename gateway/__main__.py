"""The command line: one file per command, loaded when it is asked for."""

import sys

from gateway.cli import run_command


def main() -> int:
    """Run the command of `sys.argv`; the exit code."""
    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
