"""What a client's document passes on its way in: the kindnesses of its client, and what nobody knows is noted."""

from msgspec import Struct, field

from gateway.scim.lenience import ANY, Habit, Lenience

LONGEST = 200


class Door(Struct):
    """One document's way in. `ignored` are the names of attributes that nobody knows and that were left out."""

    lenience: Lenience = ANY
    ignored: list[str] = field(default_factory=list)

    def require(self, habit: Habit, subject: str) -> None:
        """Pass, or refuse as `Lenience.require` does."""
        self.lenience.require(habit, subject)

    def ignore(self, name: str) -> None:
        self.ignored.append(name[:LONGEST])
