"""The names the RFCs fix: schema and message URNs, the media type, and how attribute names compare."""

from collections.abc import Iterable
from difflib import get_close_matches

CORE_1 = "urn:scim:schemas:core:1.0"  # SCIM 1.1, for all its resources
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SERVICE_PROVIDER_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"

LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

MEDIA_TYPE = "application/scim+json"


def fold(name: str) -> str:
    """Attribute names, URNs and operators compare without regard to case (RFC 7643 2.1)."""
    return name.lower()


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `name`, in its own spelling, or None when none is close."""
    spelled = {fold(candidate): candidate for candidate in candidates}
    found = get_close_matches(fold(name), spelled, n=1, cutoff=0.6)
    return spelled[found[0]] if found else None
