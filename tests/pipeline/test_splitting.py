"""In which branch a resource belongs, and which branches a filter leaves out."""

import pytest

from gateway.pipeline.joint import join_types
from gateway.pipeline.request import Guard
from gateway.pipeline.splitting import find_branch, guarded_paths, key_of, may_live
from gateway.scim.bind import bind_filter
from gateway.scim.filter import AttrPath, parse_filter
from gateway.scim.schema import Attribute, ResourceType, Schema, standard

USER, GROUP = standard("User"), standard("Group")


def guards(**said):
    return [Guard(key, None if when is None else parse_filter(when)) for key, when in said.items()]


BY_NAME = guards(eu='userName ew "@eu"', de='userName ew "@de"', us=None)
BY_ACTIVE = guards(on="active eq true", off=None)
BY_BOTH = guards(a='userType eq "staff" and not (title pr)', b='userType eq "staff"', c=None)
BY_ENTERPRISE = guards(a='urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Sales"', b=None)
BY_MAIL = guards(a='emails[type eq "work"].value ew "@eu"', b=None)
BY_TYPE = guards(people='meta.resourceType eq "User"', rest=None)


@pytest.mark.parametrize(
    ("division", "resource", "key"),
    [
        (BY_NAME, {"userName": "a@eu"}, "eu"),
        (BY_NAME, {"userName": "A@DE"}, "de"),
        (BY_NAME, {"userName": "a@us"}, "us"),
        (BY_NAME, {}, "us"),
        (BY_ACTIVE, {"active": True}, "on"),
        (BY_ACTIVE, {"active": False}, "off"),
        (BY_BOTH, {"userType": "Staff"}, "a"),
        (BY_BOTH, {"userType": "Staff", "title": "Guide"}, "b"),
        (BY_BOTH, {"title": "Guide"}, "c"),
        (BY_ENTERPRISE, {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "sales"}}, "a"),
        (BY_ENTERPRISE, {}, "b"),
        (BY_TYPE, {}, "people"),
    ],
)
def test_a_resource_belongs_where_the_first_guard_holds(division, resource, key):
    assert find_branch(division, USER, resource) == key


@pytest.mark.parametrize(("division", "key"), [(BY_NAME, None), (BY_ACTIVE, None), (BY_BOTH, None), (BY_TYPE, "rest")])
def test_a_type_without_the_attribute_is_told_apart_by_what_it_has_alone(division, key):
    assert find_branch(division, GROUP, {"displayName": "Guides"}) == key


ALL = ("eu", "de", "us")


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        ('userName eq "a@eu"', ("eu",)),
        ('userName eq "A@DE"', ("de",)),
        ('userName eq "a@us"', ("us",)),
        ('userName eq "a@us" and active eq true', ("us",)),
        ('active eq true and (title pr and userName eq "a@eu")', ("eu",)),
        ('userName eq "a@eu" or userName eq "a@de"', ("eu", "de")),
        ('userName eq "a@eu" or active eq true', ALL),
        ('not (userName eq "a@eu")', ALL),
        ('userName ne "a@eu"', ALL),
        ('userName sw "a"', ALL),
        ('userName co "@eu"', ALL),
        ('userName ew "@eu"', ALL),
        ('externalId eq "1"', ALL),
        ('id eq "de~~1"', ("de",)),
        ('id eq "de~~1" and userName eq "a@eu"', ()),
        ('id eq "fr~~1"', ()),
        ('id eq "1"', ()),
        ('id sw "de"', ALL),
        ('userName eq ""', ALL),
    ],
)
def test_a_filter_leaves_out_what_the_guards_contradict_and_nothing_else(wanted, asked):
    bound = bind_filter(parse_filter(wanted), USER)
    assert tuple(key for key in ALL if may_live(BY_NAME, key, bound, USER)) == asked


@pytest.mark.parametrize(
    ("division", "wanted", "asked"),
    [
        (BY_ACTIVE, "active eq true", ["on"]),
        (BY_ACTIVE, "active eq false", ["off"]),
        (BY_ACTIVE, "active ne true", ["on", "off"]),
        (BY_BOTH, 'userType eq "staff"', ["a", "b"]),
        (BY_BOTH, 'userType eq "staff" and title eq "Guide"', ["b"]),
        (BY_BOTH, 'title eq "Guide"', ["b", "c"]),
        (BY_BOTH, 'userType eq "guest"', ["c"]),
        (BY_MAIL, 'emails.value eq "x@us"', ["a", "b"]),
        (BY_MAIL, 'emails[type eq "work" and value eq "x@us"]', ["a", "b"]),
        (BY_TYPE, 'userName eq "a"', ["people"]),
    ],
)
def test_only_what_is_certain_leaves_a_branch_out(division, wanted, asked):
    bound = bind_filter(parse_filter(wanted), USER)
    assert [one.key for one in division if may_live(division, one.key, bound, USER)] == asked


@pytest.mark.parametrize("wanted", ['displayName eq "Guides"', 'members.value eq "eu~~1"'])
def test_of_what_no_guard_tells_apart_no_branch_is_left_out(wanted):
    bound = bind_filter(parse_filter(wanted), GROUP)
    assert [key for key in ALL if may_live(BY_NAME, key, bound, GROUP)] == [*ALL]


def test_the_attributes_that_guards_look_at():
    assert guarded_paths(BY_BOTH, USER) == {AttrPath(None, "userType"), AttrPath(None, "title")}
    assert guarded_paths(BY_NAME, GROUP) == frozenset()


@pytest.mark.parametrize(
    ("shown", "key"), [("eu~~1", "eu"), ("eu~~~7E1", "eu"), ("1", ""), ("~~1", ""), ("eu~7E", ""), ("a~~b~~c", "a")]
)
def test_an_id_begins_with_its_key(shown, key):
    assert key_of(shown) == key


def kind(*attributes, extensions=()):
    return ResourceType("User", "/Users", "", Schema("urn:a", attributes=attributes), extensions)


JOINED = [
    ({"required": True}, {"required": True}, {"required": True}),
    ({"required": True}, {}, {}),
    ({"mutability": "readOnly"}, {"mutability": "immutable"}, {"mutability": "immutable"}),
    ({"mutability": "writeOnly"}, {}, {}),
    ({"returned": "always"}, {"returned": "request"}, {"returned": "request"}),
    ({"uniqueness": "server"}, {"uniqueness": "global"}, {"uniqueness": "server"}),
    ({"case_exact": True}, {}, {}),
    ({"canonical_values": ("a",)}, {"canonical_values": ("b", "a")}, {"canonical_values": ("a", "b")}),
    ({"canonical_values": ("a",)}, {}, {}),
    ({"reference_types": ("User",)}, {"reference_types": ("Group",)}, {"reference_types": ("User", "Group")}),
]


@pytest.mark.parametrize(("one", "other", "joint"), JOINED)
def test_of_an_attribute_that_several_have_what_holds_for_all_is_told(one, other, joint):
    joined = join_types([[kind(Attribute("x", **one))], [kind(Attribute("x", **other))]])["User"]
    assert joined.schema.attributes == (Attribute("x", **joint),)


def test_what_one_lacks_is_told_and_never_required():
    needed = Attribute("x", required=True)
    extension = Schema("urn:b", attributes=(needed,))
    one = kind(needed, Attribute("n", "complex", sub_attributes=(needed,)), extensions=(extension,))
    other = kind(Attribute("y"), Attribute("n", "complex", sub_attributes=(Attribute("z"),)))
    joined = join_types([[one], [other, GROUP]])
    free = Attribute("x")
    nested = Attribute("n", "complex", sub_attributes=(free, Attribute("z")))
    assert joined["User"].schema.attributes == (free, nested, Attribute("y"))
    assert joined["User"].extensions == (Schema("urn:b", attributes=(free,)),)
    assert joined["Group"] is GROUP
