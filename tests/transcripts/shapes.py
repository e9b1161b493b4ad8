"""The shapes that clients are known to send, by id: what each is, and the sign by which it is seen in a story.

E are Entra's, O are Okta's, P are the union of all shapes of PATCH. A story names those it tells in its first comment,
`# Shapes: E1 P2`; a sign is looked for in what the client asks, the first line of a request and its body below it.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from transcript_text import Ask, Story, arrange

_NAMED = re.compile(r"# Shapes: ((?:[EOP]\d+ ?)+)")


class Shape(Struct, frozen=True):
    """`sign` is a regular expression, `.` matches line ends too."""

    what: str
    sign: str


SHAPES: Mapping[str, Shape] = {
    "E1": Shape("a look-up that must be empty and not 404", r'^GET \S*filter=\w+ eq "[0-9a-f]{8}-'),
    "E2": Shape("a filter without quotes, with `+`, in any letter case", r'^GET .*filter=\w+(\+Eq|\+eq| eq [^"])'),
    "E3": Shape("empty `roles`, an extension not declared", r'^POST /Users.*"roles": \[\].*2\.0:User": {"b'),
    "E4": Shape("`Replace` of `active` by a text", r'"op": "Replace", "path": "active", "value": "(True|False)"'),
    "E5": Shape("`active` as a text on create", r'^POST /Users.*"[Aa]ctive": "[Tt]rue"'),
    "E6": Shape("value paths on values that are not there", r'"(Add|Replace)", "path": "(phoneNumbers|addresses)\['),
    "E7": Shape("dotted keys and whole URNs as keys, no path", r'"value": {.*"name\.\w+":.*"urn:[^"]+:User:\w+":'),
    "E8": Shape("`Remove` of a value path with a value", r'"Remove", "path": "\w+\[[^{}]*\]\S*", "value"'),
    "E9": Shape("members added with a null `$ref`", r'"op": "Add", "path": "members", "value": \[{"\$ref": null'),
    "E10": Shape("members removed by a list of values", r'"op": "Remove", "path": "members", "value": \['),
    "E11": Shape("members removed by a value path", r'"op": "remove", "path": "members\[value eq'),
    "E12": Shape("the manager as a bare text", r':User:manager", "value": "'),
    "E13": Shape("a role as JSON in a text", r'"path": "roles", "value": \[{"value": "{\\"'),
    "E14": Shape("a boolean as a text in a value path", r'roles\[primary eq \\"True\\"\]'),
    "E15": Shape("a group with a URN of Microsoft's", r"^POST /Groups.*schemas\.microsoft\.com"),
    "E16": Shape("an operation with `name`", r'"name": "addMember"'),
    "E17": Shape("keys in the wrong letter case", r'"(Primary|UserName|Manager)":'),
    "E18": Shape("a projection with a filter", r"^GET .*attributes=\w+\["),
    "E19": Shape("dates with seven digits of a second", r"T\d\d:\d\d:\d\d\.\d{7}Z"),
    "E20": Shape("every sub-attribute of every type", r'phoneNumbers\[type eq \\"pager\\"\]\.primary'),
    "E21": Shape("a group's `externalId` patched", r'^PATCH /Groups.*"path": "externalId"'),
    "E22": Shape("`userName` changed", r'^PATCH /Users.*"path": "userName", "value"'),
    "O1": Shape("a match with `startIndex` and `count`", r"^GET /Users\?filter=userName.*&startIndex=1&count=100$"),
    "O2": Shape("`groups: []` and a placeholder password", r'^POST /Users.*"groups": \[\].*"password"'),
    "O3": Shape("deactivation without a path", r'"op": "replace", "value": {"active": false}'),
    "O4": Shape("PUT of what was read, `id` and `meta` inside", r'^PUT /Users/.*"id":.*"meta":'),
    "O5": Shape("a group renamed, its id in the value", r'"op": "replace", "value": {"id": "[^"]*", "displayName"'),
    "O6": Shape("members removed and added in one PATCH", r'"members\[value eq.*"op": "add", "path": "members"'),
    "O7": Shape("all members replaced", r'"op": "replace", "path": "members", "value": \['),
    "O8": Shape("entitlements looked for", r"^GET /ResourceTypes/Entitlement"),
    "O9": Shape("nobody is 404, a duplicate 409, a wrong token 401", r"^GET /Users/00000000-\S+dead"),
    "O10": Shape("SCIM 1.1's configuration", r"^GET /ServiceProviderConfigs"),
    "P1": Shape("`op`, `path` and `value` as the standard has them", r'"op": "(add|replace)", "path": "\w+", "value"'),
    "P2": Shape("`op` with a capital", r'"op": "(Add|Replace|Remove)"'),
    "P3": Shape("no path, an object of attributes", r'"op": "(add|replace)", "value": {"\w+":'),
    "P4": Shape("no path, dotted and URN-qualified keys", r'"value": {.*"name\.\w+":.*"urn:[^"]+:User:\w+":'),
    "P5": Shape("a value path on what is not there", r'"(Add|Replace)", "path": "(phoneNumbers|addresses)\['),
    "P6": Shape("`remove` with a list of values", r'"[Rr]emove", "path": "members", "value": \['),
    "P7": Shape("`remove` with null: all of it", r'"remove", "path": "members", "value": null'),
    "P8": Shape("a text for a complex attribute", r':User:manager", "value": "'),
    "P9": Shape("JSON in a text", r'"path": "roles", "value": \[{"value": "{\\"'),
    "P10": Shape("booleans as texts", r'"path": "active", "value": "([Tt]rue|[Ff]alse)"'),
    "P11": Shape("readOnly attributes in the value", r'"op": "replace", "value": {[^}]*"(id|meta)":'),
    "P12": Shape("one operation as the whole body", r'^PATCH \S+\n{"op":'),
    "P13": Shape("`operations` in small letters", r'"operations": \['),
    "P14": Shape("part of a resource, no operations", r'^PATCH \S+\n{"schemas": \["urn:scim:[^]]*\], "active"'),
    "P15": Shape("a whole URN in the path", r'"path": "urn:[^"]+:User:\w+'),
    "P16": Shape("two conditions in a path", r'"path": "members\[value eq \S+ and type eq'),
    "P17": Shape("keys nobody asked for", r'"name": "addMember"|"\$ref": null'),
    "P18": Shape("paths in any letter case", r'"path": "(nickname|NAME\.familyname)"'),
}  # fmt: skip


def named_shapes(story: Story) -> tuple[str, ...]:
    """The ids in the story's first comment."""
    found = _NAMED.fullmatch(story.comments[0])
    return tuple(found[1].split()) if found else ()


def shows(asks: Iterable[Ask], shape: Shape) -> bool:
    """Does one of the requests have the shape's sign?"""
    texts = (f"{ask.method} {ask.target}" + (f"\n{spell(ask.body)}" if ask.body else "") for ask in asks)
    return any(re.search(shape.sign, text, re.DOTALL) for text in texts)


def spell(body: str) -> str:
    """The body in one line, its members in the order that all transcripts have them."""
    return json.dumps(arrange(json.loads(body)), ensure_ascii=False)


def shapes_table(told: Mapping[str, Sequence[tuple[str, str, str]]]) -> str:
    """The shapes and the stories (client, vendor, name) that tell each, as a table of the page."""
    lines = ["| id | shape | vendors | told in |", "|---|---|---|---|"]
    for name, shape in SHAPES.items():
        stories = sorted({f"`{story}` ({client})" for client, _, story in told[name]})
        vendors = len({vendor for _, vendor, _ in told[name]})
        lines.append(f"| {name} | {shape.what} | {vendors} | {', '.join(stories)} |")
    return "\n".join(lines)
