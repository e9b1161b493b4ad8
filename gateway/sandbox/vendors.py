"""The pretend vendors by name."""

from collections.abc import Mapping

from gateway.sandbox import (
    aws_identity_center,
    cube_cloud,
    github_emu,
    gitlab_group,
    google_cloud_identity,
    huawei_identity_center,
    new_relic,
    ping_directory,
    rsa_unified_directory,
    slack,
    webex,
)
from gateway.sandbox.profile import Profile
from gateway.scim.names import nearest

VENDORS: Mapping[str, Profile] = {
    each.PROFILE.name: each.PROFILE
    for each in (
        cube_cloud,
        rsa_unified_directory,
        huawei_identity_center,
        ping_directory,
        new_relic,
        slack,
        github_emu,
        webex,
        aws_identity_center,
        gitlab_group,
        google_cloud_identity,
    )
}


class UnknownVendor(LookupError):
    """A vendor nobody pretends to be; the text lists the known ones."""

    def __str__(self) -> str:
        return str(self.args[0])


def find_vendor(name: str) -> Profile:
    """The vendor of that name; UnknownVendor lists the known ones, the nearest first."""
    if name in VENDORS:
        return VENDORS[name]
    near = nearest(name, VENDORS)
    guess = f" Did you mean {near!r}?" if near else ""
    raise UnknownVendor(f"no vendor {name!r}; there are {', '.join(VENDORS)}.{guess}")
