"""Pages by cursor (RFC 9865)."""

import re

from matrix_bench import Answer, Bench, Ending, fresh, refused, row


def family(bench: Bench, many: int = 3) -> tuple[str, list[str]]:
    """Users of one family: the query that finds them, and their names in order."""
    name = fresh("family")
    names = [bench.add(name={"givenName": "Ada", "familyName": name})["userName"] for _ in range(many)]
    return f'/Users?filter=name.familyName eq "{name}"', sorted(names)


def begin(bench: Bench, count: int = 2, many: int = 3) -> tuple[str, str]:
    """A list that was begun: its query, and the cursor of its second page."""
    query, _ = family(bench, many)
    return query, str(bench.get(f"{query}&cursor&count={count}").body["nextCursor"])


def bodies(*answers: Answer) -> set[bytes]:
    return {answer.raw for answer in answers}


@row()
def test_C001_a_list_begins_with_an_empty_cursor(bench: Bench) -> Ending:
    query, _ = family(bench)
    for empty in ("cursor", "cursor="):
        answer = bench.get(f"{query}&{empty}&count=2")
        assert (answer.status, len(answer.found), "nextCursor" in answer.body) == (200, 2, True)


@row()
def test_C002_cursors_are_plain(bench: Bench) -> Ending:
    _, cursor = begin(bench)
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", cursor)


@row()
def test_C003_never_more_than_count(bench: Bench) -> Ending:
    query, _ = family(bench)
    for count, shown in ((0, 0), (-5, 0), (1, 1), (3, 3)):
        answer = bench.get(f"{query}&cursor&count={count}")
        assert (answer.status, len(answer.found)) == (200, shown)


@row()
def test_C004_every_page_but_the_last_leads_on(bench: Bench) -> Ending:
    query, names = family(bench, 5)
    seen, cursor = list[str](), ""
    for _ in range(9):
        page = bench.get(f"{query}&count=2&cursor={cursor}").body
        seen += [one["userName"] for one in page["Resources"]]
        if "nextCursor" not in page:
            break
        cursor = page["nextCursor"]
    assert "nextCursor" not in page
    assert sorted(seen) == names


@row()
def test_C005_the_first_page_leads_back_nowhere(bench: Bench) -> Ending:
    query, cursor = begin(bench)
    assert "previousCursor" not in bench.get(f"{query}&cursor&count=2").body
    assert "previousCursor" not in bench.get(f"{query}&count=2&cursor={cursor}").body


@row()
def test_C006_a_cursor_is_good_for_its_query(bench: Bench) -> Ending:
    query, cursor = begin(bench)
    refused(bench.get(f"/Users?count=2&cursor={cursor}"), 400, "invalidCursor")
    refused(bench.get(f"/Groups?count=2&cursor={cursor}"), 400, "invalidCursor")
    assert bench.get(f"{query}&count=2&cursor={cursor}").status == 200


@row()
def test_C007_a_total_is_true_or_left_out(bench: Bench) -> Ending:
    query, _ = family(bench)
    assert bench.get(f"{query}&cursor&count=2").body.get("totalResults", 3) == 3


@row()
def test_C008_what_is_wrong_with_a_cursor_is_said(bench: Bench) -> Ending:
    query, cursor = begin(bench)
    refused(bench.get("/Users?cursor=garbage"), 400, "invalidCursor")
    refused(bench.get(f"{query}&count=1&cursor={cursor}"), 400, "invalidCount")


@row()
def test_C009_the_count_stays(bench: Bench) -> Ending:
    query, cursor = begin(bench)
    refused(bench.get(f"{query}&count=3&cursor={cursor}"), 400, "invalidCount")
    assert len(bench.get(f"{query}&cursor={cursor}").found) == 1
    most = bench.get("/ServiceProviderConfig").body["pagination"]["maxPageSize"]
    assert bench.get(f"{query}&cursor&count={most + 1}").status == 200


@row()
def test_C010_pages_by_cursor_are_sorted(bench: Bench) -> Ending:
    query, names = family(bench)
    first = bench.get(f"{query}&sortBy=userName&cursor&count=2").body
    second = bench.get(f"{query}&sortBy=userName&count=2&cursor={first['nextCursor']}").body
    assert [one["userName"] for page in (first, second) for one in page["Resources"]] == names


@row()
def test_C011_nobody_gets_a_cursor_unasked(bench: Bench) -> Ending:
    query, _ = family(bench)
    assert "nextCursor" not in bench.get(f"{query}&count=2").body


@row()
def test_C012_pages_go_by_index_unless_asked(bench: Bench) -> Ending:
    query, _ = family(bench)
    assert bench.get("/ServiceProviderConfig").body["pagination"]["defaultPaginationMethod"] == "index"
    body = bench.get(f"{query}&count=2").body
    assert (body["startIndex"], body["itemsPerPage"], body["totalResults"]) == (1, 2, 3)


@row()
def test_C013_a_search_takes_a_cursor(bench: Bench) -> Ending:
    query, _ = family(bench)
    body = {"filter": query.partition("filter=")[2], "count": 2}
    first = bench.look({**body, "cursor": ""})
    second = bench.look({**body, "cursor": first.body["nextCursor"]})
    assert (len(first.found), len(second.found)) == (2, 1)
    assert set(first.found).isdisjoint(second.found)


@row()
def test_C014_paging_is_advertised(bench: Bench) -> Ending:
    paging = bench.get("/ServiceProviderConfig").body["pagination"]
    assert (paging["cursor"], paging["index"]) == (True, True)
    assert paging["defaultPageSize"] <= paging["maxPageSize"]


@row(local=True)
def test_C015_a_stolen_cursor_shows_nothing(bench: Bench) -> Ending:
    query, cursor = begin(bench)
    refused(bench.at("emea").get(f"{query}&count=2&cursor={cursor}"), 400, "invalidCursor")


@row()
def test_C016_each_page_is_authorised(bench: Bench) -> Ending:
    query, cursor = begin(bench)
    refused(bench.get(f"{query}&count=2&cursor={cursor}", token=fresh("revoked")), 401)
    refused(bench.get(f"{query}&count=2&cursor={cursor}", token=""), 401)


@row(local=True)
def test_C017_a_cursor_ends_with_what_its_client_may_see(bench: Bench) -> Ending:
    query, cursor = begin(bench)
    refused(bench.at("strict").get(f"{query}&count=2&cursor={cursor}"), 400, "invalidCursor")


@row(local=True)
def test_C018_errors_tell_nothing(bench: Bench) -> Ending:
    query, cursor = begin(bench)
    other = f"{cursor[:-2]}{'AA' if cursor[-2:] != 'AA' else 'BB'}"
    answers = (
        bench.at("emea").get(f"{query}&count=2&cursor={cursor}"),
        bench.get(f"{query}&count=2&cursor={other}"),
        bench.get(f"{query}&count=2&cursor=garbage"),
    )
    assert len(bodies(*answers)) == 1
    refused(answers[0], 400, "invalidCursor")


@row(local=True)
def test_C019_open_cursors_cost_nothing(bench: Bench) -> Ending:
    query, _ = family(bench)
    bench.get(f"{query}&cursor&count=1")
    before = repr(vars(bench.stand.running.state))
    for _ in range(20):
        assert bench.get(f"{query}&cursor&count=1").status == 200
    assert repr(vars(bench.stand.running.state)) == before
