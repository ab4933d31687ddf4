"""Sensitivity: known indices come back, through folders of results; what cannot give any is refused with a count."""

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from support import look, slides

from analysis.report.findings import findings
from analysis.report.gallery import draw
from analysis.report.page import warnings as warnings_of
from analysis.results.folder import RUNS_SCHEMA, Results, open_results
from analysis.results.table_files import table_files
from analysis.sensitivity.analysis import Sensitivity, sensitivity
from analysis.sensitivity.sobol import sobol_indices
from analysis.sensitivity.structure import structure_of
from analysis.sensitivity.tables import convergence_sentences, sensitivity_tables
from experiments import run_sweep
from experiments.commands.main import main
from experiments.design.design import Design, design_of
from experiments.design.experiment import load_experiment
from experiments.running.sweep import sweep_manifest
from model.errors import ConfigurationError

DIALS = ("clarity", "proportionality", "partners", "preventive", "cooperative", "stability", "support", "due_diligence")
SHORT = {"scenario.time.weeks": 26, "scenario.time.burn_in": 4}
METRIC = "deterrence_rate"
Function = Any


def text(kind: str, dials: int, more: str = "", replicates: int = 1, factors: str = "") -> str:
    ranges = "\n".join(f'"doctrine.{name}" = {{ low = 0.0, high = 1.0 }}' for name in DIALS[:dials])
    head = f'title = "T"\nquestion = "Q?"\ndoctrine = "clear_ladder"\nreplicates = {replicates}\nseed = 5\n'
    return f'{head}[design]\nkind = "{kind}"\n{more}\n[factors]\n{ranges}\n{factors}\n'


def synthetic(folder: Path, experiment: str, function: Function) -> Results:
    """A folder as a sweep leaves it, in which the deterrence rate is a function of the unit cube.

    `function(unit, replicate)` is given the factors that are numbers, and may use replicates as it likes. Denominators
    differ between replicates, so that a ratio of sums is no mean of ratios.
    """
    (folder / "e.toml").write_text(experiment)
    design = design_of(load_experiment(folder / "e.toml"))
    results = Results(folder, sweep_manifest(design).model_copy(update={"status": "complete"}))
    results.design = design.frame
    results.runs = runs_of(design, function)
    return results


def runs_of(design: Design, function: Function) -> pl.DataFrame:
    numbers = [name for name in design.factors if design.frame[name].dtype.is_numeric()]
    unit = design.frame.select(numbers).to_numpy()
    frames = []
    for replicate in range(design.replicates):
        weight = 1.0 + replicate
        frame = pl.DataFrame({"point": design.frame["point"]}).with_columns(
            replicate=pl.lit(replicate, pl.Int64),
            seed=pl.lit(5, pl.Int64),
            status=pl.lit("ok"),
            error=pl.lit(None, pl.String),
            deterred=pl.Series(weight * function(unit, replicate), dtype=pl.Float64),
            deterrable=pl.lit(weight),
        )
        rest = [pl.lit(1).cast(kind).alias(name) for name, kind in RUNS_SCHEMA.items() if name not in frame.columns]
        frames.append(frame.with_columns(rest).select(*RUNS_SCHEMA).cast(RUNS_SCHEMA))
    return pl.concat(frames).sort("point", "replicate")


def ishigami(unit: Any, replicate: int = 0) -> Any:
    x = np.pi * (2 * unit - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


ALONE, OTHER, BOTH = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.01 * np.pi**8 * 8 / 225
ISHIGAMI = {
    "first": np.array([ALONE, OTHER, 0.0]) / (ALONE + OTHER + BOTH),
    "total": np.array([ALONE + BOTH, OTHER, BOTH]) / (ALONE + OTHER + BOTH),
    "second": np.array([0.0, BOTH, 0.0]) / (ALONE + OTHER + BOTH),
}
"""Closed forms of Ishigami & Homma 1990, with a = 7, b = 0.1."""
WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])


def g_function(unit: Any, replicate: int = 0) -> Any:
    return np.prod((np.abs(4 * unit - 2) + WEIGHTS) / (1 + WEIGHTS), axis=1)


PARTS = 1 / (3 * (1 + WEIGHTS) ** 2)
G = {
    "first": PARTS / (np.prod(1 + PARTS) - 1),
    "total": PARTS * np.prod(1 + PARTS) / (1 + PARTS) / (np.prod(1 + PARTS) - 1),
}
"""Closed forms of Sobol's G (Saltelli & Sobol' 1995)."""


def column(found: Sensitivity, measure: str, name: str = "mean") -> Any:
    return found.indices.filter(measure=measure)[name].to_numpy()


@pytest.mark.parametrize(
    ("function", "dials", "size", "known"), [(ishigami, 3, 2048, ISHIGAMI), (g_function, 8, 1024, G)]
)
def test_known_indices_come_back(tmp_path: Path, function: Function, dials: int, size: int, known: Any) -> None:
    second = "second" in known
    plan = f"size = {size}\nsecond_order = {str(second).lower()}"
    found = sensitivity(synthetic(tmp_path, text("saltelli", dials, plan), function), [METRIC])
    for measure, truth in known.items():
        assert column(found, measure) == pytest.approx(truth, abs=0.03), measure
        assert (column(found, measure, "low") <= truth).all()
        assert (truth <= column(found, measure, "high")).all()
    assert found.verdicts["swapped"].to_list() == [0]
    assert found.converged == (found.verdicts["half_width"][0] <= 0.05)


def test_estimates_are_those_of_salib_and_errors_those_of_its_bootstrap(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("saltelli", 3, "size = 512\nsecond_order = true"), ishigami)
    found = sensitivity(results, [METRIC])
    y = ishigami(results.design.drop("point").to_numpy())
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    theirs = salib_sobol.analyze(problem, y, calc_second_order=True, num_resamples=2000, seed=1)
    pairs = np.triu_indices(3, 1)
    for measure, key in (("first", "S1"), ("total", "ST")):
        assert column(found, measure) == pytest.approx(theirs[key])
        half = column(found, measure, "high") - column(found, measure)
        assert half == pytest.approx(theirs[f"{key}_conf"], rel=0.08)
    assert column(found, "second") == pytest.approx(theirs["S2"][pairs])
    half = column(found, "second", "high") - column(found, "second")
    assert half == pytest.approx(theirs["S2_conf"][pairs], rel=0.08)


@pytest.mark.parametrize("size", [128, 512])
def test_intervals_cover_what_they_estimate(size: int) -> None:
    """Over fresh scrambles; they are wider than need be, for points of a Sobol' sequence err less than random ones."""
    inside, _ = covered(ishigami, ISHIGAMI, size, lambda unit, draws: 0.0, 100)
    assert (inside >= 0.9).all()


def own(unit: Any, draws: Any) -> Any:
    """Noise that every point has for itself."""
    return draws.normal(size=(len(unit), 4))


def skewed(unit: Any, draws: Any) -> Any:
    return draws.exponential(size=(len(unit), 4)) - 1.0


def common(unit: Any, draws: Any) -> Any:
    """Of common random numbers: half of the variance is another slope of two factors in each replicate."""
    slopes = np.sqrt(12) * (unit[:, :2] - 0.5) @ draws.normal(size=(2, 4))
    return 3.0 * draws.normal(size=4) + 0.5 * slopes + np.sqrt(0.5) * own(unit, draws)


def covered(function: Function, known: Any, size: int, noise: Function, sets: int) -> tuple[Any, Any]:
    """In what share of data sets intervals cover first-order and total indices, and where nothing were taken off.

    `noise` has variance 1, and is scaled so that in means over four replicates it is 22 % of the variance over points.
    """
    from SALib.sample import sobol as sampler

    truth = np.concatenate([known["first"], known["total"]])
    factors = len(truth) // 2
    problem = {"num_vars": factors, "names": list(range(factors)), "bounds": [[0, 1]] * factors}
    share = 4 * 0.22 / 0.78 * function(np.random.default_rng(0).random((100_000, factors))).var()
    inside = []
    for seed in range(sets):
        draws = np.random.default_rng(seed)
        unit = sampler.sample(problem, size, calc_second_order=False, seed=draws)
        values = function(unit)[:, None] + np.sqrt(share) * noise(unit, draws)
        found = sobol_indices(values, factors, second_order=False)
        estimates = np.stack([found.estimate, found.estimate + np.nan_to_num(found.noise)])
        inside.append(np.abs(estimates - truth) <= found.error.half())
    return tuple(np.mean(inside, axis=0))


NOISES = pytest.mark.parametrize("noise", [own, skewed, common])


@NOISES
def test_with_noise_of_replicates_intervals_cover_the_indices_without(noise: Function) -> None:
    """The negative control: with the noise left in, totals are too high to be covered."""
    inside, uncorrected = covered(ishigami, ISHIGAMI, 256, noise, 100)
    assert (inside >= 0.87).all()
    assert inside.mean() >= 0.92
    if noise is not common:
        assert uncorrected[-1] < 0.5


@pytest.mark.slow
@NOISES
@pytest.mark.parametrize(("function", "known"), [(ishigami, ISHIGAMI), (g_function, G)])
def test_with_noise_and_many_points_they_do(function: Function, known: Any, noise: Function) -> None:
    inside, uncorrected = covered(function, known, 1024, noise, 100)
    assert (inside >= 0.85).all()
    assert inside.mean() >= 0.92
    if noise is not common:
        assert uncorrected[0] < 0.9
        assert uncorrected[-1] < 0.1


def linear(unit: Any, replicate: int = 0) -> Any:
    return unit @ np.array([3.0, -2.0, 0.0])


def test_morris_gives_the_slopes_of_a_linear_function(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("morris", 3, "trajectories = 10\nlevels = 6"), linear)
    found = sensitivity(results, [METRIC])
    assert column(found, "mu") == pytest.approx([3.0, -2.0, 0.0], abs=1e-9)
    assert column(found, "mu_star") == pytest.approx([3.0, 2.0, 0.0], abs=1e-9)
    assert column(found, "sigma") == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert column(found, "mu", "high") == pytest.approx([3.0, -2.0, 0.0], abs=1e-6)
    assert found.converged


def test_morris_is_that_of_salib_with_interactions(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("morris", 3, "trajectories = 30\nlevels = 4"), ishigami)
    found = sensitivity(results, [METRIC])
    unit = results.design.drop("point").to_numpy()
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    theirs = salib_morris.analyze(problem, unit, ishigami(unit), num_levels=4, num_resamples=2000, seed=1)
    for measure in ("mu", "mu_star", "sigma"):
        assert column(found, measure) == pytest.approx(np.asarray(theirs[measure], float)), measure
    half = 1.96 / 2.045 * (column(found, "mu_star", "high") - column(found, "mu_star"))
    assert half == pytest.approx(np.asarray(theirs["mu_star_conf"], float), rel=0.1)


def test_noise_of_replicates_is_taken_off_morris_sigma_and_is_at_most_what_is_said_of_mu_star(tmp_path: Path) -> None:
    """Of an interaction, of nothing, and of a slope, with noise that every point has for itself."""

    def exact(unit: Any, replicate: int) -> Any:
        return 8.0 * unit[:, 0] * unit[:, 1] + unit[:, 3]

    def noisy(unit: Any, replicate: int) -> Any:
        return exact(unit, replicate) + np.random.default_rng(7 + replicate).normal(size=len(unit))

    plan = text("morris", 4, "trajectories = 300\nlevels = 4", replicates=4)
    quiet, found = (sensitivity(synthetic(tmp_path, plan, function), [METRIC]) for function in (exact, noisy))
    truth, sigma = column(quiet, "sigma"), column(found, "sigma")
    assert sigma[:2] == pytest.approx(truth[:2], rel=0.1)
    left_in = sigma + column(found, "sigma", "noise")
    assert (sigma[2:] < 0.6 * left_in[2:]).all()  # of four replicates that weigh 1 to 4 it is rough
    star = found.indices.filter(measure="mu_star")
    left = (star["mean"] - star["noise"]).to_numpy()
    assert (left <= column(quiet, "mu_star") + 0.1).all()
    assert (column(quiet, "mu_star") <= star["mean"].to_numpy() + 0.1).all()
    assert "the effect of partners is unclear" in said(found.results)[0]


NAMES = '"doctrine.voting_rule" = ["unanimity", "qmv", "coalition"]\n"doctrine.initiative" = [true, false]'


def test_a_name_counts_by_its_change_and_not_by_a_slope(tmp_path: Path) -> None:
    experiment = text("morris", 2, "trajectories = 40\nlevels = 6", factors=NAMES)
    results = synthetic(tmp_path, experiment, lambda unit, replicate: unit[:, 0])
    effect = results.design["doctrine.initiative"].to_numpy() * 0.25
    results.runs = results.runs.with_columns(deterred=pl.Series(results.runs["deterred"].to_numpy() + effect))
    found = sensitivity(results, [METRIC])
    star = dict(found.indices.filter(measure="mu_star").select("factor", "mean").iter_rows())
    assert star["doctrine.initiative"] == pytest.approx(0.25)
    assert star["doctrine.clarity"] == pytest.approx(1.0)
    assert star["doctrine.voting_rule"] == pytest.approx(0.0, abs=1e-9)


def test_names_have_sobol_indices(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("saltelli", 1, "size = 512", factors=NAMES), lambda unit, replicate: unit[:, 0])
    shift = results.design["doctrine.initiative"].to_numpy() * 0.5
    results.runs = results.runs.with_columns(deterred=pl.Series(results.runs["deterred"].to_numpy() + shift))
    found = sensitivity(results, [METRIC])
    parts = np.array([1 / 12, 0.0, 0.25 / 4])
    assert column(found, "total") == pytest.approx(parts / parts.sum(), abs=0.03)
    assert column(found, "first") == pytest.approx(parts / parts.sum(), abs=0.06)


CROSSED = 'doctrine = ["clear_ladder", "status_quo"]'


@pytest.mark.parametrize("kind", ["saltelli", "morris"])
def test_crossed_doctrines_have_indices_of_their_own(tmp_path: Path, kind: str) -> None:
    plan = "size = 512" if kind == "saltelli" else "trajectories = 16\nlevels = 4"
    experiment = text(kind, 2, f'{plan}\ncross = ["doctrine"]', factors=CROSSED)
    results = synthetic(tmp_path, experiment, lambda unit, replicate: unit[:, 0])
    second = results.design["doctrine"].to_numpy() == "status_quo"
    unit = results.design.select("doctrine.clarity", "doctrine.proportionality").to_numpy()
    results.runs = results.runs.with_columns(deterred=pl.Series(np.where(second, unit[:, 1], unit[:, 0])))
    found = sensitivity(results, [METRIC])
    assert found.indices.columns[0] == "doctrine"
    measure = "total" if kind == "saltelli" else "mu_star"
    for level, expected in (("clear_ladder", [1.0, 0.0]), ("status_quo", [0.0, 1.0])):
        of_level = found.indices.filter(doctrine=level, measure=measure)["mean"].to_numpy()
        assert of_level == pytest.approx(expected, abs=0.06)
    assert found.verdicts.height == 2
    assert "status_quo" in convergence_sentences(found)[1]


def noisy(share: float) -> Function:
    """A function whose points have noise of their own, beside one that all points of a replicate share."""

    def function(unit: Any, replicate: int) -> Any:
        draws = np.random.default_rng(100 + replicate)
        shared = draws.normal()
        return unit[:, 0] + shared + np.sqrt(share / 12) * draws.normal(size=len(unit))

    return function


def test_noise_of_replicates_is_told_from_effects(tmp_path: Path) -> None:
    """What replicates share cancels; noise of a point's own, a share of the variance, is taken off the totals.

    Replicates weigh 1, 2, 3, 4, so that the variance of the ratio is 0.3 of that of one, and not a quarter.
    """
    results = synthetic(tmp_path, text("saltelli", 3, "size = 1024", replicates=4), noisy(1.0))
    found = sensitivity(results, [METRIC])
    share = 0.3 / 1.3
    assert found.noise["noise"][0] == pytest.approx(share, rel=0.35)
    assert found.noise["within"][0] > found.noise["noise"][0]
    assert column(found, "total", "noise")[1:] == pytest.approx(share, rel=0.35)
    assert column(found, "total") == pytest.approx([1.0, 0.0, 0.0], abs=0.05)
    assert column(found, "first") == pytest.approx([1.0, 0.0, 0.0], abs=0.05)
    assert column(found, "first", "noise")[0] == pytest.approx(-share, rel=0.35)


def test_one_replicate_tells_nothing_of_noise(tmp_path: Path) -> None:
    found = sensitivity(synthetic(tmp_path, text("saltelli", 3, "size = 64"), ishigami), [METRIC])
    assert found.noise["noise"].to_list() == found.noise["within"].to_list() == [None]
    assert found.indices["noise"].null_count() == found.indices.height
    assert found.verdicts["replicate_error"].to_list() == [None]


def test_replicates_that_disagree_widen_intervals_and_more_base_points_do_not_help() -> None:
    """Replicates that rest on different factors move the indices; those that agree do not."""
    a, b = np.random.default_rng(1).random((2, 200, 2))
    rows = np.stack([a, np.column_stack([b[:, 0], a[:, 1]]), np.column_stack([a[:, 0], b[:, 1]]), b], axis=1)
    x = rows.reshape(-1, 2)
    agreeing = np.column_stack([x[:, 0]] * 4)
    disagreeing = np.column_stack([x[:, 0], x[:, 0], x[:, 0], 2 * x[:, 1]])
    sets = agreeing, disagreeing, disagreeing[:, -3:], agreeing[:, :1]
    alike, apart, few, one = (sobol_indices(y, 2, second_order=False) for y in sets)
    assert alike.replicate_error == pytest.approx(np.zeros(4), abs=1e-12)
    assert alike.error.half() == pytest.approx(one.error.half())
    assert apart.replicate_error[2:].min() > 0.1
    assert (apart.error.half()[2:] > 3.0 * apart.replicate_error[2:]).all()
    assert (few.error.half()[2:] < few.replicate_error[2:]).all()  # of which an interval says nothing
    assert np.isnan(one.replicate_error).all()


def said(results: Results) -> list[str]:
    return [one.text for one in findings(results)]


def test_findings_say_what_explains_how_much_and_of_what_nothing_can_be_told(tmp_path: Path) -> None:
    """Ishigami's function, with a fourth factor that does nothing: closed forms are within what the sentence says."""
    results = synthetic(tmp_path, text("saltelli", 4, "size = 2048"), ishigami)
    found = sensitivity(results)
    first, *rest = said(results)
    assert first.startswith("Deterrence rate (not settled): clarity explains ")
    assert first.endswith("; the effect of preventive is unclear.")
    for name, title in (("clarity", "clarity"), ("proportionality", "proportionality"), ("partners", "partners")):
        factor = f"doctrine.{name}"
        shares = {row["measure"]: row for row in found.indices.filter(factor=factor).iter_rows(named=True)}
        numbers = re.search(rf"{title} (?:explains )?([0-9.]+) % .*?by itself ([0-9.]+ %|nothing)", first)
        assert numbers is not None
        assert float(numbers[1]) == pytest.approx(100 * shares["total"]["mean"], abs=0.6)
    assert "partners 2" in first
    assert "(by itself nothing clear)" in first
    assert "takes two replicates" in rest[0]
    assert rest[1] == convergence_sentences(found)[0]
    assert "not settled" in rest[1]
    assert {(one.n, one.unit) for one in findings(results)} == {(2048, "base points")}
    assert not [one for one in said(results) if "averaged over" in one or "deters" in one or "twin" in one]


def test_findings_of_morris_have_the_unit_and_the_direction(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("morris", 3, "trajectories = 20"), lambda unit, _: 0.4 - unit @ [0.3, 0.1, 0.0])
    first, *_ = said(results)
    assert first.startswith("Deterrence rate: clarity moves it by 30.0 points [30.0, 30.0] over its range, on average ")
    assert "; proportionality 10.0 points [10.0, 10.0], on average downwards" in first
    assert first.endswith("; the effect of partners is unclear.")


def test_noise_is_no_finding(tmp_path: Path) -> None:
    """Replicates disagree at each point by themselves: what looks like effects is no more than noise makes."""
    rng = np.random.default_rng(3)
    results = synthetic(
        tmp_path,
        text("saltelli", 3, "size = 128", replicates=4),
        lambda unit, _: 0.5 + 0.01 * rng.normal(size=len(unit)),
    )
    first, *rest = said(results)
    assert first == "Deterrence rate (not settled): no interval is available, so nothing is claimed."
    assert any("the same at all points, but for noise of replicates" in text for text in rest)
    assert "is at most all of the variance" in rest[0] or re.search(r"at most [89]\d\.\d %", rest[0])


def test_without_every_run_there_are_no_findings_and_the_page_says_why(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("saltelli", 3, "size = 8"), ishigami)
    results.runs = results.runs.head(20)
    assert findings(results) == []
    assert any("no indices of sensitivity: the folder lacks 20 of 40 runs" in text for text in warnings_of(results))


def test_values_out_of_place_would_be_wrong(tmp_path: Path) -> None:
    """The negative control: every index rests on the order of the rows."""
    results = synthetic(tmp_path, text("saltelli", 3, "size = 512"), ishigami)
    y = results.runs["deterred"].to_numpy()
    results.runs = results.runs.with_columns(deterred=pl.Series(np.random.default_rng(0).permutation(y)))
    assert np.abs(column(sensitivity(results, [METRIC]), "total") - ISHIGAMI["total"]).min() > 0.2


def test_what_is_missing_or_failed_or_undefined_is_refused_with_a_count(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("saltelli", 3, "size = 64", replicates=2), ishigami)
    whole = results.runs
    results.runs = whole.head(600)
    with pytest.raises(ConfigurationError, match=r"lacks 40 of 640 runs.*goes on"):
        sensitivity(results)
    failed = pl.col("point") < 3
    results.runs = whole.with_columns(status=pl.when(failed).then(pl.lit("failed")).otherwise("status"))
    with pytest.raises(ConfigurationError, match=r"6 failed runs of 640.*--retry-failed"):
        sensitivity(results)
    results.runs = whole.with_columns(deterrable=pl.when(pl.col("point") < 5).then(0.0).otherwise("deterrable"))
    with pytest.raises(ConfigurationError, match=r"deterrence_rate: is undefined at 5 of 320 points"):
        sensitivity(results, [METRIC])
    results.runs = whole
    with pytest.raises(ConfigurationError, match="escalation_rate: is the same at all 320 points"):
        sensitivity(results, ["escalation_rate"])
    found = sensitivity(results)
    assert found.metrics == [METRIC]
    assert "is the same at all 320 points" in found.left_out["escalation_rate"]


def test_a_metric_that_varies_in_one_doctrine_alone_is_no_error(tmp_path: Path) -> None:
    experiment = text("saltelli", 2, 'size = 64\ncross = ["doctrine"]', replicates=2, factors=CROSSED)
    results = synthetic(tmp_path, experiment, lambda unit, replicate: unit[:, 0])
    still = pl.col("point") >= results.design.height // 2
    results.runs = results.runs.with_columns(deterred=pl.when(still).then(pl.col("deterrable")).otherwise("deterred"))
    found = sensitivity(results, [METRIC])
    assert found.verdicts["converged"].to_list()[1] is False
    assert "the same at all points" in convergence_sentences(found)[1]
    assert found.indices.filter(doctrine="status_quo")["mean"].null_count() == 4


def test_a_design_without_indices_is_refused(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("sobol", 3, "size = 64"), ishigami)
    with pytest.raises(ConfigurationError, match=r"design\.kind = 'sobol': is no design from which indices follow"):
        sensitivity(results)


def test_the_check_asks_for_width_and_order(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("saltelli", 3, "size = 256"), ishigami)
    strict, mild = sensitivity(results, [METRIC], 0.01), sensitivity(results, [METRIC], 0.3)
    assert not strict.converged
    assert mild.converged
    row = strict.verdicts.row(0, named=True)
    assert row["n_needed"] > 256
    assert row["n_needed"] & (row["n_needed"] - 1) == 0
    assert strict.nested["n"].unique().sort().to_list() == [64, 128, 256]
    assert "not settled" in convergence_sentences(strict)[0]

    def turning(unit: Any, replicate: int) -> Any:  # the first half of the points rests on another factor
        early = np.arange(len(unit)) < len(unit) // 2
        return np.where(early, unit[:, 0] + 0.2 * unit[:, 1], unit[:, 0] + 5.0 * unit[:, 1])

    turned = sensitivity(synthetic(tmp_path, text("saltelli", 3, "size = 256"), turning), [METRIC], 0.3)
    assert turned.verdicts["swapped"][0] == 1
    assert not turned.converged
    assert "1 pair of factors changes order" in convergence_sentences(turned)[0]


def test_where_replicates_disagree_the_check_asks_for_more_of_them(tmp_path: Path) -> None:
    plan = text("saltelli", 2, "size = 256", replicates=4)
    results = synthetic(tmp_path, plan, lambda unit, replicate: unit[:, replicate % 2] * (1.0 + replicate))
    found = sensitivity(results, [METRIC], 0.1)
    assert found.verdicts["n_needed"].to_list() == [None]
    assert "it takes more replicates" in convergence_sentences(found)[0]


def test_tables_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    files = []
    for _ in range(2):
        results = synthetic(tmp_path, text("saltelli", 3, "size = 64\nsecond_order = true", replicates=3), noisy(0.5))
        files.append({name: table_files(table) for name, table in sensitivity_tables(sensitivity(results)).items()})
    assert files[0] == files[1]
    assert set(files[0]) == {"sensitivity", "convergence", "convergence_check"}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("swept")
    (base / "e.toml").write_text(text("saltelli", 2, "size = 8", replicates=2))
    run_sweep(base / "e.toml", base / "out", overrides=SHORT)
    return base


def test_the_command_takes_an_experiment_or_its_folder(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--metric", METRIC, "--half-width", "0.9"]
    settings = [word for key, value in SHORT.items() for word in ("--set", f"{key}={value}")]
    before = (swept / "out" / "runs.parquet").stat().st_mtime_ns
    codes = [
        main(["sensitivity", str(swept / "e.toml"), "--out", str(swept / "out"), *settings, *options]),
        main(["sensitivity", str(swept / "out"), *options]),
    ]
    assert codes[0] == codes[1]
    assert (swept / "out" / "runs.parquet").stat().st_mtime_ns == before
    shown = capsys.readouterr().out
    assert "Deterrence rate" in shown
    assert "base points" in shown
    found = {path.name for path in (swept / "out" / "tables").iterdir()}
    assert {"sensitivity.parquet", "sensitivity.csv", "sensitivity.tex", "convergence_check.csv"} <= found
    assert {"sensitivity.png", "convergence.svg"} <= {path.name for path in (swept / "out" / "figures").iterdir()}


def test_the_command_fails_where_indices_are_not_settled_and_writes_them(
    swept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sensitivity", str(swept / "out"), "--metric", METRIC, "--half-width", "0.0001"]) == 1
    assert "not yet precise enough" in capsys.readouterr().err
    assert (swept / "out" / "tables" / "sensitivity.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["headline"], "headline: design.kind = 'grid': is no design from which indices follow; allowed: saltelli"),
        (["OUT", "--metric", "deterence_rate"], "--metric: 'deterence_rate': is no metric; did you mean"),
        (["OUT", "--metric", METRIC, "--metric", METRIC], "is given twice"),
        (["OUT", "--half-width", "0"], "--half-width: 0.0: is no half-width"),
        (["OUT", "--replicates", "5"], "--replicates: cannot be used with a folder of finished results"),
        (["nowhere"], "nowhere"),
    ],
)
def test_wrong_input_gets_one_message(
    swept: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sensitivity", *(str(swept / "out") if word == "OUT" else word for word in arguments)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_an_interrupted_folder_is_refused_with_a_count(swept: Path) -> None:
    results = open_results(swept / "out")
    results.runs = results.runs.head(50)
    with pytest.raises(ConfigurationError, match="lacks 14 of 64 runs"):
        sensitivity(results)
    assert structure_of(results).size == 8


@pytest.mark.parametrize("plan", ['kind = "saltelli"\nsize = 4', 'kind = "morris"\ntrajectories = 4'])
def test_rows_out_of_place_are_refused(tmp_path: Path, plan: str) -> None:
    """Two rows exchanged, with their numbers put right again: the bytes are not those that the manifest names."""
    kind, more = plan.split("\n")
    (tmp_path / "e.toml").write_text(text(kind.split('"')[1], 2, more))
    run_sweep(tmp_path / "e.toml", tmp_path / "out", overrides=SHORT)
    file = tmp_path / "out" / "design.parquet"
    frame = pl.read_parquet(file)
    frame[[1, 0, *range(2, frame.height)]].with_columns(point=frame["point"]).write_parquet(file)
    with pytest.raises(ConfigurationError, match="is damaged, or was changed since it was written"):
        sensitivity(open_results(tmp_path / "out"))


LONG = "\n".join(
    f'"archetypes.{name}.ambiguity_attitude.mean" = {{ low = -1.0, high = 1.0 }}'
    for name in ("major_power", "regional_power", "service_unit", "organised_crime", "small_state", "contractor")
)
SHAPES = {
    "three": ("saltelli", 3, "size = 64", ""),
    "fourteen, names long": ("saltelli", 8, "size = 16", LONG),
    "crossed": ("saltelli", 2, 'size = 16\ncross = ["doctrine"]', CROSSED),
    "screened": ("morris", 8, "trajectories = 8\nlevels = 6", LONG + "\n" + NAMES),
    "screened, crossed": ("morris", 2, 'trajectories = 8\nlevels = 4\ncross = ["doctrine"]', CROSSED),
    "linear": ("morris", 3, "trajectories = 4\nlevels = 4", ""),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_figures_can_be_read(tmp_path: Path, shape: str) -> None:
    kind, dials, plan, factors = SHAPES[shape]
    rising = linear if shape == "linear" else lambda unit, replicate: (unit * unit) @ np.arange(1.0, unit.shape[1] + 1)
    results = synthetic(tmp_path, text(kind, dials, plan, replicates=2, factors=factors), rising)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        names = ["sensitivity" if kind == "saltelli" else "morris", "convergence"]
        drawn = [look.draw(name, results, draw(name, results)) for name in names]
    look.assert_legible(drawn)
    look.assert_printable(drawn)
    look.assert_filled(drawn)
    for one in drawn:
        assert f"design {results.manifest.design_hash[:8]}" in one.said
        assert "95 % interval over n" in one.said
        assert "All points share 2 replicates" in one.said
    if shape in ("fourteen, names long", "screened, crossed"):  # the highest of each
        slides.check(names[0], results, letters=10.0 if kind == "saltelli" else 12.0)
    if shape == "three":
        slides.check("convergence", results)


def test_sorted_by_total_and_drawn_at_its_value(tmp_path: Path) -> None:
    results = synthetic(tmp_path, text("saltelli", 3, "size = 256"), ishigami)
    axes = draw("sensitivity", results).axes[0]
    total = column(sensitivity(results, [METRIC]), "total")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Clarity", "Proportionality", "Partners"]
    assert np.asarray(axes.lines[0].get_xdata(), float) == pytest.approx(np.sort(total)[::-1])


def test_other_folders_have_no_such_figure(swept: Path) -> None:
    with pytest.raises(ConfigurationError, match="has no figure morris, which is one of complete sweeps of a Morris"):
        draw("morris", open_results(swept / "out"))
