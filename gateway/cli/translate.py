"""`scim-gateway translate`: one JSON document through a mapping, one way."""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from gateway.lens.lens import LensError
from gateway.lens.losses import losses
from gateway.mapping.diagnose import did_you_mean
from gateway.mapping.dialect import Dialect, Resource
from gateway.mapping.load import load_dialect
from gateway.scim.errors import ScimError
from gateway.scim.resource import read_resource

USAGE = 2
STANDARD_INPUT = "-"
MAX_BYTES = 16_000_000
LOST = {"dropped": "dropped: {} (the mapping does not carry it)", "shown": "not sent: {} (the mapping only shows it)"}
Document = dict[str, Any]
EXAMPLE = """examples:
  scim-gateway translate cube-cloud User --out user.json          what the backend would be sent
  scim-gateway translate mappings/my-vendor.yaml User --in < record.json  what a client would see

What is lost on the way is told on standard error."""


class Untranslatable(Exception):
    """The document cannot cross. The text says why, and what to do."""


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "translate",
        usage="%(prog)s MAPPING RESOURCE_TYPE (--out | --in) [FILE]",
        help="one JSON document through a mapping, one way",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
    dialect = find_mapping(args.mapping)
    resource = dialect.resources.get(args.type)
    if resource is None:
        hint = did_you_mean(args.type, dialect.resources)
        print(f"scim-gateway translate: {dialect.name} has no resource type {args.type}; {hint}", file=sys.stderr)
        return USAGE
    try:
        document = read_document(args.out or args.into)
        made, notes = translate_out(resource, document) if args.out else translate_in(resource, document)
    except Untranslatable as error:
        print(f"scim-gateway translate: {error}", file=sys.stderr)
        return 1
    print(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
    for note in notes:
        print(note, file=sys.stderr)
    return 0


def find_mapping(text: str) -> Dialect:
    """A mapping by file or by name. Raises MappingError with its diagnostics, OSError when the file is not there."""
    file = Path(text)
    if file.suffix != ".yaml" and "/" not in text:
        return load_dialect(text)
    if not file.is_file():
        raise FileNotFoundError(2, "there is no such mapping file", text)
    return load_dialect(file.stem, (file.parent,))


def read_document(file: str) -> Document:
    """The JSON object of a file, or of standard input."""
    given = file == STANDARD_INPUT
    where = "standard input" if given else file
    if given and sys.stdin.isatty():
        print("reading a JSON document from the keyboard; end it with Ctrl-D", file=sys.stderr)
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if given else Path(file).read_bytes()
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
        made = resource.lens.out(admitted.resource, None, "create")
    except ScimError as error:
        raise Untranslatable(f"refused ({error.scim_type}): {error.detail} {error.hint}".rstrip()) from None
    except LensError as error:
        raise Untranslatable(f"refused ({error.scim_type}): {error}. {error.hint}".rstrip()) from None
    notes = [f"ignored: {name} (no such attribute)" for name in admitted.ignored]
    notes += [LOST[kind].format(name) for name, kind in losses(resource.lens, admitted.resource)]
    kept = [str(path) for path in resource.lens.kept if read_path(admitted.resource, (path.urn, path.attr, path.sub))]
    return made, notes + [f"kept: {name} (by the gateway, not by the backend)" for name in kept]


def read_path(document: Document, keys: tuple[str | None, ...]) -> Any:
    """What stands below the keys, None when nothing does."""
    value: Any = document
    for key in keys:
        if key is not None:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def translate_in(resource: Resource, document: Document) -> tuple[Document, list[str]]:
    """A backend's record as a client sees it. Attributes that the gateway keeps are not in a record."""
    try:
        made = resource.lens.into(document)
    except LensError as error:
        raise Untranslatable(f"the record cannot be read: {error}") from None
    return {"schemas": resource.type.schema_of(made), **made}, []
