"""What RFC 7643, 9865, 9967 and the profiles ask of a gateway: id, section, level, requirement."""

ROWS = """
S001 | 1.2 / 2.3.8 | MUST NOT | Simple attributes have no sub-attributes; complex ones contain only simple ones.
S002 | 2.1 / 3 | MUST | A resource names its schemas.
S003 | 2.1 | MUST | Attribute names follow the ABNF (with `$`, erratum 8924) and are case-insensitive.
S004 | 2.2 | (rule) | Undeclared characteristics take their defaults (string, readWrite, default, none).
S005 | 2.3 | SHOULD NOT | Extensions introduce no new data types.
S006 | 2.3.4 | MUST NOT | Integers have no fraction or exponent.
S007 | 2.3.5 | MUST | dateTime is xsd:dateTime with date and time.
S008 | 2.3.6 | MUST | Binary is base64 (padding may be dropped).
S009 | 2.3.7 | MUST | A reference is an absolute or relative URI.
S010 | 2.3.7 | MUST | Relative references resolve against the service root, not the endpoint.
S011 | 2.3.7 | MUST | A reference is HTTP-addressable; GET on it yields the target or a proper code.
S012 | 2.3.8 | MUST NOT | No dependence on attribute order.
S013 | 2.4 | MUST | type/primary/display/value/$ref keep their defined meaning.
S014 | 2.4 | MUST / SHALL | At most one `primary:true`; absent means false.
S015 | 2.4 | SHOULD | Returned multi-values are canonicalised (type home/work…).
S016 | 2.4 | SHOULD NOT | The same (type,value) pair is not returned twice.
S017 | 2.4 | SHALL | `$ref` URIs with and without version segment are equal.
S018 | 2.5 | SHALL | Unassigned, null and [] are the same state.
S019 | 3 | REQUIRED / MUST | `schemas` is a non-empty array of unique URIs, only those of the resource type.
S020 | 3.1 | MUST | Common attributes exist on every resource type (SPC and ResourceType aside).
S021 | 3.1 | MUST | `id` and `meta` are assigned by the provider.
S022 | 3.1 | MUST | Every representation has a non-empty `id`.
S023 | 3.1 | MUST | `id` is unique across *all* resources of the provider.
S024 | 3.1 | MUST | `id` is stable and never reassigned.
S025 | 3.1 | MUST NOT | The string `bulkId` never occurs in an id.
S026 | 3.1 | MUST NOT | `externalId` is never made up by the provider.
S027 | 3.1 | MUST | `externalId` is scoped to the provisioning domain.
S028 | 3.1 | (rule) | `externalId` is caseExact.
S029 | 3.1 | SHALL | `meta` from clients is ignored.
S030 | 3.1 | MUST | `meta.created` is a DateTime.
S031 | 3.1 | MUST | `lastModified` = `created` if never modified.
S032 | 3.1 | MUST | `meta.location` equals `Content-Location`.
S033 | 3.1 | MUST | Non-strong entity tags are prefixed `W/`.
S034 | 3.1 | SHALL | Common-attribute characteristics here override older schema listings.
S035 | 3.3 | MUST / SHALL | `schemas` contains the base schema; an extension's attributes sit under its URN.
S036 | 3.3 | SHOULD | Extensions do not redefine standard attributes.
S037 | 4.1.1 | REQUIRED / MUST | userName is present and non-empty.
S038 | 4.1.1 | MUST | userName is unique over all Users, case-insensitively.
S039 | 4.1.1 | SHOULD | name.formatted and the components describe the same name.
S040 | 4.1.1 | SHOULD | displayName is the full name if known; nickName is not the username.
S041 | 4.1.1 | (rule) | preferredLanguage as Accept-Language, locale as BCP 47, timezone as IANA has them.
S042 | 4.1.1 | SHALL NOT / MUST NOT | password is never returned in any form.
S044 | 4.1.1 | MUST | A temporarily persisted password is protected.
S045 | 4.1.1 | SHOULD | Password processing: prepare (PRECIS), check policy, hash if stored.
S046 | 4.1.2 | SHOULD | emails per RFC 5321, canonicalised (domain lower-case).
S047 | 4.1.2 | SHOULD | phoneNumbers per RFC 3966.
S048 | 4.1.2 | SHOULD | ims trimmed and lower-cased; type from the list.
S050 | 4.1.2 | MUST | addresses.country is ISO 3166-1 alpha-2.
S051 | 4.1.2 | MUST | User.groups.value is the Group id, `$ref` its URI.
S052 | 4.1.2 | MUST | Membership changes go through Group; User.groups is readOnly.
S053 | 4.1.2 | SHOULD | `direct` means changeable through Group; `indirect` not.
S054 | 4.1.2 | MUST / MUST NOT | x509Certificates: one DER certificate per value, base64.
S055 | 4.2 | REQUIRED | Group.displayName (erratum 5368 fixes the schema).
S056 | 4.2 | (immutable) | Sub-attributes of members cannot be modified, only members added/removed.
S057 | 4.2 | (must) | members.$ref is the URI of a SCIM resource; nested groups possible.
S058 | 4.3 | RECOMMENDED | manager.value/$ref; displayName is readOnly.
S059 | 5 | REQUIRED | The service provider's configuration has every feature, limit and scheme.
S060 | 5 | (readOnly) | SPC is not modifiable.
S061 | 5 | SHOULD | authenticationSchemes readable without authentication.
S062 | 6 | REQUIRED / MUST | A resource type's name, endpoint and schema; its schemas are found at /Schemas.
S063 | 6 | MUST | An extension marked required must be in every such resource.
S064 | 7 | (rule) | Every schema URI in use has a Schema resource; schemas are readOnly.
S065 | 7 | MUST | Schema id is the URI; name/description given when applicable; complex attributes list subAttributes.
S066 | 7 | SHALL | caseExact values keep their case; filters respect it.
S067 | 7 | SHALL NOT | readOnly never modified; immutable not updated; writeOnly not returned.
S068 | 7 | (rule) | returned: always / never / default / request behave as defined, also after writes.
S069 | 7 | SHOULD | uniqueness server/global is enforced.
S070 | 9.2 | MUST NOT | Passwords are never stored in clear text.
S071 | 9.3 | (should) | Accept and share only what is needed; restrict externalId to its client.
S072 | 10.2 | (rule) | SCIM URNs follow urn:ietf:params:scim:{type}:{name}; new ones there are registered.
C001 | 2 | MUST | First request of a cursor query has an empty or no cursor value.
C002 | 2 | (rule) | Cursors use only RFC 3986 unreserved characters.
C003 | 2 | SHALL / MUST NOT | count: negative → 0; 0 → no resources; never more than count.
C004 | 2 | MUST | nextCursor on every page but the last, absent only there.
C005 | 2 | MUST NOT | previousCursor not on the first page (otherwise optional).
C006 | 2 | MUST (client) | Later requests repeat all other parameters.
C007 | 2 | MAY | totalResults may be omitted if not estimable.
C008 | 2.1 | SHOULD | invalidCursor / expiredCursor / invalidCount as 400.
C009 | 2.1 | (rule) | count must be ≤ maxPageSize and equal the first count.
C010 | 2.2 | (should) | Sorted if sorting is implemented.
C011 | 2.3 | MAY | A provider may page by cursor even unasked.
C012 | 2.4 | MUST | If both methods exist a default is chosen (index for legacy).
C013 | 3 | (rule) | Cursor works in POST .search.
C014 | 4 | SHOULD / REQUIRED | SPC `pagination` {cursor,index,…}.
C015 | 5.2 | MUST | A cursor only ever reveals what the current actor may see, even if stolen.
C016 | 5.2 | MUST | Authorisation is checked on each page.
C017 | 5.2 | SHOULD | Cursors are invalidated when permissions change.
C018 | 5.2 | MUST | Errors disclose nothing: same message for foreign, forged and missing pages.
C019 | 5.3 | (should) | Rate-limit and bound stateful cursors.
E001 | 2.1 | MUST / MUST NOT | SETs use top-level `sub_id`, never `sub`, never inside `events`.
E002 | 2.1 | MUST | `sub_id.uri` = relative resource path.
E003 | 2.2 / 2.4 | MUST | Exactly one of data/attributes; URI ends :full with data, :notice otherwise.
E004 | 2.2 | SHOULD | Attribute names follow the PATCH path ABNF.
E005 | 2.2 | REQUIRED | `txn` for async, CP and replication.
E006 | 2.4.4 | SHALL NOT | No feed:remove alongside delete; delete has no qualifier or payload.
E007 | 2.5.1.1 | MUST | Accept is ignored for async answers; `wait` SHOULD be honoured.
E008 | 2.5.1.1 | MUST | 202 has no body.
E009 | 3 | MUST | `Set-Txn` present on 202; equals the later `txn`.
E010 | 2.5.1.1 | MUST | `Location` on 202 = completion SET URI or the normal location; Preference-Applied sent.
E011 | 2.5.1.2 | MUST / MUST NOT | Asynchronous bulk: one event per operation, txn = base + `:` + zero-based index.
E012 | 2.5.1.2 | MUST | Reordered work keeps original indices.
E013 | 2.5.1.3 | MUST | Failed async op: `response` with Error.
E015 | 4 | (rule) | SPC securityEvents {asyncRequest none/long/request, eventUris}; absent = unsupported.
E016 | 5 | MUST | SETs travel over TLS, and the URI of an asynchronous result is authenticated.
D01 | RFC 9944 | Proposed Standard 2026 | Device / EndpointApp resource types and bootstrapping extensions.
D02 | interop profile | individual | Undefined attributes, URNs and path-less PATCH are refused by a strict profile.
D03 | IPSIE AL SCIM | OpenID draft | 429 + Retry-After mandatory; ≥ 25 req/s per tenant.
D04 | IPSIE AL SCIM | OpenID draft | Six filters are always answered: userName, externalId, e-mail, member, displayName.
D05 | IPSIE AL SCIM | OpenID draft | 50 member changes per PATCH, empty groups, lists of groups without members.
D06 | IPSIE AL SCIM | OpenID draft | /Bulk required of both sides; no password attribute.
"""
