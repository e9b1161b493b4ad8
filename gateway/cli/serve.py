"""`scim-gateway serve`: runs the gateway until it is told to stop."""

import argparse
import signal
import sys
from typing import Any

from gateway.cli import UsageError
from gateway.mapping.diagnose import format_diagnostic
from gateway.settings import Settings, check_settings, default_config

EXAMPLE = """example:
  scim-gateway serve --config gateway.yaml
  SIGTERM stops cleanly, SIGHUP reads the configuration again; logs are JSON lines on standard output"""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("serve", help="run the gateway", epilog=EXAMPLE)
    parser.add_argument("--config", metavar="FILE", help="the configuration (default: gateway.yaml)")
    parser.add_argument("--workers", metavar="N", type=int, default=1, help="processes that serve (default: 1)")


def run(args: argparse.Namespace) -> int:
    """0 on a clean stop, 1 when the configuration is refused, 2 on usage."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # one that comes before the gateway listens has nothing to reload
    if args.workers < 1:
        raise UsageError("--workers is 1 or more")
    report = check_settings(args.config or default_config())
    for one in report.diagnostics:
        if one.level != "note":  # notes are for whoever writes a mapping: check shows them
            print(format_diagnostic(one), file=sys.stderr)
    if report.settings is None:
        print("\nThe gateway did not start. Correct the above; scim-gateway check shows it again.", file=sys.stderr)
        return 1
    if args.workers > 1 and not report.settings.state.is_shared:
        raise UsageError("several workers need a shared state; set state: redis://..., or leave --workers at 1")
    try:
        return serve(report.settings, args.workers)
    except OSError as error:
        print(f"scim-gateway serve: cannot listen: {error.strerror or error}", file=sys.stderr)
        print("Choose addresses of this machine that are free with listen: and admin:", file=sys.stderr)
        return 1


def serve(settings: Settings, workers: int) -> int:
    from gateway.app import run_gateway, run_loop
    from gateway.edge.logs import open_logs

    open_logs()
    if workers > 1:
        from gateway.cli.workers import supervise

        run_loop(supervise(settings, workers))
    else:
        run_loop(run_gateway(settings))
    return 0
