"""Every way a request can fail: whose fault it is, a stable code, a sentence, and what to do next (RFC 7644 3.12).

Codes are never reused. 1xx request, authentication and route; 2xx body and resource; 3xx filter, paging, projection;
4xx path and PATCH; 5xx backend; 6xx gateway.
"""

from msgspec import Struct

from gateway.lens.lens import LensError
from gateway.observations import Blame
from gateway.scim.errors import STATUS, ScimError
from gateway.scim.lenience import Strictness

Headers = tuple[tuple[str, str], ...]
RETRY_SECONDS = 5


class Row(Struct, frozen=True):
    """One line of the table."""

    blame: Blame
    status: int
    scim_type: str | None
    sentence: str
    hint: str


PROBLEMS: dict[str, Row] = {
    "SG101": Row("client", 401, None, "The request carries no bearer token.", "Send `Authorization: Bearer <token>`."),
    "SG102": Row("client", 401, None, "The Authorization header is not a bearer token.",
                 "Send `Authorization: Bearer <token>`, with one token and one space."),
    "SG103": Row("client", 401, None, "The token is not valid here.",
                 "Check the token and the tenant's name in the SCIM URL of the client."),
    "SG104": Row("client", 404, None, "Nothing is served at this path.",
                 "SCIM URLs are <base>/Users, <base>/Users/<id> and so on, below /<tenant>/scim/v2 or /scim/v2."),
    "SG105": Row("client", 405, None, "This path does not take this method.", "The Allow header lists those it takes."),
    "SG106": Row("client", 404, None, "This resource type is not offered to this tenant.",
                 "/ResourceTypes lists those that are."),
    "SG107": Row("client", 501, None, "/Me is not offered: a client's token stands for no user.",
                 "Address the user as /Users/<id>."),
    "SG110": Row("client", 404, None, "No resource has this id.",
                 "It was deleted or never existed here; look it up with a filter."),
    "SG111": Row("client", 403, None, "Discovery documents take no filter.", "Read them whole (RFC 7644 section 4)."),
    "SG112": Row("client", 404, None, "No such discovery document.", "Read the whole list without an id."),
    "SG113": Row("client", 415, None, "The body's Content-Type is not JSON.", "Send application/scim+json."),
    "SG114": Row("client", 400, "invalidSyntax", "The query string cannot be read.",
                 "Percent-encode it as UTF-8 and send no more than 100 parameters."),
    "SG115": Row("client", 501, None, "The backend has no way to do this to this resource type.",
                 "The tenant's mapping lists what its backend offers."),
    "SG116": Row("client", 400, "invalidSyntax", "The request is not well-formed HTTP.",
                 "Check the client's HTTP library."),
    "SG117": Row("client", 413, None, "The request body is too large.",
                 "Send smaller requests, for example fewer members."),
    "SG118": Row("client", 408, None, "The request body did not arrive in time.", "Send the request again."),
    "SG130": Row("client", 413, None, "The bulk request has too many operations.",
                 "Send several; /ServiceProviderConfig tells maxOperations."),
    "SG131": Row("client", 400, "invalidSyntax", "The operation is none of a bulk request.",
                 "It is POST, PUT, PATCH or DELETE of a path such as /Users or /Users/<id>, without a query."),
    "SG132": Row("client", 400, "invalidSyntax", "A POST of a bulk request has no bulkId.",
                 "Give each POST one of its own."),
    "SG133": Row("client", 400, "invalidValue", "Another operation has the same bulkId.",
                 "Give each POST one of its own."),
    "SG134": Row("client", 400, "invalidValue", "The operation refers to a bulkId that no POST of the request has.",
                 "Refer to a POST of the same request, or by the resource's id."),
    "SG135": Row("client", 424, None, "The operation refers to a resource that was not created.",
                 "Correct the operation that failed; then send both again."),
    "SG136": Row("gateway", 503, None, "The request's time ran out before this operation, which was not carried out.",
                 "Send it again, and fewer operations at once."),
    "SG137": Row("client", 409, None, "The resource was created, but what refers to resources that refer back to it "
                 "could not be added.", "Add it with a PATCH."),
    "SG140": Row("client", 400, "invalidSyntax", "The precondition cannot be read.",
                 'Send entity tags in double quotes as meta.version shows them, such as W/"...", or *.'),
    "SG141": Row("client", 400, "invalidFilter", "Nothing can be found by what the gateway makes for each answer.",
                 "Ask for another attribute; a version goes into If-Match or If-None-Match."),
    "SG150": Row("client", 414, None, "The request's URL is too long.", "POST a long query to .search."),
    "SG151": Row("client", 431, None, "The request's headers are too long, or too many.",
                 "Send fewer headers, and shorter ones."),
    "SG152": Row("client", 417, None, "The request expects what is not offered.",
                 "Send no Expect header, or one of 100-continue."),
    "SG201": Row("client", 400, "invalidSyntax", "The body cannot be read.", "Send one JSON object in UTF-8."),
    "SG202": Row("client", 400, "invalidValue", "A value is not acceptable.",
                 "/Schemas says what each attribute takes."),
    "SG203": Row("client", 400, "mutability", "The attribute cannot be changed.", "/Schemas names its mutability."),
    "SG204": Row("client", 409, "uniqueness", "The resource exists already.",
                 "Look it up by its unique attribute and update that one."),
    "SG205": Row("client", 400, "invalidValue", "A value cannot be carried to the backend.",
                 "Send a value that the backend takes."),
    "SG207": Row("client", 400, "invalidVers", "The SCIM version is not supported.", "Use version 2."),
    "SG208": Row("client", 400, "mutability", "The backend has no way to change this attribute.",
                 "/Schemas lists what can be changed; leave the rest as it is."),
    "SG209": Row("client", 400, "mutability", "The backend does not show all values, so they cannot be replaced.",
                 "Send PATCH operations that add values, or remove them by name."),
    "SG220": Row("client", 400, "mutability", "The backend has no way to bar a user, so active cannot become false.",
                 "Delete the user instead."),
    "SG240": Row("client", 400, "invalidSyntax", "The request is spelled as the standard does not have it.",
                 "Spell it as the standard does, or set the tenant's `client` to one that is allowed this."),
    "SG301": Row("client", 400, "invalidFilter", "The filter cannot be understood.", "See RFC 7644 section 3.4.2.2."),
    "SG302": Row("client", 400, "invalidFilter", "The backend cannot answer this filter, and reading everything is not "
                 "allowed for it.", "Filter by another attribute, such as the one the resource is known by."),
    "SG303": Row("client", 400, "tooMany", "Answering this query takes more records than may be read for one request.",
                 "Narrow the filter, or filter by an attribute the backend can search."),
    "SG304": Row("client", 400, "tooMany", "The backend cuts its list before the end and offers no way on.",
                 "Narrow the filter so that the answer is complete."),
    "SG305": Row("client", 400, "tooMany", "The backend lists nothing without a filter that it can answer.",
                 "Filter by the attribute that the resource is known by."),
    "SG310": Row("client", 400, "invalidCursor", "The cursor was not given out for this query.",
                 "Begin again with an empty cursor, and repeat every other parameter with the cursors that follow."),
    "SG311": Row("client", 400, "expiredCursor", "The cursor has expired.",
                 "Begin again with an empty cursor, and ask for the pages sooner one after the other."),
    "SG312": Row("client", 400, "invalidCount", "The count is not the one this cursor was begun with.",
                 "Repeat the first request's count, or begin again with an empty cursor."),
    "SG313": Row("client", 400, "invalidValue", "The page is asked for by cursor and by startIndex.",
                 "Send one of them."),
    "SG314": Row("client", 400, "expiredCursor", "The backend no longer knows the place where the list goes on.",
                 "Begin again with an empty cursor."),
    "SG320": Row("client", 400, "tooMany", "The backend's record is larger than the gateway reads (16 MB).",
                 "Leave its long lists out, for example with excludedAttributes=members."),
    "SG321": Row("client", 400, "tooMany", "A list of the resource holds more values than the gateway reads.",
                 "Leave it out, for example with excludedAttributes=members."),
    "SG330": Row("gateway", 429, None, "More would be removed in a short time than the tenant's brake lets through.",
                 "Wait as Retry-After says; if it is meant, the gateway's operator runs `scim-gateway brake release`."),
    "SG340": Row("backend", 503, None,
                 "A further backend of this tenant does not have the change yet; the first one has it.",
                 "Send the request again later: nothing is done twice."),
    "SG341": Row("gateway", 503, None, "The state store is away, so what backends lack could not be kept in mind.",
                 "Send the request again later; nothing was changed."),
    "SG342": Row("backend", 502, None, "Several records of the backend could be this resource.",
                 "Ask the backend's operator which one it is, and to correct the others."),
    "SG343": Row("backend", 502, None, "The backend's record of this name tells that it is somebody else's.",
                 "Ask the backend's operator whose it is."),
    "SG344": Row("backend", 502, None, "The backend accepted the change and still shows something else.",
                 "Ask the gateway's operator to compare the record with the mapping."),
    "SG345": Row("gateway", 503, None, "More have gone from the first backend than is believed without a brake.",
                 "See whether it is the right one; if it is, give the tenant a brake, whose bound then decides."),
    "SG346": Row("backend", 502, None, "The backend has other values of attributes that it sets but once.",
                 "Have them changed there by hand; or delete the record there, and `reconcile` makes it anew."),
    "SG347": Row("backend", 502, None, "Who is in a list that the backend never shows was asked for in part only.",
                 "Ask the gateway's operator to run reconcile, which asks for everybody."),
    "SG348": Row("gateway", 503, None, "What a further backend lacked is not known: no secret opens what was marked.",
                 "Run `scim-gateway reconcile TENANT`: it finds what was open, and ends the mark once all is in step."),
    "SG350": Row("client", 400, "mutability", "With this change the resource would belong in another backend, and none "
                 "is moved.", "Leave what decides that as it was; or delete the resource, and create it anew."),
    "SG351": Row("client", 400, "invalidValue", "The request refers to a resource that lives in another backend.",
                 "Refer only to those whose ids begin as this one's; the gateway's operator may have members kept "
                 "(`absent_member: keep`)."),
    "SG352": Row("client", 400, "tooMany", "Some members are kept by the gateway, and too many groups would have to be "
                 "looked through.", 'Narrow the filter, as by `id eq "..."`, or leave the members out of it.'),
    "SG353": Row("gateway", 503, None, "The state store is away, in which members in other backends are kept, so they "
                 "cannot be changed.", "Send the request again later: nothing is done twice."),
    "SG354": Row("gateway", 503, None, "Another backend may have the name as well, and what was done here is not "
                 "undone.", "Look whom the name finds; of two, delete or rename the one who should not have it."),
    "SG360": Row("client", 400, "mutability", "At this backend the name is the id, so it cannot be changed.",
                 "Delete the resource, and create it under its new name."),
    "SG361": Row("client", 409, "uniqueness", "The name is the id of somebody who has another name now.",
                 "Create the resource under another name; it may get this one afterwards."),
    "SG362": Row("backend", 502, None, "Several records of the backend say that this id is their own.",
                 "Ask the backend's operator to clear the field that holds the first name in all but one."),
    "SG363": Row("backend", 502, None, "The backend does not keep the field that is to hold the first name.",
                 "Nobody was given another name; ask the gateway's operator to compare the mapping's anchor with it."),
    "SG364": Row("client", 400, "invalidValue", "The request refers to somebody who is not there.",
                 "Create who is referred to first, or leave the reference out."),
    "SG365": Row("backend", 502, None, "The search by the field that holds first names did not come to its end.",
                 "Ask the gateway's operator how the backend answers a search by the mapping's anchor."),
    "SG401": Row("client", 400, "invalidPath", "The path names no attribute.", "/Schemas lists the attributes."),
    "SG402": Row("client", 400, "noTarget", "The path selects no value.",
                 "Read the resource and name an existing value."),
    "SG501": Row("backend", 503, None, "The backend cannot be reached.", "Send the request again later."),
    "SG502": Row("backend", 503, None, "The backend did not answer in time.", "Send the request again later."),
    "SG503": Row("backend", 503, None, "The backend is not able to answer now.", "Send the request again later."),
    "SG504": Row("backend", 429, None, "The backend asks for fewer requests.", "Wait as Retry-After says."),
    "SG505": Row("backend", 502, None, "The backend's answer cannot be read.",
                 "Ask the gateway's operator to check the backend's URL and mapping."),
    "SG506": Row("backend", 502, None, "The backend refused in a way its mapping does not know.",
                 "Ask the gateway's operator to add a row to the mapping's error table."),
    "SG507": Row("backend", 502, None, "The backend returned a record that cannot be translated.",
                 "Ask the gateway's operator to compare the record with the mapping."),
    "SG508": Row("backend", 503, None, "The backend's answer to the change was lost, so its outcome is unknown.",
                 "Send the request again: a repetition is safe."),
    "SG509": Row("client", 400, "invalidValue", "The backend refused the request.", "Correct what the sentence names."),
    "SG510": Row("client", 409, None, "The backend reports a conflict with the resource's present state.",
                 "Read the resource and try again."),
    "SG511": Row("client", 412, None, "The resource has changed in the meantime.", "Read it and try again."),
    "SG512": Row("backend", 502, None, "The backend does not know the endpoint its mapping names.",
                 "Ask the gateway's operator to check the backend's URL and mapping."),
    "SG513": Row("backend", 502, None, "The backend's link to the next page leads away from its own address.",
                 "Ask the gateway's operator to check the backend's URL and mapping."),
    "SG514": Row("backend", 503, None, "An earlier create was not answered, and may still be carried out.",
                 "Send the request again later."),
    "SG520": Row("backend", 502, None, "The backend accepted the deletion and still shows the resource.",
                 "Ask the gateway's operator to compare the record with what the mapping calls gone."),
    "SG601": Row("gateway", 503, None, "The backend refused the gateway's own credential.",
                 "Ask the gateway's operator to renew the backend's secret; then send the request again."),
    "SG602": Row("gateway", 500, None, "The gateway failed.",
                 "Report the X-Request-Id to the gateway's operator; sending the request again may help."),
    "SG603": Row("gateway", 503, None, "Another request is changing this resource.", "Send the request again later."),
    "SG604": Row("gateway", 503, None, "The request's time ran out.", "Send the request again later."),
    "SG605": Row("gateway", 503, None, "The state store is away, so an attribute the gateway keeps cannot be searched.",
                 "Send the request again later, or filter by another attribute."),
    "SG606": Row("gateway", 503, None, "The gateway is shutting down.", "Send the request again; another one answers."),
    "SG607": Row("gateway", 503, None, "The state store is away, so an attribute the gateway keeps cannot be removed.",
                 "Send the request again later: nothing is done twice."),
}  # fmt: skip


class Problem(Exception):  # a refusal or a fault, not always an error
    """A request that ends without success. `str()` is the detail the client reads; it ends with the code.

    `sentence` and `hint` replace the row's; `status` and `scim_type` too, for what a mapping's error table decides.
    """

    def __init__(
        self,
        code: str,
        sentence: str = "",
        hint: str | None = None,
        *,
        headers: Headers = (),
        status: int | None = None,
        scim_type: str | None = None,
        reason: str = "",
    ) -> None:
        row = PROBLEMS[code]
        self.code = code
        self.blame: Blame = row.blame
        self.status = row.status if status is None else status
        self.scim_type = row.scim_type if status is None and scim_type is None else scim_type
        self.headers = headers or default_headers(self.status)
        self.reason = reason
        self.mapping = ""
        self.sentence = _close(sentence or row.sentence)
        self.hint = row.hint if hint is None else _close(hint)
        self.detail = f"{' '.join(word for word in (self.sentence, self.hint) if word)} ({code})"
        super().__init__(self.detail)

    @property
    def retry_seconds(self) -> int:
        """How soon to come again; 0 where nothing is said of it."""
        return int(dict(self.headers).get("Retry-After", 0))

    def after(self, sentence: str) -> "Problem":
        """The same problem, told with what had been done before it."""
        told = f"{self.sentence} {_close(sentence)}"
        return Problem(
            self.code, told, self.hint,
            headers=self.headers, status=self.status, scim_type=self.scim_type, reason=self.reason,
        ).within(self.mapping)  # fmt: skip

    def within(self, mapping: str) -> "Problem":
        """The same problem, with the mapping before which it came up, where a tenant has several."""
        self.mapping = mapping
        return self

    def because(self, reason: str) -> "Problem":
        """The same problem, with the word for why that the floors above go by; no client sees it."""
        self.reason = reason
        return self


def default_headers(status: int) -> Headers:
    """What belongs to a status when nothing better is known: how soon to come again."""
    return (("Retry-After", str(RETRY_SECONDS)),) if status in (429, 503) else ()


def _close(sentence: str) -> str:
    """The sentence with a full stop."""
    text = sentence.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


_BY_SCIM_TYPE = {
    "invalidFilter": "SG301", "invalidCursor": "SG310", "tooMany": "SG303", "uniqueness": "SG204",
    "mutability": "SG203", "invalidSyntax": "SG201", "invalidPath": "SG401", "noTarget": "SG402",
    "invalidValue": "SG202", "invalidVers": "SG207",
}  # fmt: skip


def refuse_by_standard(error: ScimError) -> Problem:
    """What the standard refuses, as a problem of the client."""
    code = "SG240" if isinstance(error, Strictness) else _BY_SCIM_TYPE.get(error.scim_type or "", "SG201")
    return Problem(code, error.detail, error.hint, status=error.status, scim_type=error.scim_type)


def refuse_by_lens(error: LensError) -> Problem:
    """A value of the client that cannot be carried to the backend."""
    status = STATUS.get(error.scim_type, 400)
    return Problem("SG205", str(error), error.hint or None, status=status, scim_type=error.scim_type)


def as_problem(error: Exception) -> Problem:
    """Any refusal of the floors below as a problem; LensErrors are those of the way out."""
    match error:
        case Problem():
            return error
        case ScimError():
            return refuse_by_standard(error)
        case LensError():
            return refuse_by_lens(error)
        case _:
            return Problem("SG602")
