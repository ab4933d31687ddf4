"""What reads inputs from outside: each with the inputs from which mutations begin, and how it is called."""

import functools
import random
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis.history.forecast import read_forecast
from analysis.history.record import read_record
from experiments.design import experiment as reading
from experiments.design.constraints import constraint, meeting
from experiments.design.design import design_of
from experiments.design.worlds import crossed, read_worlds
from experiments.terminal.options import assignments
from fuzz import experiments, folders, worlds
from fuzz.mutations import NASTY, PIECES, as_toml, blown_up, changed, deep, encoded, mutated_text, toml_of
from model import configuration as assembly
from model.configuration import Configuration, load_configuration
from model.loading import CONFIGS, SECTIONS, _load_catalogue, load_doctrine, load_scenario

Make = Callable[[random.Random], bytes]


HEAVY = 0.005
"""Share of files with far too much of something; they take longest."""


class Target:
    """A reader: how the input of a number is made, and how it is read.

    Its file is named by every refusal; where the input is no file, nothing is.
    """

    def __init__(self, name: str, make: Make, read: Callable[[Path], object], file: str = "") -> None:
        self.name, self._make, self._read, self.file = name, make, read, file

    def make(self, seed: str, number: int) -> bytes:
        """The input of this number."""
        return self._make(random.Random(f"{seed} {self.name} {number}"))

    def read(self, content: bytes, folder: Path) -> None:
        """Read an input as if a user had given it."""
        path = folder / (self.file or "input")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        self._read(path)


@functools.cache
def base() -> Configuration:
    """The configuration that is varied."""
    return load_configuration()


def warm_up() -> None:
    """Compute what is common to all inputs, so that it is not counted to the first."""
    reading.load_configuration = functools.cache(load_configuration)  # type: ignore[assignment]
    base()


def texts_of(kind: str, *names: str) -> list[str]:
    """Texts of shipped files."""
    return [
        path.read_text("utf-8") for path in sorted((CONFIGS / kind).glob("*.toml")) if path.stem in (names or path.stem)
    ]


def files_like(texts: Sequence[str]) -> Make:
    """Mutations of files of TOML: half of them of their text, half of their tables."""
    trees = [tomllib.loads(text) for text in texts]

    def make(chance: random.Random) -> bytes:
        place = chance.randrange(len(texts))
        way = chance.random()
        if way < HEAVY:
            return (
                deep(chance) + texts[place]
                if chance.random() < 0.3
                else toml_of(blown_up(_copied(trees[place]), chance))
            ).encode()
        if way < 0.5:
            return encoded(mutated_text(texts[place], chance), chance)
        return encoded(toml_of(changed(_copied(trees[place]), chance)), chance)

    return make


def _copied(tree: Any) -> Any:
    return {key: _copied(value) for key, value in tree.items()} if isinstance(tree, dict) else tree


def read_catalogue(path: Path) -> None:
    """Read a catalogue, and put it into the configuration."""
    loaded = _load_catalogue(path, path.stem)
    parts = {name: getattr(base(), name) for name in Configuration.model_fields}
    assembly._assembled(parts | {name: part.value for name, part in loaded.items()}, dict.fromkeys(loaded, str(path)))


def read_experiment(path: Path) -> None:
    """Read an experiment, and lay out its points."""
    design_of(reading.load_experiment(path))


def read_file_of_worlds(path: Path) -> None:
    """Read worlds, and cross them with doctrines."""
    crossed(["none", "status_quo"], read_worlds(str(path)), base())


def setting(chance: random.Random) -> bytes:
    """A `KEY=VALUE` of the command line."""
    path = chance.choice(_paths())
    parts = path.split(".")
    key = ".".join(parts[: chance.randint(1, len(parts))]) + chance.choice(("", "", "", ".x", ".low", "x", "."))
    value = as_toml(chance.choice(NASTY)) if chance.random() < 0.7 else chance.choice(PIECES)
    text = f"{key if chance.random() < 0.3 else path}={value}"
    return (text if chance.random() < 0.7 else mutated_text(text, chance)).encode()


@functools.cache
def _paths() -> list[str]:
    return [parameter.path for parameter in base().parameters()]


def read_setting(path: Path) -> None:
    """Set a parameter as the command line does."""
    base().with_values(assignments([path.read_bytes().decode()]))


FORECAST = """
title = "Forecast"
posterior = "0123456789abcdef"
model = "0123456789abcdef"
scenario = "history"
doctrine = "status_quo"
seed = 7
made = 2026-11-28
begin = 2026-11-01

[[counts]]
what = "persons"
until = 2026-12-31
runs = [5, 2, 0, 1]
"""

CONSTRAINTS = (
    "doctrine.firmness <= 2 * doctrine.ratchet + 1",
    "doctrine.voting_rule in ['qmv', \"unanimity\"] or not switches.norms",
    "0 < doctrine.clarity < 0.5 and (doctrine.firmness - 1) / doctrine.clarity > -1e3",
    "scenario.time.start >= '2015-01-01'",
    'member_states.members["Germany"].population > 3',
)


def condition(chance: random.Random) -> bytes:
    """A constraint."""
    return mutated_text(chance.choice(CONSTRAINTS), chance).encode()


def read_constraint(path: Path) -> None:
    """Parse a constraint, and apply it to some points."""
    rules = {"doctrine.voting_rule": ["qmv", "unanimity", "qmv"], "doctrine.clarity": [0.0, 0.2, 1.0]}
    meeting(pl.DataFrame({"point": [0, 1, 2], **rules}), [constraint(path.read_bytes().decode())], base())


TARGETS = {
    target.name: target
    for target in (
        Target("doctrine", files_like(texts_of("doctrines")), load_doctrine, "mine.toml"),
        Target("scenario", files_like(texts_of("scenarios")), load_scenario, "mine.toml"),
        Target("configuration", files_like(texts_of("scenarios")), load_configuration, "mine.toml"),
        *(
            Target(f"catalogue of {name}", files_like(texts_of("catalogues", name)), read_catalogue, f"{name}.toml")
            for name in SECTIONS
        ),
        Target("experiment", files_like(experiments.TEXTS), read_experiment, "mine.toml"),
        Target("worlds in text", worlds.as_text, read_file_of_worlds, "mine.csv"),
        Target("worlds in Parquet", worlds.as_parquet, read_file_of_worlds, "mine.parquet"),
        Target("record", files_like(texts_of("record", "events")), read_record, "mine.toml"),
        Target("forecast", files_like([FORECAST]), read_forecast, "mine.toml"),
        Target("setting", setting, read_setting),
        Target("constraint", condition, read_constraint),
        *(Target(name, make, folders.read, file) for name, (file, make) in folders.MAKES.items()),
    )
}
"""What is tried, by name."""
