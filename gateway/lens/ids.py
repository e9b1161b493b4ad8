"""SCIM ids out of native ids and back, without memory.

Outside `[A-Za-z0-9._-]` each byte of the native id becomes `~HH` (upper hex), and so does a lone `.` or `..`, so that
an id is always one plain segment of a URL.
"""

import re

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")  # nearly all ids: the same on both sides
_SHOWN = re.compile(r"(?:[A-Za-z0-9._-]|~[0-9A-F]{2})+")
_ESCAPED = re.compile(r"~([0-9A-F]{2})")
_PLAIN_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")

is_plain = _PLAIN.fullmatch
# Bytes that are letters and digits once these are digits are plain. To see that takes half as long as a match.
JOINED = bytes.maketrans(b"-_", b"00")


def show_id(native: str, prefix: str = "") -> str:
    """The SCIM id of a native id."""
    if is_plain(native):
        return prefix + native
    dots = native in (".", "..")
    return prefix + "".join(
        chr(byte) if byte in _PLAIN_BYTES and not dots else f"~{byte:02X}" for byte in native.encode()
    )


def native_id(shown: str, prefix: str = "") -> str | None:
    """The native id behind a SCIM id, or None when no backend could have given it to us in this form."""
    bare = shown[len(prefix) :]
    if not shown.startswith(prefix):
        return None
    if is_plain(bare):
        return bare
    if not _SHOWN.fullmatch(bare):
        return None
    try:
        native = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), bare).encode("latin-1").decode()
    except UnicodeDecodeError:
        return None
    return native if show_id(native) == bare else None
