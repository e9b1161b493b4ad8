"""Secrets by reference: the name of an environment variable or the path of a file, never a value.

A file is read again when it changes, so that a rotated secret needs no restart.
"""

import os
from pathlib import Path

from msgspec import Struct


class SecretError(Exception):
    """A secret cannot be read. The text names the reference and never the value."""


class Secret(Struct, frozen=True):
    """Where a secret is: exactly one of the two is set."""

    env: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        return f"env {self.env}" if self.env is not None else f"file {self.file}"


_FILES: dict[str, tuple[tuple[int, int, int], str]] = {}


def read_secret(secret: Secret) -> str:
    """The value, without the line end a file closes with. Raises SecretError when absent, empty or not printable."""
    value = os.environ.get(secret.env) if secret.env is not None else _read_file(str(secret.file))
    if value is None:
        raise SecretError(f"the environment variable {secret.env} is not set")
    if not value:
        raise SecretError(f"{secret} is empty")
    if not value.isascii() or not value.isprintable():
        raise SecretError(f"{secret} holds characters that cannot stand in an HTTP header")
    return value


def _read_file(path: str) -> str:
    try:
        stat = os.stat(path)
        version = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        known = _FILES.get(path)
        if known is None or known[0] != version:
            known = _FILES[path] = (version, Path(path).read_text("utf-8").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SecretError(f"the file {path} cannot be read: {reason}") from None
    return known[1]
