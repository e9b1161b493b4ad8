"""One call to a pretend vendor, decided without I/O: find the operation, check, act on the records, answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, structs

from gateway.sandbox.edits import apply_edit, fuse_edits, read_edits
from gateway.sandbox.inspect import Inspector, check_schemas, find_missing, without_nulls
from gateway.sandbox.profile import Complaint, Method, Part, Profile, Question, Refused, Setting, Submission
from gateway.sandbox.records import Record, Records
from gateway.scim.schema import Resource, ResourceType


class Asked(Struct, frozen=True):
    """A call as it came: `segments` are what follows the base path, decoded; `body` is as sent.

    `headers` are those that the vendor may insist on, by their names in small letters.
    """

    method: str
    segments: tuple[str, ...]
    params: Mapping[str, str]
    media_type: str
    body: bytes
    headers: Mapping[str, str] = {}


class Answer(Struct, frozen=True):
    """A reply before it is written: a document, a text, or nothing."""

    status: int
    body: Resource | str | None = None
    headers: Mapping[str, str] = {}


class Service:
    """A vendor with its records, in the circumstances of one call."""

    def __init__(self, profile: Profile, records: Records, setting: Setting) -> None:
        self.profile = profile
        self.records = records
        self.setting = setting

    def answer(self, asked: Asked) -> Answer:
        """What the vendor replies. A refusal changes nothing."""
        groups = frozenset(group.id for group in self.records.all("Groups"))
        self.setting = structs.replace(self.setting, groups=groups)
        try:
            return self._serve(asked)
        except Refused as refused:
            return self.refuse(refused)
        except RecursionError:
            return self.refuse(Refused(400, "The body is nested too deeply."))

    def refuse(self, refused: Refused) -> Answer:
        """A refusal in the vendor's own words and form."""
        return Answer(refused.status, self.profile.refuse(refused, self.setting))

    def _serve(self, asked: Asked) -> Answer:
        missing = [name for name in self.profile.demands if not asked.headers.get(name.lower())]
        if missing:
            raise Refused(403, f"Request forbidden: the header {', '.join(missing)} is missing.")
        if asked.method in self.profile.closed.get(asked.segments[0] if asked.segments else "", ()):
            raise Refused(405, "The method is not allowed here.")
        match asked.segments:
            case (endpoint,) if endpoint in self.profile.kinds:
                return self._collection(asked, endpoint)
            case (endpoint, ".search") if endpoint in self.profile.kinds and self.profile.searches_by_post:
                return self._search(asked, endpoint)
            case (endpoint, native_id) if endpoint in self.profile.kinds:
                return self._one(asked, endpoint, native_id)
            case (endpoint, native_id, name) if endpoint in self.profile.kinds and name in self.profile.below:
                return self._part(asked, endpoint, native_id, name)
            case (name,) if name in self.profile.documents and asked.method == "GET":
                return Answer(200, self.profile.documents[name](self.setting))
        raise Refused(404, "Resource not found.")

    def _collection(self, asked: Asked, endpoint: str) -> Answer:
        match asked.method:
            case "GET":
                return self._query(endpoint, asked.params)
            case "POST":
                return self._create(asked, endpoint)
        raise Refused(405, "The method is not allowed here.")

    def _one(self, asked: Asked, endpoint: str, native_id: str) -> Answer:
        operations: dict[str, Callable[[Asked, str, Record], Answer]] = {
            "GET": self._retrieve,
            "PUT": self._replace,
            "PATCH": self._modify,
            "DELETE": self._delete,
        }
        operation = operations.get(asked.method)
        frozen = asked.method != "GET" and self.profile.frozen_source in self.setting.options
        if operation is None or frozen:
            raise Refused(405, "The method is not allowed here.")
        record = self.records.get(endpoint, native_id)
        if record is None:
            raise Refused(404, "Resource not found.")
        return operation(asked, endpoint, record)

    def _part(self, asked: Asked, endpoint: str, native_id: str, name: str) -> Answer:
        record = self.records.get(endpoint, native_id)
        if asked.method != "GET" or record is None:
            raise Refused(404 if record is None else 405, "Resource not found.")
        part = Part(self.profile.kinds[endpoint], record, asked.params, self.setting)
        return Answer(200, self.profile.below[name](part))

    def _retrieve(self, asked: Asked, endpoint: str, record: Record) -> Answer:
        return Answer(200, self.profile.project(self._show(record, endpoint), asked.params))

    def _query(self, endpoint: str, params: Mapping[str, str]) -> Answer:
        question = Question(self.profile.kinds[endpoint], params, self.records.all(endpoint))
        page = self.profile.find(question, self.setting)
        shown = [self._show(record, endpoint, listed=True) for record in page.records]
        return Answer(200, page.envelope([self.profile.project(each, params) for each in shown]))

    def _search(self, asked: Asked, endpoint: str) -> Answer:
        if asked.method != "POST":
            raise Refused(405, "The method is not allowed here.")
        given = self._read_body(asked)
        params = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in given.items()}
        return self._query(endpoint, params)

    def _create(self, asked: Asked, endpoint: str) -> Answer:
        kind = self.profile.kinds[endpoint]
        document = without_nulls(self._inspect(self._read_body(asked), kind, "POST"))
        self._require(document, kind)
        document = self.profile.settle(document, kind, {})
        self._check_unique(document, endpoint, None)
        record = self.records.add(endpoint, self.profile.complete(document), self.profile.name_record(document))
        shown = self._show(record, endpoint)
        return Answer(201, shown, {"Location": shown["meta"]["location"]} if self.profile.tells_location else {})

    def _replace(self, asked: Asked, endpoint: str, record: Record) -> Answer:
        kind = self.profile.kinds[endpoint]
        given = self._inspect(self._read_body(asked), kind, "PUT", record.id)
        kept = record.document
        if not self.profile.merges(self.setting.options):
            hidden = {each.name for each in kind.schema.attributes if each.returned == "never"}
            kept = {name: value for name, value in kept.items() if name in hidden}
            given = self.profile.complete(without_nulls(given))
        return self._store(without_nulls({**kept, **given}), endpoint, record, asked.method)

    def _modify(self, asked: Asked, endpoint: str, record: Record) -> Answer:
        kind, strictness = self.profile.kinds[endpoint], self.profile.strictness
        body = self.profile.read_edits(self._read_body(asked), kind, self.setting)
        document = record.document
        for edit in fuse_edits(read_edits(body, kind, folds_names=strictness.folds_names)):
            whole = {**apply_edit(document, edit), "schemas": list(kind.urns)}
            document = without_nulls(self._inspect(whole, kind, "PATCH", record.id))
        return self._store(document, endpoint, record, asked.method)

    def _store(self, document: Resource, endpoint: str, record: Record, method: str) -> Answer:
        kind = self.profile.kinds[endpoint]
        document = self.profile.settle(document, kind, record.document)
        self._require(document, kind)
        self._check_unique(document, endpoint, record.id)
        shown = self._show(self.records.change(record, document), endpoint)
        return Answer(*self.profile.terse.get(f"{method} {endpoint}", (200, shown)))

    def _delete(self, asked: Asked, endpoint: str, record: Record) -> Answer:
        if endpoint in self.profile.deactivates:
            self.records.change(record, {**record.document, "active": False})
        else:
            self.records.remove(endpoint, record.id)
        return Answer(204)

    def _show(self, record: Record, endpoint: str, *, listed: bool = False) -> Resource:
        shown = self.profile.show(record, self.profile.kinds[endpoint], self.setting, listed)
        return {**shown, "groups": self._groups_of(record)} if "groups" in shown else shown

    def _groups_of(self, record: Record) -> list[Resource]:
        """What a vendor that shows groups says of one record: those that have it among their members."""
        return [
            {"value": group.id, "display": group.document["displayName"]}
            for group in self.records.all("Groups")
            if any(each.get("value") == record.id for each in group.document.get("members", ()))
        ]

    def _read_body(self, asked: Asked) -> Resource:
        if asked.media_type not in self.profile.accepts:
            raise Refused(415, f"Content-Type must be {' or '.join(sorted(self.profile.accepts))}.")
        try:
            body: Any = msgspec.json.decode(asked.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Refused(400, "The body is not valid JSON.", scim_type="invalidSyntax") from error
        if not isinstance(body, dict):
            raise Refused(400, "The body must be a JSON object.", scim_type="invalidSyntax")
        return body

    def _inspect(self, raw: Resource, kind: ResourceType, method: Method, native_id: str | None = None) -> Resource:
        inspector = Inspector(kind, self.profile.strictness, method)
        read = inspector.read(raw)
        complaints = [*check_schemas(raw, kind, self.profile.strictness), *inspector.complaints]
        sentences = self._say(complaints)
        if not sentences:
            sentences = self.profile.check(Submission(method, raw, read, kind, native_id), self.setting)
        if sentences:
            raise Refused(400, *sentences, scim_type="invalidValue")
        return read

    def _require(self, document: Resource, kind: ResourceType) -> None:
        missing = find_missing(document, kind)
        if missing:
            raise Refused(400, *self._say(missing), scim_type="invalidValue")

    def _say(self, complaints: Sequence[Complaint]) -> list[str]:
        table = self.profile.wording
        return [table[each.fault].format(path=each.path, given=each.given, allowed=each.allowed) for each in complaints]

    def _check_unique(self, document: Resource, endpoint: str, native_id: str | None) -> None:
        attribute = self.profile.unique.get(endpoint)
        if attribute is None:
            return
        holder = self.records.find_by(endpoint, attribute, str(document[attribute]))
        if holder is not None and holder.id != native_id:
            raise Refused(409, f"{attribute} is already in use.", scim_type="uniqueness")
