"""The laws that follow from a mapping: what every lens owes, checked on examples drawn from its own rules.

An author writes no test: resources come from the schema and the rules, records from the shape, operations and filters
from both. Needs the extra `scim-gateway[laws]`.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from msgspec import Struct

from gateway.lens import (
    laws_changes,
    laws_each,
    laws_fill,
    laws_filters,
    laws_fit,
    laws_kinds,
    laws_records,
    laws_values,
    laws_whole,
)
from gateway.lens.ability import FilterAbility, Replace
from gateway.lens.laws_case import Broken, Case
from gateway.lens.lens import Lens
from gateway.lens.strategies_plain import Values

from hypothesis import HealthCheck, Phase, given, seed, settings  # isort: skip  # the sentence is in strategies


class Abilities(Protocol):
    """What the backend can do, as far as laws depend on it."""

    @property
    def filter(self) -> FilterAbility: ...
    @property
    def replace(self) -> Replace | None: ...


class Subject(Protocol):
    """What a law is checked of: a resource type of a mapping."""

    @property
    def lens(self) -> Lens: ...
    @property
    def can(self) -> Abilities: ...


class Law(Struct, frozen=True):
    """One law. `draw` gives the examples, `hold` raises Broken (or any other error) where it does not hold."""

    name: str
    sentence: str
    draw: Callable[[Case], Values]
    hold: Callable[[Case, Any], None]


class Counterexample(Struct, frozen=True):
    """Two JSON documents: what was given, and what came of it; `why` says what is wrong."""

    law: str
    why: str
    given: Any
    made: Any


LAWS: tuple[Law, ...] = (
    Law(
        "CreateGet",
        "What is created reads back as it was sent, as far as it is carried.",
        laws_values.draw_resource,
        laws_values.create_get,
    ),
    Law(
        "PutGet", "What is written onto a record reads back as it was sent.", laws_values.draw_pair, laws_values.put_get
    ),
    Law(
        "GetPut",
        "A record whose resource is written back unchanged stays as it was, unknown fields included.",
        laws_records.draw_record,
        laws_records.get_put,
    ),
    Law(
        "Stable",
        "A second round trip changes nothing that the first one left.",
        laws_values.draw_resource,
        laws_values.stable,
    ),
    Law(
        "Conform",
        "What is sent satisfies the backend's shape, or the client is told which attribute cannot.",
        laws_values.draw_pair,
        laws_values.conform,
    ),
    Law("Total", "Every record that satisfies the shape can be read.", laws_records.draw_record, laws_records.total),
    Law(
        "Clear",
        "What is left out is taken away, and nothing else is.",
        laws_each.draw_record,
        laws_each.clear,
    ),
    Law(
        "Alone",
        "A value that crosses alone crosses as it does in company.",
        laws_each.draw_values,
        laws_each.alone,
    ),
    Law(
        "Whole",
        "Everything at once is written as the rules say, whatever was there before.",
        laws_each.draw_values,
        laws_whole.whole,
    ),
    Law(
        "Fill",
        "Where an attribute is absent, the first of its texts that is complete is sent.",
        laws_fit.draw_fitting,
        laws_fill.fill,
    ),
    Law(
        "Kinds",
        "A value in another common spelling is understood, nonsense is refused and never passed on.",
        laws_kinds.draw_record,
        laws_kinds.kinds,
    ),
    Law(
        "Send",
        "Every field holds what its rule says, what is not sent stays out, unknown fields survive.",
        laws_values.draw_pair,
        laws_values.send,
    ),
    Law(
        "Show",
        "Every attribute shows what its rule says, and nothing else is shown.",
        laws_records.draw_record,
        laws_records.show,
    ),
    Law(
        "Ids",
        "Ids and references are native on the backend's side and the client's own on the other.",
        laws_records.draw_references,
        laws_records.ids,
    ),
    Law(
        "Bounds",
        "A text or a list at its limit is taken, one beyond is refused or cut as declared.",
        laws_records.draw_bounds,
        laws_records.bounds,
    ),
    Law(
        "Schemas",
        "`schemas` is the core URN and those of the extensions that are there.",
        laws_fit.draw_pair,
        laws_values.schemas,
    ),
    Law(
        "PatchAgree",
        "Operations that cross whole do what folding them over the record does.",
        laws_changes.draw_operations,
        laws_changes.patch_agree,
    ),
    Law(
        "Difference",
        "The difference of two records, applied to the first, reads like the second.",
        laws_values.draw_pair,
        laws_changes.difference_agrees,
    ),
    Law(
        "Replacement",
        "A PUT gives the wanted record, whether the backend clears or keeps what is left out.",
        laws_values.draw_pair,
        laws_changes.replacement_agrees,
    ),
    Law(
        "FilterSound",
        "The pushed filter finds at least what is asked, and no more where it says so.",
        laws_filters.draw_filter,
        laws_filters.filter_sound,
    ),
)


def check(resource: Subject, law: Law, examples: int = 60, seed_number: int | None = None) -> Counterexample | None:
    """Check one law of one resource type; the smallest counterexample found, or None.

    Without a seed the run is the same each time.
    """
    case = Case(resource.lens, resource.can.filter, resource.can.replace)
    found: list[Counterexample] = []

    def hold(example: Any) -> None:
        try:
            law.hold(case, example)
        except Broken as broken:
            found.append(Counterexample(law.name, str(broken), broken.given, broken.made))
            raise
        except Exception as error:
            found.append(Counterexample(law.name, f"{type(error).__name__}: {error}", _shown(example), None))
            raise Broken(str(error)) from error

    run = _settings(examples, seed_number)(given(law.draw(case))(hold))
    with suppress(Broken):
        (run if seed_number is None else seed(seed_number)(run))()
    return found[-1] if found else None


def draw_examples(resource: Subject, law: Law, examples: int) -> list[Any]:
    """The examples that `check` would try, the same each time."""
    case = Case(resource.lens, resource.can.filter, resource.can.replace)
    drawn: list[Any] = []

    def keep(example: Any) -> None:
        drawn.append(example)

    _settings(examples, None)(given(law.draw(case))(keep))()
    return drawn


def _settings(examples: int, seed_number: int | None) -> settings:
    return settings(
        max_examples=examples, derandomize=seed_number is None, database=None, deadline=None, print_blob=False,
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip


def _shown(example: Any) -> Any:
    """An example as far as JSON can hold it."""
    if isinstance(example, Mapping):
        return {str(key): _shown(value) for key, value in example.items()}
    if isinstance(example, list | tuple):
        return [_shown(one) for one in example]
    return example if isinstance(example, str | int | float | bool | None) else str(example)
