"""Everything that is wrong with a configuration is told in one go: nobody corrects a file line by line."""

from gateway.settings import check_settings

FILE = """listen: 5
admin: nowhere
state: memory://
state: memory://
backends:
  a: { url: 5, timeout: 5, mapping: cube-cloud, auth: none }
tenants:
  t: { tokens: [{ sha256: xx }], backends: [a], colour: red }
"""


def test_a_key_twice_values_of_another_kind_and_what_stands_below_are_told_together(tmp_path):
    file = tmp_path / "gateway.yaml"
    file.write_text(FILE)
    report = check_settings(str(file))
    told = {(one.code, one.place.line, one.place.column) for one in report.diagnostics if one.level == "error"}
    assert report.settings is None
    assert told == {
        ("E102", 1, 1),  # listen is no number
        ("E803", 2, 1),  # admin is no address
        ("E103", 4, 1),  # state twice
        ("E102", 6, 8),  # url is no number
        ("E102", 6, 16),  # timeout is no number
        ("E812", 8, 19),  # no hash
        ("E102", 8, 49),  # colour is no key
    }
