"""What all who look share: one engine, its turns on the processors, and the shelf; none of it is any one browser's."""

from typing import NamedTuple

from experiments.page.ensembles import Ensembles
from experiments.page.shelf import Shelf
from experiments.page.turns import Turns, of_all_processors


class Room(NamedTuple):
    """The shelf, the engine and the turns on it."""

    shelf: Shelf
    ensembles: Ensembles
    turns: Turns


def room_of(shelf: Shelf) -> Room:
    """A room with an engine of its own, and a thread for each processor."""
    return Room(shelf, Ensembles(shelf.seed, shelf.replicates), of_all_processors())
