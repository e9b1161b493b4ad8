"""`scim-gateway translate`: one JSON document through a mapping, one way."""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from gateway.cli import UsageError
from gateway.cli.explanation import find_rule, find_shape, show_place
from gateway.cli.given import name_mapping
from gateway.lens.kinds import attributes_of, flatten
from gateway.lens.lens import Document, LensError
from gateway.lens.losses import losses
from gateway.lens.places import spell
from gateway.mapping.diagnose import did_you_mean
from gateway.mapping.dialect import Resource
from gateway.mapping.load import known_mappings, load_dialect, read_mapping
from gateway.pipeline.documents import read_attribute
from gateway.scim.errors import ScimError
from gateway.scim.resource import read_resource

STANDARD_INPUT = "-"
MAX_BYTES = 16_000_000
LOST = {
    "dropped": "dropped: {} (the mapping does not carry it)",
    "shown": "not sent: {} (the mapping only shows it)",
    "cut": "cut: {} (the backend takes no more of it)",
}
EXAMPLE = """examples:
  scim-gateway translate cube-cloud User --out user.json          what the backend would be sent
  scim-gateway translate mappings/my-vendor.yaml User --in < record.json  what a client would see

What is lost on the way is told on standard error."""


class Untranslatable(Exception):
    """The document cannot cross. The text says why; the rule of `attribute`, or the shape of `field`, refuses it."""

    def __init__(self, text: str, attribute: str = "", field: str = "") -> None:
        super().__init__(text)
        self.attribute = attribute
        self.field = field


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "translate",
        usage="%(prog)s MAPPING RESOURCE_TYPE (--out | --in) [FILE]",
        help="one JSON document through a mapping, one way",
        epilog=EXAMPLE,
    )
    parser.add_argument("mapping", metavar="MAPPING", help="a mapping's name or its file")
    parser.add_argument("type", metavar="RESOURCE_TYPE", help="User or Group")
    way = parser.add_mutually_exclusive_group(required=True)
    # The file is the option's own word: a positional one behind an option would not be seen.
    file: dict[str, Any] = {"metavar": "FILE", "nargs": "?", "const": STANDARD_INPUT}
    way.add_argument("--out", **file, help="from a SCIM resource (default: standard input) to the backend's record")
    way.add_argument("--in", **file, dest="into", help="from the backend's record to a SCIM resource")


def run(args: argparse.Namespace) -> int:
    """0; 1 when the document is refused; 2 on usage."""
    mapping, folders = name_mapping(args.mapping)
    dialect = load_dialect(mapping, folders)
    resource = dialect.resources.get(args.type)
    if resource is None:
        hint = did_you_mean(args.type, dialect.resources)
        raise UsageError(f"{dialect.name} has no resource type {args.type}; {hint}")
    try:
        document = read_document(args.out or args.into)
        made, notes = translate_out(resource, document) if args.out else translate_in(resource, document)
    except Untranslatable as error:
        sources = (read_mapping(mapping, known_mappings(folders)),)
        found = find_rule(error.attribute, args.type, sources) or find_shape(error.field, args.type, sources)
        decided = f" (decided at {show_place(found[0].place(found[1]))})" if found else ""
        print(f"scim-gateway translate: {error}{decided}", file=sys.stderr)
        return 1
    print(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
    for note in notes:
        print(note, file=sys.stderr)
    return 0


def read_document(file: str) -> Document:
    """The JSON object of a file, or of standard input."""
    given = file == STANDARD_INPUT
    where = "standard input" if given else file
    if given and sys.stdin.isatty():
        print("reading a JSON document from the keyboard; end it with Ctrl-D", file=sys.stderr)
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if given else Path(file).read_bytes()
    except OSError as error:
        raise Untranslatable(f"{where} cannot be read: {error.strerror}; give one JSON document") from None
    if len(data) > MAX_BYTES:
        raise Untranslatable(f"{where} holds more than {MAX_BYTES // 1_000_000} MB")
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Untranslatable(f"{where} is not JSON; give one document in UTF-8") from None
    if not isinstance(document, dict):
        raise Untranslatable(f"{where} is JSON, but not an object; give one document, {{ ... }}")
    return document


def translate_out(resource: Resource, document: Document) -> tuple[Document, list[str]]:
    """A client's document as the record of a create, and what of it goes nowhere."""
    try:
        admitted = read_resource(document, resource.lens.type)
        made = resource.lens.out(admitted.resource, None)
    except ScimError as error:
        raise Untranslatable(f"refused ({error.scim_type}): {error.detail} {error.hint}".rstrip()) from None
    except LensError as error:
        raise Untranslatable(f"refused ({error.scim_type}): {error}. {error.hint}".rstrip(), error.attribute) from None
    notes = [f"ignored: {name} (no such attribute)" for name in admitted.ignored]
    notes += [LOST[kind].format(name) for name, kind in losses(resource.lens, admitted.resource, anew=True)]
    kept = [str(path) for path in resource.lens.kept if read_attribute(admitted.resource, path)]
    return made, notes + [f"kept: {name} (by the gateway, not by the backend)" for name in kept]


def translate_in(resource: Resource, document: Document) -> tuple[Document, list[str]]:
    """A backend's record as a client sees it. Attributes that the gateway keeps are not in a record."""
    try:
        made = resource.lens.into(document)
    except LensError as error:
        reader = reader_of(resource, error.attribute)
        raise Untranslatable(f"the record cannot be read: {error}", reader, error.attribute) from None
    return {"schemas": resource.type.schema_of(made), **made}, []


def reader_of(resource: Resource, field: str) -> str:
    """The attribute whose rule reads a field of the record, or reads inside it; empty where none does."""
    for rule in resource.lens.rules:
        for end in flatten([rule]):
            if f"{spell(end.v)}.".startswith((f"{field}.", f"{field}[")):
                return next((str(path) for path in attributes_of(rule)), "")
    return ""
