"""What is wrong with followers and branches is mended by doing what the hint says: nothing is wrong any more."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_vendors import SHA, VENDORS

from gateway.mapping.flow import write_flow
from gateway.mapping.load import is_abstract, known_mappings
from gateway.mapping.source import read_yaml
from gateway.settings import SettingsReport

Check = Callable[[str], SettingsReport]

# The code of the fault; the tenant's lines as they are, and as the hint would have them.
BY_LINES: dict[str, tuple[str, str, str]] = {
    "remove one of them": ("E825", "    backends: [cube, rsa, rsa]", "    backends: [cube, rsa]"),
    "begin with who has everybody": (
        "E826",
        "    backends: [{ use: cube, when: userName pr }, rsa]",
        "    backends: [rsa, { use: cube, when: userName pr }]",
    ),
    "write a filter": (
        "E827",
        "    backends: [cube, { use: rsa, when: acme }]",
        "    backends: [cube, { use: rsa, when: 'userName ew \"@example.com\"' }]",
    ),
    "remove the key": ("E828", "    backends: [cube]\n    reconcile: 6h", "    backends: [cube]"),
    "add a follower": (
        "E828",
        "    backends: [cube]\n    reconcile: 6h",
        "    backends: [cube, rsa]\n    reconcile: 6h",
    ),
    "divide it": (
        "E828",
        "    backends: [cube]\n    absent_member: keep",
        "    split: [cube]\n    absent_member: keep",
    ),
    "keep one": ("E829", "    backends: [cube]\n    split: [rsa]", "    split: [rsa]"),
    "put it last": (
        "E831",
        "    split: [cube, { use: cube-two, when: userName pr }]",
        "    split: [{ use: cube-two, when: userName pr }, cube]",
    ),
    "take the rest": (
        "E702",
        "    split: [{ use: cube, when: active pr }, { use: cube-two, when: userName pr }]",
        "    split: [{ use: cube, when: active pr }, { use: cube-two }]",
    ),
    "the nearest name": (
        "E701",
        "    backends: [cube, { use: rsa, when: usrName pr }]",
        "    backends: [cube, { use: rsa, when: userName pr }]",
    ),
    "what every branch carries": (
        "E701",
        "    split: [{ use: small, when: title pr }, cube]",
        "    split: [{ use: small, when: userName pr }, cube]",
    ),
    "another mapping": ("E832", "    backends: [small, halls]", "    backends: [small, cube]"),
}


@pytest.mark.parametrize(("code", "ill", "well"), BY_LINES.values(), ids=BY_LINES)
def test_a_tenant_is_mended(check_tenant: Check, code: str, ill: str, well: str) -> None:
    before, after = check_tenant(ill), check_tenant(well)
    assert code in {one.code for one in before.diagnostics}
    assert after.settings is not None, [str(one) for one in after.diagnostics if one.level == "error"]


LEAVES = "    backends: [rsa, { use: strange, when: userName pr }]"
USER = "overrides: { resources: { User: { correlate: [userName], ops: { delete: 'DELETE /strange/{id}' } } } }"
# The code; the tenant's lines; the backend, and what is added to it; what is added to the tenant.
BY_OVERRIDES: dict[str, tuple[str, str, str, str, str]] = {
    "leave a type out": ("E833", "    backends: [cube, sales]", "sales", "overrides: { resources: { Group: ~ } }", ""),
    "another attribute": ("E834", "    backends: [cube, strange]", "strange", USER, ""),
    "fill": (
        "E835",
        "    backends: [nameless, labelled]",
        "labelled",
        "overrides: { resources: { Robot: { map: { label: { to: label, fill: '{model}' } } } } }",
        "",
    ),
    "delete who leaves": ("E836", LEAVES, "strange", USER, "leaves: delete"),
}


@pytest.mark.parametrize(("code", "lines", "backend", "added", "key"), BY_OVERRIDES.values(), ids=BY_OVERRIDES)
def test_a_follower_is_mended_by_what_lies_over_its_mapping(
    check: Check, check_tenant: Check, tmp_path: Path, code: str, lines: str, backend: str, added: str, key: str
) -> None:
    assert code in {one.code for one in check_tenant(lines).diagnostics}
    text = (tmp_path / "gateway.yaml").read_text()
    url = f"url: 'https://{backend}.example', "
    mended = text.replace(url, f"{url}{added}, ").replace(lines, f"{lines}\n    {key}" if key else lines)
    report = check(mended)
    assert report.settings is not None, [str(one) for one in report.diagnostics if one.level == "error"]


SHIPPED = sorted(name for name in known_mappings() if not is_abstract(name))
# A primary that has all of the standard before each follower; and primaries with what only they have.
GIVEN_UP = [
    *(("scim2", name) for name in SHIPPED if name != "scim2"),
    ("zoom", "slack"),
    ("slack", "zoom"),
    ("google-cloud-identity", "huawei-identity-center"),
    ("new-relic", "snowflake"),
    ("ping-directory", "scim2"),
    ("cube-cloud", "jupyterhub"),
    ("robots", "labelled"),
]


@pytest.mark.parametrize(("primary", "follower"), GIVEN_UP)
def test_what_a_follower_has_no_place_for_is_given_up_as_the_hint_says(
    check: Check, tmp_path: Path, primary: str, follower: str
) -> None:
    for name in ("robots", "labelled"):
        (tmp_path / f"{name}.yaml").write_text(VENDORS[name])
    text = f"""mappings: [.]
tenants: {{ t: {{ tokens: [{{ sha256: {SHA} }}], backends: [one, two] }} }}
backends:
  one: {{ mapping: {primary}, url: 'https://one.example', auth: none }}
  two: {{ mapping: {follower}, url: 'https://two.example', auth: none, OVERRIDES }}
"""
    before = told(check(text.replace(", OVERRIDES", "")))
    losses = [hint for code, _, hint in before if code == "W607"]
    assert losses
    fragments = [read_yaml(hint, "hint.yaml").data["overrides"]["resources"] for hint in losses]
    assert all(hint.endswith(" # under backends.two") for hint in losses)
    rows = ", ".join(f"{type_}: {write_flow(row)}" for one in fragments for type_, row in one.items())
    after = told(check(text.replace("OVERRIDES", f"overrides: {{ resources: {{ {rows} }} }}")))
    assert after == [one for one in before if one[0] != "W607"]


# Followers that never change something, with and without names of their own that were given up before.
STAYING = [
    ("scim2", "jupyterhub", ""),
    ("scim2", "databricks", ""),
    ("rsa-unified-directory", "jupyterhub", ""),
    ("ping-directory", "databricks", "emails.type"),
]


@pytest.mark.parametrize(("primary", "follower", "known"), STAYING)
def test_what_a_follower_never_changes_is_given_up_as_the_hint_says(
    check: Check, primary: str, follower: str, known: str
) -> None:
    text = f"""tenants: {{ t: {{ tokens: [{{ sha256: {SHA} }}], backends: [one, two] }} }}
backends:
  one: {{ mapping: {primary}, url: 'https://one.example', auth: none }}
  two: {{ mapping: {follower}, url: 'https://two.example', auth: none, OVERRIDES }}
"""
    some = f"overrides: {{ resources: {{ User: {{ once: [{known}] }} }} }}" if known else ""
    before = told(check(text.replace("OVERRIDES", some)))
    staying = [hint for code, _, hint in before if code == "W833"]
    assert staying
    assert all(hint.endswith(" # under backends.two") for hint in staying)
    fragments = [read_yaml(hint, "hint.yaml").data["overrides"]["resources"] for hint in staying]
    rows = ", ".join(f"{type_}: {write_flow(row)}" for one in fragments for type_, row in one.items())
    after = told(check(text.replace("OVERRIDES", f"overrides: {{ resources: {{ {rows} }} }}")))
    assert after == [one for one in before if one[0] != "W833"]


def test_what_is_said_to_stay_and_is_changed_is_told(check: Check) -> None:
    text = f"""tenants: {{ t: {{ tokens: [{{ sha256: {SHA} }}], backends: [one, two] }} }}
backends:
  one: {{ mapping: scim2, url: 'https://one.example', auth: none }}
  two: {{ mapping: databricks, url: 'https://two.example', auth: none,
         overrides: {{ resources: {{ User: {{ once: [name, emails] }} }} }} }}
"""
    found = [(message, hint) for code, message, hint in told(check(text)) if code in ("W833", "W836")]
    assert found == [("two changes name of a User, of which once says otherwise", "take it off the list")]
    report = check(text.replace("once: [name, emails]", "once: [nobody]"))
    assert [one.code for one in report.diagnostics if one.level == "error"] == ["E104"]


def test_a_follower_is_clean_once_all_that_it_cannot_hold_is_given_up(check: Check) -> None:
    text = f"""tenants:
  t: {{ tokens: [{{ sha256: {SHA} }}], backends: [one, two], reconcile: 6h, brake: {{ removals: 9/h }} }}
backends:
  one: {{ mapping: rsa-unified-directory, url: 'https://one.example', auth: none }}
  two: {{ mapping: jupyterhub, url: 'https://two.example', auth: none, OVERRIDES }}
"""
    rows: dict[str, dict[str, object]] = {}
    for _, _, hint in told(check(text.replace(", OVERRIDES", ""))):
        for type_, row in read_yaml(hint, "hint.yaml").data["overrides"]["resources"].items():
            rows.setdefault(type_, {}).update(row)
    assert told(check(text.replace("OVERRIDES", f"overrides: {write_flow({'resources': rows})}"))) == []


def told(report: SettingsReport) -> list[tuple[str, str, str]]:
    """The code, message and hint of everything that is worse than a note."""
    return [(one.code, one.message, one.hint) for one in report.diagnostics if one.level != "note"]


def test_a_loss_that_is_not_given_up_is_still_told(check: Check, check_tenant: Check, tmp_path: Path) -> None:
    lines = "    backends: [rsa, small]"
    (_, _, hint) = next(one for one in told(check_tenant(lines)) if one[0] == "W607")
    row = read_yaml(hint, "hint.yaml").data["overrides"]["resources"]["User"]
    less = {"drop": [name for name in row["drop"] if name not in ("displayName", "title")]}
    url = "url: 'https://small.example', "
    text = (tmp_path / "gateway.yaml").read_text()
    report = check(text.replace(url, f"{url}overrides: {{ resources: {{ User: {write_flow(less)} }} }}, "))
    assert [message for code, message, _ in told(report) if code == "W607"] == [
        "follower small drops displayName of User, which the primary carries"
    ]
