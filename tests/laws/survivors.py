"""Statements whose absence no law can notice, and why: what is left without them does the same.

Each row: the mappings and types, the function it stands in, the whole statement (three patterns), the reason.
"""

import re

from gateway.lens.laws_mutants import Mutant

COPIED = "Every part of an item has a field of its own name: writing the items copies them."
SAME_TEXT = "The attribute before it is made of the same text, which is still at hand."
EVER_THERE = "A part of the extension is required: it is listed before and after."
UNSEEN = "The extension is never shown, so no record that was read holds it."
OWN_ID = "The record that is written onto holds its id already."
NO_ADDRESS = "A name is no address here: the fill says that who has no e-mails is refused, and never gives any."
SPELLED_SO = "What has one spelling is shown as it is held: the old one and the wanted one are one text."
A_WORD = "The condition asks for a word, which no number is: the branch is the same with or without it."
NOTHING_LEFT = "What is left of the item is empty, and an item that is empty is none."
NAMED = "The name is the id as well: what is no text is refused there, and a text is shown as it is held."
TEXT = r"x = f'.*' if .* else None"

EXPLAINED: tuple[tuple[str, str, str, str], ...] = (
    (
        r"(aws-identity-center|google-cloud-identity|ping-directory|atlassian|webex|scim2|slack|zoom) User",
        r"out",
        r"(if x:\n    )?x = items_out_\d+\(x\)",
        COPIED,
    ),
    (r"(cube-cloud|new-relic|gitlab-group) User", r"into", TEXT, SAME_TEXT),
    (r"rsa-unified-directory User", r"out", r"(if .*)?del (v|v1)\['(manager|urn:.*:User)'\]", UNSEEN),
    (r"slack User", r"out", rf"if not x:.*fit\('email'.*|{TEXT}|x = True|part1 = x", NO_ADDRESS),
    (r"(salesforce|json-vendor|jupyterhub) User", r"out", r"x = old", SPELLED_SO),
    (r"jupyterhub User", r"into", r"(if x is not None and x != '':\n    )?refuse\('name', 'is not written.*'\)", NAMED),
    (r"huawei-identity-center (User|Group)", r"out", r"(if x is not None:\n    )?v\['id'\] = x", OWN_ID),
    (r"choice-vendor User", r"look_\d+", r"(if .*\n    )?seen\['displayName'\] = as_text\(x, 'dept'\)", A_WORD),
    (r"json-vendor User", r"out", r"v\d+ = settle_item\(v\d+, v\d+\.get\('\[0\]'\), '\[0\]'\)", NOTHING_LEFT),
    (r"google-cloud-identity Group", r"out", r"(if bool\(.*\n    )?v\['schemas'\] = list_schemas\(.*\)", EVER_THERE),
)


def reason(subject: str, mutant: Mutant) -> str | None:
    """Why nothing is missing without the statement; None where nobody has said so."""
    found = (subject, mutant.function, mutant.statement)
    return next((why for *row, why in EXPLAINED if all(map(_is, row, found))), None)


def _is(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.DOTALL) is not None
