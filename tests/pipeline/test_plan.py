"""Plans: decided without a call, printable, and shown with the calls they would make."""

import pytest

from gateway.conversation.planned import planned_calls
from gateway.mapping.load import load_dialect
from gateway.pipeline.describe import describe_intent, describe_plan
from gateway.pipeline.parse import parse
from gateway.pipeline.plan import make_plan
from gateway.pipeline.plans import ModifyByComparison, ModifyDirectly, QueryPlan
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Caller, Request, Tenant
from gateway.pipeline.route import find_route
from gateway.scim.errors import ScimError
from gateway.scim.messages import encode_json

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def plan_for(mapping, line, body=None):
    tenant = Tenant(name="acme", backend="prod", dialect=load_dialect(mapping))
    method, _, where = line.partition(" ")
    path, _, query = where.partition("?")
    raw = encode_json(body) if body is not None else b""
    request = Request(method=method, path=f"/acme/scim/v2{path}", query=query.replace(" ", "%20"), body=raw)
    intent = parse(request, find_route(method, request.path, Caller("acme")), tenant)
    plan = make_plan(intent, tenant)
    return intent, plan, tenant


def patch(*operations):
    rows = [dict(zip(("op", "path", "value"), one, strict=False)) for one in operations]
    return {"schemas": [PATCH_OP], "Operations": rows}


@pytest.mark.parametrize(
    ("mapping", "text", "how", "pushed"),
    [
        ("scim2", 'userName eq "bjensen"', "pages", True),
        ("scim2", 'id eq "1"', "read", True),
        ("rsa-unified-directory", 'externalId eq "1"', "recall", False),
        ("rsa-unified-directory", 'emails[type eq "work" and value eq "b@example.com"]', "scan", True),
        ("rsa-unified-directory", 'title eq "Guide"', "scan", False),
        ("huawei-identity-center", 'userName eq "bjensen"', "scan", False),
        ("cube-cloud", 'userName eq "bjensen"', "scan", True),
        ("ping-directory", 'userName sw "b" and not (userName eq "bob")', "pages", True),
    ],
)
def test_a_filter_is_pushed_recalled_or_checked_here(mapping, text, how, pushed):
    _, plan, _ = plan_for(mapping, f"GET /Users?filter={text}")
    assert isinstance(plan, QueryPlan)
    assert plan.how == how
    assert (plan.pushdown.pushed is not None) is pushed or how in ("read", "recall")
    assert (plan.pushdown.residual is None) == plan.pushdown.exact


@pytest.mark.parametrize(
    ("text", "correlation"),
    [
        ('userName eq "bjensen"', "userName"),
        ('userName sw "b"', "None"),
        ('userName eq "b" or title eq "x"', "None"),
        ('title eq "Guide"', "None"),
    ],
)
def test_only_a_lone_equality_on_a_unique_attribute_is_remembered(text, correlation):
    _, plan, _ = plan_for("huawei-identity-center", f"GET /Users?filter={text}")
    assert str(plan.correlation) == correlation


@pytest.mark.parametrize(
    ("mapping", "operation", "kind"),
    [
        ("scim2", ("replace", "active", False), ModifyDirectly),
        ("scim2", ("replace", 'emails[type eq "work"].value', "b@example.com"), ModifyByComparison),
        ("huawei-identity-center", ("replace", "title", "Guide"), ModifyByComparison),
        ("rsa-unified-directory", ("replace", "externalId", "1"), ModifyByComparison),
        ("cube-cloud", ("replace", "title", "Guide"), ModifyDirectly),
    ],
)
def test_a_patch_is_direct_only_where_it_crosses_whole(mapping, operation, kind):
    _, plan, _ = plan_for(mapping, "PATCH /Users/1", patch(operation))
    assert type(plan) is kind


@pytest.mark.parametrize(
    ("mapping", "line", "body", "calls"),
    [
        ("scim2", "POST /Users", {"userName": "bjensen"}, ["POST /Users"]),
        ("scim2", "GET /Users/a~7Cb", None, ["GET /Users/a%7Cb"]),
        ("scim2", "DELETE /Users/1", None, ["DELETE /Users/1"]),
        ("scim2", 'GET /Users?filter=userName eq "b"', None,
         ['GET /Users filter=userName eq "b" startIndex=1 count=100']),
        ("scim2", 'GET /Users?filter=id eq "1"', None, ["GET /Users/1"]),
        ("scim2", "GET /Schemas", None, []),
        ("rsa-unified-directory", 'GET /Users?filter=externalId eq "1"', None, []),
        ("scim2", "PATCH /Users/1", patch(("replace", "active", False)), ["PATCH /Users/1"]),
        ("cube-cloud", "PATCH /Users/1", patch(("replace", "title", "x")), ["GET /Users/1"]),
        ("huawei-identity-center", "PATCH /Users/1", patch(("replace", "title", "x")), ["GET /Users/1"]),
        ("scim2", "PUT /Users/1", {"userName": "b"}, ["GET /Users/1"]),
    ],
)  # fmt: skip
def test_the_calls_of_a_plan_are_known_before_they_are_made(mapping, line, body, calls):
    _, plan, tenant = plan_for(mapping, line, body)
    made = planned_calls(plan, tenant)
    assert [" ".join([call.method, call.path, *(f"{k}={v}" for k, v in call.query)]) for call in made] == calls


@pytest.mark.parametrize(("title", "calls"), [("Driver", ["GET", "PUT"]), ("Guide", ["GET"])])
def test_given_the_record_a_comparison_shows_its_write_or_that_there_is_none(title, calls):
    record = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "1",
        "userName": "bjensen",
        "title": "Guide",
    }
    _, plan, tenant = plan_for("scim2", "PUT /Users/1", {"userName": "bjensen", "title": title})
    assert [call.method for call in planned_calls(plan, tenant, record)] == calls


def test_an_explanation_names_what_is_pushed_checked_and_lost():
    intent, plan, _ = plan_for("cube-cloud", 'GET /Users?filter=userName eq "b"&count=5&sortBy=userName')
    assert describe_intent(intent) == ["intent: query User", 'filter: userName eq "b"', "page: from 1, count 5"]
    assert describe_plan(plan) == [
        "plan: query",
        "way: superset: read every candidate and match here",
        'pushdown: userName eq "b"',
        'residual: userName eq "b"',
        "scan limit: 2000 records",
        "remembered by: userName",
        "sort: userName by us",
    ]
    intent, plan, _ = plan_for(
        "cube-cloud", "PATCH /Users/7", patch(("replace", "title", "x"), ("replace", "active", True))
    )
    assert describe_intent(intent) == ["intent: modify User", "operation: replace title", "operation: replace active"]
    assert describe_plan(plan) == ["plan: modify directly", "change: replace active", "not carried: title (dropped)"]


def test_a_count_beyond_the_tenants_limit_is_clamped():
    assert plan_for("scim2", "GET /Users?count=99999")[1].count == 1_000


@pytest.mark.parametrize("by", ["name", "addresses"])
def test_what_has_no_order_cannot_be_sorted_by(by):
    with pytest.raises(ScimError) as caught:
        plan_for("scim2", f"GET /Users?sortBy={by}")
    assert as_problem(caught.value).code == "SG401"


def test_an_unknown_failure_is_the_gateways():
    assert as_problem(KeyError("x")).code == "SG602"
    assert as_problem(Problem("SG110")).code == "SG110"
