"""The command line: one file per command, loaded when it is asked for."""

import sys


def main() -> int:
    """Run the command of `sys.argv`; the exit code."""
    try:
        from gateway.cli import run_command  # Ctrl-C may come while modules are loaded, too

        return run_command(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
