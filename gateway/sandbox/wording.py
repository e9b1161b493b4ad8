"""Plain sentences for what is wrong with a document, for vendors whose documents print none of their own."""

from collections.abc import Mapping

PLAIN: Mapping[str, str] = {
    "readOnly": "{path} is read-only and must not be sent.",
    "undefined": "{path} is not an attribute of this resource.",
    "type": "{path} must be of type {allowed}.",
    "tooMany": "{path} takes at most {allowed} item(s).",
    "primaries": "{path} has more than one primary value.",
    "required": "{path} is required.",
    "length": "{path} must have {allowed} characters.",
    "canonical": "{path} must be one of {allowed}.",
    "core": "schemas must contain {given}.",
    "schema": "{path} is not a schema of this resource.",
    "extension": "{given} must be listed in schemas.",
}
