"""Missing runs: what lacks its run on one side is left out on the other, and how much that is gets said."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.effects.by_cell import by_cell
from analysis.effects.effects import effects, shares
from analysis.effects.factorial import Grid, Term
from analysis.effects.matched import matched
from analysis.effects.tables import effect_tables
from analysis.report.missing import missing_runs
from analysis.results.folder import RUNS_SCHEMA
from analysis.statistics.contrasts import contrast, influence, left_out, paired

RATE = "deterrence_rate"
A, B, C = "doctrine.firmness", "doctrine.clarity", "doctrine.proportionality"
SHAPE = {A: 6, B: 5, C: 5}
REPLICATES = 20


def truth(design: pl.DataFrame) -> Any:
    a, b, c = (design[name].to_numpy() for name in SHAPE)
    return 0.2 + 0.02 * a + 0.01 * b + 0.005 * c * c + 0.005 * a * c


def design_of(shape: dict[str, int] = SHAPE) -> pl.DataFrame:
    cells = list(product(*map(range, shape.values())))
    return pl.DataFrame(cells, schema=list(shape), orient="row").with_row_index("point").cast(pl.Int64)


def made(draws: np.random.Generator, design: pl.DataFrame, replicates: int = REPLICATES) -> pl.DataFrame:
    """Runs on common random numbers."""
    points = design.height
    size = points * replicates
    below = draws.gamma(40.0, 1.0, (1, replicates)) + draws.gamma(40.0, 1.0, (points, replicates))
    noise = draws.normal(0.0, 0.05, (1, replicates)) + draws.normal(0.0, 0.05, (points, replicates))
    above = below * (truth(design)[:, None] + noise)
    columns: dict[str, Any] = {name: np.ones(size) for name in RUNS_SCHEMA}
    columns["point"], columns["replicate"] = np.divmod(np.arange(size), replicates)
    columns |= {"status": ["ok"] * size, "error": [None] * size, "deterred": above.ravel(), "deterrable": below.ravel()}
    columns |= {"bite": np.repeat(1.0 + design[A].to_numpy(), replicates), "weeks": np.full(size, 52)}
    return pl.DataFrame(columns, strict=False).cast(RUNS_SCHEMA)  # type: ignore[arg-type]


def failed(runs: pl.DataFrame, where: Any) -> pl.DataFrame:
    return runs.with_columns(status=pl.when(where).then(pl.lit("failed")).otherwise("status"))


def scattered(runs: pl.DataFrame, draws: np.random.Generator, share: float = 0.02) -> pl.DataFrame:
    return failed(runs, pl.Series(draws.random(runs.height) < share))


def results_of(runs: pl.DataFrame, design: pl.DataFrame) -> Any:
    """What analyses ask of a folder."""
    levels = {name: design[name].unique().sort().to_list() for name in design.columns[1:]}
    manifest = SimpleNamespace(
        factors=levels,
        pilot=None,
        kind="sweep",
        status="complete",
        seed=1,
        stamp="made up",
        design={"kind": "grid"},
        record=False,
        uncertainty=None,
    )
    counts = runs.height, runs.filter(status="failed").height
    twin = SimpleNamespace(doctrine=SimpleNamespace(title="none"))
    return SimpleNamespace(
        scan=runs.lazy(),
        design=design,
        levelled=list(levels),
        manifest=manifest,
        counts=counts,
        unreached=0,
        missing=frozenset(),
        own_metrics=(),
        check_reached=lambda _: None,
        folder="made/up",
        worlds=None,
        configuration=SimpleNamespace(reference=twin),
    )


GRID = Grid(tuple(SHAPE), tuple(list(range(size)) for size in SHAPE.values()), design_of().drop("point").to_numpy().T)
TERMS = (Term((A,), ((0, 5),)), Term((A, C), ((0, 5), (0, 4))))


def of_grid(values: Any, term: Term) -> float:
    return float(GRID.coefficients(term) @ values)


def test_failures_at_random_leave_all_replicates_and_intervals_that_cover() -> None:
    """Eighty sweeps of 3,000 runs, 2 % of which fail: before, no replicate of them was whole."""
    design, draws = design_of(), np.random.default_rng(11)
    values = truth(design)
    found: dict[str, list[tuple[float, float, bool]]] = {}
    for _ in range(80):
        runs = scattered(made(draws, design), draws)
        row = paired(runs, design, [A], {A: 0}, [RATE]).filter(pl.col(A) == 5).row(0, named=True)
        in_cell = paired(runs, design, [A, B], {A: 0}, [RATE]).filter(pl.col(A) == 5, pl.col(B) == 2).row(0, named=True)
        cells = influence(runs, design, list(SHAPE), RATE)
        told = contrast(cells, [GRID.coefficients(term) for term in TERMS], [term.factors for term in TERMS])
        assert (row["n"], in_cell["n"], *told.n) == (REPLICATES,) * 4
        main = of_grid(values, TERMS[0])
        for name, right, mean, error, low, high in (
            ("paired", main, row["mean"], row["standard_error"], row["low"], row["high"]),
            ("in a cell", main, in_cell["mean"], in_cell["standard_error"], in_cell["low"], in_cell["high"]),
            *((term.name, of_grid(values, term), *(part[at] for part in told[:4])) for at, term in enumerate(TERMS)),
        ):
            found.setdefault(name, []).append((mean - right, error, low <= right <= high))
    for rows in found.values():
        away, errors, covered = map(np.array, zip(*rows, strict=True))
        assert abs(away.mean()) < 3.0 * away.std() / np.sqrt(len(away))
        assert np.sqrt((errors**2).mean()) == pytest.approx(away.std(), rel=0.25)
        assert 0.88 <= covered.mean() <= 0.99


def test_a_replicate_that_fails_where_it_is_unlucky_does_not_bias_a_difference() -> None:
    """Failures that depend on luck which all points share: levels move, differences do not."""
    design, draws = design_of({A: 2, B: 10, C: 1}), np.random.default_rng(3)
    runs = made(draws, design, 400)
    luck = runs.group_by("replicate").agg(luck=(pl.col("deterred") / pl.col("deterrable")).mean())
    prone = runs.join(luck, on="replicate", maintain_order="left")["luck"]
    lost = (prone > prone.quantile(0.8)) & (runs["point"] >= 10) & pl.Series(draws.random(runs.height) < 0.8)
    row = paired(failed(runs, lost), design, [A], {A: 0}, [RATE]).row(0, named=True)
    assert row["low"] <= 0.02 <= row["high"]
    levels = (
        failed(runs, lost)
        .filter(status="ok")
        .group_by(pl.col("point") >= 10)
        .agg(rate=pl.col("deterred").sum() / pl.col("deterrable").sum())
    )
    naive = levels.sort("point")["rate"].diff()[1]
    assert not row["low"] <= naive <= row["high"]


def test_what_fails_at_one_level_is_left_out_at_the_other() -> None:
    design, draws = design_of({A: 2, B: 3, C: 2}), np.random.default_rng(5)
    runs = made(draws, design)
    lost = (pl.col("point") >= 6) & (pl.col("replicate") < 4) & (pl.col("point") % 2 == 0)
    counterparts = (pl.col("point") < 6) & (pl.col("replicate") < 4) & (pl.col("point") % 2 == 0)
    one = paired(failed(runs, lost), design, [A], {A: 0}, [RATE])
    assert one.equals(paired(failed(runs, lost | counterparts), design, [A], {A: 0}, [RATE]))
    # the same made worse on the side that is left out changes nothing
    spoilt = runs.with_columns(deterred=pl.when(counterparts).then(1e6).otherwise("deterred"))
    assert one.equals(paired(failed(spoilt, lost), design, [A], {A: 0}, [RATE]))
    found = influence(failed(runs, lost), design, [A], RATE)
    assert left_out(found, [[-1.0, 1.0]], [[A]]) == [(6 * 20, 3 * 4)]


def test_each_combination_weighs_as_before_however_many_replicates_it_has_left() -> None:
    """By hand: the ratio of sums over combinations of the means over the replicates that they have left."""
    design, draws = design_of({A: 2, B: 2, C: 1}), np.random.default_rng(6)
    runs = failed(made(draws, design), (pl.col("point") == 3) & (pl.col("replicate") >= 5))
    kept = runs.filter((pl.col("point") % 2 == 0) | (pl.col("replicate") < 5))
    means = kept.group_by("point").agg(pl.col("deterred", "deterrable").mean()).sort("point")
    x, y = (means[name].to_numpy().reshape(2, 2).sum(1) for name in ("deterred", "deterrable"))
    row = paired(runs, design, [A], {A: 0}, [RATE]).row(0, named=True)
    assert row["mean"] == pytest.approx((x / y)[1] - (x / y)[0], rel=1e-12)
    assert row["n"] == REPLICATES


def test_the_order_of_runs_is_of_no_account() -> None:
    design, draws = design_of({A: 2, B: 3, C: 2}), np.random.default_rng(7)
    runs = scattered(made(draws, design), draws, 0.1)
    for by in ([A], [A, B], list(design.columns[1:])):
        one, other = (
            paired(some, design, by, {A: 0}, [RATE]) for some in (runs, runs.sample(fraction=1.0, shuffle=True, seed=1))
        )
        for name in ("mean", "low", "high", "n"):
            assert one[name].to_list() == pytest.approx(other[name].to_list(), rel=1e-9)


def test_a_point_without_any_run_is_left_out_with_its_counterpart_and_said() -> None:
    design, draws = design_of({A: 2, B: 3, C: 1}), np.random.default_rng(8)
    runs = made(draws, design)
    gone = failed(runs, pl.col("point") == 4)
    row = paired(gone, design, [A], {A: 0}, [RATE])
    kept = design.filter(~pl.col("point").is_in([1, 4])).with_row_index("at").cast({"at": pl.Int64})
    rest = runs.join(kept.select("point", "at"), on="point", maintain_order="left", how="inner").with_columns(
        point="at"
    )
    same = paired(rest.drop("at"), kept.drop("point").rename({"at": "point"}), [A], {A: 0}, [RATE])
    for name in ("mean", "standard_error", "low", "high", "n"):
        assert row[name].item() == pytest.approx(same[name].item(), rel=1e-9)
    said = " ".join(missing_runs(results_of(gone, design)))
    assert "20 of 120 runs failed and are left out" in said
    assert "not be a random sample" in said
    assert "1 of 6 points has no successful run" in said
    assert "up to 20 of 60 cells (33 %)" in said
    assert shares(results_of(gone, design), metrics=[RATE])["mean"].null_count() == 3


def test_a_side_without_any_run_has_no_difference() -> None:
    design = design_of({A: 2, B: 3, C: 1})
    runs = failed(made(np.random.default_rng(9), design), pl.col("point") >= 3)
    row = paired(runs, design, [A], {A: 0}, [RATE]).row(0, named=True)
    assert (row["mean"], row["low"], row["n"]) == (None, None, 0)
    said = " ".join(missing_runs(results_of(runs, design)))
    assert "3 of 6 points have no successful run" in said
    assert "60 of 60 cells (100 %)" in said


def test_groups_that_do_not_match_keep_whole_replicates() -> None:
    """Points of a sample share no level: a replicate counts where all of them have its run."""
    draws = np.random.default_rng(2)
    design = pl.DataFrame({"point": range(6), A: [0, 0, 0, 1, 1, 1], B: draws.random(6), C: draws.random(6)})
    runs = made(draws, design)
    lost = failed(runs, (pl.col("point") == 4) & (pl.col("replicate") < 3))
    row = paired(lost, design, [A], {A: 0}, [RATE])
    assert row.equals(paired(runs.filter(pl.col("replicate") >= 3), design, [A], {A: 0}, [RATE]))
    assert left_out(influence(lost, design, [A], RATE), [[-1.0, 1.0]], [[A]]) == [(20, 3)]


def test_with_nothing_missing_every_number_is_as_without_the_rule() -> None:
    """Bit by bit; and what the failures elsewhere do not touch is as it was."""
    design, draws = design_of({A: 3, B: 3, C: 2}), np.random.default_rng(4)
    runs = made(draws, design)
    for by in ([A], [A, B], [A, B, C]):
        found = influence(runs, design, by, RATE)
        assert found.matching is None
        assert found.filled() is found
        assert left_out(found, np.eye(found.levels.height), [[A]] * found.levels.height) == []
        groups = found.levels.height
        coefficients = np.eye(groups) - np.roll(np.eye(groups), 1, axis=1)
        alike, given = contrast(found, coefficients), contrast(found, coefficients, [[A]] * groups)
        for one, other in zip(alike, given, strict=True):
            assert one.tolist() == other.tolist()
    touched = failed(runs, (pl.col("point") == 17) & (pl.col("replicate") == 2))
    before, after = (paired(some, design, [A, B], {A: 0}, [RATE]) for some in (runs, touched))
    untouched = ~((before[A] == 2) & (before[B] == 2))
    assert before.filter(untouched).equals(after.filter(untouched))
    assert not before.equals(after)


def test_effects_cells_shares_and_matched_bite_bear_scattered_failures() -> None:
    design, draws = design_of(), np.random.default_rng(12)
    whole = made(draws, design)
    some = results_of(scattered(whole, draws), design)
    every = results_of(whole, design)
    for table in (effects, shares, by_cell, matched):
        few, all_ = (table(results, metrics=[RATE]) for results in (some, every))
        told = few["standard_error"].is_not_null()
        assert told.all()
        away = (few["mean"] - all_["mean"]) / few["standard_error"]
        assert float(away.abs().max()) < 3.0  # type: ignore[arg-type]
        assert float(away.abs().mean()) < 0.5  # type: ignore[arg-type]
    # an interaction of three factors of one level each is of one cell: it has the replicates that all eight runs have
    n = effects(some, metrics=[RATE]).filter(pl.col("factors") < 3)["n"]
    assert set(n) == {REPLICATES}
    assert set(shares(some, metrics=[RATE])["n"]) == {REPLICATES}


def test_tables_say_how_much_is_left_out() -> None:
    design, draws = design_of({A: 3, B: 2, C: 2}), np.random.default_rng(13)
    whole = made(draws, design)
    for name, table in effect_tables(results_of(scattered(whole, draws, 0.05), design)).items():
        said = "each cell rests on the runs it has" if name == "variance_shares" else "counterparts are left out too"
        assert said in table.note
    for table in effect_tables(results_of(whole, design)).values():
        assert "left out" not in table.note
