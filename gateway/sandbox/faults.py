"""How a pretend vendor can be told to misbehave: `NAME` always, `NAME:N` for its first N requests only."""

from collections.abc import Mapping, Sequence

KNOWN_FAULTS: Mapping[str, str] = {
    "slow": "waits two seconds before it answers",
    "error-500": "answers 500 and does nothing",
    "throttle": "answers 429 with Retry-After: 1 and does nothing",
    "refuse-auth": "answers 401 to the right token, too",
    "lost-answer": "does what was asked, then drops the connection",
    "garbage": "answers 200 with a page of HTML and does nothing",
    "truncate": "does what was asked and cuts the JSON of its answer in the middle",
}
ALWAYS = -1


class UnknownFault(ValueError):
    """A fault nobody knows, or one that is not written as `NAME` or `NAME:N`; the text lists the known ones."""


class Faults:
    """Which faults are on, and for how many more requests."""

    def __init__(self, left: dict[str, int], options: frozenset[str]) -> None:
        self._left = left
        self.options = options

    def take(self) -> frozenset[str]:
        """The faults of the next request; those with a number have one fewer left."""
        taken = frozenset(name for name, left in self._left.items() if left)
        for name in taken:
            if self._left[name] > 0:
                self._left[name] -= 1
        return taken


def read_faults(texts: Sequence[str], options: Mapping[str, str]) -> Faults:
    """Faults and options as they are written; UnknownFault lists the known ones."""
    left: dict[str, int] = {}
    chosen: set[str] = set()
    for text in texts:
        name, colon, number = text.partition(":")
        if name in options and not colon:
            chosen.add(name)
        elif name in KNOWN_FAULTS and (not colon or (number.isdecimal() and int(number) > 0)):
            left[name] = int(number) if colon else ALWAYS
        else:
            raise UnknownFault(_explain(text, options))
    return Faults(left, frozenset(chosen))


def _explain(text: str, options: Mapping[str, str]) -> str:
    lines = [f"unknown fault {text!r}; known are (NAME or NAME:N, N = only the first N requests):"]
    lines += [f"  {name:<18} {meaning}" for name, meaning in KNOWN_FAULTS.items()]
    if options:
        lines.append("and, without a number, this vendor's options:")
        lines += [f"  {name:<18} {meaning}" for name, meaning in options.items()]
    return "\n".join(lines)
