"""Ensembles of paired runs in memory: the same replicates for every setting, in blocks; twins are run once.

Replicates are numbered as `deter compare` numbers them, so that a figure on the page is the one that the command
gives. What is kept is bounded: the twins of the worlds used last, and the figures of the runs made last.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.results.identity import digest
from experiments.design.design import placed_in, reference_key
from experiments.design.uncertainty import given_worlds, worlds_of_replicates
from experiments.page.shelf import STATUS_QUO, Setting, check_length
from experiments.running.worker import (
    POLICY,
    Bases,
    Block,
    SharedTwins,
    block_of,
    frame_of_runs,
    run_block,
    twins_of_block,
)
from model.build import TEMPLATES
from model.configuration import Configuration, load_configuration
from model.metrics.columns import Beside, results

YOURS = "yours"
"""Name of the arm that is the setting itself, beside that of the status quo."""
BLOCK = 10
"""Replicates that are run together: some forty milliseconds."""
TWINS_KEPT, BLOCKS_KEPT = 100, 2_000
"""Blocks of twins kept, some 2 MB each, and books of blocks, some 40 kB each; more where `MANY` do not suffice."""
MANY = 800
"""Replicates for which so many blocks are kept: of more, one setting alone would need more than there is room for."""
MOST_TEMPLATES = 512
"""Worlds before anything is drawn that are kept for doctrines to come, of 0.3 MB each: one or two a replicate."""
WORLDS_KEPT, DRAWN_KEPT = 30, 6
"""Sets of circumstances kept, and those of them that are kept with the world of each replicate."""


@dataclass(frozen=True)
class World:
    """The circumstances of a setting, known by their `key`; `base` holds no doctrine of the setting's."""

    key: str
    twin: str = field(compare=False)  # key of the twins, which more than one set of circumstances may share
    base: Configuration = field(compare=False)
    drawn: pl.DataFrame | None = field(compare=False)  # the world of each `replicate`; None: all live in the base


class Arm(NamedTuple):
    """A doctrine as plain values, and in the circumstances of its setting."""

    key: str
    content: Mapping[str, Any]
    placed: Configuration


class Ensembles:
    """Runs of settings, kept for the settings that come next; safe in several threads."""

    def __init__(self, seed: int, replicates: int) -> None:
        self.seed, self.replicates = seed, replicates
        more = max(1.0, replicates / MANY)
        self._twins, self._blocks_kept = SharedTwins(int(more * TWINS_KEPT)), int(more * BLOCKS_KEPT)
        self._done: OrderedDict[Any, Beside] = OrderedDict()
        self._lock = Lock()
        self._bases = lru_cache(DRAWN_KEPT * replicates // BLOCK)(self._placed)
        self._worlds: OrderedDict[Any, World] = OrderedDict()
        TEMPLATES.keep(min(3 * replicates // 2, MOST_TEMPLATES))  # a run that needs more room has one more

    def world(self, setting: Setting) -> World:
        """The circumstances of a setting; raises `ConfigurationError`."""
        key = digest([setting.scenario, str(setting.worlds), setting.around])
        with self._lock:
            if key in self._worlds:
                self._worlds.move_to_end(key)
                return self._worlds[key]
        base = load_configuration(setting.scenario, "none", setting.around)
        check_length(base, "deter compare")
        drawn, twin = None, reference_key(base)
        if setting.worlds is not None:
            held = given_worlds(setting.worlds, base, list(setting.around))
            drawn = held and worlds_of_replicates(held, self.seed, range(self.replicates))
            # a value that is given is not drawn, be it that of the files: then the base is another's too
            twin = digest([twin, str(setting.worlds), None if drawn is None else drawn.columns])
        with self._lock:  # not before: whoever has runs to look up need not wait for this
            found = self._worlds.setdefault(key, World(key, twin, base, drawn))
            while len(self._worlds) > WORLDS_KEPT:
                self._worlds.popitem(last=False)
        return found

    def arm(self, setting: Setting) -> Arm:
        """The doctrine of a setting in its circumstances; raises `ConfigurationError`."""
        base = self.world(setting).base
        changed = base.with_values({"doctrine": setting.doctrine, **setting.within})
        content = changed.doctrine.model_dump(mode="json")
        # the circumstances are the base's own, not copies: by them the engine knows that it has their world already
        placed = base.model_copy(update={name: getattr(changed, name) for name in POLICY})
        return Arm(digest(content), content, placed)

    def beside_status_quo(self, setting: Setting) -> tuple[World, dict[str, Arm]]:
        """The circumstances of a setting, its doctrine and the status quo; raises `ConfigurationError`."""
        asked = setting.asked.model_copy(update={"values": setting.around})
        beside = Setting(asked, setting.scenario, STATUS_QUO, setting.worlds)
        return self.world(setting), {YOURS: self.arm(setting), STATUS_QUO: self.arm(beside)}

    def blocks(self, first: int, last: int) -> list[range]:
        """The replicates from `first` to `last`, exclusive, in blocks."""
        return [range(at, min(at + BLOCK, last)) for at in range(first, last, BLOCK)]

    def books(self, world: World, arm: Arm, replicates: range, *, passing: bool = False) -> Beside:
        """The books of the runs of these replicates, and of their twins.

        In circumstances that are `passing`, looked at for one doctrine alone, twins take no room from those in use.
        """
        key = world.key, arm.key, replicates
        with self._lock:
            if key in self._done:
                self._done.move_to_end(key)
                return self._done[key]
        if world.drawn is None:  # checked once for all blocks
            block: Block = [(arm.placed, list(replicates))]
        else:
            bases = self._placed(world, replicates) if passing else self._bases(world, replicates)
            block = block_of(bases, {"doctrine": arm.content}, list(replicates))
        twins = twins_of_block(block, self.seed) if passing else self._twins.take(world.twin, block, self.seed)
        done = Beside(run_block(block, self.seed, twins), twins.books)
        with self._lock:
            self._done[key] = done
            while len(self._done) > self._blocks_kept:
                self._done.popitem(last=False)
        return done

    def runs(self, world: World, arm: Arm, replicates: range) -> pl.DataFrame:
        """The runs of these replicates as a table, as of `frame_of_runs` for point 0."""
        done = self.books(world, arm, replicates)
        return frame_of_runs(0, list(replicates), self.seed, results(done.books, done.twins))

    def _placed(self, world: World, replicates: range) -> Bases:
        if world.drawn is None:
            return world.base
        rows = world.drawn[replicates.start : replicates.stop].iter_rows(named=True)
        return {row.pop("replicate"): placed_in(world.base, row) for row in rows}


def together(blocks: Sequence[Beside]) -> Beside:
    """The books of blocks as those of one."""
    return Beside(*(_one([getattr(each, name) for each in blocks]) for name in ("books", "twins")))


def _one(parts: Sequence[Any]) -> Any:
    """Books as one, whose rows are of one form: bytes are put together, as fields would be looked at one by one."""
    form = parts[0].dtype
    rows = [part.view(np.ndarray).view(f"V{form.itemsize}") for part in parts]
    return np.concatenate(rows).view(form).view(np.recarray)
