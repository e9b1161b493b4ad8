"""Members of groups (RFC 7643 4.2, RFC 7644 3.5.2): who comes, who goes, and what does not change."""

from matrix_bench import Bench, Document, Ending, declined, fresh, group, op, refused, row


@row()
def test_P088_a_patch_that_asks_for_attributes_answers_200(bench: Bench) -> Ending:
    known = bench.add_group()
    name = fresh("g")
    answer = bench.patch(f"/Groups/{known['id']}?attributes=displayName", op("replace", "displayName", name))
    assert answer.status == 200
    assert answer.body == {"schemas": known["schemas"], "id": known["id"], "displayName": name}


def who(bench: Bench, known: Document, *users: Document) -> list[bool]:
    """Which of these users are in the group; a list that the backend shows says the same."""
    shown = bench.read(known).get("members")
    found = [is_member(bench, known, user) for user in users]
    there = {one["id"] for one, at in zip(users, found, strict=True) if at}
    assert shown is None or {each["value"] for each in shown} >= there
    return found


def is_member(bench: Bench, known: Document, user: Document) -> bool:
    """Asked the way Entra ID asks: one group, one member."""
    answer = bench.search(f'id eq "{known["id"]}" and members.value eq "{user["id"]}"', at="/Groups")
    assert answer.status == 200, answer.body
    return answer.found == [known["id"]]


def change(bench: Bench, known: Document, operation: Document) -> Ending:
    """How a change of a group ends."""
    return declined(bench.patch(f"/Groups/{known['id']}", operation))


@row()
def test_P092_an_addition_of_what_is_there_changes_nothing(bench: Bench) -> Ending:
    user = bench.add()
    known = bench.add_group(user["id"])
    assert change(bench, known, op("add", "members", [{"value": user["id"]}])) is None
    assert who(bench, known, user) == [True]
    assert len(bench.read(known).get("members", [user])) == 1
    bench.patch(f"/Users/{user['id']}", op("add", "active", True))
    assert bench.read(user)["meta"] == user["meta"]


@row(aws="refused as mutability")
def test_P095_a_removed_list_is_gone(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    known = bench.add_group(one["id"], two["id"])
    ended = change(bench, known, op("remove", "members"))
    assert who(bench, known, one, two) == [ended is not None] * 2
    return ended


@row()
def test_P096_a_filtered_removal_takes_what_matches(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    known = bench.add_group(one["id"], two["id"])
    assert change(bench, known, op("remove", f'members[value eq "{one["id"]}"]')) is None
    assert who(bench, known, one, two) == [False, True]


@row()
def test_P099_removing_who_is_no_member_changes_nothing(bench: Bench) -> Ending:
    one, two = bench.add(), bench.add()
    known = bench.add_group(one["id"])
    assert change(bench, known, op("remove", f'members[value eq "{two["id"]}"]')) is None
    assert who(bench, known, one, two) == [True, False]


@row(aws="refused as mutability")
def test_P101_a_list_is_replaced_whole(bench: Bench) -> Ending:
    one, two, three = (bench.add() for _ in range(3))
    known = bench.add_group(one["id"], two["id"])
    ended = change(bench, known, op("replace", "members", [{"value": two["id"]}, {"value": three["id"]}]))
    assert who(bench, known, one, two, three) == ([False, True, True] if ended is None else [True, True, False])
    return ended


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
    users = [bench.add() for _ in range(50)]
    known = bench.add_group()
    assert change(bench, known, op("add", "members", [{"value": one["id"]} for one in users])) is None
    assert who(bench, known, users[0], users[49]) == [True, True]
    assert len(bench.read(known).get("members", users)) == 50
    listed = bench.search(f'displayName eq "{known["displayName"]}"', at="/Groups", more="&excludedAttributes=members")
    assert [set(each) & {"id", "members"} for each in listed.body["Resources"]] == [{"id"}]


@row()
def test_S017_references_compare_with_and_without_a_version(bench: Bench) -> Ending:
    user = bench.add()
    for url in (f"{bench.stand.url}/Users/{user['id']}", f"{bench.stand.url.removesuffix('/v2')}/Users/{user['id']}"):
        known = bench.add_group(user["id"])
        assert change(bench, known, op("remove", f'members[$ref eq "{url}"]')) is None
        assert who(bench, known, user) == [False]


@row(huawei="refused as invalidValue", aws="refused as invalidValue")
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
    answer = bench.patch(f"/Groups/{known['id']}", op("replace", f'members[value eq "{one["id"]}"].value', two["id"]))
    refused(answer, 400, "mutability")
    assert who(bench, known, one, two) == [True, False]
