"""What others keep of people, and how it is forgotten: registered by name at start.

Whoever stands above this room keeps rows of its own about people, of which this room cannot know.
"""

from collections.abc import Callable

from community.accounts.models import Person

Erase = Callable[[Person], None]
Forget = Callable[[], int]

_kept: dict[str, tuple[Erase, Forget]] = {}


def register(name: str, *, erase: Erase, forget: Forget) -> None:
    """Let `erase` remove what is kept of a person, and `forget` what is older than it may be.

    `erase` is called in the transaction of the erasure, while the comments are still theirs.
    """
    _kept[name] = (erase, forget)


def erase(person: Person) -> None:
    """Remove everything that others keep of a person."""
    for remove, _forget in _kept.values():
        remove(person)


def forget() -> int:
    """Remove what others have kept long enough; the number of rows touched."""
    return sum(remove() for _erase, remove in _kept.values())
