"""`scim-gateway reconcile`: compares the followers of a tenant with its primary, tells the drift, and repairs it.

While a secret is rotated it first seals anew what never expires: a tenant without followers may have some of that, too.
"""

import argparse
import asyncio
import sys
import time
from typing import Any

from gateway.app import Observers, read_keys
from gateway.cli import UsageError
from gateway.cli.drift import Found, as_document, tell
from gateway.cli.renewal import describe_renewed, tell_renewed
from gateway.conversation.effects import Conversation
from gateway.conversation.reconcile.reconciling import reconcile
from gateway.conversation.reconcile.renewing import Renewed, keeping_targets, renew_all
from gateway.conversation.reconcile.stepping import Progress, go_on
from gateway.edge.conduct import Journey, World, conduct
from gateway.edge.ports import State
from gateway.edge.transport import Transport
from gateway.lens.lens import LensError
from gateway.mapping.diagnose import did_you_mean
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Follower, Tenant
from gateway.pipeline.sealing import Seal
from gateway.scim.errors import ScimError
from gateway.settings import Settings, TenantSettings, default_config, load_settings
from gateway.tenants import make_tenant

EXAMPLE = """example:
  scim-gateway reconcile acme --dry-run
  scim-gateway reconcile acme --json > drift.json
  what is in step is only compared: when it is interrupted, run it again; it goes on where it stopped"""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("reconcile", help="bring followers back in step", epilog=EXAMPLE)
    parser.add_argument("tenant", metavar="TENANT", help="whose followers are compared with its primary")
    parser.add_argument("--config", metavar="FILE", help="the configuration (default: gateway.yaml)")
    parser.add_argument("--dry-run", action="store_true", help="tell the drift, change nothing")
    parser.add_argument("--json", action="store_true", help="one JSON document with every resource that has drifted")


def run(args: argparse.Namespace) -> int:
    """0 in step, 1 when drift is left or a backend or the store does not answer, 2 on usage."""
    settings = load_settings(args.config or default_config())
    tenant = settings.tenants.get(args.tenant)
    if tenant is None:
        raise UsageError(f"there is no tenant {args.tenant}; {did_you_mean(args.tenant, settings.tenants)}")
    if not tenant.followers and not renews(settings, tenant):
        raise UsageError(f"the tenant {tenant.name} has no followers, so there is nothing to compare")
    if not settings.state.is_shared:
        raise UsageError(
            "with memory:// only the gateway itself knows what is open; set reconcile: 6h in the configuration"
        )
    done = asyncio.run(reconcile_all(settings, tenant, repairs=not args.dry_run))
    if done is None:
        print("scim-gateway reconcile: the state store did not answer; nothing was done. Try again.", file=sys.stderr)
        return 1
    found, renewed = done
    kept = [] if isinstance(renewed, Problem) else renewed
    if args.json:
        print(as_document(tenant.name, found, dry_run=args.dry_run, sealed=describe_renewed(kept)))
    else:
        for line in (*tell_renewed(tenant.name, kept), *(line for one in found for line in tell(one))):
            print(line)
    if isinstance(renewed, Problem):
        print(explain_left(renewed), file=sys.stderr)
    for one in found:
        if one.problem is not None:
            print(explain(one, one.problem), file=sys.stderr)
    is_done = not isinstance(renewed, Problem) and not any(one.left for one in renewed)
    return 0 if is_done and all(one.in_step for one in found) else 1


def renews(settings: Settings, one: TenantSettings) -> bool:
    """Is a secret being rotated with which something that never expires may be sealed?"""
    tenant = make_tenant(one, settings, Seal())
    return len(settings.secret) > 1 and (bool(tenant.followers) or any(keeping_targets(tenant)))


def explain_left(problem: Problem) -> str:
    """Why not all was sealed anew, and what to do."""
    return (
        f"scim-gateway reconcile: not all that is kept was sealed anew: {problem.sentence} ({problem.code})\n"
        "Leave the older secrets where they are, and run it again once that is cured."
    )


def explain(one: Found, problem: Problem) -> str:
    """Why a follower was not compared to the end, and what to do."""
    backends = f"{one.follower.seat.backend} with {one.tenant.backend}"
    return (
        f"scim-gateway reconcile: {backends} was not compared to the end: {problem.sentence} ({problem.code})\n"
        "Run it again once that is cured: what is in step by then is only compared."
    )


Done = tuple[list[Found], list[Renewed] | Problem]


async def reconcile_all(settings: Settings, one: TenantSettings, *, repairs: bool) -> Done | None:
    """What is sealed anew, then every follower in turn; None when the store does not answer."""
    from gateway.edge.state_names import Namer
    from gateway.edge.state_redis import RedisState

    keys = read_keys(settings)
    tenant = make_tenant(one, settings, Seal(keys))
    state: State = RedisState(settings.state, Namer(keys), Observers())
    names = dict.fromkeys((one.backend, *(use.backend for use in (*one.followers, *one.split))))
    transport = Transport([settings.backends[name].link for name in names], Observers(), time.monotonic)
    world = World(state, transport, Observers(), time.monotonic)
    try:
        if not await state.probe():
            return None
        renewed = await renew_kept(world, tenant) if repairs and renews(settings, one) else []
        found = [await reconcile_one(world, tenant, follower, repairs=repairs) for follower in tenant.followers]
        return found, renewed
    finally:
        await transport.close()
        await state.close()


async def renew_kept(world: World, tenant: Tenant) -> list[Renewed] | Problem:
    """What was sealed anew, or what kept it from it."""
    teller = Teller(tenant.name)
    try:
        return await conduct(renew_all(tenant, teller.step), Journey(world, world.clock() + 1.0, "reconcile"))
    except (Problem, ScimError, LensError) as error:
        return as_problem(error)
    finally:
        teller.end()


async def reconcile_one(world: World, tenant: Tenant, follower: Follower, *, repairs: bool) -> Found:
    """One follower. What keeps it from being compared is part of what was found."""
    teller = Teller(follower.seat.backend)
    conversation = reconcile(tenant, follower, teller.step, repairs=repairs)
    try:
        found = await conduct(conversation, Journey(world, world.clock() + 1.0, "reconcile"))
    except (Problem, ScimError, LensError) as error:
        return Found(tenant, follower, problem=as_problem(error))
    finally:
        teller.end()
    return Found(tenant, follower, found.types, unopened=found.unopened)


class Teller:
    """Shows on a terminal how far it has come: one line, written over. Says nothing in a pipe."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.shown = 0

    def step(self, progress: Progress) -> Conversation[None]:
        self.show(progress)
        return go_on(progress)

    def show(self, progress: Progress) -> None:
        if sys.stderr.isatty():
            many = f" {progress.done:,} of {progress.total:,}" if progress.total else ""
            text = f"{self.backend}: {progress.stage} {progress.type}{many}"
            sys.stderr.write(f"\r{text:<{self.shown}}")
            sys.stderr.flush()
            self.shown = len(text)

    def end(self) -> None:
        if self.shown:
            sys.stderr.write(f"\r{'':<{self.shown}}\r")
            self.shown = 0
