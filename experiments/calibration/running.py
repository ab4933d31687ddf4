"""A calibration from its first wave to its gates: it goes on where its folder was left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from analysis.calibration.answer import Calibration, LeftOut, Parameter, Wave
from analysis.calibration.estimator import Posterior, Summaries, posterior
from analysis.calibration.gates import EVEN, Known, clearly_more, effective, known, left_out, posterior_of, set_apart
from analysis.calibration.reference import Array, Reference, from_unit
from analysis.calibration.targets import FITTED, Targets
from analysis.results.folder import Results
from experiments.calibration.waves import Prior, design, fitted, inside, observed, run_wave, tables, truncated
from experiments.running.executors import Workforce
from experiments.running.sweep import Report

DIGITS = 6
"""Significant digits of what ships."""
SHIPPED = 400
"""Worlds of the posterior that ship."""
LEFT_OUT_FROM = 30_000
"""Worlds at most from which moments are predicted that were left out: a network is learnt for each."""


@dataclass(frozen=True)
class Plan:
    """How much is run: worlds of the first wave and of each later one, how many waves, and pseudo-worlds of gates."""

    worlds: int
    later: int
    waves: int = 3
    pseudo: int = 300
    checked: int = 20
    of_checks: int = 2_000


class Found(NamedTuple):
    """A calibration, the worlds that ship [world, parameter], its posterior, and ranks where the truth is known."""

    calibration: Calibration
    worlds: pl.DataFrame
    posterior: Posterior
    known: Known


Say = Callable[[str], object]


def calibrate(
    prior: Prior,
    targets: Targets,
    folder: Path,
    plan: Plan,
    workers: Workforce | int | None = None,
    *,
    fresh: bool = False,
    report: Report | None = None,
    say: Say = lambda _: None,
) -> Found:
    """Run the waves, and find the posterior and its gates."""
    seed, spans = prior.loaded.experiment.seed, dict(prior.spans)
    waves: list[Results] = []
    for wave in range(1, plan.waves + 1):
        worlds = plan.worlds if wave == 1 else plan.later
        say(f"wave {wave} of {plan.waves}: {worlds:,} worlds")
        made = design(prior, spans, worlds, wave)
        waves.append(run_wave(made, folder / f"wave-{wave}", workers, fresh=fresh, report=report))
        table = tables(waves, prior, targets)
        found, _ = posterior_of(fitted(table, targets, seed), observed(targets), seed)
        spans = truncated(prior, found)
    say("ranks and coverage on worlds of the first wave")
    first = fitted(tables(waves[:1], prior, targets), targets, seed)
    of_known, learnt, rest, truths = _of_known(first, plan.pseudo, seed)
    say("predictions of each moment, fitted without it")
    without = _left_out(table, targets, seed)
    checks = None
    if plan.checked:
        say(f"waves on {plan.checked} pseudo-worlds")
        checks = _checked(prior, targets, folder / "checks", plan, (learnt, rest, truths), workers, report)
    calibration = _calibration(prior, waves, found, of_known, without, plan, checks)
    return Found(calibration, shipped(prior, found), found, of_known)


def _of_known(first: Reference, pseudo: int, seed: int) -> tuple[Known, Summaries, Reference, Reference]:
    """Ranks of worlds set apart from the first wave, the summaries learnt from the rest, the rest, and those worlds."""
    rest, truths = set_apart(first, pseudo, seed)
    learnt = Summaries(rest, seed)
    found = known(rest, learnt.of(rest.figures), truths, learnt.of(truths.figures))
    return found, learnt, rest, truths


def _left_out(table: Reference, targets: Targets, seed: int) -> list[LeftOut]:
    """Each fitted moment as the others predict it; those judged together are left out together."""
    names = targets.of(FITTED)
    some = table.select(np.arange(len(table))[-LEFT_OUT_FROM:])
    noisy, record = fitted(some, targets, seed), observed(targets)
    found = []
    for name, target in names.items():
        mates = [other for other, each in names.items() if each.together == target.together is not None]
        plain = some.figures[:, some.moments.index(name)]
        found.append(LeftOut(name=name, **_ends(left_out(noisy, record, mates or [name], plain, seed))))
    return found


def _ends(found: Sequence[float]) -> dict[str, float]:
    return dict(zip(("mean", "low", "high"), found, strict=True))


def _checked(
    prior: Prior,
    targets: Targets,
    folder: Path,
    plan: Plan,
    of_first: tuple[Summaries, Reference, Reference],
    workers: Workforce | int | None,
    report: Report | None,
) -> Known:
    """Ranks after a second wave, drawn anew for each of some pseudo-worlds and smaller than that of the record."""
    seed, (learnt, rest, truths) = prior.loaded.experiment.seed, of_first
    summaries, ranks, contractions = learnt.of(rest.figures), [], []
    for place in range(plan.checked):
        truth = truths.select([place])
        spans = truncated(prior, posterior(rest, summaries, learnt.of(truth.figures)[0]))
        made = design(prior, spans, plan.of_checks, 100 + place)
        wave = run_wave(made, folder / f"{place + 1:02}", workers, fresh=False, report=report)
        second = fitted(tables([wave], prior, targets), targets, seed + place)
        low, high = second.shares.min(axis=0), second.shares.max(axis=0)
        both = second.beside(rest.select(inside(rest.shares, low, high)))
        found, _ = posterior_of(both, truth.figures[0], seed)
        ranks.append(found.rank(truth.shares[0]))
        contractions.append(found.contraction(np.full(len(prior.spans), EVEN)))
    return Known(np.array(ranks), np.array(contractions))


def shipped(prior: Prior, found: Posterior) -> pl.DataFrame:
    """The worlds of a posterior that ship, without what a doctrine chooses and without the dummy."""
    drawn = found.drawn(SHIPPED)
    columns = {}
    for place, (path, span) in enumerate(prior.spans.items()):
        if not path.startswith("doctrine.") and path != prior.dummy:
            columns[path] = [rounded(value) for value in from_unit(drawn[:, place], span)]
    return pl.DataFrame(columns).unique(maintain_order=True)


def rounded(value: float) -> float:
    """A number with as many digits as ship."""
    return float(f"{value:.{DIGITS}g}")


def _calibration(
    prior: Prior,
    waves: Sequence[Results],
    found: Posterior,
    of_known: Known,
    without: list[LeftOut],
    plan: Plan,
    checks: Known | None,
) -> Calibration:
    """All that is kept of a calibration."""
    size, even = effective(found.weights), np.full(len(prior.spans), EVEN)
    contraction, dummy = found.contraction(even), list(prior.spans).index(prior.dummy)
    sure = clearly_more(contraction, float(contraction[dummy]), size)
    parameters = [
        Parameter(
            path=path,
            low=span.low,
            high=span.high,
            scale=span.scale,
            **_values(found, place, span),
            contraction=float(contraction[place]),
            usual=float(of_known.contractions[:, place].mean()),
            chance=float(of_known.chances()[place]),
            half=float(of_known.coverage(0.5)[place]),
            most=float(of_known.coverage(0.9)[place]),
            calibrated=bool(sure[place]),
        )
        for place, (path, span) in enumerate(prior.spans.items())
    ]
    return Calibration(
        made=date.today().isoformat(),
        experiment=prior.loaded.name,
        dummy=prior.dummy,
        kept=len(found.rows),
        effective=size,
        waves=[_wave(results) for results in waves],
        parameters=parameters,
        left_out=without,
        pseudo_worlds=len(of_known.ranks),
        ranks_even=of_known.are_even(),
        waves_checked=plan.checked if checks else 0,
        waves_half=float(checks.coverage(0.5).mean()) if checks else 0.0,
        waves_most=float(checks.coverage(0.9).mean()) if checks else 0.0,
    )


def _values(found: Posterior, place: int, span: object) -> dict[str, float]:
    """Mean and central 90 % interval of a parameter in its own unit."""
    low, high = found.quantiles([0.05, 0.95])[:, place]
    values: Array = from_unit(found.shares[:, place], span)  # type: ignore[arg-type]
    ends = from_unit(np.array([low, high]), span)  # type: ignore[arg-type]
    return {"mean": rounded(float(found.weights @ values)), "from": rounded(ends[0]), "to": rounded(ends[1])}


def _wave(results: Results) -> Wave:
    manifest = results.manifest
    return Wave(worlds=manifest.points, design_hash=manifest.design_hash, source_hash=manifest.source_hash)
