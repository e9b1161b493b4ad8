"""The file: from YAML with places to an immutable Dialect.

A mapping's author meets this room, so every complaint has a place, a code and a hint. It opens no socket and knows no
vendor by name; what a rule *means* is the lens room's business.
"""
