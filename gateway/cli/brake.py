"""`scim-gateway brake release`: lets removals through that a tenant's brake holds back."""

import argparse
import asyncio
import sys
from typing import Any

from gateway.app import Observers, read_keys
from gateway.cli import UsageError
from gateway.conversation.braking import RELEASED, brake_key
from gateway.mapping.diagnose import did_you_mean
from gateway.pipeline.brake import Brake
from gateway.settings import Settings, default_config, load_settings

EXAMPLE = """example:
  scim-gateway brake release acme
  for the length of one window nothing is held back: an hour where the brake says 100/h"""
UNITS = {1: "second", 60: "minute", 3_600: "hour", 86_400: "day"}


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("brake", help="let held removals through", epilog=EXAMPLE)
    parser.add_argument("action", choices=["release"], help="let removals through for the length of one window")
    parser.add_argument("tenant", metavar="TENANT", help="whose removals are held back")
    parser.add_argument("--config", metavar="FILE", help="the configuration (default: gateway.yaml)")


def run(args: argparse.Namespace) -> int:
    """0 released, 1 when the configuration is refused or the store does not answer, 2 on usage."""
    settings = load_settings(args.config or default_config())
    tenant = settings.tenants.get(args.tenant)
    if tenant is None:
        raise UsageError(f"there is no tenant {args.tenant}; {did_you_mean(args.tenant, settings.tenants)}")
    if tenant.brake is None:
        raise UsageError(f"the tenant {tenant.name} has no brake, so nothing is held back")
    if not settings.state.is_shared:
        raise UsageError(
            "with memory:// only the gateway itself knows what it holds; raise brake: in the configuration"
        )
    if not asyncio.run(release(settings, tenant.name, tenant.brake)):
        print("scim-gateway brake: the state store did not answer; nothing was released. Try again.", file=sys.stderr)
        return 1
    print(f"Removals of {tenant.name} pass for one {UNITS[tenant.brake.seconds]} from now.")
    return 0


async def release(settings: Settings, tenant: str, brake: Brake) -> bool:
    """Tell every gateway at this store. False: it did not answer."""
    from gateway.edge.state_names import Namer
    from gateway.edge.state_redis import RedisState

    state = RedisState(settings.state, Namer(read_keys(settings)), Observers())
    try:
        return await state.keep([(brake_key(tenant, "released"), RELEASED)], brake.seconds)
    finally:
        await state.close()
