"""Checks that the points of a design are configurations, before the first run.

To validate a configuration takes a millisecond, and a design may have a hundred thousand. So each level is checked by
itself, and of a range its ends, for what a parameter may be is an interval. That is enough for parameters that depend
on no other. Of the rest, all combinations that occur are checked, or where these are too many a sample of them.
"""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from experiments.design.experiment import Experiment
from experiments.design.factors import Level, Span, key_of
from experiments.design.methods import Listed
from model.configuration import Configuration
from model.errors import ConfigurationError

MOST_CHECKED = 2000
"""Levels of a factor, or combinations of several, that are checked: about two seconds of work."""
MOST_LEVELS_CHECKED = 10_000
"""Levels of all factors together that are checked, at least two of each."""
FREE = re.compile(
    r"(reference\.)?doctrine(\.\w+)?|(reference\.)?switches\.\w+|scenario\.(?!time\.)\w+\.\w+"
    r"|(archetypes|perpetrators)\.\w+\.\w+\.(mean|spread)"
)
"""Paths whose value is valid, or not, whatever the others are."""
NAMED = 4
"""Factors that are named in a sentence."""
WHOLES = ("scenario", "doctrine", "reference", "reference.doctrine")
"""Factors that replace a whole section, and with it the values of paths below."""


def check_factors(
    base: Configuration, experiment: Experiment, contents: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Refuse a factor that does not exist and a level that is not allowed, naming its key.

    `contents` are those of levels that name no file, path → level → content.
    """
    factors = experiment.stated
    most = min(MOST_CHECKED, max(2, MOST_LEVELS_CHECKED // len(factors)))
    for path, factor in factors.items():
        held: Mapping[Any, Any] = (contents or {}).get(path, {})
        for end, level in _probes(factor, most):
            try:
                base.with_values({path: held.get(level, level)})
            except ConfigurationError as error:
                if path in WHOLES and error.file is not None:  # the key is one of the file that the level names
                    raise
                error.key = f"{experiment.design.key(path, error.key)}{end}"
                raise


def _probes(factor: Sequence[Level] | Span, most: int) -> list[tuple[str, Level]]:
    """Levels to check, at most so many, each with what its key ends with."""
    if isinstance(factor, Span):
        return [(".low", factor.low), (".high", factor.high)]
    levels = list(dict.fromkeys(factor))
    if len(levels) > most:
        levels = [min(levels), max(levels), *_some(levels, most - 2)]  # type: ignore[type-var]
    return [("", level) for level in levels]


def whole_numbers(base: Configuration, experiment: Experiment) -> set[str]:
    """Paths of the factors whose parameter takes whole numbers."""
    known = scalars(base)
    return {path for path in experiment.stated if type(known.get(path)) is int}


def check_points(base: Configuration, frame: pl.DataFrame, experiment: Experiment) -> None:
    """Refuse a point whose levels do not go together, before the first run rather than at that point."""
    try:
        check_together(base, frame.drop("point"), "at the point")
    except ConfigurationError as error:
        error.key = "design.points" if isinstance(experiment.design, Listed) else key_of(error.key or "")
        raise


def check_together(base: Configuration, frame: pl.DataFrame, where: str) -> None:
    """Refuse values that depend on one another and do not go together, in any row, or of many in a sample of them.

    `where` begins what an error says of the row, as "at the point".
    """
    paths = entangled(frame.columns)
    rows = frame.select(paths).unique(maintain_order=True)
    for values in rows[_some(range(rows.height), MOST_CHECKED)].iter_rows(named=True):
        try:
            base.with_values(values)
        except ConfigurationError as error:
            error.problem += f" {where} " + ", ".join(f"{path} = {level}" for path, level in values.items())
            raise


def check_pairs(base: Configuration, frame: pl.DataFrame, worlds: pl.DataFrame) -> None:
    """Refuse points that do not go together with worlds in which they are run: of the pairs a sample is looked at."""
    both = entangled([*frame.columns, *worlds.columns])
    ours = [path for path in both if path in frame.columns]
    if not ours or len(ours) == len(both):
        return
    rows = frame.select(ours).unique(maintain_order=True)
    most = min(MOST_CHECKED, max(rows.height, worlds.height))
    theirs = worlds.select(path for path in both if path not in ours)
    pairs = [part[[at % part.height for at in range(most)]] for part in (rows, theirs)]
    check_together(base, pl.concat(pairs, how="horizontal"), "at the point")


def how_checked(frame: pl.DataFrame) -> str:
    """The checks of a design in words: which levels and how many combinations were looked at."""
    paths = entangled(frame.columns[1:])
    if not paths:
        return "every level and end of a range, one by one: none depends on another"
    found = frame.select(paths).n_unique()
    some = f"all {found:,}" if found <= MOST_CHECKED else f"{MOST_CHECKED:,} of the {found:,}"
    names = ", ".join(paths[:NAMED]) + (f" and {len(paths) - NAMED} more" if len(paths) > NAMED else "")
    return f"every level and end of a range, and {some} combinations of {names}"


def entangled(paths: Iterable[str]) -> list[str]:
    """The paths whose value may be valid or not depending on another of them."""
    found = [path for path in paths if not FREE.fullmatch(path)]
    return found if len(found) > 1 else []


def at_points(points: Any) -> dict[str, Any]:
    """Changes of an experiment by which it has these points, in their order, in place of its factors and its design.

    `points` are a frame, or values by path; a column `point`, as a folder of results has it, is left aside.
    """
    try:
        frame = pl.DataFrame(points).drop("point", strict=False)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        problem = f"are no table ({error})"
        raise ConfigurationError(problem, key="points", allowed="a frame, or as many values for each path") from None
    if frame.is_empty():
        raise ConfigurationError("has no rows", key="points", allowed="a column for each factor, a row for each point")
    return {"factors": {}, "design": {"kind": "list", "points": frame.to_dicts()}}


def _some(items: Sequence[Any], most: int) -> list[Any]:
    """All items, or a fixed sample of so many, in their order."""
    if len(items) <= most:
        return list(items)
    places = sorted(random.Random(0).sample(range(len(items)), most))
    return [items[place] for place in places]


def scalars(configuration: Configuration) -> dict[str, Any]:
    """Every scalar parameter of a configuration: path → value."""
    return {parameter.path: parameter.value for parameter in configuration.parameters()}
