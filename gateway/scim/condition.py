"""Conditions over any JSON document: RFC 7644's operators, and paths of any depth.

A path is `body.errors[0].text`, `keys[type eq "hr"].value`, or `body."odd.name"`; it needs no schema. The keys behind
the first stand in `sub`, dots between them, an index as a key of digits.
"""

import re
from collections.abc import Sequence
from typing import Final

from gateway.scim.grammar import Parser, is_word, split_urn
from gateway.scim.lenience import OURS
from gateway.scim.terms import AttrPath, Filter

_KEYS: Final = re.compile(r'(?:"[^"]+"|[^."\[\]]+)(?:\.(?:"[^"]+"|[^."\[\]]+))*')
_KEY: Final = re.compile(r'"([^"]+)"|([^."]+)')


def parse_condition(text: str, urns: Sequence[str] = ()) -> Filter:
    """The condition a text spells; ScimError `invalidFilter` as of a filter."""
    parser = DocumentParser(text, urns, lenience=OURS)
    found = parser.disjunction()
    parser.expect_end("`and`, `or` or the end")
    return found


def split_keys(text: str) -> list[str]:
    """The keys of a dotted path, without their quotes."""
    return [quoted or plain for quoted, plain in _KEY.findall(text)] if '"' in text else text.split(".")


class DocumentParser(Parser):
    """The filter's grammar with the paths of documents."""

    def attr_path(self) -> AttrPath:
        text = self._path_text()
        urn, rest = split_urn(text, self.urns)
        if urn is not None:
            return AttrPath(urn, rest or None)
        if not _KEYS.fullmatch(text):
            self.refuse("a path such as errors[0].text")
        first = _KEY.match(text)
        end = first.end() if first else 0
        return AttrPath(None, text[:end], text[end + 1 :] or None)

    def _path_text(self) -> str:
        """Words, quoted keys and indexes, as far as they stand close together."""
        text, indexed = "", False
        while not text or self.is_close():
            token = self.peek()
            if indexed and is_word(token) and not token.startswith("."):
                self.refuse("`.` and a name, or a space")
            if is_word(token) or (token.startswith('"') and (not text or text.endswith("."))):
                text, indexed = text + self.take(), False
            elif text and self._at_index():
                text, indexed = f"{text}.{self.tokens[self.next + 1]}", True
                self.next += 3
            else:
                break
        return text

    def _at_index(self) -> bool:
        opening, inside, closing = [*self.tokens[self.next : self.next + 3], "", ""][:3]
        return opening == "[" and inside.isdecimal() and closing == "]"

    def brackets(self, path: AttrPath) -> Filter:
        whole = AttrPath(path.urn, path.attr)
        return super().brackets(whole)

    def sub_path(self) -> AttrPath:
        text = self._path_text().removeprefix(".")
        if not _KEYS.fullmatch(text):
            self.refuse("the name of a field")
        return AttrPath(None, text)
