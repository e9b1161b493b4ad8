"""Filters over resources: the rules of RFC 7644 3.4.2.2 for types, letter case and lists."""

import pytest

from gateway.scim.errors import ScimError
from gateway.scim.filter import parse_filter
from gateway.scim.match import compile_match
from gateway.scim.names import ENTERPRISE, USER
from gateway.scim.schema import Attribute, ResourceType, Schema, standard

RT = standard("User")
PERSON = {
    "id": "2819c223",
    "externalId": "Bjensen",
    "userName": "bjensen@example.com",
    "name": {"familyName": "O'Malley", "givenName": "Barbara"},
    "nickName": "Straße",
    "userType": "Employee",
    "title": 'says "hi" 100%_x',
    "active": True,
    "emails": [
        {"value": "bjensen@example.com", "type": "work", "primary": True},
        {"value": "babs@jensen.org", "type": "home", "primary": False},
    ],
    "meta": {"lastModified": "2011-05-13T04:42:34.1234567Z", "resourceType": "User"},
    ENTERPRISE: {"department": "Tour Operations", "manager": {"value": "26118915"}},
}

MATCHES = [
    # RFC 7644 figure 2
    'userName eq "BJENSEN@example.com"',
    'name.familyName co "o\'malley"',
    'userName sw "BJ"',
    'userName ew ".COM"',
    f'{USER}:userName sw "bj"',
    f'{USER.upper()}:USERNAME sw "bj"',
    "title pr",
    'meta.lastModified gt "2011-05-13T04:42:34Z"',
    'meta.lastModified ge "2011-05-13T04:42:34.123456Z"',
    'meta.lastModified lt "2011-05-13T04:42:35Z"',
    'meta.lastModified le "2011-05-13T07:12:35+02:30"',
    'meta.lastModified gt "2011-05-13T06:42:34+02:30"',
    'title pr and userType eq "Employee"',
    f'schemas eq "{ENTERPRISE}"',
    f'schemas eq "{USER}"',
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
    # precedence
    'userType eq "Employee" or userType eq "Intern" and title eq "nobody"',
    'not (userName eq "bjensen") and title eq "nobody" or active eq true',
    'not (userName eq "x") or title eq "nobody" and title eq "nobody2"',
    # types
    "active eq true",
    "active ne false",
    'active eq "True"',
    "active pr",
    "nickName pr",
    "profileUrl eq null",
    "title ne null",
    r'userName eq "bj\u0065nsen@example.com"',
    'title co "\\"HI\\""',
    'title co "%_"',
    'nickName eq "STRAßE"',
    'id eq "2819c223"',
    # lists: any value counts, `ne` is the opposite of `eq`
    "emails.primary eq true",
    'emails.type eq "home"',
    'emails co "jensen.org"',
    'emails ne "nobody@example.com"',
    'phoneNumbers ne "x"',
    "emails[not (primary eq true)]",
    'emails[type eq "home"].value eq "babs@jensen.org"',
    'emails[value ew "jensen.org" or type eq "other"]',
    # extensions
    f'{ENTERPRISE.lower()}:DEPARTMENT sw "tour"',
    f'{ENTERPRISE}:manager eq "26118915"',
    f'{ENTERPRISE}:manager.value eq "26118915"',
    # many alternatives become one look-up
    'userName eq "a" or userName eq "b" or userName eq "c" or userName eq "BJENSEN@EXAMPLE.COM"',
    'userName eq "a" or userName eq "b" or userName eq "c" or nickName eq "straße"',
]
MISSES = [
    'userName eq "bjensen"',
    'externalId eq "bjensen"',
    'id eq "2819C223"',
    f'{ENTERPRISE}:manager.value eq "26118915x"',
    'emails[type eq "work" and value eq "babs@jensen.org"]',
    'emails ne "babs@jensen.org"',
    'emails[type eq "work"].value eq "babs@jensen.org"',
    "profileUrl pr",
    "members pr or userName pr and active eq false",
    "title eq null",
    "ims.value pr",
    "ims[value pr]",
    'meta.created gt "2001-01-01T00:00:00Z"',
    'meta.lastModified eq "2011-05-13T04:42:34Z"',
    'userName gt "c"',
    'title eq "says \\"HI\\""',
    'userName eq "a" or userName eq "b" or userName eq "c" or userName eq "d"',
]


@pytest.mark.parametrize("text", MATCHES)
def test_a_filter_matches_the_resource(text: str) -> None:
    assert compile_match(parse_filter(text, RT.urns), RT)(PERSON)


@pytest.mark.parametrize("text", MISSES)
def test_a_filter_does_not_match_the_resource(text: str) -> None:
    found = compile_match(parse_filter(text, RT.urns), RT, unknown_is_absent=True)
    assert not found(PERSON)


REFUSED = [
    ("active gt true", "boolean"),
    ('active co "tr"', "boolean"),
    ('active eq "maybe"', "boolean"),
    ("active eq 1", "boolean"),
    ('x509Certificates gt "x"', "binary"),
    ('name eq "Barbara"', "complex"),
    ('addresses eq "x"', "complex"),
    ('nosuch eq "x"', "no attribute"),
    ('members.value eq "x"', "no attribute"),
    ('emails[nosuch eq "x"]', "no sub-attribute"),
    ('emails[type.x eq "x"]', "no sub-attribute"),
    ('userName[value eq "x"]', "no sub-attributes"),
    ("userName eq 5", "string"),
    ("userName eq true", "string"),
    ("userName gt null", "null"),
    ('meta.lastModified gt "yesterday"', "dateTime"),
    ("meta.lastModified gt 2011", "dateTime"),
]


@pytest.mark.parametrize(("text", "word"), REFUSED)
def test_a_comparison_the_schema_does_not_allow_is_refused_before_anything_is_read(text: str, word: str) -> None:
    with pytest.raises(ScimError) as refused:
        compile_match(parse_filter(text, RT.urns), RT)
    assert refused.value.scim_type == "invalidFilter"
    assert word in refused.value.detail


NEAREST = [
    ('usrName eq "x"', "`userName`"),
    ('emails[valu eq "x"]', "`value`"),
    ('name.givenname2 eq "x"', "`name.givenName`"),
    ('department eq "x"', f"`{ENTERPRISE}:department`"),
]


@pytest.mark.parametrize(("text", "hint"), NEAREST)
def test_an_unknown_name_is_answered_with_the_nearest_one(text: str, hint: str) -> None:
    with pytest.raises(ScimError) as refused:
        compile_match(parse_filter(text, RT.urns), RT)
    assert hint in refused.value.hint


ABSENT = [("members pr", False), ('members eq "x"', False), ('members ne "x"', True), ("members eq null", True),
          ("members ne null", False), ('members[value eq "x"]', False), ("not (members pr)", True)]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ABSENT)
def test_across_types_an_attribute_the_type_lacks_has_no_value(text: str, expected: bool) -> None:
    assert compile_match(parse_filter(text), RT, unknown_is_absent=True)(PERSON) is expected


THING = ResourceType(
    "Thing",
    "/Things",
    "",
    Schema(
        "urn:example:Thing",
        attributes=(
            Attribute("size", "integer"),
            Attribute("weight", "decimal"),
            Attribute("tags", multi_valued=True),
            Attribute("codes", multi_valued=True, case_exact=True),
            Attribute("seen", "dateTime", multi_valued=True),
        ),
    ),
)
NUMBERS = [
    ("size eq 5", True),
    ("size eq 5.0", True),
    ("size ne 5", False),
    ("size gt 4.5", True),
    ("size le 4", False),
    ("weight lt 2", True),
    ("weight ge 1.5", True),
    ("size eq null", False),
    ('tags eq "RED"', True),
    ('tags[value eq "red"]', True),
    ('tags co "lu"', True),
    ('tags ne "red"', False),
    ('codes eq "a"', False),
    ('codes eq "A"', True),
    ('seen gt "2020-01-01T00:00:00Z"', True),
    ('seen eq "2021-01-01T01:00:00+01:00"', True),
    ('seen lt "2000-01-01T00:00:00Z"', False),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_numbers_and_plain_lists_compare_by_their_type(text: str, expected: bool) -> None:
    thing = {
        "size": 5,
        "weight": 1.5,
        "tags": ["red", "blue"],
        "codes": ["A"],
        "seen": ["2021-01-01T00:00:00Z", "never"],
    }
    assert compile_match(parse_filter(text), THING)(thing) is expected


@pytest.mark.parametrize("text", ['size eq "5"', "size eq true", 'size co "5"', "tags eq 5"])
def test_a_number_is_compared_with_numbers_alone(text: str) -> None:
    with pytest.raises(ScimError):
        compile_match(parse_filter(text), THING)
