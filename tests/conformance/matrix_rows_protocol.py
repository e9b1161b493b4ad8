"""What RFC 7644 asks of a gateway: id, section, level, requirement."""

ROWS = """
P001 | 1.3 | MUST NOT | The base URI carries no query string; clients append path and parameters to it.
P002 | 1.2 | MUST | URLs are percent-encoded.
P003 | 2 | SHALL | Supported authentication schemes are announced in `WWW-Authenticate`.
P004 | 2 | MUST | Each authenticated client maps to a security subject and an access policy.
P005 | 2 | SHOULD | The subject and the target resource are weighed for every request.
P006 | 2 | SHOULD NOT | Tokens issued on weak or no authentication are not used (one-time registration aside).
P007 | 2 | SHOULD | Basic authentication is combined with other factors.
P008 | 2.1 | MUST | OAuth authorisation threats (RFC 7521 §8) are handled: audience, expiry, replay, signature.
P009 | 2.1 | SHOULD | Grant type, scopes and mapped subject(s) are considered in local access decisions.
P010 | 3.1 | MUST | Message `schemas` URIs start with `urn:ietf:params:scim:api:`.
P011 | 3.1 | SHALL NOT | Message schemas are not discoverable at `/Schemas`.
P012 | 3.1 | SHALL | Responses reflect resource state as the provider holds it, not the request echoed back.
P013 | 3.2 | SHOULD | Endpoints of extra resource types pluralise the resource name.
P014 | 3.2 / 3.5.1 | MUST NOT | PUT never creates a resource.
P015 | 3.2 | SHOULD | An error is signalled in the HTTP status and repeated in the body.
P016 | 3.3 | SHALL | On create, readOnly attributes in the body are ignored.
P017 | 3.3 | (rule) | `null` or `[]` sent by the client clears / overrides a server default.
P018 | 3.3 | SHALL | Successful create answers 201.
P019 | 3.3 | SHOULD | The 201 body holds the new representation.
P020 | 3.3 | SHALL | The new URI is in `Location` and in `meta.location`.
P021 | 3.3 | MUST | Duplicate → 409 with `scimType: uniqueness`.
P022 | 3.3.1 | SHALL | `meta.resourceType` is set to the endpoint's type.
P023 | 3.4 / 3.9 | (rule) | Default response = attributes with `returned` always + default.
P024 | 3.4.2 | SHOULD | Unrecognised query parameters are ignored, not refused.
P025 | 3.4.2 | MUST | List answers use the ListResponse URI.
P026 | 3.4.2 | REQUIRED | `totalResults` is present and is the whole match count, not the page size.
P027 | 3.4.2 | REQUIRED | `Resources` present when `totalResults` ≠ 0.
P028 | 3.4.2 | REQUIRED | `startIndex` present on partial results.
P029 | 3.4.2 | REQUIRED | `itemsPerPage` present on partial results = number returned.
P030 | 3.4.2 | SHALL | No match → 200 with `totalResults` 0.
P031 | 3.4.2.1 | SHALL | A query on the server root covers all resources of all types.
P032 | 3.4.2.1 | SHALL | Too many results → 400 `tooMany`.
P033 | 3.4.2.1 | MUST | Filters on multi-type endpoints follow §3.4.2.2.
P034 | 3.4.2.1 | SHALL | An attribute a type does not define has no value (so `pr`/`eq` are false).
P035 | 3.4.2.2 | SHALL | Only matching resources are returned.
P036 | 3.4.2.2 | (rule) | Attribute names and operators are case-insensitive.
P037 | 3.4.2.2 | MUST | A filter holds at least one valid expression.
P038 | 3.4.2.2 | MUST | An expression is attribute + operator (+ value).
P039 | 3.4.2.2 T3 | (rule) | eq ne co sw ew pr gt ge lt le as in Table 3; dateTime compares chronologically.
P040 | 3.4.2.2 T3 | SHALL | gt/ge/lt/le on boolean or binary → 400 `invalidFilter`.
P041 | 3.4.2.2 T5 | MUST | Terms inside `[ ]` apply to the same element.
P042 | 3.4.2.2 T5 | MUST | The bracket expression is a valid filter on sub-attributes of its parent.
P043 | 3.4.2.2 | MUST | Filters conform to the ABNF (see errata 4690/7322/7319/8924).
P044 | 3.4.2.2 | MUST | Precedence: grouping, then not > and > or.
P045 | 3.4.2.2 | MUST | A complex attribute is compared through a named sub-attribute.
P046 | 3.4.2.2 | (rule) | A multi-valued attribute matches when any value matches.
P047 | 3.4.2.2 | SHALL | A defaulted attribute is filtered by the value last returned to the client.
P048 | 3.4.2.2 | MUST | Unknown operator → refuse, 400 `invalidFilter`, readable detail.
P049 | 3.4.2.2 | SHALL | String case sensitivity follows `caseExact`.
P050 | 3.4.2.2 | (rule) | `schemas` can be filtered.
P051 | 3.4.2.3 | SHALL | When sorting is offered, `sortBy` orders the whole result.
P052 | 3.4.2.3 | SHALL | `sortOrder` defaults to ascending.
P053 | 3.4.2.3 | MUST | Order follows the attribute type; case-insensitive unless caseExact.
P054 | 3.4.2.3 | (rule) | Missing values last ascending / first descending; multi-values sort by primary, else first.
P055 | 3.4.2.4 | SHALL | `startIndex` < 1 counts as 1.
P056 | 3.4.2.4 | SHALL | Negative `count` counts as 0.
P057 | 3.4.2.4 | (rule) | `count=0` returns only the total.
P058 | 3.4.2.4 | MUST NOT | Never more than `count` results.
P059 | 3.4.2.4 | (rule) | Without `count` the provider sets the page size.
P060 | 3.4.2.5 | MUST | `attributes` and `excludedAttributes` are both supported.
P061 | 3.4.2.5 | SHALL | `excludedAttributes` cannot remove `returned:always`.
P062 | 3.4.2.5 | MUST | Names use standard notation (URN:attr.sub).
P063 | 3.4.3 | SHALL | POST to `…/.search` is a query.
P064 | 3.4.3 | MUST | Body carries the SearchRequest URI.
P065 | 3.4.3 | MUST | `filter` in the body obeys the same grammar.
P066 | 3.4.3 | (rule) | The answer is that of §3.4.2 (200, not 201).
P067 | 3.5 | MUST | PUT is supported.
P068 | 3.5 | SHOULD | PATCH is supported.
P069 | 3.5.1 | SHALL | readWrite/writeOnly values given in PUT replace existing ones.
P070 | 3.5.1 | (MAY) | Omitted readWrite attributes may be cleared or defaulted.
P071 | 3.5.1 | MUST / SHOULD | An immutable attribute's new value equals the old, else 400 `mutability`.
P072 | 3.5.1 | SHALL | An immutable attribute without a value accepts one.
P073 | 3.5.1 | SHALL | readOnly values in PUT are ignored.
P074 | 3.5.1 | MUST (client) | Required attributes must be in the PUT body.
P075 | 3.5.1 | (rule) | PUT answers 200 with the full resource.
P076 | 3.5.2 | MUST | PATCH body has the PatchOp URI in `schemas`.
P077 | 3.5.2 | MUST | `Operations` is an array of one or more.
P078 | 3.5.2 | MUST | Each operation has exactly one `op`: add, remove or replace.
P079 | 3.5.2 | REQUIRED | `path` for remove; optional for add/replace.
P080 | 3.5.2 F7 | (ABNF) | `path` = attrPath / valuePath[subAttr] (erratum 7122 adds attrExp).
P081 | 3.5.2 | MUST NOT / SHALL | Operations incompatible with mutability or schema fail with an error.
P082 | 3.5.2 | SHALL | The resource's own `schemas` are assumed; changing them takes effect for later operations.
P083 | 3.5.2 | (rule) | Operations apply in order, each on the previous result.
P084 | 3.5.2 | SHALL | Setting `primary:true` clears it on the other values.
P085 | 3.5.2 | SHALL / MUST | The whole PATCH is atomic: on any error the original is restored.
P086 | 3.5.2 | SHALL | A failed PATCH returns status + JSON Error.
P087 | 3.5.2 | MUST/MAY | Success is 200 + full resource, or 204 + headers.
P088 | 3.5.2 | MUST | 200 when `attributes` is given.
P089 | 3.5.2.1 | MUST | `add` has `value`.
P090 | 3.5.2.1 | (rule) | No path → value is merged into the resource; multi-values append; single values replace.
P091 | 3.5.2.1 | SHALL | `add` on a complex attribute lists sub-attributes.
P092 | 3.5.2.1 | SHOULD / SHALL NOT | Adding what is there already succeeds, changes nothing and leaves `lastModified`.
P093 | 3.5.2.2 | (rule) | `remove` without path → 400 `noTarget`.
P094 | 3.5.2.2 | SHALL | A removed single value is unassigned.
P095 | 3.5.2.2 | SHALL | Removing a multi-valued attribute without filter clears all values.
P096 | 3.5.2.2 | SHALL | With a filter only matching values go; none left ⇒ unassigned.
P097 | 3.5.2.2 | SHALL | Removed sub-attributes / emptied records are unassigned.
P098 | 3.5.2.2 | SHALL | Removing a required or readOnly attribute → error `mutability`.
P099 | 3.5.2.2 | (should) | Removing a non-member succeeds without change.
P100 | 3.5.2.3 | SHALL | No path → value holds the attributes to replace.
P101 | 3.5.2.3 | (rule) | Multi-valued without filter: all values replaced.
P102 | 3.5.2.3 | SHALL | Replace of an absent attribute acts as add.
P103 | 3.5.2.3 | SHALL | Complex replace touches only the listed sub-attributes.
P104 | 3.5.2.3 | SHALL | valuePath match: all matching elements replaced.
P105 | 3.5.2.3 | (rule) | valuePath + sub-attribute: that sub-attribute on every match.
P106 | 3.5.2.3 | SHALL | valuePath without match → 400 `noTarget`.
P107 | 3.6 | MUST | After delete, every operation on the resource is 404.
P108 | 3.6 | MUST | Deleted resources vanish from queries.
P109 | 3.6 | SHOULD NOT | Deleted resources do not cause conflicts.
P110 | 3.6 | SHALL | Successful DELETE → 204.
P111 | 3.7 | REQUIRED | Bulk: `Operations`; each with `method`, `path`; `data` for POST/PUT/PATCH; `bulkId` for POST.
P112 | 3.7 | MUST | A processed bulk job answers 200 even with failed operations.
P113 | 3.7 | MUST | A non-2xx operation includes `response` with an Error.
P114 | 3.7 | MUST | Processing goes on past partial failures.
P115 | 3.7 | (rule) | `failOnErrors` stops after that many errors.
P116 | 3.7 | MUST | `bulkId` is returned with the created resource.
P117 | 3.7 | MUST | Reordering must keep the client's intent and final state.
P118 | 3.7.1 | MUST | Circular references are attempted; may give up with 409.
P119 | 3.7.2 | MUST | `bulkId:x` is replaced by the permanent id.
P120 | 3.7.2 | MUST | Same for references inside extensions.
P121 | 3.7.3 | MUST | The answer holds the result of every processed operation.
P122 | 3.7.3 | MUST | `location` on all results but failed POSTs.
P123 | 3.7.3 | MUST | `status` carries the HTTP code.
P124 | 3.7.3 | MUST | Errors include a human-readable explanation.
P125 | 3.7.4 | MUST | Maximum operations and payload size are defined.
P126 | 3.7.4 | MUST | Limit exceeded → 413 and the body names the limit.
P127 | 3.7 / 3.12 | (rule) | Per-operation `version` acts like If-Match.
P128 | 3.8 | MUST / SHALL | UTF-8 JSON in and out.
P129 | 3.8 | MUST | `Accept: application/scim+json` works.
P130 | 3.8 | SHOULD | `Accept: application/json` works too; default is scim+json.
P131 | 3.9 | SHALL / MUST | `attributes` overrides the default set; minimum set always present.
P132 | 3.9 | MUST | `excludedAttributes`: minimum set + default minus listed.
P133 | 3.9 | (rule) | The two parameters are mutually exclusive.
P134 | 3.9 | (rule) | Projection applies to any operation returning a resource.
P135 | 3.10 | (rule) | Paths may be URN-qualified; URN, attribute and sub-attribute are case-insensitive.
P136 | 3.11 | SHOULD | `/Me` not supported → 501.
P137 | 3.11 | MUST | `/Me` handled directly → `Location` is the permanent URL.
P138 | 3.12 | MUST | Errors are returned as SCIM JSON in the body.
P139 | 3.12 | REQUIRED | `status` is a JSON string.
P140 | 3.12 | SHOULD | Status codes are used as in Table 8.
P141 | 3.12 | SHOULD | 500 carries useful debugging advice.
P142 | 3.12 T9 | (rule) | scimType keywords on 400 as in Table 9.
P143 | 3.13 | MUST | A version segment directly precedes the endpoint (`/v2/Users`).
P144 | 3.13 | MUST | The named version is used or the request refused.
P145 | 3.13 | SHOULD | No version → the newest.
P146 | 3.14 | MUST / SHOULD | With versioning: `ETag` header, and `meta.version`.
P147 | 3.14 | (rule) | `If-None-Match` hit → 304 without body.
P148 | 3.14 | (rule) | `If-Match` miss → 412 on PUT/PATCH/DELETE.
P149 | 4 | SHALL | /ServiceProviderConfig returns its schema URI.
P150 | 4 | SHALL | /Schemas lists every supported schema as ListResponse.
P151 | 4 | (rule) | /Schemas/{urn} and /ResourceTypes/{name} return one object.
P152 | 4 | SHALL | Several ResourceTypes/Schemas use ListResponse.
P153 | 4 | SHALL | Query parameters (sort, paging, projection) are ignored on discovery.
P154 | 4 | SHOULD | A `filter` on discovery → 403.
P155 | 5 / 7.8 | MUST | userName and password are compared under PRECIS; strings of filters are prepared.
P156 | 6.2 | (required) | externalId is unique only within its tenant.
P157 | 6.1 | (should) | An explicit tenant in URL/header is checked against the client's own.
P158 | 7.2 | MUST | TLS is required; TLS 1.2 at least.
P160 | 7.3 / 7.4 | MUST | Token threats considered; bearer tokens and cookies have entropy.
P161 | 7.4 | MUST | Bearer tokens travel only over TLS.
P162 | 7.4 | MUST | Bearer tokens have a limited lifetime the provider can determine.
P163 | 7.5.1 | MUST | Privacy considerations are applied.
P164 | 7.5.2 | SHOULD | GET filters on sensitive data → 403 `sensitive`.
P166 | 7.6 | (should) | Anonymous requests are restricted.
P167 | 7.7 | SHOULD | Access model separates client applications and self-service; RFC 6819 advice on secrets.
P168 | 8.1 | SHOULD | Media type application/scim+json is used.
"""
