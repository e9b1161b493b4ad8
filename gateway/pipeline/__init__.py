"""One request, in order: authenticate, route, parse, plan, interpret, respond; one file per step, plain functions.

No step calls a backend, waits or knows what time it is: what takes several calls is the conversation room's business.
"""
