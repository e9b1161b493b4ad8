"""Everything that is wrong with a configuration is told in one go: nobody corrects a file line by line."""

from gateway.edge.secrets import read_secret
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


def test_a_value_of_another_kind_in_a_backend_hides_none_beside_it(tmp_path):
    file = tmp_path / "gateway.yaml"
    file.write_text(
        "backends:\n"
        "  a: { mapping: scim2, url: 5, timeout: [x], pace: never, concurrency: 0, auth: { bearer: literal } }\n"
        "  b: { mapping: 7, url: 'ftp://x', timeout: soon, auth: { basic: { user: u, password: p } } }\n"
        "tenants:\n"
        "  t: { tokens: [{ sha256: xx }], backends: [a], client: 5 }\n"
        "  u: { tokens: [{ sha256: yy }], backends: [b], deadline: 0s }\n"
    )
    told = {(one.code, one.place.line, one.place.column) for one in check_settings(str(file)).diagnostics}
    assert told == {
        ("E102", 2, 24),  # url is no number
        ("E102", 2, 32),  # timeout is no list
        ("E818", 2, 46),  # pace is no pace
        ("E818", 2, 59),  # concurrency begins at 1
        ("E807", 2, 83),  # a literal secret
        ("E102", 3, 8),  # mapping is no number
        ("E804", 3, 20),  # no http
        ("E818", 3, 36),  # no duration
        ("E807", 3, 77),  # a literal password
        ("E812", 5, 19),  # no hash
        ("E102", 5, 49),  # client is no number
        ("E812", 6, 19),  # no hash
        ("E818", 6, 49),  # no deadline
    }


def test_a_secret_in_a_file_is_looked_for_beside_the_configuration(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "token").write_text("s3cret\n")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "conf" / "gateway.yaml"
    text = (
        "backends: { a: { mapping: scim2, url: 'http://127.0.0.1:9/scim', auth: { bearer: { file: FILE } } } }\n"
        f"tenants: {{ t: {{ tokens: [{{ sha256: {'ab' * 32} }}], backends: [a] }} }}\n"
    )
    for name in ("token", str(tmp_path / "conf" / "token")):
        file.write_text(text.replace("FILE", name))
        for given in (str(file), "conf/gateway.yaml"):
            settings = check_settings(given).settings
            assert settings is not None
            auth = settings.backends["a"].link.auth
            assert read_secret(auth.secret) == "s3cret"
