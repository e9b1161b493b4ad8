"""A follower that never shows who is in a group, over real sockets: who is in it is asked for, and right in the end."""

from typing import Any

import pytest

TOKEN = "token-of-acme-0123456789"
VENDOR = "vendor-credential"
SECRET = {"SCIM_GATEWAY_SECRET": "0123456789abcdef0123456789abcdef"}
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
state: redis://127.0.0.1:{redis}/7
secret: {{ env: SCIM_GATEWAY_SECRET }}
backends:
  people: {{ mapping: cube-cloud, url: '{primary}', auth: {{ bearer: {{ file: credential }} }} }}
  access: {{ mapping: aws-identity-center, url: '{follower}', auth: {{ bearer: {{ file: credential }} }} }}
tenants: {{ acme: {{ tokens: [ {{ sha256: {token} }} ], backends: [ people, access ] }} }}
"""
NAMES = [f"person{number}@example.com" for number in range(4)]


class Stage:
    """Two vendors and the gateway, each a process. `access` never shows a member."""

    def __init__(self, start: Any, ask: Any, run: Any, redis: Any, hash_of: Any, folder: Any) -> None:
        self.ask_at, self.run, self.redis, self.folder = ask, run, redis, folder
        urls = [
            start("sandbox", name, "--token", VENDOR).wait_for_url() for name in ("cube-cloud", "aws-identity-center")
        ]
        self.people, self.access = urls
        (folder / "credential").write_text(VENDOR + "\n")
        text = CONFIG.format(redis=redis.port, primary=self.people, follower=self.access, token=hash_of(TOKEN))
        (folder / "gateway.yaml").write_text(text)
        self.gateway = start("serve", folder=folder, **SECRET).wait_for_event("startup")["listen"]

    def send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.ask_at(self.gateway, method, f"/acme/scim/v2{path}", body, TOKEN)
        assert answer.status < 300, answer.text
        return answer.json if answer.text else None

    def there(self, path: str) -> Any:
        return self.ask_at(self.access, "GET", path, None, VENDOR).json["Resources"]

    def named(self, name: str) -> str:
        (found,) = self.there(f"/Users?filter=userName%20eq%20%22{name}%22")
        return str(found["id"])

    def members(self) -> list[str]:
        """Who is in the group at the follower, found as its guide says."""
        (group,) = self.there("/Groups?filter=displayName%20eq%20%22Staff%22")
        assert group["members"] == []
        asked = f"/Groups?filter=id%20eq%20%22{group['id']}%22%20and%20members.value%20eq%20%22{{}}%22"
        return [name for name in NAMES if self.there(asked.format(self.named(name)))]

    def plant(self, *operations: tuple[str, str]) -> None:
        """Somebody else adds members there, or takes them out."""
        (group,) = self.there("/Groups?filter=displayName%20eq%20%22Staff%22")
        told = [{"op": op, "path": "members", "value": [{"value": self.named(name)}]} for op, name in operations]
        body = {"schemas": [PATCH], "Operations": told}
        assert self.ask_at(self.access, "PATCH", f"/Groups/{group['id']}", body, VENDOR).status == 204

    def reconcile(self, *words: str) -> Any:
        return self.run("reconcile", "acme", *words, folder=self.folder, **SECRET)


@pytest.fixture
def stage(start, ask, run, redis, hash_of, tmp_path) -> Stage:
    return Stage(start, ask, run, redis, hash_of, tmp_path)


def test_members_that_nobody_shows_are_right_in_the_end(stage):
    names = {"name": {"givenName": "Ada", "familyName": "Byron"}}
    ids = [stage.send("POST", "/Users", {"schemas": [USER], "userName": name, **names})["id"] for name in NAMES]
    members = [{"value": one} for one in ids]
    group = {"schemas": [GROUP], "displayName": "Staff", "members": members[:3]}
    staff = stage.send("POST", "/Groups", group)["id"]
    assert stage.members() == NAMES[:3]
    leave = {"op": "remove", "path": f'members[value eq "{ids[0]}"]'}
    stage.send("PATCH", f"/Groups/{staff}", {"schemas": [PATCH], "Operations": [leave]})
    assert stage.members() == NAMES[1:3]
    stage.send("PUT", f"/Groups/{staff}", {**group, "members": members[2:]})
    assert stage.members() == NAMES[2:]

    ended = stage.reconcile()
    assert (ended.returncode, ended.stdout) == (
        0,
        "access: 4 of type User: in step\naccess: 1 of type Group: in step\n",
    )

    stage.plant(("add", NAMES[0]), ("remove", NAMES[3]))
    stage.redis.ask("FLUSHALL")
    assert stage.members() == [NAMES[0], NAMES[2]]
    assert stage.reconcile("--dry-run").returncode == 1
    mended = stage.reconcile()
    assert (mended.returncode, mended.stderr) == (0, "")
    assert mended.stdout.splitlines()[1] == "access: 1 of type Group: in step, 1 repaired"
    assert stage.members() == NAMES[2:]
    assert stage.reconcile().stdout.splitlines()[1] == "access: 1 of type Group: in step"
