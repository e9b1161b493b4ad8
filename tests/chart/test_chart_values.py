"""The values are a closed world: every key is known, used and typed."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

Json = dict[str, Any]
Place = tuple[str | int, ...]

# Maps whose keys are the user's own, and those among them whose values may have any type.
FREE = {"params", "overrides", "nodeAffinity", "podAffinity", "podAntiAffinity"}
OPEN = FREE | {"annotations", "labels", "matchLabels", "podAnnotations", "podLabels", "nodeSelector"}
# Read whole by one template expression, so their inner keys need none.
WHOLE = {"config", "mappings", "resources"}
# config parts that templates do read by name.
READ_FROM_CONFIG = {"config.backends", "config.tenants", "config.state", "config.secret", "config.public_url"}


def nodes(document: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place of a document below its root, with the value there."""
    if not isinstance(document, dict | list):
        return
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        yield (*place, key), value
        yield from nodes(value, (*place, key))


def closed_objects(document: Json) -> list[Place]:
    """Where the schema, and not the user, decides which keys there are."""
    return [()] + [place for place, value in nodes(document) if isinstance(value, dict) and OPEN.isdisjoint(place)]


def leaves(document: Json) -> list[Place]:
    """Scalars and empty containers, those inside free maps excepted."""
    ends = [place for place, value in nodes(document) if not isinstance(value, dict | list) or not value]
    return [place for place in ends if FREE.isdisjoint(place[:-1])]


def at(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


def misspell(document: Json, place: Place) -> None:
    """A stranger beside the known keys; upper case fits no name that a map of names allows."""
    at(document, place)["misspelT"] = "x"


def flip(document: Json, place: Place) -> None:
    parent = at(document, place[:-1])
    parent[place[-1]] = "flipped" if isinstance(parent[place[-1]], bool) else True


def blamed(message: str) -> set[str]:
    """The places a refusal names, as /a/b/0, in the words of either major."""
    slashed = re.findall(r"at '([^']*)'", message)
    dotted = ["/" + found.replace(".", "/") for found in re.findall(r"^- ([^:\s]+):", message, re.MULTILINE)]
    return {"" if found == "/(root)" else found.replace(".", "/").replace("~1", "/") for found in [*slashed, *dotted]}


def show(place: Place) -> str:
    """A place as /a/b/0; Helm 3 writes dots between steps, so a dot inside a step becomes a slash too."""
    return "".join(f"/{step}" for step in place).replace(".", "/")


@pytest.fixture
def everything(scenarios: dict[str, Json]) -> Json:
    return copy.deepcopy(scenarios["full"])


def test_the_full_scenario_sets_every_default_to_another_value(defaults: Json, everything: Json) -> None:
    assert set(defaults) == set(everything)
    same = [show(place) for place in leaves(defaults) if at(defaults, place) == at(everything, place)]
    # On is what these two are when they render anything.
    assert same == ["/serviceAccount/create", "/podDisruptionBudget/enabled"]


def test_every_object_in_the_schema_is_closed_or_a_known_map(schema: Json) -> None:
    found = [(place, node) for place, node in nodes(schema) if isinstance(node, dict)]
    objects = [(place, node) for place, node in found if node.get("type") == "object"]
    assert len(objects) > 30
    unsaid = [show(place) for place, node in objects if "additionalProperties" not in node]
    assert unsaid == []
    wide_open = {show(place) for place, node in objects if node["additionalProperties"] is True}
    assert wide_open == {"/properties/global", "/definitions/anything"}


def test_each_misspelt_key_in_turn_is_refused(schema: Json, everything: Json) -> None:
    validator = jsonschema.Draft7Validator(schema)
    validator.validate(everything)
    accepted = []
    for place in closed_objects(everything):
        broken = copy.deepcopy(everything)
        misspell(broken, place)
        if validator.is_valid(broken):
            accepted.append(show(place))
    assert accepted == []


def test_each_leaf_of_another_type_in_turn_is_refused(schema: Json, defaults: Json, everything: Json) -> None:
    validator = jsonschema.Draft7Validator(schema)
    accepted = []
    for document in (defaults, everything):
        for place in leaves(document):
            broken = copy.deepcopy(document)
            flip(broken, place)
            if validator.is_valid(broken):
                accepted.append(show(place))
    assert accepted == []


def test_helm_names_every_misspelt_key(run_helm: Any, chart: Path, major: str, everything: Json) -> None:
    places = closed_objects(everything)
    for place in places:
        misspell(everything, place)
    refusal = run_helm(major, "template", "scim", chart, values=everything)
    assert refusal.returncode != 0
    assert {show(place) for place in places} - blamed(refusal.stderr) == set()


def test_helm_names_every_leaf_of_another_type(run_helm: Any, chart: Path, major: str, everything: Json) -> None:
    places = leaves(everything)
    for place in places:
        flip(everything, place)
    refusal = run_helm(major, "template", "scim", chart, values=everything)
    assert refusal.returncode != 0
    assert {show(place) for place in places} - blamed(refusal.stderr) == set()


def used_paths(chart: Path) -> set[str]:
    text = "\n".join(path.read_text() for path in (chart / "templates").iterdir())
    return {found.rstrip(".") for found in re.findall(r"\.Values\.([A-Za-z_.]+)", text)}


def test_every_value_is_used_by_a_template(chart: Path, defaults: Json) -> None:
    knobs = {".".join(map(str, place[:1] if place[0] in WHOLE else place)) for place in leaves(defaults)}
    assert knobs - used_paths(chart) == set()


def test_every_value_that_a_template_uses_exists(chart: Path, defaults: Json) -> None:
    known = {".".join(map(str, place)) for place, _ in nodes(defaults)}
    assert used_paths(chart) - known == READ_FROM_CONFIG


def test_every_value_has_a_schema_of_its_own(schema: Json, defaults: Json) -> None:
    assert set(schema["properties"]) - {"global"} == set(defaults)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("image", {"tag": "latest"}),
        ("image", {"digest": "sha256:short"}),
        ("replicaCount", -1),
        ("replicaCount", 1.5),
        ("ports", {"scim": 80}),
        ("service", {"type": "ExternalName"}),
        ("mappings", {"../escape.yaml": "x"}),
        ("mappings", {"gateway.yml": "x"}),
        ("secretEnv", [{"name": "A B", "secretName": "cube", "key": "token"}]),
        ("secretEnv", [{"name": "CUBE", "value": "literal"}]),
        ("secretMounts", [{"secretName": "cube", "mountPath": "relative"}]),
        ("fullnameOverride", "Upper"),
        ("prometheusRule", {"selector": "job=scim"}),
        ("prometheusRule", {"selector": '{job="scim"}'}),
        ("prometheusRule", {"runbookUrl": "javascript:alert(1)"}),
    ],
)
def test_a_value_that_kubernetes_or_the_gateway_would_refuse_is_refused_here(
    run_helm: Any, chart: Path, major: str, minimal: Json, key: str, value: Any
) -> None:
    refusal = run_helm(major, "template", "scim", chart, values={**minimal, key: value})
    assert refusal.returncode != 0
    assert "schema" in refusal.stderr
    assert key in refusal.stderr
