"""The world: sockets, clocks, stores, logs and metrics, each behind a small protocol.

No decisions live here: what a failure means, whether to call again and what the client reads is decided below.
"""
