"""The figures that there are, by name: what each shows, of which folders, and the function that draws it.

Functions are imported when they draw, so that a list of names does not wait for matplotlib.
"""

from collections.abc import Callable, Collection
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.discovery.answer import has_answer, has_box
from analysis.results.folder import LEDGER, Results
from analysis.results.status import Unreached
from analysis.search.answer import has_front
from model.errors import ConfigurationError, nearest_name
from model.metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.plotting.pages import Page


def is_sweep(results: Results) -> bool:
    """Whether it has factors with levels."""
    return results.manifest.kind == "sweep" and bool(results.levelled)


def is_run(results: Results) -> bool:
    """Whether it is of one run in full."""
    return results.manifest.kind == "run"


def has_pairs(results: Results) -> bool:
    """Whether at least two factors have several levels."""
    levels = results.manifest.factors
    return is_sweep(results) and sum(len(levels[name]) > 1 for name in results.levelled) > 1


def is_run_with_ledger(results: Results) -> bool:
    """Whether it is of one run in full, with its cases and votes."""
    return is_run(results) and LEDGER in results.manifest.files


def is_full_grid(results: Results) -> bool:
    """Whether it is a full grid of two factors or more, of which effects and their interplay can be told."""
    from analysis.effects.factorial import is_grid

    shared_out = is_mechanisms(results) or is_features(results)  # figures of their own say more of those
    return has_pairs(results) and not shared_out and is_grid(results)


def is_mechanisms(results: Results) -> bool:
    """Whether it switches mechanisms on and off in every combination."""
    from analysis.decomposition.games import mechanism_games

    return results.manifest.kind == "sweep" and bool(mechanism_games(results))


def is_features(results: Results) -> bool:
    """Whether it gives a doctrine every combination of another's features."""
    from analysis.decomposition.games import feature_game

    return results.manifest.kind == "sweep" and feature_game(results) is not None


def has_indices(results: Results) -> bool:
    """Whether it has a design from which indices of sensitivity follow, and all runs of it."""
    return is_saltelli(results) or is_morris(results)


def is_saltelli(results: Results) -> bool:
    """Whether it has a Saltelli design, and all runs of it."""
    return _is_whole(results, "saltelli")


def is_morris(results: Results) -> bool:
    """Whether it has a Morris design, and all runs of it."""
    return _is_whole(results, "morris")


def _is_whole(results: Results, kind: str) -> bool:
    manifest = results.manifest
    return manifest.design.get("kind") == kind and manifest.status == "complete" and results.counts[1] == 0


class Entry(NamedTuple):
    """A figure: what it shows, of which folders, whether a folder is one, and `module:function` that draws it."""

    shows: str
    of: str
    applies: Callable[[Results], bool]
    drawn_by: str
    by_default: bool = True  # whether the command that makes the folder draws it


def compares(results: Results) -> bool:
    """Whether it has several doctrines in the same worlds."""
    from analysis.comparison.comparison import is_comparison

    return is_comparison(results)


SALTELLI, MORRIS = "complete sweeps of a Saltelli design", "complete sweeps of a Morris design"
PAIRS = "sweeps over levels of two factors or more"
HEAT_MAP = "analysis.effects.main_effects:heat_map"
GRIDS = "sweeps over a full grid of two factors or more"
FIGURES: dict[str, Entry] = {
    "main_effects": Entry(
        "headline metrics at each level of each factor, with 95 % bands",
        "sweeps over levels",
        is_sweep,
        "analysis.effects.main_effects:main_effects",
    ),
    "effects": Entry(
        "main effects and interactions of the factors with 95 % intervals, and their shares of the variance",
        GRIDS,
        is_full_grid,
        "analysis.effects.figures:forest",
    ),
    "where": Entry(
        "where the first factor helps, hurts, or cannot be told to do either, over the next two",
        GRIDS,
        is_full_grid,
        "analysis.effects.figures:where",
    ),
    "deterrence_rate": Entry("deterrence over each pair of factors", PAIRS, has_pairs, HEAT_MAP),
    "escalation_rate": Entry("escalation over each pair of factors", PAIRS, has_pairs, HEAT_MAP),
    "severe_averted": Entry("severe acts averted over each pair of factors", PAIRS, has_pairs, HEAT_MAP),
    "mechanisms": Entry(
        "what each mechanism contributes to what the toolbox averts, as Shapley values",
        "sweeps over every combination of mechanisms",
        is_mechanisms,
        "analysis.decomposition.figures:mechanisms",
        by_default=False,
    ),
    "mechanisms_world": Entry(
        "what each mechanism averts in a world with the toolbox, as Shapley values",
        "sweeps over every combination of mechanisms",
        is_mechanisms,
        "analysis.decomposition.figures:mechanisms_world",
        by_default=False,
    ),
    "features": Entry(
        "what each feature contributes to the difference of two doctrines, as Shapley values",
        "sweeps over every combination of a doctrine's features",
        is_features,
        "analysis.decomposition.figures:features",
        by_default=False,
    ),
    "discovery": Entry(
        "the box of worlds in which something happens, and the worlds in the two factors that it restricts most",
        "folders in which `deter discover` has found a box",
        has_box,
        "analysis.discovery.figures:discovery",
        by_default=False,
    ),
    "peeling": Entry(
        "coverage against density on the way to that box",
        "folders in which `deter discover` has looked for one",
        has_answer,
        "analysis.discovery.figures:peeling",
        by_default=False,
    ),
    **{
        name: Entry(shows, "comparisons of doctrines", compares, f"analysis.comparison.{drawn_by}", by_default=False)
        for name, shows, drawn_by in (
            ("comparison", "paired differences of doctrines from a reference", "forest:comparison"),
            ("pareto", "doctrines between harm averted, deterrence, escalation and cost", "tradeoffs:pareto_figure"),
            ("winners", "which doctrine is best how often, and where", "winners_figure:winners_figure"),
            ("regret", "what each doctrine falls short of the best", "regret_figure:regret_figure"),
        )
    },
    "story": Entry(
        "cases, votes and what followed, with the most telling cases in lanes",
        "single runs with a ledger",
        is_run_with_ledger,
        "analysis.story.lanes:story",
    ),
    "sensitivity": Entry(
        "first-order and total Sobol' indices of the headline metrics",
        SALTELLI,
        is_saltelli,
        "analysis.sensitivity.figures:sensitivity_figure",
        by_default=False,
    ),
    "morris": Entry(
        "Morris's μ* against σ of the headline metrics",
        MORRIS,
        is_morris,
        "analysis.sensitivity.figures:morris_figure",
        by_default=False,
    ),
    "convergence": Entry(
        "indices from a quarter, half and all of the design",
        f"{SALTELLI}, or Morris's",
        has_indices,
        "analysis.sensitivity.figures:convergence_figure",
        by_default=False,
    ),
    "front": Entry(
        "trials, front, winners and shipped doctrines, on worlds that the search had not seen",
        "the folder `fresh` of a search",
        has_front,
        "analysis.search.figures:front",
        by_default=False,
    ),
    "leaning": Entry(
        "the advantage of winners under each assumption, one changed at a time",
        "the folder `fresh` of a search",
        has_front,
        "analysis.search.figures:leaning",
        by_default=False,
    ),
    "run": Entry(
        "acts, answers, credibility and grievance over time", "single runs", is_run, "analysis.story.timeline:run"
    ),
}
"""Figures by name, in the order in which they are shown."""
ANY_METRIC = "any metric over each pair of factors"
ALL = "all"
"""In the place of a name: every figure that a folder has."""


def entry(name: str) -> Entry:
    """The entry of a figure, or of the heat maps of any metric; raises `ConfigurationError`."""
    if name in FIGURES:
        return FIGURES[name]
    if name in METRICS:
        return FIGURES["deterrence_rate"]._replace(shows=ANY_METRIC, by_default=False)
    nearest = nearest_name(name, [*FIGURES, *METRICS])
    raise ConfigurationError("is no figure", value=name, nearest=nearest, allowed="those of `deter list figures`")


def draw(name: str, results: Results) -> "Figure":
    """A figure of a folder; raises `ConfigurationError` where the folder has none of that name."""
    figures = drawn(name, results)
    if not figures:
        raise ConfigurationError(f"has nothing that figure {name} could show", file=str(results.folder))
    return figures[0]


def drawn(name: str, results: Results, *, slide: bool = False) -> "list[Figure]":
    """A figure of a folder for paper, or on as many slides as it needs; empty where it would show nothing.

    Raises `ConfigurationError` where the folder has none of that name.
    """
    from analysis.plotting.pages import slides

    found = entry(name)
    if not found.applies(results):
        problem = f"has no figure {name}, which is one of {found.of}"
        raise ConfigurationError(problem, file=str(results.folder), allowed=", ".join(names_of(results)) or None)
    if slide:
        return slides(lambda page: _drawn(name, found, results, page))
    figure = _drawn(name, found, results)
    return [] if figure is None else [figure]


def names_of(results: Results) -> list[str]:
    """The figures that a folder has."""
    return [name for name, found in FIGURES.items() if found.applies(results)]


def default_figures(results: Results, also: Collection[str] = ()) -> "dict[str, Figure]":
    """The figures that are drawn when a folder is made, and others named.

    What would show nothing is left out, and so is what compares levels while points have no run yet.
    """
    names = [name for name in names_of(results) if FIGURES[name].by_default or name in also]
    return _some(names, results)


COMPARISONS = ("comparison", "pareto", "winners", "regret")
SEARCHES = ("front", "leaning")


def comparison_figures(results: Results) -> "dict[str, Figure]":
    """The figures of a comparison of doctrines; what would show nothing is left out."""
    return _some(COMPARISONS, results)


def search_figures(results: Results) -> "dict[str, Figure]":
    """The figures of a search, of its fresh worlds; what would show nothing is left out."""
    return _some(SEARCHES, results)


def _some(names: Collection[str], results: Results) -> "dict[str, Figure]":
    drawn = {name: _drawn_if_reached(name, results) for name in names}
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _drawn_if_reached(name: str, results: Results) -> "Figure | None":
    """A figure; none of levels in a folder in which points have no run yet."""
    try:
        return _drawn(name, FIGURES[name], results)
    except Unreached:
        return None


def _drawn(name: str, found: Entry, results: Results, page: "Page | None" = None) -> "Figure | None":
    import matplotlib as mpl

    from analysis.plotting import style
    from analysis.plotting.pages import PAPER

    module, _, function = found.drawn_by.partition(":")
    arguments: list[Any] = [results, name] if function == "heat_map" else [results]
    with mpl.rc_context(style.SETTINGS):
        figure: Figure | None = getattr(import_module(module), function)(*arguments, page=page or PAPER)
    return figure
