"""Members of groups (RFC 7643 4.2, RFC 7644 3.5.2): who comes, who goes, and what does not change."""

from matrix_bench import Bench, Ending, fresh, group, op, refused, row


@row()
def test_P088_a_patch_that_asks_for_attributes_answers_200(bench: Bench) -> Ending:
    known = bench.add_group()
    name = fresh("g")
    answer = bench.patch(f"/Groups/{known['id']}?attributes=displayName", op("replace", "displayName", name))
    assert answer.status == 200
    assert answer.body == {"schemas": known["schemas"], "id": known["id"], "displayName": name}


@row()
def test_P092_an_addition_of_what_is_there_changes_nothing(bench: Bench) -> Ending:
    user = bench.add()
    known = bench.add_group(user["id"])
    answer = bench.patch(f"/Groups/{known['id']}", op("add", "members", [{"value": user["id"]}]))
    assert answer.status in (200, 204)
    shown = bench.read(known)
    assert [each["value"] for each in shown["members"]] == [user["id"]]
    assert shown["meta"] == bench.read(known)["meta"]
    bench.patch(f"/Users/{user['id']}", op("add", "active", True))
    assert bench.read(user)["meta"] == user["meta"]


@row()
def test_P095_a_removed_list_is_gone(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    known = bench.add_group(one["id"], two["id"])
    answer = bench.patch(f"/Groups/{known['id']}", op("remove", "members"))
    assert answer.status in (200, 204), answer.body
    assert bench.read(known).get("members", []) == []


@row()
def test_P096_a_filtered_removal_takes_what_matches(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    known = bench.add_group(one["id"], two["id"])
    answer = bench.patch(f"/Groups/{known['id']}", op("remove", f'members[value eq "{one["id"]}"]'))
    assert answer.status in (200, 204), answer.body
    assert [each["value"] for each in bench.read(known)["members"]] == [two["id"]]


@row()
def test_P099_removing_who_is_no_member_changes_nothing(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    known = bench.add_group(one["id"])
    answer = bench.patch(f"/Groups/{known['id']}", op("remove", f'members[value eq "{two["id"]}"]'))
    assert answer.status in (200, 204), answer.body
    assert [each["value"] for each in bench.read(known)["members"]] == [one["id"]]


@row()
def test_P101_a_list_is_replaced_whole(bench: Bench) -> Ending:
    one, two, three = (bench.add()["id"] for _ in range(3))
    known = bench.add_group(one, two)
    answer = bench.patch(f"/Groups/{known['id']}", op("replace", "members", [{"value": two}, {"value": three}]))
    assert answer.status in (200, 204), answer.body
    assert {each["value"] for each in bench.read(known)["members"]} == {two, three}


@row()
def test_S052_groups_of_a_user_are_read_only(bench: Bench) -> Ending:
    known, joined = bench.add(), bench.add_group()
    refused(bench.patch(f"/Users/{known['id']}", op("add", "groups", [{"value": joined["id"]}])), 400, "mutability")


@row()
def test_S056_members_come_and_go_and_do_not_change(bench: Bench) -> Ending:
    one, two = bench.add()["id"], bench.add()["id"]
    known = bench.add_group(one)
    answer = bench.patch(f"/Groups/{known['id']}", op("replace", f'members[value eq "{one}"].value', two))
    refused(answer, 400, "mutability")


@row()
def test_D05_fifty_members_come_by_one_patch(bench: Bench) -> Ending:
    users = [bench.add()["id"] for _ in range(50)]
    known = bench.add_group()
    assert bench.read(known).get("members", []) == []
    answer = bench.patch(f"/Groups/{known['id']}", op("add", "members", [{"value": one} for one in users]))
    assert answer.status in (200, 204), answer.body
    assert {each["value"] for each in bench.read(known)["members"]} == set(users)
    listed = bench.search(f'displayName eq "{known["displayName"]}"', at="/Groups", more="&excludedAttributes=members")
    assert [set(each) & {"id", "members"} for each in listed.body["Resources"]] == [{"id"}]


@row()
def test_S017_references_compare_with_and_without_a_version(bench: Bench) -> Ending:
    user = bench.add()
    for url in (f"{bench.stand.url}/Users/{user['id']}", f"{bench.stand.url.removesuffix('/v2')}/Users/{user['id']}"):
        known = bench.add_group(user["id"])
        assert known["id"] in bench.search(f'members.$ref eq "{url}"', at="/Groups").found
        answer = bench.patch(f"/Groups/{known['id']}", op("remove", f'members[$ref eq "{url}"]'))
        assert answer.status in (200, 204), answer.body
        assert bench.read(known).get("members", []) == []


@row(huawei="refused as invalidValue")
def test_S057_a_group_may_be_a_member(bench: Bench) -> Ending:
    inner = bench.add_group()
    made = bench.post("/Groups", group(members=[{"value": inner["id"], "type": "Group"}]))
    if made.status == 400:
        refused(made, 400, "invalidValue", "members")
        return "refused as invalidValue"
    assert bench.read(made.body)["members"][0]["$ref"] == f"{bench.stand.url}/Groups/{inner['id']}"
    return None


@row()
def test_P071_what_is_immutable_stays(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    known = bench.add_group(one["id"])
    answer = bench.patch(
        f"/Groups/{known['id']}",
        {"op": "replace", "path": f'members[value eq "{one["id"]}"].value', "value": two["id"]},
    )
    refused(answer, 400, "mutability")
    assert [each["value"] for each in bench.read(known)["members"]] == [one["id"]]
