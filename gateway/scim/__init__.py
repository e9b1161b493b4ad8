"""The standard: RFC 7643 and RFC 7644 as pure functions over plain resources and frozen structs.

Nothing here knows of gateways, tenants, backends or mappings, and nothing here does I/O.
"""
