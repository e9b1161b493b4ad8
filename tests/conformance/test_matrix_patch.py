"""PATCH (RFC 7644 3.5.2): in order, whole or not at all, whatever the backend has."""

from matrix_bench import Bench, Document, Ending, fresh, op, refused, row

from gateway.scim.names import ENTERPRISE, PATCH_OP

OFF = op("replace", "active", False)
PLACE = {"streetAddress": "100 Universal City Plaza", "region": "CA", "type": "work", "primary": True}


def at(known: Document) -> str:
    return f"/Users/{known['id']}"


def change(bench: Bench, known: Document, *operations: Document) -> Document:
    """The resource after operations that succeed; the answer, where it has a body, says the same."""
    answer = bench.patch(at(known), *operations)
    assert answer.status in (200, 204), answer.body
    shown = bench.read(known)
    if answer.status == 200:
        assert {**answer.body, "meta": 0} == {**shown, "meta": 0}
    return shown


@row()
def test_P068_patch_is_there(bench: Bench) -> Ending:
    assert bench.get("/ServiceProviderConfig").body["patch"] == {"supported": True}
    assert change(bench, bench.add(), OFF)["active"] is False


@row(local=True)
def test_P076_a_patch_names_its_message(bench: Bench) -> Ending:
    known = bench.at("strict").add()
    refused(bench.at("strict").ask("PATCH", at(known), {"Operations": [OFF]}), 400, "invalidSyntax", "PatchOp")
    bench.at("strict").delete(at(known))


@row()
def test_P077_operations_are_a_list_of_some(bench: Bench) -> Ending:
    known = bench.add()
    for given in ([], None, {}, "x"):
        body = {"schemas": [PATCH_OP], "Operations": given}
        refused(bench.ask("PATCH", at(known), body), 400, "invalidSyntax", "Operations")


@row()
def test_P078_an_operation_is_one_of_three(bench: Bench) -> Ending:
    known = bench.add()
    refused(bench.patch(at(known), op("move", "title", "x")), 400, "invalidSyntax", "add")
    assert change(bench, known, op("Replace", "title", "Guide"))["title"] == "Guide"


@row()
def test_P079_a_removal_has_a_path(bench: Bench) -> Ending:
    refused(bench.patch(at(bench.add()), op("remove")), 400, "noTarget", "path")


@row()
def test_P080_a_path_keeps_the_grammar(bench: Bench) -> Ending:
    known = bench.add()
    refused(bench.patch(at(known), op("replace", "emails[type eq", "x")), 400, "invalidPath")
    refused(bench.patch(at(known), op("replace", "..title", "x")), 400, "invalidPath")


@row()
def test_P081_what_is_read_only_is_refused(bench: Bench) -> Ending:
    known = bench.add()
    refused(bench.patch(at(known), op("replace", "id", "x")), 400, "mutability", "id")
    refused(bench.patch(at(known), op("replace", "meta.created", "2001-01-01T00:00:00Z")), 400, "mutability")


@row()
def test_P082_an_extension_joins_the_schemas(bench: Bench) -> Ending:
    known = bench.add()
    assert ENTERPRISE not in known["schemas"]
    shown = change(bench, known, op("add", f"{ENTERPRISE}:employeeNumber", "701984"))
    assert ENTERPRISE in shown["schemas"]
    assert shown[ENTERPRISE] == {"employeeNumber": "701984"}


@row()
def test_P083_operations_follow_each_other(bench: Bench) -> Ending:
    first = op("add", "phoneNumbers", [{"value": "555-1", "type": "work"}])
    second = op("replace", 'phoneNumbers[type eq "work"].value', "555-2")
    shown = change(bench, bench.add(), first, second)
    assert [each["value"] for each in shown["phoneNumbers"]] == ["555-2"]


@row(huawei="not offered: one e-mail", aws="not offered: one e-mail")
def test_P084_one_value_becomes_primary(bench: Bench) -> Ending:
    emails = [
        {"value": f"{fresh('w')}@x.org", "type": "work", "primary": True},
        {"value": f"{fresh('h')}@x.org", "type": "home"},
    ]
    known = bench.add(emails=emails)
    if len(known["emails"]) == 1:
        return "not offered: one e-mail"
    shown = change(bench, known, op("replace", 'emails[type eq "home"].primary', True))
    assert [each["type"] for each in shown["emails"] if each.get("primary")] == ["home"]
    return None


@row()
def test_P085_a_patch_is_whole_or_nothing(bench: Bench) -> Ending:
    known = bench.add(title="Guide")
    refused(bench.patch(at(known), op("replace", "title", "Host"), op("replace", "id", "x")), 400, "mutability")
    assert bench.read(known)["title"] == "Guide"


@row()
def test_P086_a_patch_that_fails_answers_an_error(bench: Bench) -> Ending:
    refused(bench.patch(at(bench.add()), op("replace", "nosuch.thing[", "x")), 400, "invalidPath")


@row()
def test_P087_a_patch_answers_200_or_204(bench: Bench) -> Ending:
    known = bench.add()
    answer = bench.patch(at(known), op("replace", "title", "Guide"))
    assert answer.status in (200, 204)
    assert (answer.raw == b"") == (answer.status == 204)
    assert answer.status == 204 or answer.body["title"] == "Guide"


@row()
def test_P089_an_addition_has_a_value(bench: Bench) -> Ending:
    refused(bench.patch(at(bench.add()), op("add", "title")), 400, "invalidValue", "value")


@row()
def test_P090_an_addition_without_a_path_is_merged(bench: Bench) -> Ending:
    known = bench.add()
    shown = change(bench, known, op("add", value={"addresses": [PLACE], "nickname": "Babs"}))
    assert (shown["nickName"], shown["userName"]) == ("Babs", known["userName"])
    assert [each["region"] for each in shown["addresses"]] == ["CA"]


@row()
def test_P091_an_addition_to_an_object_keeps_the_rest(bench: Bench) -> Ending:
    shown = change(bench, bench.add(), op("add", "name", {"honorificPrefix": "Ms."}))
    assert shown["name"] == {"givenName": "Barbara", "familyName": "Jensen", "honorificPrefix": "Ms."}


@row()
def test_P093_a_removal_without_a_path_has_no_target(bench: Bench) -> Ending:
    refused(bench.patch(at(bench.add()), {"op": "remove", "value": {"title": "x"}}), 400, "noTarget")


@row()
def test_P094_a_removed_value_is_gone(bench: Bench) -> Ending:
    assert "nickName" not in change(bench, bench.add(nickName="Babs"), op("remove", "nickName"))


@row()
def test_P097_a_removed_part_is_gone(bench: Bench) -> Ending:
    shown = change(bench, bench.add(addresses=[PLACE]), op("remove", 'addresses[type eq "work"].region'))
    assert [each.get("streetAddress") for each in shown["addresses"]] == [PLACE["streetAddress"]]
    assert "region" not in shown["addresses"][0]


@row()
def test_P098_what_is_required_cannot_be_removed(bench: Bench) -> Ending:
    known = bench.add()
    refused(bench.patch(at(known), op("remove", "userName")), 400, "mutability", "userName")
    refused(bench.patch(at(known), op("remove", "id")), 400, "mutability")


@row()
def test_P100_a_replacement_without_a_path_lists_attributes(bench: Bench) -> Ending:
    known = bench.add()
    shown = change(bench, known, op("replace", value={"active": False}))
    assert (shown["active"], shown["userName"]) == (False, known["userName"])


@row()
def test_P102_a_replacement_of_nothing_is_an_addition(bench: Bench) -> Ending:
    assert change(bench, bench.add(), op("replace", "locale", "en-US"))["locale"] == "en-US"


@row()
def test_P103_a_replaced_object_keeps_what_is_not_named(bench: Bench) -> Ending:
    shown = change(bench, bench.add(), op("replace", "name", {"givenName": "Babs"}))
    assert shown["name"] == {"givenName": "Babs", "familyName": "Jensen"}


@row()
def test_P104_all_that_matches_is_replaced(bench: Bench) -> Ending:
    known = bench.add(addresses=[PLACE])
    shown = change(bench, known, op("replace", 'addresses[type eq "work"]', {**PLACE, "region": "NY"}))
    assert [each["region"] for each in shown["addresses"]] == ["NY"]


@row()
def test_P105_a_part_of_all_that_matches_is_replaced(bench: Bench) -> Ending:
    shown = change(bench, bench.add(), op("replace", "emails[value pr].type", "home"))
    assert [each["type"] for each in shown["emails"]] == ["home"]


@row()
def test_S067_mutability_is_kept(bench: Bench) -> Ending:
    known = bench.add(password="t1meMa$heen-1789")
    refused(bench.patch(at(known), op("add", "id", "x")), 400, "mutability")
    assert "password" not in change(bench, known, op("replace", "password", "other-t1meMa$heen-1789"))


@row()
def test_S016_a_value_is_there_once(bench: Bench) -> Ending:
    known = bench.add()
    shown = change(bench, known, op("add", "emails", known["emails"]))
    assert shown["emails"] == known["emails"]


@row()
def test_P106_a_replacement_of_what_is_not_there_has_no_target(bench: Bench) -> Ending:
    known = bench.add(addresses=[PLACE])
    answer = bench.patch(at(known), op("replace", 'addresses[type eq "other"]', {"region": "NY", "type": "other"}))
    refused(answer, 400, "noTarget")
    assert bench.read(known)["addresses"] == known["addresses"]


@row(local=True, absent="`client: strict` takes kindnesses away, and nothing that RFC 7644 allows")
def test_D02_a_strict_client_may_do_what_the_standard_allows(bench: Bench) -> Ending:
    strict = bench.at("strict")
    path = at(strict.add())
    assert strict.patch(path, op("replace", value={"title": "Guide"})).status in (200, 204)
    refused(strict.patch(path, op("Replace", "title", "Host")), 400, "invalidSyntax")
    assert strict.get(path).body["title"] == "Guide"
    strict.tidy()
