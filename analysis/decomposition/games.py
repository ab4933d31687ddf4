"""Which games a folder of results plays: what its players are, and which point stands for which coalition.

The players are the *mechanisms* where a sweep switches them on and off in every combination, under one doctrine or
several; the *features* in which a doctrine differs from another, where a sweep gives the other doctrine every
combination of them; and the *categories* of measures where a doctrine forgoes every combination of them. What players
contribute, `analysis.decomposition.contributions` estimates; what forgoing one measure changes is no game (`removals`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.decomposition.shapley import MOST_PLAYERS
from analysis.results.folder import Results
from model.policy import Doctrine, Switches

MECHANISMS = tuple(Switches.model_fields)
"""The mechanisms: four that deter, and those that act otherwise."""
APART = ("incapacitation", "suppression", "grievance")
"""Mechanisms that deter nobody and are reported apart: lowered capability, opportunities taken away, retaliation."""

PHASES = "phases"
"""The feature of a doctrine that changes: all its phases together, which come and go with the doctrine whole."""
FEATURES: dict[str, tuple[str, ...]] = {
    "signalling": ("clarity", "campaign_interval"),
    "required confidence": ("attribution_confidence",),
    "proportionality": ("proportionality",),
    "firmness and ratchet": ("firmness", "ratchet"),
    "decision rule": ("voting_rule", "initiative", "vital_interest", "coalition_quorum"),
    "delay": ("delay_factor",),
    "standing efforts": ("preventive", "cooperative", "stability", "support"),
    "partners": ("partners",),
    "due diligence": ("due_diligence",),
    PHASES: (PHASES,),
}
"""The features of a doctrine: groups of fields that a policy chooses together."""

SWITCH, DOCTRINE_FIELD, REFERENCE_SWITCH = "switches.", "doctrine.", "reference.switches."
DOCTRINE = "doctrine"
"""The factor that is a doctrine whole."""
MEASURE, FORGONE = "measures.", ".forgone"
"""Before and after the name of a measure, in the path of the parameter by which the EU forgoes it."""
ALONE = "the doctrine"
"""Name of the one doctrine of a sweep in which it does not vary."""


def mechanisms_of(results: Results) -> list[str]:
    """The mechanisms that the model of a folder has: another version's may have had fewer."""
    stated = results.manifest.configuration.get("switches")
    return [name for name in MECHANISMS if isinstance(stated, dict) and name in stated]


class Game(NamedTuple):
    """A game: its players in the order of a coalition's bits, and the point of each coalition by its number."""

    players: tuple[str, ...]
    points: tuple[int, ...]


def differing_features(one: Doctrine, other: Doctrine) -> dict[str, tuple[str, ...]]:
    """The features in which two doctrines differ, with the fields that do."""
    apart = {field for held in FEATURES.values() for field in held if getattr(one, field) != getattr(other, field)}
    fields = {name: tuple(field for field in held if field in apart) for name, held in FEATURES.items()}
    return {name: held for name, held in fields.items() if held}


def mechanism_games(results: Results) -> dict[str, Game]:
    """The game over mechanisms under each doctrine of a folder; none where its points are not every combination."""
    design = results.design
    players = [name for name in MECHANISMS if SWITCH + name in design.columns]
    if not players or set(design.columns) - {"point", "doctrine", *(SWITCH + name for name in players)}:
        return {}
    games = {
        doctrine: _game({name: held[SWITCH + name].to_numpy() for name in players}, held["point"])
        for doctrine, held in _by_doctrine(design)
    }
    return {doctrine: game for doctrine, game in games.items() if game and all(games.values())}


def _by_doctrine(design: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """The points of each doctrine of a design."""
    named = design if "doctrine" in design.columns else design.with_columns(doctrine=pl.lit(ALONE))
    for (doctrine,), held in named.group_by("doctrine", maintain_order=True):
        yield str(doctrine), held


def forgone_in(results: Results) -> list[str]:
    """The measures that a folder takes and forgoes and nothing else varies but the doctrine; none of another folder."""
    columns = [name for name in results.design.columns if name not in ("point", "doctrine")]
    if not all(name.startswith(MEASURE) and name.endswith(FORGONE) for name in columns):
        return []
    return [name.removeprefix(MEASURE).removesuffix(FORGONE) for name in columns]


def category_games(results: Results) -> dict[str, Game]:
    """The game over categories of measures under each doctrine; none where its points are not every combination.

    A category is in a coalition where none of its measures is forgone.
    """
    held = results.configuration.measures
    names = forgone_in(results)
    if not names or set(names) != set(held):
        return {}
    games = {}
    for doctrine, points in _by_doctrine(results.design):
        inside: dict[str, Any] = {}
        for category in dict.fromkeys(measure.category for measure in held.values()):
            taken = [~points[MEASURE + name + FORGONE].to_numpy() for name in names if held[name].category == category]
            if any((one != taken[0]).any() for one in taken):
                return {}
            inside[category] = taken[0]
        if (game := _game(inside, points["point"])) is None:
            return {}
        games[doctrine] = game
    return games


class Removal(NamedTuple):
    """The point at which a doctrine takes all its measures, and that at which it forgoes one, for each of them."""

    whole: int
    without: dict[str, int]


def removals(results: Results) -> dict[str, Removal]:
    """The points at which one measure is forgone, under each doctrine of a folder; none where it has others."""
    names = forgone_in(results)
    found = {}
    for doctrine, points in _by_doctrine(results.design) if names else ():
        gone = points.select(MEASURE + name + FORGONE for name in names).to_numpy()
        whole, one = np.flatnonzero(gone.sum(axis=1) == 0), np.flatnonzero(gone.sum(axis=1) == 1)
        which = [names[place] for place in gone[one].argmax(axis=1)]
        if len(whole) != 1 or len(gone) != len(one) + 1 or sorted(which) != sorted(names):
            return {}
        point = points["point"].to_list()
        found[doctrine] = Removal(point[whole[0]], {name: point[row] for name, row in zip(which, one, strict=True)})
    return found


def is_without(results: Results) -> bool:
    """Whether a folder compares worlds with themselves less one mechanism."""
    switches = {REFERENCE_SWITCH + name for name in mechanisms_of(results)}
    return set(results.design.columns) == {"point", "doctrine", "reference.doctrine", *switches}


def feature_game(results: Results) -> Game | None:
    """The game over the features in which a doctrine differs from the folder's own; None where it plays none."""
    columns = results.design.columns[1:]
    fields = [
        name.removeprefix(DOCTRINE_FIELD) for name in columns if name == DOCTRINE or name.startswith(DOCTRINE_FIELD)
    ]
    if results.manifest.design.get("kind") != "list" or len(fields) != len(columns):
        return None
    reference = results.configuration.doctrine
    inside: dict[str, Any] = {}
    for name, held in FEATURES.items():
        given = [field for field in held if field in fields]
        theirs = [(results.design[DOCTRINE_FIELD + field] != getattr(reference, field)).to_numpy() for field in given]
        if any((one != theirs[0]).any() for one in theirs):
            return None
        if theirs:
            inside[name] = theirs[0]
    if DOCTRINE in columns:
        stated, own = results.manifest.contents.get(DOCTRINE, {}), reference.model_dump(mode="json")
        unstated = {name for held in FEATURES.values() for name in held} - {*fields, PHASES}
        if any(level.get(name) != own[name] for level in stated.values() for name in unstated):
            return None  # in all else that differs the points must say what they have
        phased = [stated.get(level, {}).get(PHASES, {}) != own.get(PHASES, {}) for level in results.design[DOCTRINE]]
        inside[PHASES] = np.array(phased)
    return _game(inside, results.design["point"]) if inside else None


def _game(inside: Mapping[str, Any], points: pl.Series) -> Game | None:
    """The game of these players, where every coalition has exactly one point."""
    number = np.sum([held.astype(int) << bit for bit, held in enumerate(inside.values())], axis=0)
    if len(inside) > MOST_PLAYERS or sorted(number.tolist()) != list(range(2 ** len(inside))):
        return None
    return Game(tuple(inside), tuple(points.to_numpy()[np.argsort(number)].tolist()))
