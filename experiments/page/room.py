"""What all who look share: one engine, its turns on the processors, the shelf, and exercises that are being played."""

from typing import NamedTuple

from experiments.page.ensembles import Ensembles
from experiments.page.exercise.tables import Tables
from experiments.page.shelf import Shelf
from experiments.page.turns import Turns, of_all_processors


class Room(NamedTuple):
    """The shelf, the engine, the turns on it, and the exercises that are open."""

    shelf: Shelf
    ensembles: Ensembles
    turns: Turns
    tables: Tables

    def close(self) -> None:
        """Wait for what is being done, do no more, and let others write what lies open here."""
        self.turns.close()
        self.tables.close()


def room_of(shelf: Shelf) -> Room:
    """A room with an engine of its own, and a thread for each processor."""
    return Room(shelf, Ensembles(shelf.seed, shelf.replicates), of_all_processors(), Tables(shelf))
