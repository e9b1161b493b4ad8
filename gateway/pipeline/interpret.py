"""From a backend's answer to a record, a page, or a problem: by the mapping's error table, first match wins."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from gateway.lens.guards import holds, read_path
from gateway.lens.lens import Document, LensError
from gateway.lens.spoken import rename_fields
from gateway.lens.templates import print_value
from gateway.mapping.dialect import BackendCall, ErrorRule, Errors
from gateway.pipeline.problems import Problem
from gateway.scim.errors import STATUS
from gateway.scim.filter import AttrPath

MAX_RETRY_SECONDS = 3_600
MAX_MESSAGE = 300
MAX_WORDS = 10_000  # so much of a message is looked through: the rest is not shown in any case
_HOLE = re.compile(r"\{([A-Za-z0-9_.$:-]+(?:\[\d+\][A-Za-z0-9_.$:-]*)*)\}")
_QUOTED = re.compile(r'"([^"]+)"')
_OPERATION = frozenset({"op", "path"})
_NO_NAMES: Mapping[str, str] = {}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TRACE = re.compile(
    r"[\[(]?\b(?:correlation|request|trace)[ _-]?id\b['\"]?\s*[:=]?\s*['\"]?[\w-]{6,}['\"]?[\])]?[,;]?", re.I
)
_SECRET = re.compile(
    r"\b(?:bearer|basic|ssws)\s+\S{6,}|(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{20,}", re.I
)


class Answer(Protocol):
    """A backend's answer. Header names are lower case; `text` is a body that is not JSON."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> object: ...
    @property
    def readable(self) -> bool: ...
    @property
    def text(self) -> str: ...


class Verdict(Struct, frozen=True):
    """What an error means: the status for the client, its scimType, and the words, not yet masked.

    `ours` says that the words are the mapping's own sentence and not the backend's.
    """

    status: int
    scim_type: str | None = None
    message: str = ""
    ours: bool = False


DEFAULTS: dict[int, Verdict] = {
    401: Verdict(503),
    403: Verdict(503),
    404: Verdict(404),
    409: Verdict(409, "uniqueness"),
    410: Verdict(404),
    412: Verdict(412),
    429: Verdict(429),
}


def is_refused(answer: Answer, call: BackendCall, errors: Errors) -> bool:
    """Did the backend say no? Some say it with a 200, which their error table then knows.

    A status beside 2xx that the call itself names as expected is a yes, whatever the table has for other calls.
    """
    succeeded = 200 <= answer.status < 300
    if answer.status not in call.expect if call.expect else not succeeded:
        return True
    return succeeded and find_rule(answer, errors) is not None


def read_record(answer: Answer, call: BackendCall) -> Document | None:
    """The record in a successful answer; None when there is no body. Raises SG505 when it cannot be read."""
    if not answer.readable:
        raise Problem("SG505")
    record = dig(answer.body, call.result)
    if record is None or record == {}:
        return None
    if not isinstance(record, dict):
        raise Problem("SG505")
    return record


def dig(document: object, path: Sequence[str]) -> Any:
    """The value at a path of keys; a number selects an item of a list. None when there is none."""
    here: Any = document
    for key in path:
        if isinstance(here, Mapping):
            here = here.get(key)
        elif isinstance(here, list) and key.isdigit() and int(key) < len(here):
            here = here[int(key)]
        else:
            return None
    return here


def read_problem(
    answer: Answer, errors: Errors, *, on_id: bool, sent: object = None, names: Mapping[str, str] = _NO_NAMES
) -> Problem:
    """The problem in an answer. `on_id`: the call addressed one record. `sent` holds values never to be repeated,
    `names` what the backend's fields are called here."""
    verdict = judge(answer, errors)
    words = clean_message(verdict.message, sent)
    return make_problem(verdict, answer, words if verdict.ours else quote(rename_fields(words, names)), on_id=on_id)


def quote(words: str) -> str:
    """The backend's words as such; nothing when it said nothing, or nothing that may be repeated."""
    said = words if words.endswith("...") and not words.endswith("....") else words.removesuffix(".")
    return f'The backend says: "{said}"' if said.strip(". ") else ""


def judge(answer: Answer, errors: Errors) -> Verdict:
    """The row of the mapping's table, else of the defaults; the words are the mapping's or the backend's."""
    rule = find_rule(answer, errors)
    words = next(filter(None, (read_words(answer.body, path) for path in errors.detail)), "") or read_text(answer)
    if rule is not None:
        document = as_document(answer)
        known = fill(rule.scim_type or "", document)
        sentence = fill(rule.detail or "", document)
        return Verdict(rule.status, known if known in STATUS else None, sentence or words, bool(sentence))
    found = DEFAULTS.get(answer.status, Verdict(503 if answer.status >= 500 else 502))
    return Verdict(found.status, found.scim_type, words)


def find_rule(answer: Answer, errors: Errors) -> ErrorRule | None:
    """The first row that holds."""
    table = errors.on_success if 200 <= answer.status < 300 else errors.table
    document = as_document(answer) if table else {}
    return next((rule for rule in table if holds(rule.when, document)), None)


def as_document(answer: Answer) -> Document:
    """What a row's condition reads."""
    return {"status": answer.status, "header": answer.headers, "body": answer.body, "text": answer.text}


def read_words(body: object, path: Sequence[str]) -> str:
    """The backend's message at a path into its body, when that is a text."""
    found = dig(body, path)
    return found if isinstance(found, str) else ""


def read_text(answer: Answer) -> str:
    """A short plain text, out of the braces some backends put around it; pages of HTML say nothing."""
    text = answer.text.strip().strip("{}").strip()
    return text if len(text) <= MAX_MESSAGE and "<" not in text else ""


def make_problem(verdict: Verdict, answer: Answer, said: str, *, on_id: bool) -> Problem:
    """One problem per kind of verdict; whose fault it is follows from the status."""
    status = verdict.status
    if status == 401 or answer.status == 401 or (answer.status == 403 and status >= 500):
        return Problem("SG601")
    if status in (404, 410):
        return Problem("SG110") if on_id else Problem("SG512")
    if status == 409:
        code = "SG204" if verdict.scim_type in (None, "uniqueness") else "SG510"
        return Problem(code, said, status=409, scim_type=verdict.scim_type or "uniqueness")
    if status == 412:
        return Problem("SG511")
    if status == 429:
        return Problem("SG504", headers=(("Retry-After", str(retry_seconds(answer) or 5)),))
    if status < 500:
        return Problem("SG509", said, status=status, scim_type=verdict.scim_type)
    if status == 502:
        return Problem("SG506", said)
    return Problem("SG503", headers=(("Retry-After", str(retry_seconds(answer) or 5)),))


def retry_seconds(answer: Answer) -> int | None:
    """Retry-After in seconds. A date cannot be read without a clock: then soon."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    return min(int(text.lstrip("0")[:9] or 0), MAX_RETRY_SECONDS) if text.isascii() and text.isdigit() else 1


def fill(template: str, document: Document) -> str:
    """A row's text with `{body.path}` holes filled from the answer."""

    def look(hole: re.Match[str]) -> str:
        head, *rest = hole[1].replace("[", ".").replace("]", "").split(".")
        values = list(read_path(AttrPath(None, head, ".".join(rest) or None), document))
        return (print_value(values[0]) if values else None) or ""

    return _HOLE.sub(look, template)


def clean_message(message: str, sent: object) -> str:
    """The backend's words without values that were sent, ids of its logs, what looks like a secret, and control
    characters: some backends repeat the credential they refuse."""
    text = _TRACE.sub("", " ".join(_CONTROL.sub(" ", message[:MAX_WORDS]).split()))
    folded = text.casefold()
    said = {value for value in texts_of(sent) if len(value) > 3 and value.casefold() in folded}
    for value in sorted(said, key=len, reverse=True):
        text = re.sub(re.escape(value), "...", text, flags=re.I)
    text = _SECRET.sub("...", text)
    text = " ".join(text.replace('"', "'").split())
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 3] + "..."


def texts_of(value: object) -> Iterator[str]:
    """Every text inside a document; of a filter, what stands in quotes as well.

    What an operation of PATCH does, and to which field, are words of the dialect: masked, they would hide what to
    correct.
    """
    if isinstance(value, str):
        yield value
        yield from _QUOTED.findall(value)
    elif isinstance(value, Mapping):
        spoken = _OPERATION if value.keys() >= _OPERATION else frozenset()
        for key, inner in value.items():
            yield from _QUOTED.findall(str(inner)) if key in spoken else texts_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_of(inner)


def blame_record(error: LensError) -> Problem:
    """A backend's record that cannot be translated in."""
    sentence = f"The backend returned a record that cannot be translated: the field {error.attribute} {error.reason}"
    return Problem("SG507", sentence)
