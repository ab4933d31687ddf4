"""Tables of a calibration: parameters, and moments as the posterior predicts them."""

import polars as pl

from analysis.calibration.answer import Calibration
from analysis.labels import factor_title, number_of, percent
from analysis.results.tables import Table

PARAMETERS, WITHOUT = "parameters", "left_out"
"""Names of the tables."""


def calibration_tables(found: Calibration) -> dict[str, Table]:
    """The tables by name."""
    return {
        PARAMETERS: Table("What the record says about each parameter", frame_of_parameters(found), note(found)),
        WITHOUT: Table(
            "Fitted moments as predicted by the others",
            pl.DataFrame([one.model_dump() for one in found.left_out]),
            "Mean and central 90 % interval of each moment of one run, when it is left out of the fit.",
        ),
    }


def frame_of_parameters(found: Calibration) -> pl.DataFrame:
    """A row for each parameter, the dummy last."""
    rows = [one.model_dump(by_alias=True) for one in found.parameters]
    names = {"from": "low_90", "to": "high_90", "low": "prior_low", "high": "prior_high"}
    return pl.DataFrame(rows).rename({**names, "half": "covered_50", "most": "covered_90"})


HEADS = ("parameter", "prior", "posterior, 90 %", "contraction", "")
"""Heads of the parameters as texts."""


def texts_of_parameters(found: Calibration) -> list[tuple[str, ...]]:
    """A row for each parameter as a reader sees it, the dummy last."""
    return [
        (
            factor_title(one.path),
            f"{one.low:.3g} to {one.high:.3g}",
            f"{one.mean:.3g} [{one.from_:.3g}, {one.to:.3g}]",
            f"{one.contraction:.2f}".replace("-", "−"),
            "dummy" if one.path == found.dummy else "informed" if one.calibrated else "",
        )
        for one in found.parameters
    ]


def note(found: Calibration) -> str:
    """How the posterior was found, in a sentence or two."""
    waves = " + ".join(f"{wave.worlds:,}" for wave in found.waves)
    return (
        f"Worlds: {waves}; {found.kept:,} kept, which say as much as {found.effective:,.0f} of even weight. "
        "Contraction: by what share the posterior's variance is less than the prior's; of the dummy it is chance. "
        f"Ranks and coverage: {number_of('pseudo-world', found.pseudo_worlds)} of the first wave."
    )


def said(found: Calibration) -> list[str]:
    """What was found, in sentences: the finding first."""
    dummy = next(one for one in found.parameters if one.path == found.dummy)
    others = [one for one in found.parameters if one.path != found.dummy]
    informed = [one for one in others if one.calibrated]
    even = "even" if found.ranks_even else "uneven"
    half, most = (sum(getattr(one, name) for one in others) / len(others) for name in ("half", "most"))
    checked = (
        f" After a second wave, on {found.waves_checked} pseudo-worlds, they hold it in {percent(found.waves_half, 0)} "
        f"and {percent(found.waves_most, 0)}."
        if found.waves_checked
        else ""
    )
    return [
        f"The record informs {len(informed)} of {len(others)} parameters: their contraction is clearly above the "
        f"dummy's {dummy.contraction:.2f}. The others keep the uncertainty of their prior.",
        f"Ranks of {number_of('pseudo-world', found.pseudo_worlds)} are {even} at 95 %; central 50 and 90 % intervals "
        f"hold the truth in {percent(half, 0)} and {percent(most, 0)} of cases.{checked}",
    ]
