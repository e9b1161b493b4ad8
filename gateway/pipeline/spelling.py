"""How clients spell URLs: blanks, flags and slashes, read as far as the client's kindnesses go."""

import re
from urllib.parse import parse_qsl, unquote

from msgspec.structs import replace

from gateway.pipeline.problems import Problem
from gateway.pipeline.request import Request
from gateway.scim.lenience import ANY, Lenience

MAX_PARAMETERS = 100
_FLAG = re.compile(r"(?:aadOptscim|AzureAdScimPatch)[0-9]*(?P<path>/[^?]*)?(?:\?(?P<rest>.*))?", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_PLUS = "\x00"  # what stands for `+` while the rest is decoded; no filter can hold it


def read_parameters(query: str, lenience: Lenience = ANY) -> list[tuple[str, str]]:
    """The query string's pairs, decoded once."""
    pieces = query.split("&") if "+" in query else [query]
    spelled = "&".join([_spell_plus(piece, lenience) if "+" in piece else piece for piece in pieces])
    try:
        return parse_qsl(spelled, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise Problem("SG114") from None


def _spell_plus(piece: str, lenience: Lenience) -> str:
    """`+` escaped as what it means: a blank, or itself.

    An address in quotes may hold one. Who writes blanks as `+` does so outside of quotes too, where nothing else can be
    meant; read otherwise, `a+b@example.com` would be looked for as `a b@example.com`, not found, and created again.
    """
    name, _, value = piece.partition("=")
    if name.lower() == "filter":
        decoded = unquote(value.replace("+", _PLUS))
        blank = _PLUS in _QUOTED.sub("", decoded)
        if blank:
            lenience.require("blank-as-plus", "The filter")
    else:
        blank = lenience.allows("blank-as-plus")
    return piece.replace("+", "%20" if blank else "%2B")


def place_flag(request: Request, lenience: Lenience) -> Request:
    """The request with what follows a feature flag back in its place: `/v2?aadOptscim062020/Users?filter=...`.

    The flag comes from the tenant's URL as it was typed in; what stands behind it must not be lost with it.
    """
    found = _FLAG.fullmatch(request.query) if request.query else None
    if found is None or (found["path"] is None and found["rest"] is None):
        return request
    lenience.require("flag-before-path", "The URL")
    return replace(request, path=request.path + (found["path"] or ""), query=found["rest"] or "")


def check_path(request: Request, lenience: Lenience) -> None:
    """Whether the path is spelled as the standard has it, as far as the client is held to that."""
    if request.path.endswith("/") or "//" in request.path:
        lenience.require("slashes", "The path")
    if request.path.rstrip("/").endswith("/ServiceProviderConfigs"):
        lenience.require("plural-config", "The path")
