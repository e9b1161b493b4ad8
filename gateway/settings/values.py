"""Single values of `gateway.yaml`: addresses, URLs, durations, paces, secrets. Each says what it wants instead."""

import re
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import urlsplit

from gateway.edge.secrets import Secret, SecretError, read_secret
from gateway.mapping.diagnose import Diagnosis
from gateway.mapping.source import Path, Source
from gateway.pipeline.brake import Brake
from gateway.settings.data import Address

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*(:[0-9]{{1,5}})?")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PACE = re.compile(r"([0-9]+(?:\.[0-9]+)?)/(s|m|h)")
_BRAKE = re.compile(r"([1-9][0-9]{0,8})/(s|m|h|d)")
_WINDOWS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LOOPBACK = ("localhost", "127.", "::1")


class Desk:
    """The file being read, and the complaints so far. Files that it names are meant from its own folder."""

    def __init__(self, source: Source, diagnosis: Diagnosis | None = None, folder: FilePath = FilePath()) -> None:
        self.source = source
        self.folder = folder
        self.diagnosis = Diagnosis() if diagnosis is None else diagnosis

    def complain(self, code: str, message: str, path: Path, hint: str = "") -> None:
        self.diagnosis.add(code, message, self.source.place(path), hint)

    def complain_in(self, code: str, message: str, path: Path, text: str, at: int, hint: str) -> None:
        """A complaint of character number `at` of the text that stands there."""
        self.diagnosis.add(code, message, self.source.place_in(path, text, at), hint)

    def address(self, text: str, path: Path) -> Address:
        """`host:port` or `[v6]:port`."""
        host, _, port = text.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535 or (":" in host and not host.startswith("[")):
            self.complain("E803", f"{path[-1]} is host:port", path, "for example 127.0.0.1:8080 or [::1]:8080")
            return Address("127.0.0.1", 0)
        return Address(host.strip("[]"), int(port))

    def url(self, text: str, path: Path) -> str:
        """An http or https URL without query, fragment, user or password; the trailing slash is dropped."""
        hint = "for example https://scim.example.com/scim/v2"
        try:
            parts = urlsplit(text)
            bad_port = parts.port == 0
        except ValueError:
            self.complain("E804", f"{path[-1]} is not a URL", path, hint)
            return ""
        plain = text.isascii() and text.isprintable() and " " not in text
        if parts.scheme not in ("http", "https") or not parts.hostname or bad_port or not plain:
            self.complain("E804", f"{path[-1]} is not an http or https URL", path, hint)
        elif parts.query or parts.fragment or "?" in text or "#" in text:
            self.complain("E804", f"{path[-1]} has a query or a fragment, which has no place here", path, hint)
        elif "@" in parts.netloc:
            self.complain("E804", f"{path[-1]} holds a user or a password", path, "say it with auth:")
        return text.rstrip("/")

    def duration(self, text: str, path: Path, least: float = 0.001, most: float = 3600.0) -> float:
        """Seconds of `250ms`, `8s`, `5m`, `6h`."""
        match = _DURATION.fullmatch(text)
        seconds = float(match[1]) * _SECONDS[match[2]] if match else -1.0
        if not least <= seconds <= most:
            range_ = f"between {least:g}s and {most:g}s"
            self.complain("E818", f"{path[-1]} is a duration {range_}", path, "for example 250ms, 8s or 5m")
            return least
        return seconds

    def pace(self, text: str, path: Path) -> float | None:
        """Calls per second of `25/s`, `600/m`."""
        match = _PACE.fullmatch(text)
        if match is None or float(match[1]) <= 0:
            self.complain("E818", "pace is calls per time", path, "for example 25/s or 600/m")
            return None
        return float(match[1]) / _SECONDS[match[2]]

    def brake(self, text: str, path: Path) -> Brake | None:
        """Removals per window of `100/h`, `20/m`, `500/d`."""
        match = _BRAKE.fullmatch(text)
        if match is None:
            self.complain("E818", f"{path[-1]} are a whole number per time", path, "for example 100/h or 500/d")
            return None
        return Brake(int(match[1]), _WINDOWS[match[2]])

    def secret(self, value: Any, path: Path, *, least: int = 1) -> Secret:
        """`{ env: NAME }` or `{ file: PATH }`, which can be read now. A literal is refused unseen."""
        keys = sorted(value) if isinstance(value, dict) else []
        if keys not in (["env"], ["file"]) or not isinstance(value[keys[0]], str) or not value[keys[0]]:
            message = f"{path[-1]} must say where the secret is, never what it is"
            self.complain("E807", message, path, "write { env: NAME } or { file: PATH }")
            return Secret(env="")
        file = value.get("file")
        secret = Secret(env=value.get("env"), file=str(self.folder / file) if file else None)
        try:
            if len(read_secret(secret).encode()) < least:
                hint = "scim-gateway token new makes one that is long enough"
                self.complain("E806", f"{secret} is shorter than {least} bytes", path, hint)
        except SecretError as error:
            self.complain("E808", f"the secret of {path[-1]}: {error}", path, "set it before the gateway starts")
        return secret

    def name(self, name: str, path: Path, what: str) -> None:
        if not NAME.fullmatch(name):
            hint = "lower-case letters, digits and hyphens, at most 63"
            self.complain("E809", f"{name!r} cannot name a {what}", path, hint)


def is_loopback(url: str) -> bool:
    """Does traffic to this URL stay on this machine?"""
    host = urlsplit(url).hostname or ""
    return host.startswith(_LOOPBACK)
