"""The command line: one file per command, loaded when it is asked for."""

import signal
import sys


def main() -> int:
    """Run the command of `sys.argv`; the exit code. Ctrl-C ends what does not say otherwise, without a traceback."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else whoever started us wants it ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gateway.cli import run_command  # after the line above: Ctrl-C may come while modules are loaded, too

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
