"""Vendors that carry little, each in a way of its own, so that they cannot follow one another."""


def describe(name: str, type_: str, keys: str, without: str = "") -> str:
    """A mapping of one resource type with calls of the plainest kind."""
    at = f"/{name}"
    calls = {
        "create": f"POST {at}",
        "retrieve": f"'GET {at}/{{id}}'",
        "query": f"GET {at}",
        "replace": f"'PUT {at}/{{id}}'",
        "delete": f"'DELETE {at}/{{id}}'",
    }
    ops = ", ".join(f"{operation}: {call}" for operation, call in calls.items() if operation != without)
    return f"""scimap: 1
name: {name}
connect: {{ base: 'https://{name}.example', auth: bearer }}
resources:
  {type_}:
    ops: {{ {ops} }}
    can:
      replace: {{ omitted: cleared }}
      page: {{ style: none, items: {name} }}
      filter: {{ language: none, scan: 100 }}
{keys}
"""


ROBOT = """    schema: urn:example:Robot
    at: /Robots
    scim: { label: string!, model: string! key }
    map: { model: model, label: label }
    correlate: [model]
"""
VENDORS = {
    "small": describe(
        "small",
        "User",
        """    shape: { id: string ro, login: string! key, "on": bool, job: string, note: string wo }
    map: { userName: login, active: "on", title: job, nickName: note }
    show: { displayName: "{login}" }
    correlate: [userName]""",
    ),
    "strange": describe(  # finds people by a nickname alone, bars nobody, and cannot delete
        "strange",
        "User",
        """    shape: { id: string ro, login: string! key, nick: string }
    map: { userName: login, nickName: nick }
    deactivate: refuse
    correlate: [nickName]""",
        without="delete",
    ),
    "halls": describe(
        "halls",
        "Group",
        """    shape: { id: string ro, label: string! key, "people[]": { person: ref(User) } }
    map: { displayName: label, members: { to: people, each: { value: person } } }
    correlate: [displayName]""",
    ),
    "nameless": describe(
        "nameless", "Robot", ROBOT + "    shape: { id: string ro, model: string! key, label: string wo }"
    ),
    "robots": describe(  # with a colour, of which the other robots know nothing
        "robots",
        "Robot",
        ROBOT.replace("label: string!", "label: string!, colour: string").replace(
            "label: label", "label: label, colour: colour"
        )
        + "    shape: { id: string ro, model: string! key, label: string!, colour: string }",
    ),
    "labelled": describe(
        "labelled", "Robot", ROBOT + "    shape: { id: string ro, model: string! key, label: string! }"
    ),
}

BACKENDS = {
    "cube": "cube-cloud",
    "cube-two": "cube-cloud",
    "rsa": "rsa-unified-directory",
    "sales": "salesforce",
    "hub": "jupyterhub",
    "snow": "snowflake",
    "bricks": "databricks",
    "huawei": "huawei-identity-center",
    "amazon": "aws-identity-center",
    "google": "google-cloud-identity",
    **{name: name for name in VENDORS},
}
SHA = "3e2f1c7a9b5d4e6f8a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f"
