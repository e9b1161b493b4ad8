"""Strict pretend vendors: each answers as its documents say, refuses what they refuse, and can be told to misbehave.

Nothing here knows the gateway's mappings or lenses: a pretend vendor is written from the vendor's documents alone.
"""

from gateway.sandbox.faults import KNOWN_FAULTS, UnknownFault
from gateway.sandbox.records import Records
from gateway.sandbox.server import (
    LEDGER,
    RECORDS,
    Exchange,
    RunningSandbox,
    base_path,
    build_sandbox,
    start_sandbox,
)
from gateway.sandbox.vendors import VENDORS, UnknownVendor

__all__ = [
    "KNOWN_FAULTS",
    "LEDGER",
    "RECORDS",
    "VENDORS",
    "Exchange",
    "Records",
    "RunningSandbox",
    "UnknownFault",
    "UnknownVendor",
    "base_path",
    "build_sandbox",
    "start_sandbox",
]
