"""Plain data written on one line of YAML, as hints show it."""

import re
from typing import Any

from gateway.mapping.source import read_scalar

_PLAIN = re.compile(r"[A-Za-z0-9_<~./$][\w .<>|~/$()*-]*")


def write_flow(value: Any) -> str:
    """`{ to: shown, fill: "{userName}" }`: what `read_yaml` reads as the same data."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{write_key(key)}: {write_flow(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(write_flow, value))}]"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and read_scalar(value) == value else _quote(value)
    return "~" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def write_key(key: str) -> str:
    """A key, which is a text whatever it looks like."""
    return key if _PLAIN.fullmatch(key) else _quote(key)


def _quote(text: str) -> str:
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'
