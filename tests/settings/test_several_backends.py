"""Tenants with followers and split tenants: what is read, and every nonsense that is refused, with place and cure."""

from collections.abc import Callable

import pytest
from small_vendors import SHA

from gateway.scim.filter import AttrPath, Compare
from gateway.settings import SettingsReport
from gateway.settings.data import TenantSettings, Use

Check = Callable[[str], SettingsReport]


def told(report: SettingsReport) -> list[str]:
    """What is said of gateway.yaml, and what is wrong with a vendor."""
    return [str(one) for one in report.diagnostics if one.place.file == "gateway.yaml" or one.level == "error"]


def read(report: SettingsReport) -> TenantSettings:
    assert report.settings is not None, told(report)
    return report.settings.tenants["t"]


def test_a_tenant_with_followers_is_read(check_tenant: Check) -> None:
    tenant = read(
        check_tenant(
            """    backends: [cube, { use: rsa, when: 'userName ew "@acme.example"' }, { use: cube-two }]
    followers: { require: all }
    leaves: delete
    reconcile: 6h"""
        )
    )
    guard = Compare(AttrPath(None, "userName"), "ew", "@acme.example")
    assert (tenant.backend, tenant.followers) == ("cube", (Use("rsa", guard), Use("cube-two")))
    assert (tenant.require, tenant.leaves, tenant.reconcile, tenant.split) == ("all", "delete", 21_600.0, ())


def test_a_split_tenant_is_read(check_tenant: Check) -> None:
    tenant = read(
        check_tenant(
            """    split: [{ use: cube, when: 'userName ew "@eu"' }, { use: cube-two }]
    absent_member: keep
    adopt: [userName]"""
        )
    )
    assert tenant.split == (Use("cube", Compare(AttrPath(None, "userName"), "ew", "@eu")), Use("cube-two"))
    assert (tenant.backend, tenant.followers, tenant.absent_member) == ("cube", (), "keep")


def test_what_is_not_said_has_the_gentle_meaning(check_tenant: Check) -> None:
    tenant = read(check_tenant("    backends: [cube, cube-two]"))
    assert (tenant.require, tenant.leaves, tenant.absent_member, tenant.reconcile) == (
        "none",
        "deactivate",
        "refuse",
        None,
    )


# The tenant's lines; where the complaint stands, its code, and words of it or of its hint.
REFUSED: dict[str, tuple[str, str, str]] = {
    "the primary again": ("    backends: [cube, cube]", "4:22: error E825", "uses cube twice"),
    "a follower twice": ("    backends: [cube, rsa, { use: rsa }]", "4:27: error E825", "uses rsa twice"),
    "a branch twice": ("    split: [{ use: cube, when: active pr }, { use: cube }]", "4:45: error E825", "cube twice"),
    "a primary for some": (
        "    backends: [{ use: cube, when: active pr }, rsa]",
        "4:29: error E826",
        "begin with the backend that has everybody",
    ),
    "no filter": (
        "    backends: [cube, { use: rsa, when: 'userName is \"x\"' }]",
        "4:50: error E827",
        "one of the operators eq ne co",
    ),
    "no filter in other quotes": (
        '    backends: [cube, { use: rsa, when: "userName eq \\"x\\" end" }]',
        "4:59: error E827",
        "expected 'and', 'or' or the end",
    ),
    "no filter without quotes": ("    split: [{ use: cube, when: active }, cube-two]", "4:38: error E827", "operators"),
    "no text": ("    backends: [cube, { use: rsa, when: 5 }]", "4:34: error E102", "quotes"),
    "an empty filter": ("    backends: [cube, { use: rsa, when: '' }]", "4:41: error E827", "an attribute name"),
    "nothing for a filter": ("    backends: [cube, { use: rsa, when: }]", "4:34: error E102", "when takes a text"),
    "no filter on several lines": (
        "    backends: # cube, rsa,\n      - cube\n      - use: rsa\n        when: >\n          userName\n          is",
        "7:9: error E827",
        "one of the operators",
    ),
    "a filter without an end": (
        f"    backends: [cube, {{ use: rsa, when: '{'userName pr or ' * 900}userName pr' }}]",
        "4:41: error E827",
        "longer than",
    ),
    "no filter over a boolean": (
        "    backends: [cube, { use: rsa, when: 'active sw \"x\"' }]",
        "4:34: error E827",
        "which 'sw' cannot compare",
    ),
    "an unknown key": ("    backends: [cube, { use: rsa, if: active pr }]", "4:34: error E102", "known: use, when"),
    "no name": ("    backends: [cube, { when: active pr }]", "error E102", "needs the key use"),
    "no such follower": ("    backends: [cube, rsaa] # rsa,", "4:22: error E813", "did you mean rsa?"),
    "followers of nobody": (
        "    backends: [cube]\n    followers: { require: all }",
        "5:5: error E828",
        "add a follower",
    ),
    "leaving from nowhere": ("    backends: [cube]\n    leaves: delete", "5:5: error E828", "remove leaves"),
    "nothing to reconcile": ("    backends: [cube]\n    reconcile: 6h", "5:5: error E828", "remove reconcile"),
    "nothing to reconcile in branches": (
        "    split: [{ use: cube }]\n    reconcile: 6h",
        "5:5: error E828",
        "remove reconcile",
    ),
    "absent from no branch": (
        "    backends: [cube, rsa]\n    absent_member: keep",
        "5:5: error E828",
        "remove absent_member",
    ),
    "both": ("    backends: [cube]\n    split: [{ use: rsa }]", "5:5: error E829", "keep one"),
    "neither": ("    adopt: []", "2:3: error E821", "add backends:"),
    "an empty split": ("    split: []", "2:3: error E821", "no backend"),
    "another word for require": ("    backends: [cube, rsa]\n    followers: { require: most }", "error E102", "none"),
    "another word for leaves": ("    backends: [cube, rsa]\n    leaves: drop", "5:5: error E102", "cannot be drop"),
    "another word for members": ("    split: [cube]\n    absent_member: add", "5:5: error E102", "cannot be add"),
    "a moment between sweeps": ("    backends: [cube, rsa]\n    reconcile: 5s", "5:5: error E818", "60s"),
    "a branch behind all": ("    split: [{ use: cube }, { use: rsa }]", "4:13: error E831", "ever reached"),
    "not total": (
        "    split: [{ use: cube, when: active pr }, { use: cube-two, when: 'userName pr' }]",
        "4:62: error E702",
        "without when: behind it",
    ),
    "a guard over nothing": (
        "    backends: [cube, { use: rsa, when: 'usrName ew \"x\"' }]",
        "4:41: error E701",
        "did you mean userName?",
    ),
    "a guard over what is dropped": (
        "    backends: [cube, { use: rsa, when: active eq true and title eq 5 }]",
        "4:59: error E701",
        "reads title, which cube does not carry",
    ),
    "a guard over what is shown": (
        "    backends: [small, { use: cube, when: displayName pr }]",
        "4:42: error E701",
        "which small only shows",
    ),
    "a guard over what is never shown": (
        "    backends: [small, { use: cube, when: nickName pr }]",
        "4:42: error E701",
        "which small takes and never shows",
    ),
    "a guard over what is kept": (
        "    backends: [rsa, { use: cube, when: externalId pr }]",
        "4:40: error E701",
        "in a store that may lose it",
    ),
    "a guard over an id": ("    backends: [cube, { use: rsa, when: id pr }]", "4:40: error E701", "reads id"),
    "a guard over a part": (
        "    backends: [cube, { use: rsa, when: 'emails[type eq \"work\"]' }]",
        "4:41: error E701",
        "emails.type",
    ),
    "a guard over what nothing has together": (
        "    backends: [cube, { use: cube-two, when: userName pr and members pr }]",
        "4:39: error E701",
        "no resource has userName and members together",
    ),
    "a guard over what one branch lacks": (
        "    split: [{ use: small, when: title pr }, { use: cube }]",
        "4:33: error E701",
        "title of User, which cube does not carry",
    ),
    "a guard over what one branch shows": (
        "    split: [{ use: rsa, when: displayName pr }, { use: small }]",
        "4:31: error E701",
        "displayName of User, which small only shows",
    ),
    "a guard over what no branch has": (
        "    split: [{ use: cube, when: usrName pr }, { use: cube-two }]",
        "4:32: error E701",
        "did you mean userName?",
    ),
    "adopt by what one branch does not find by": (
        "    split: [{ use: small, when: userName pr }, { use: strange }]\n    adopt: [userName]",
        "5:13: error E823",
        "the mapping strange finds records by nickName",
    ),
    "nothing in common": ("    backends: [small, halls]", "4:23: error E832", "it follows nothing"),
    "groups that cannot be created": (
        "    backends: [cube, sales]",
        "4:22: error E833",
        "overrides: { resources: { Group: ~ } }",
    ),
    "people who cannot be found again": (
        "    backends: [cube, strange]",
        "4:22: error E834",
        "overrides: { resources: { User: { correlate: [userName] } } }",
    ),
    "people who would be found by what is never shown": ("    backends: [small, strange]", "error E834", "by nickName"),
    "a name that is never shown": ("    backends: [nameless, labelled]", "4:26: error E835", 'such as "{model}"'),
    "people who cannot be barred": (
        "    backends: [rsa, { use: strange, when: userName pr }]",
        "4:21: error E836",
        "leaves: delete # under tenants.t",
    ),
}


@pytest.mark.parametrize(("lines", "place", "words"), REFUSED.values(), ids=REFUSED)
def test_a_nonsense_is_refused_with_its_place_its_code_and_what_to_do(
    check_tenant: Check, lines: str, place: str, words: str
) -> None:
    report = check_tenant(lines)
    assert report.settings is None
    fitting = [one for one in told(report) if place in one]
    assert fitting, told(report)
    assert words in fitting[0]
    assert "hint: " in fitting[0]


def test_every_nonsense_is_told_at_once(check_tenant: Check) -> None:
    report = check_tenant(
        """    backends: [{ use: cube, when: active pr }, { use: rsa, when: x }, { use: sales, when: usrName pr }, rsa]
    followers: { require: most }
    absent_member: keep"""
    )
    codes = {one.code for one in report.diagnostics if one.level == "error"}
    assert codes == {"E102", "E701", "E825", "E826", "E827", "E828", "E833"}


# What is told of a good tenant: the code, and the words.
ADVISED: dict[str, tuple[str, str, str]] = {
    "losses": ("    backends: [rsa, small]", "W607", "follower small drops externalId, name, displayName"),
    "a type without followers": ("    backends: [cube, rsa]", "N826", "rsa has no Group"),
    "a type that follows whole": (
        "    backends: [cube, { use: cube-two, when: userName pr }]",
        "N825",
        "a Group has no userName: every Group follows",
    ),
    "a type that is told apart": (
        "    split: [{ use: rsa, when: displayName pr }, { use: huawei }]",
        "W837",
        "there is no Group in rsa: one that belongs there is refused",
    ),
    "what the primary never shows": (
        "    backends: [small, rsa]",
        "N827",
        "small never shows nickName of a User: rsa does not get it",
    ),
    "what the follower is asked for": (
        "    backends: [cube, amazon]",
        "N835",
        "amazon never shows members of a Group: reconcile asks it once for each User",
    ),
    "what the follower never shows": (
        "    backends: [cube, google]",
        "W835",
        "google never shows members of a Group, and nothing says how it can be asked: one that has to be compared",
    ),
    "names that stay": ("    backends: [rsa, hub]", "W833", "hub never changes userName of a User"),
    "values that stay": ("    backends: [rsa, bricks]", "W833", "bricks never changes emails of a User"),
    "marks in memory": ("    backends: [cube, rsa]", "N838", "forgotten when the process ends"),
    "members in memory": ("    split: [cube]\n    absent_member: keep", "N838", "who live in another branch"),
    "a primary that lists nothing": ("    backends: [snow, cube]", "W834", "snow lists no User and no Group"),
    "no sweeps": ("    backends: [cube, rsa]", "N839", "add reconcile: 6h"),
    "a type of one branch": (
        "    split: [{ use: rsa, when: userName pr }, { use: cube }]",
        "W837",
        "there is no Group in rsa: each lives in cube",
    ),
}


@pytest.mark.parametrize(("lines", "code", "words"), ADVISED.values(), ids=ADVISED)
def test_what_is_worth_knowing_of_a_good_tenant_is_told(check_tenant: Check, lines: str, code: str, words: str) -> None:
    report = check_tenant(lines)
    assert report.settings is not None, told(report)
    fitting = [str(one) for one in report.diagnostics if one.code == code]
    assert len(fitting) == 1
    assert words in fitting[0]


def test_nothing_is_told_of_followers_that_are_equal_and_swept(check: Check, check_tenant: Check) -> None:
    report = check_tenant("    backends: [cube, cube-two]\n    reconcile: 6h\n    brake: { removals: 9/h }")
    assert [one for one in told(report) if "N838" not in one] == []


def test_one_account_by_two_names_is_refused_and_two_accounts_at_one_url_are_not(check: Check) -> None:
    text = f"""backends:
  one: {{ mapping: slack, url: 'https://api.slack.com/scim/v2', auth: {{ bearer: {{ env: PROD_TOKEN }} }} }}
  two: {{ mapping: slack, url: 'https://api.slack.com/scim/v2/', auth: {{ bearer: {{ env: TOKEN }} }} }}
tenants:
  a: {{ tokens: [{{ sha256: {SHA} }}], USED }}
"""
    for used, column in (("backends: [one, two]", 112), ("split: [{ use: one, when: userName pr }, two]", 137)):
        both = text.replace("USED", used)
        assert check(both.replace("env: TOKEN", "env: GATEWAY_SECRET")).settings is not None
        (one,) = [
            one for one in check(both.replace("env: TOKEN", "env: PROD_TOKEN")).diagnostics if one.level == "error"
        ]
        assert (one.code, one.place.line) == ("E825", 5)
        assert "two is one by another name" in one.message
        assert one.place.column == column


def test_two_tenants_may_use_one_backend(check: Check) -> None:
    other = SHA[::-1]
    report = check(
        f"""backends:
  cube: {{ mapping: cube-cloud, url: 'https://one.example', auth: none }}
  two: {{ mapping: cube-cloud, url: 'https://two.example', auth: none }}
tenants:
  a: {{ tokens: [{{ sha256: {SHA} }}], backends: [cube, two] }}
  b: {{ tokens: [{{ sha256: {other} }}], backends: [two, cube] }}
"""
    )
    assert report.settings is not None, told(report)
