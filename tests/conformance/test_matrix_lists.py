"""Queries: lists, totals, pages, sorting, projection, search (RFC 7644 3.4.2 to 3.4.3)."""

from matrix_bench import Bench, Ending, declined, fresh, op, person, refused, row

from gateway.scim.names import LIST_RESPONSE, PATCH_OP, USER


def three(bench: Bench, **more: str) -> tuple[str, list[str]]:
    """Three users of one family, by name; and the filter that finds them."""
    family = fresh("family")
    names = sorted(fresh(letter) for letter in "abc")
    for name in reversed(names):
        bench.add(userName=name, name={"givenName": "Ada", "familyName": family}, **more)
    return f'name.familyName eq "{family}"', names


@row()
def test_P024_unknown_parameters_are_ignored(bench: Bench) -> Ending:
    known = bench.add()
    answer = bench.search(f'userName eq "{known["userName"]}"', more="&foo=bar&count=1")
    assert (answer.status, answer.found) == (200, [known["id"]])


@row()
def test_P025_lists_are_list_responses(bench: Bench) -> Ending:
    assert bench.get("/Users?count=1").body["schemas"] == [LIST_RESPONSE]


@row()
def test_P026_the_total_is_that_of_all_matches(bench: Bench) -> Ending:
    asked, _ = three(bench)
    answer = bench.search(asked, more="&count=1")
    assert (answer.body["totalResults"], len(answer.found)) == (3, 1)


@row()
def test_P027_resources_are_there_when_there_are_any(bench: Bench) -> Ending:
    bench.add()
    assert len(bench.get("/Users?count=1").body["Resources"]) == 1
    assert bench.get("/Users?count=0").body["Resources"] == []


@row()
def test_P028_a_part_says_where_it_starts(bench: Bench) -> Ending:
    bench.add(), bench.add()
    assert bench.get("/Users?startIndex=2&count=1").body["startIndex"] == 2


@row()
def test_P029_a_part_says_how_many_it_holds(bench: Bench) -> Ending:
    asked, _ = three(bench)
    assert bench.search(asked, more="&count=2").body["itemsPerPage"] == 2
    assert bench.search(asked, more="&startIndex=3&count=2").body["itemsPerPage"] == 1


@row()
def test_P030_nobody_is_an_empty_list(bench: Bench) -> Ending:
    answer = bench.search(f'userName eq "{fresh()}"')
    assert (answer.status, answer.body["totalResults"], answer.body["Resources"]) == (200, 0, [])


@row()
def test_P055_a_start_below_one_is_one(bench: Bench) -> Ending:
    bench.add()
    for start in (0, -7):
        answer = bench.get(f"/Users?startIndex={start}&count=1")
        assert (answer.status, answer.body["startIndex"], len(answer.found)) == (200, 1, 1)


@row()
def test_P056_a_negative_count_is_none(bench: Bench) -> Ending:
    asked, _ = three(bench)
    answer = bench.search(asked, more="&count=-5")
    assert (answer.status, answer.body["totalResults"], answer.found) == (200, 3, [])


@row()
def test_P057_a_count_of_none_gives_the_total(bench: Bench) -> Ending:
    asked, _ = three(bench)
    answer = bench.search(asked, more="&count=0")
    assert (answer.status, answer.body["totalResults"], answer.found) == (200, 3, [])


@row()
def test_P058_never_more_than_count(bench: Bench) -> Ending:
    asked, _ = three(bench)
    assert len(bench.search(asked, more="&count=2").found) == 2
    assert len(bench.get("/Users?count=1").found) == 1


@row()
def test_P059_without_a_count_the_page_has_a_bound(bench: Bench) -> Ending:
    most = bench.get("/ServiceProviderConfig").body["filter"]["maxResults"]
    bench.add()
    assert 0 < len(bench.get("/Users").found) <= most


@row()
def test_P051_sorting_orders_the_whole_result(bench: Bench) -> Ending:
    asked, names = three(bench)
    pages = [bench.search(asked, more=f"&sortBy=userName&startIndex={start}&count=2") for start in (1, 3)]
    assert [one["userName"] for page in pages for one in page.body["Resources"]] == names


@row()
def test_P052_the_order_is_ascending_by_default(bench: Bench) -> Ending:
    asked, names = three(bench)
    for more, wanted in (("", names), ("&sortOrder=ascending", names), ("&sortOrder=descending", names[::-1])):
        answer = bench.search(asked, more="&sortBy=userName" + more)
        assert [one["userName"] for one in answer.body["Resources"]] == wanted


@row()
def test_P053_the_order_follows_the_type(bench: Bench) -> Ending:
    family, stem = fresh("family"), fresh("x")
    for name in (f"{stem}c", f"{stem}B", f"{stem}a"):
        bench.add(userName=name, name={"givenName": "Ada", "familyName": family})
    answer = bench.search(f'name.familyName eq "{family}"', more="&sortBy=userName")
    assert [one["userName"][-1] for one in answer.body["Resources"]] == ["a", "B", "c"]


@row()
def test_P054_who_has_no_value_is_last(bench: Bench) -> Ending:
    family = fresh("family")
    name = {"givenName": "Ada", "familyName": family}
    bare, titled = bench.add(name=name), bench.add(name=name, title="Guide")
    asked = f'name.familyName eq "{family}"'
    assert bench.search(asked, more="&sortBy=title").found == [titled["id"], bare["id"]]
    assert bench.search(asked, more="&sortBy=title&sortOrder=descending").found == [bare["id"], titled["id"]]


@row()
def test_P060_both_projections_are_there(bench: Bench) -> Ending:
    known = bench.add()
    only = bench.search(f'id eq "{known["id"]}"', more="&attributes=userName").body["Resources"][0]
    assert set(only) == {"schemas", "id", "userName"}
    but = bench.search(f'id eq "{known["id"]}"', more="&excludedAttributes=userName").body["Resources"][0]
    assert set(but) == set(known) - {"userName"}


@row()
def test_P061_what_is_always_returned_cannot_be_excluded(bench: Bench) -> Ending:
    known = bench.add()
    shown = bench.get(f"/Users/{known['id']}?excludedAttributes=id,schemas,userName").body
    assert set(shown) == set(known) - {"userName"}


@row()
def test_P062_names_are_in_standard_notation(bench: Bench) -> Ending:
    known = bench.add()
    shown = bench.get(f"/Users/{known['id']}?attributes={USER}:name.familyName").body
    assert shown == {"schemas": [USER], "id": known["id"], "name": {"familyName": "Jensen"}}


@row()
def test_P063_a_search_is_a_query(bench: Bench) -> Ending:
    known = bench.add()
    body = {"filter": f'userName eq "{known["userName"]}"', "attributes": ["userName"]}
    answer = bench.look(body)
    assert (answer.status, answer.body["schemas"]) == (200, [LIST_RESPONSE])
    assert answer.body["Resources"] == [{key: known[key] for key in ("schemas", "id", "userName")}]


@row()
def test_P064_a_search_names_its_message(bench: Bench) -> Ending:
    refused(bench.ask("POST", "/Users/.search", {"schemas": [PATCH_OP]}), 400, "invalidSyntax", "SearchRequest")


@row()
def test_P065_the_filter_of_a_search_keeps_the_grammar(bench: Bench) -> Ending:
    refused(bench.look({"filter": "bad"}), 400, "invalidFilter")


@row()
def test_P066_a_search_without_a_match_is_an_empty_list(bench: Bench) -> Ending:
    answer = bench.look({"filter": f'userName eq "{fresh()}"'})
    assert (answer.status, answer.body["totalResults"]) == (200, 0)


@row()
def test_P134_projection_is_for_every_answer_with_a_resource(bench: Bench) -> Ending:
    made = bench.post("/Users?attributes=userName", person())
    assert (made.status, set(made.body)) == (201, {"schemas", "id", "userName"})
    changed = bench.patch(f"/Users/{made.id}?attributes=title", op("replace", "title", "Guide"))
    assert (changed.status, changed.body["title"], "userName" in changed.body) == (200, "Guide", False)


@row()
def test_P131_attributes_replaces_the_default_set(bench: Bench) -> Ending:
    known = bench.add(title="Guide")
    shown = bench.get(f"/Users/{known['id']}?attributes=title").body
    assert shown == {"schemas": [USER], "id": known["id"], "title": "Guide"}


@row()
def test_P132_excluded_attributes_are_left_out(bench: Bench) -> Ending:
    known = bench.add()
    assert set(bench.get(f"/Users/{known['id']}?excludedAttributes=emails").body) == set(known) - {"emails"}


@row()
def test_P133_the_two_exclude_each_other(bench: Bench) -> Ending:
    known = bench.add()
    answer = bench.get(f"/Users/{known['id']}?attributes=title&excludedAttributes=emails")
    refused(answer, 400, "invalidValue", "exclude each other")


@row()
def test_P023_what_is_never_returned_is_not_in_the_default(bench: Bench) -> Ending:
    known = bench.add(password="t1meMa$heen-1789")
    assert "password" not in known
    assert set(known) == set(bench.get(f"/Users/{known['id']}").body)
    assert {"schemas", "id", "meta", "userName", "name", "emails", "active"} <= set(known)


@row(local=True)
def test_P032_too_much_is_refused(bench: Bench) -> Ending:
    bench.add(), bench.add()
    refused(bench.at("narrow").search('title ne "x"'), 400, "tooMany")
    refused(bench.at("narrow").search('id pr and title ne "x"', at="/"), 400, "tooMany")


@row()
def test_P031_the_root_holds_every_type(bench: Bench) -> Ending:
    user, joined = bench.add(), bench.add_group()
    answer = bench.search('meta.resourceType eq "Group"', at="/")
    assert answer.status == 200
    assert {one["meta"]["resourceType"] for one in answer.body["Resources"]} == {"Group"}
    assert joined["id"] in answer.found
    assert set(bench.search(f'id eq "{user["id"]}" or id eq "{joined["id"]}"', at="/").found) == {
        user["id"],
        joined["id"],
    }


@row()
def test_P033_a_filter_on_the_root_is_a_filter(bench: Bench) -> Ending:
    name = fresh("Both")
    made = {bench.add(displayName=name)["id"], bench.add_group(displayName=name)["id"]}
    answer = bench.look({"filter": f'displayName sw "{name}"'}, at="")
    assert (answer.status, set(answer.found), answer.body["totalResults"]) == (200, made, 2)
    refused(bench.look({"filter": "displayName sw"}, at=""), 400, "invalidFilter")


@row(aws="refused as invalidFilter")
def test_P034_what_a_type_does_not_define_has_no_value(bench: Bench) -> Ending:
    user = bench.add()
    joined = bench.add_group(user["id"])
    answer = bench.search("members pr", at="/")
    if answer.status == 400:
        return declined(answer)
    assert joined["id"] in answer.found
    assert {one["meta"]["resourceType"] for one in answer.body["Resources"]} == {"Group"}
    return None
