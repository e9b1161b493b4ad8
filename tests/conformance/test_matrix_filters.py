"""Filters (RFC 7644 3.4.2.2): what they mean is the same whatever the backend can search."""

from datetime import datetime, timedelta, timezone
from unicodedata import normalize

from matrix_bench import Bench, Ending, fresh, refused, row

from gateway.scim.names import ENTERPRISE, USER


@row()
def test_P035_only_matches_come_back(bench: Bench) -> Ending:
    barred, bare = bench.add(active=False), bench.add(active=True)
    answer = bench.search("active eq false")
    assert answer.status == 200
    assert all(one["active"] is False for one in answer.body["Resources"])
    assert barred["id"] in answer.found
    assert bare["id"] not in answer.found


@row()
def test_P036_names_and_operators_have_no_case(bench: Bench) -> Ending:
    known = bench.add()
    assert bench.search(f'USERNAME EQ "{known["userName"]}"').found == [known["id"]]


@row()
def test_P037_a_filter_holds_an_expression(bench: Bench) -> Ending:
    refused(bench.get("/Users?filter="), 400, "invalidFilter")


@row()
def test_P038_an_expression_has_an_operator(bench: Bench) -> Ending:
    refused(bench.search("userName"), 400, "invalidFilter")
    refused(bench.search("userName eq"), 400, "invalidFilter")


@row()
def test_P039_operators_compare_by_type(bench: Bench) -> Ending:
    title = fresh("Guide")
    known = bench.add(title=title)
    own = f'userName eq "{known["userName"]}" and '
    for clause in ("eq", "co", "sw", "ew", "ge", "le"):
        assert bench.search(f'{own}title {clause} "{title}"').found == [known["id"]], clause
    for clause in ("ne", "gt", "lt"):
        assert bench.search(f'{own}title {clause} "{title}"').found == [], clause
    assert bench.search(f"{own}title pr").found == [known["id"]]
    created = datetime.fromisoformat(known["meta"]["created"])
    near = (created - timedelta(seconds=90)).astimezone(timezone(timedelta(hours=2, minutes=30)))
    assert bench.search(f'{own}meta.created gt "{near.isoformat()}"').found == [known["id"]]
    assert bench.search(f'{own}meta.created lt "{near.isoformat()}"').found == []


@row()
def test_P040_truth_has_no_order(bench: Bench) -> Ending:
    for clause in ("gt", "ge", "lt", "le"):
        refused(bench.search(f"active {clause} true"), 400, "invalidFilter")


@row(huawei="not offered: one e-mail", aws="not offered: one e-mail")
def test_P041_terms_in_brackets_are_about_one_element(bench: Bench) -> Ending:
    emails = [{"value": f"{fresh('w')}@x.org", "type": "work"}, {"value": f"{fresh('h')}@x.org", "type": "home"}]
    known = bench.add(emails=emails)
    if len(known["emails"]) == 1:
        return "not offered: one e-mail"
    work, home = (one["value"] for one in emails)
    assert bench.search(f'emails[type eq "work" and value eq "{work}"]').found == [known["id"]]
    assert bench.search(f'emails[type eq "work" and value eq "{home}"]').found == []
    return None


@row()
def test_P042_brackets_hold_sub_attributes(bench: Bench) -> Ending:
    refused(bench.search('emails[nosuch eq "x"]'), 400, "invalidFilter")


@row()
def test_P043_filters_keep_the_grammar(bench: Bench) -> Ending:
    for text in ("userName eq 'x'", 'userName eq "x', 'userName eq "x")', '(userName eq "x"', 'not userName eq "x"'):
        refused(bench.search(text), 400, "invalidFilter")


@row()
def test_P044_or_binds_least(bench: Bench) -> Ending:
    one, two = bench.add(active=True), bench.add(active=True)
    mixed = f'userName eq "{one["userName"]}" or userName eq "{two["userName"]}" and active eq false'
    assert bench.search(mixed).found == [one["id"]]
    grouped = f'(userName eq "{one["userName"]}" or userName eq "{two["userName"]}") and active eq false'
    assert bench.search(grouped).found == []
    negated = f'not (active eq false) and userName eq "{two["userName"]}"'
    assert bench.search(negated).found == [two["id"]]


@row()
def test_P045_a_complex_attribute_is_compared_by_a_part(bench: Bench) -> Ending:
    refused(bench.search('name eq "x"'), 400, "invalidFilter")


@row()
def test_P046_any_value_may_match(bench: Bench) -> Ending:
    known = bench.add()
    own = f'userName eq "{known["userName"]}" and '
    assert bench.search(f'{own}emails.type eq "work"').found == [known["id"]]
    assert bench.search(f'{own}emails.value co "example.com"').found == [known["id"]]
    assert bench.search(f'{own}emails.type eq "other"').found == []


@row()
def test_P047_what_is_shown_is_what_is_searched(bench: Bench) -> Ending:
    known = bench.add(active=None)
    found = bench.search(f'userName eq "{known["userName"]}" and active eq true').found
    assert found == ([known["id"]] if known.get("active") is True else [])


@row()
def test_P048_an_unknown_operator_is_named(bench: Bench) -> Ending:
    refused(bench.search('userName regex "b"'), 400, "invalidFilter", "regex")


@row()
def test_P049_case_counts_where_the_schema_says_so(bench: Bench) -> Ending:
    known = bench.add(userName=fresh("bjensen"))
    assert bench.search(f'userName eq "{known["userName"].upper()}"').found == [known["id"]]
    assert bench.search(f'id eq "{known["id"].upper()}x"').found == []
    if known["id"].upper() != known["id"]:
        assert bench.search(f'id eq "{known["id"].upper()}"').found == []


@row()
def test_P050_schemas_can_be_searched(bench: Bench) -> Ending:
    plain, wide = bench.add(), bench.add(**{ENTERPRISE: {"department": "Tours"}})
    found = bench.search(f'schemas eq "{ENTERPRISE}"').found
    assert wide["id"] in found
    assert plain["id"] not in found


@row()
def test_P135_paths_may_name_their_schema(bench: Bench) -> Ending:
    known = bench.add()
    assert bench.search(f'{USER.upper()}:USERNAME eq "{known["userName"]}"').found == [known["id"]]


@row()
def test_P002_urls_are_decoded_once(bench: Bench) -> Ending:
    mail = f"{fresh('a')}+b@x.org"
    known = bench.add(emails=[{"value": mail, "type": "work", "primary": True}])
    bench.add(emails=[{"value": mail.replace("+", " "), "type": "work", "primary": True}])
    encoded = mail.replace("+", "%2B").replace("@", "%40")
    assert bench.get(f"/Users?filter=emails.value%20eq%20%22{encoded}%22").found == [known["id"]]


@row()
def test_P155_names_are_prepared_before_they_are_compared(bench: Bench) -> Ending:
    known = bench.add(userName=normalize("NFC", f"{fresh('jos')}é"))
    other = normalize("NFD", known["userName"])
    assert other != known["userName"]
    assert bench.search(f'userName eq "{other}"').found == [known["id"]]


@row()
def test_D04_six_filters_are_always_answered(bench: Bench) -> Ending:
    known = bench.add(externalId=fresh("e"))
    joined = bench.add_group(known["id"])
    mail = known["emails"][0]["value"]
    for text in (
        f'userName eq "{known["userName"]}"',
        f'externalId eq "{known["externalId"]}"',
        f'emails[value eq "{mail}"]',
        f'emails[type eq "work" and value eq "{mail}"]',
    ):
        assert bench.search(text).found == [known["id"]], text
    for text in (f'displayName eq "{joined["displayName"]}"', f'members[value eq "{known["id"]}"]'):
        assert bench.search(text, at="/Groups").found == [joined["id"]], text
