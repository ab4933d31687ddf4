"""The figures that there are, by name: what each shows, of which folders, and in which room it is drawn.

A figure `NAME` is drawn by the function `NAME_figure` in the module of its kind, from a folder's results. The module
is imported when it draws, so that a list of names does not wait for matplotlib. A new figure is a function, and a line
here.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from analysis.calibration.informed import uninformed
from analysis.comparison.comparison import is_comparison
from analysis.decomposition.games import category_games, feature_game, mechanism_games, removals
from analysis.discovery.answer import has_box, read_answer
from analysis.effects.factorial import is_grid
from analysis.labels import title
from analysis.results.folder import Results
from analysis.results.manifest import ACTS, LEDGER, STRUCTURED, VOTES_BY_MEMBER
from analysis.results.status import Unreached
from analysis.results.versions import Lacking
from analysis.sampled.points import drawn_factors
from analysis.sampled.tables import is_drawn
from analysis.search.answer import read_found
from analysis.years.tables import read_years
from model.errors import ConfigurationError, nearest_name
from model.metrics.catalogue import MAPPED, METRICS

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Kind(NamedTuple):
    """A kind of folders whose figures one module draws, and whether the command that makes such a folder draws them."""

    of: str
    applies: Callable[[Results], object]  # true of such a folder
    module: str
    by_default: bool = False


class Entry(NamedTuple):
    """A figure: of which folders it is, and what it shows."""

    kind: Kind
    shows: str


def is_sweep(results: Results) -> bool:
    """Whether a folder has factors with levels; measures forgone have figures of their own, that say more."""
    return results.manifest.kind == "sweep" and bool(results.levelled) and not _forgoes(results)


def _forgoes(results: Results) -> bool:
    return is_categories(results) or is_measures(results)


def is_run(results: Results) -> bool:
    """Whether a folder is of one run in full."""
    return results.manifest.kind == "run"


def is_run_with_ledger(results: Results) -> bool:
    """Whether a folder is of one run in full, with its cases and votes."""
    return is_run(results) and LEDGER in results.manifest.files


def has_quarters(results: Results) -> bool:
    """Whether the runs of a folder keep figures of each quarter."""
    return results.manifest.over_time


def is_run_with_acts(results: Results) -> bool:
    """Whether a folder is of one run in full, with all its acts and its cases."""
    return is_run_with_ledger(results) and ACTS in results.manifest.files


def is_run_with_votes(results: Results) -> bool:
    """Whether a folder is of one run in full, with the votes of each Member State."""
    return is_run_with_ledger(results) and VOTES_BY_MEMBER in results.manifest.files


def has_pairs(results: Results) -> bool:
    """Whether at least two factors of a folder have several levels."""
    levels = results.manifest.factors
    return is_sweep(results) and sum(len(levels[name]) > 1 for name in results.levelled) > 1


def is_mechanisms(results: Results) -> bool:
    """Whether a folder switches mechanisms on and off in every combination."""
    return results.manifest.kind == "sweep" and bool(mechanism_games(results))


def is_features(results: Results) -> bool:
    """Whether a folder gives a doctrine every combination of another's features."""
    return results.manifest.kind == "sweep" and feature_game(results) is not None


def is_categories(results: Results) -> bool:
    """Whether a folder lets doctrines forgo every combination of the categories of measures."""
    return results.manifest.kind == "sweep" and bool(category_games(results))


def is_measures(results: Results) -> bool:
    """Whether a folder lets doctrines forgo one measure at a time."""
    return results.manifest.kind == "sweep" and bool(removals(results))


def is_full_grid(results: Results) -> bool:
    """Whether a folder is a full grid of two factors or more, of which effects and their interplay can be told."""
    shared_out = is_mechanisms(results) or is_features(results)  # figures of their own say more of those
    return has_pairs(results) and not shared_out and is_grid(results)


def is_ranked(results: Results) -> bool:
    """Whether doctrines are compared in worlds that can be parted, be they points or of replicates."""
    return is_comparison(results) and (len(results.manifest.factors) > 1 or bool(uninformed(results)))


def is_whole(results: Results, kinds: Collection[str]) -> bool:
    """Whether a folder has one of these kinds of designs, and all runs of it."""
    manifest = results.manifest
    return manifest.design.get("kind") in kinds and manifest.status == "complete" and results.counts[1] == 0


LEVELS = Kind("sweeps over levels", is_sweep, "effects.main_effects", by_default=True)
PAIRS = Kind("sweeps over levels of two factors or more", has_pairs, "effects.main_effects", by_default=True)
GRIDS = Kind("sweeps over a full grid of two factors or more", is_full_grid, "effects.figures", by_default=True)
MECHANISMS = Kind("sweeps over every combination of mechanisms", is_mechanisms, "decomposition.figures")
FEATURES = Kind("sweeps over every combination of a doctrine's features", is_features, "decomposition.figures")
CATEGORIES = Kind("sweeps over every combination of categories of measures", is_categories, "decomposition.figures")
MEASURES = Kind("sweeps that forgo one measure at a time", is_measures, "decomposition.figures")
BOX = Kind("folders in which `deter discover` has found a box", has_box, "discovery.figures")
ANSWER = Kind("folders in which `deter discover` has looked for one", read_answer, "discovery.figures")
FOREST = Kind("comparisons of doctrines", is_comparison, "comparison.forest")
TRADEOFFS, WINNERS = (FOREST._replace(module=f"comparison.{module}") for module in ("tradeoffs", "figures"))
RANKED = Kind("comparisons of doctrines in several worlds", is_ranked, "report.figures")
UNINFORMED = Kind("folders over worlds that agree with the record", uninformed, "report.figures", by_default=True)
LEDGERS = Kind("single runs with a ledger", is_run_with_ledger, "story.swimlanes", by_default=True)
WITH_ACTS = Kind("single runs with all their acts", is_run_with_acts, "story.matrices", by_default=True)
WITH_VOTES = WITH_ACTS._replace(of="single runs with the votes of each Member State", applies=is_run_with_votes)
SALTELLI = Kind("complete sweeps of a Saltelli design", partial(is_whole, kinds=["saltelli"]), "sensitivity.figures")
MORRIS = Kind("complete sweeps of a Morris design", partial(is_whole, kinds=["morris"]), "sensitivity.figures")
INDICES = Kind(f"{SALTELLI.of}, or Morris's", partial(is_whole, kinds=STRUCTURED), "sensitivity.figures")
SAMPLES = Kind("sweeps whose points are drawn", drawn_factors, "sampled.figures")
SCATTER = SAMPLES._replace(module="sampled.scatter")
FRESH = Kind("the folder `fresh` of a search", read_found, "search.figures")
RUN = Kind("single runs", is_run, "story.timeline", by_default=True)
YEARS = Kind("folders of `deter years`", read_years, "years.figures", by_default=True)
QUARTERS = Kind("sweeps and comparisons whose runs keep quarters", has_quarters, "years.figures")

FIGURES = {
    "main_effects": Entry(LEVELS, "headline metrics at each level of each factor, with 95 % bands"),
    "effects": Entry(
        GRIDS, "main effects and interactions of the factors with 95 % intervals, and their shares of the variance"
    ),
    "where": Entry(GRIDS, "where the first factor helps, hurts, or is unclear, over the next two"),
    **{name: Entry(PAIRS, f"{title(name)} over each pair of factors") for name in MAPPED},
    "mechanisms": Entry(MECHANISMS, "what each mechanism contributes to what the toolbox averts, as Shapley values"),
    "mechanisms_world": Entry(MECHANISMS, "what each mechanism averts in a world with the toolbox, as Shapley values"),
    "features": Entry(FEATURES, "what each feature contributes to the difference of two doctrines, as Shapley values"),
    "categories": Entry(CATEGORIES, "what each category of measures contributes, against whom, as Shapley values"),
    "measures": Entry(MEASURES, "how often each measure is taken against whom, and what forgoing it changes"),
    "scatter": Entry(
        SCATTER, "headline metrics at every drawn point over the parameters that matter most, with smooths"
    ),
    "feature_scores": Entry(SAMPLES, "which drawn parameters matter to which metric beyond chance (Borgonovo's δ)"),
    "parallel": Entry(SAMPLES, "drawn points as lines through their parameters, the best and worst tenth marked"),
    "pairs": Entry(SAMPLES, "where the best and worst third of the drawn points lie, over pairs of parameters"),
    "discovery": Entry(
        BOX, "the box of worlds in which something happens, shown in the two factors that it restricts most"
    ),
    "peeling": Entry(ANSWER, "coverage against density on the way to that box"),
    "comparison": Entry(FOREST, "paired differences of doctrines from a reference"),
    "by_kind": Entry(WINNERS, "paired differences of doctrines from a reference, by kind of perpetrator"),
    "pareto": Entry(TRADEOFFS, "doctrines between harm averted, deterrence, escalation and cost"),
    "winners": Entry(WINNERS, "how often each doctrine is best, and where"),
    "regret": Entry(WINNERS, "how far each doctrine falls short of the best"),
    "places": Entry(RANKED, "the place of each doctrine, and in which groups of worlds places change"),
    "uninformed": Entry(UNINFORMED, "effects in the outer thirds of each parameter that no data inform"),
    "story": Entry(LEDGERS, "cases, votes and what followed, with the most telling cases in lanes"),
    "network": Entry(WITH_ACTS, "acts by perpetrator and victim, and whom the EU answered, rightly or wrongly"),
    "votes_by_member": Entry(
        WITH_VOTES, "how each Member State voted, with those marked whose votes are drawn by chance"
    ),
    "sensitivity": Entry(SALTELLI, "first-order and total Sobol' indices of the headline metrics"),
    "morris": Entry(MORRIS, "Morris's μ* against σ of the headline metrics"),
    "convergence": Entry(INDICES, "indices from a quarter, half and all of the design"),
    "front": Entry(FRESH, "trials, front, winners and shipped doctrines, on worlds that the search had not seen"),
    "growth": Entry(FRESH, "hypervolume of the front after each generation, and whether it was still growing"),
    "leaning": Entry(FRESH, "the advantage of winners under each assumption, changed one at a time"),
    "years": Entry(YEARS, "levels by year, in the world and in its twin, and their trends over the period"),
    "over_time": Entry(QUARTERS, "what happens in each quarter, in the world and in its twin, and how far runs spread"),
    "over_time_by_kind": Entry(QUARTERS, "the same by kind of perpetrator: acts, severe acts, pressure and grievance"),
    "run": Entry(RUN, "acts, answers, credibility and grievance over time"),
}
"""Figures by name, in the order in which they are shown."""
ANSWERING = (
    *("discovery", "comparison", "sensitivity", "morris", "mechanisms", "features", "years", "effects", "main_effects"),
    "feature_scores",
)
"""Figures that answer the question of a folder, by kind of folder."""
ANY_METRIC = "any metric over each pair of factors"
ALL = "all"
"""In the place of a name: every figure that a folder has."""
OF_SAMPLES = ("scatter", "feature_scores")
"""Figures that a sweep of a sample draws without being asked for."""


def is_figure_file(file: str) -> bool:
    """Whether a figure of a folder may stand in a file of this name, be it of any metric."""
    name, _, kind = file.rpartition(".")
    return kind in ("png", "svg") and (name in FIGURES or name in METRICS)


def entry(name: str) -> Entry:
    """The entry of a figure, or of the heat maps of any metric; raises `ConfigurationError`."""
    if name in FIGURES:
        return FIGURES[name]
    if name in METRICS:
        return Entry(PAIRS, ANY_METRIC)
    nearest = nearest_name(name, [*FIGURES, *METRICS])
    raise ConfigurationError("is no figure", value=name, nearest=nearest, allowed="those of `deter list figures`")


def drawn_by(name: str) -> str:
    """The function that draws a figure: `package.module.function`; raises `ConfigurationError` where it is none."""
    return f"analysis.{entry(name).kind.module}.{'heat_map' if name in METRICS else name}_figure"


def drawer(name: str) -> "Callable[[Results], Figure | None]":
    """The function that draws a figure of results."""
    module, _, function = drawn_by(name).rpartition(".")
    draw = getattr(import_module(module), function)
    return partial(draw, metric=name) if name in METRICS else draw  # type: ignore[no-any-return]


def draw(name: str, results: Results) -> "Figure":
    """A figure of a folder; raises `ConfigurationError` where the folder has none of that name."""
    if not (figures := drawn(name, results)):
        raise ConfigurationError(f"has nothing that figure {name} could show", file=str(results.folder))
    return figures[0]


def drawn(name: str, results: Results, *, slide: bool = False) -> "list[Figure]":
    """A figure of a folder for paper, or on as many slides as it needs; empty where it would show nothing.

    Raises `ConfigurationError` where the folder has none of that name.
    """
    kind = entry(name).kind
    if not kind.applies(results):
        problem = f"has no figure {name}, which is one of {kind.of}"
        raise ConfigurationError(problem, file=str(results.folder), allowed=", ".join(names_of(results)) or None)
    results.check_metrics([name] if name in METRICS else [])
    return _printed(name, results, slide=slide)


def _printed(name: str, results: Results, *, slide: bool = False) -> "list[Figure]":
    from analysis.plotting import pages  # brings matplotlib, which takes a second to load

    draw = partial(drawer(name), results)
    return pages.slides(draw) if slide else pages.paper(draw)


def names_of(results: Results) -> list[str]:
    """The figures that a folder has."""
    return [name for name, found in FIGURES.items() if found.kind.applies(results)]


def leading(results: Results) -> "dict[str, Figure]":
    """The figure that answers the question of a folder, by its name; none where it has none that shows something."""
    names = names_of(results)
    order = [*(name for name in ANSWERING if name in names), *names]
    return next(filter(None, (_some([name], results) for name in order)), {})


def default_figures(results: Results, also: Collection[str] = ()) -> "dict[str, Figure]":
    """The figures that are drawn when a folder is made, and others named; what would show nothing is left out."""
    also = {*also, *(OF_SAMPLES if is_drawn(results) else ())}
    return _some([name for name in names_of(results) if FIGURES[name].kind.by_default or name in also], results)


def comparison_figures(results: Results) -> "dict[str, Figure]":
    """The figures of a comparison of doctrines; what would show nothing is left out."""
    kinds = FOREST, TRADEOFFS, WINNERS, RANKED, UNINFORMED
    return _some([name for name in names_of(results) if FIGURES[name].kind in kinds], results)


def search_figures(results: Results) -> "dict[str, Figure]":
    """The figures of a search, of its fresh worlds; what would show nothing is left out."""
    return _some([name for name, found in FIGURES.items() if found.kind is FRESH], results)


def _some(names: Collection[str], results: Results) -> "dict[str, Figure]":
    figures = {}
    for name in names:
        # levels are not compared while points have no run yet, and another version's tables may lack columns
        with suppress(Unreached, Lacking):
            figures[name] = _printed(name, results)
    return {name: figure for name, found in figures.items() for figure in found}
