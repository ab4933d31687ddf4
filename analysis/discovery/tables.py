"""Tables of a scenario discovery: the restrictions of the box, the fits, and PRIM's way to it."""

from collections.abc import Sequence

import polars as pl

from analysis.discovery.answer import Answer
from analysis.results.tables import Table


def restrictions(answer: Answer) -> pl.DataFrame:
    """One row for each side of each restriction of PRIM's box."""
    rows = [
        {
            "factor": name,
            "side": side,
            "limit": None if side == "among" else getattr(limit, side),
            "names": ", ".join(limit.among) if limit.among else None,
            "quasi_p": limit.p_low if side == "low" else limit.p_high,
            "found_again": again.share,
            "limit_least": again.least,
            "limit_most": again.most,
        }
        for name, side, again in answer.sides
        for limit in [answer.box[name]]
    ]
    schema = {"factor": pl.String, "side": pl.String, "limit": pl.Float64, "names": pl.String}
    numbers = ("quasi_p", "found_again", "limit_least", "limit_most")
    return pl.DataFrame(rows, schema={**schema, **dict.fromkeys(numbers, pl.Float64)})


def fits(answer: Answer) -> pl.DataFrame:
    """One row for each method, in the sample and held out."""
    rows = [
        {"method": rule.method, "judged": judged, "boxes": len(rule.boxes), **fit.model_dump(), "p": p}
        for rule in answer.rules
        for judged, fit, p in (("in the sample", rule.fit, None), ("held out", rule.held_out, rule.p))
    ]
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(("coverage", "density", "p"), pl.Float64))


def trajectory(answer: Answer) -> pl.DataFrame:
    """One row for each box on PRIM's way."""
    steps = enumerate(answer.steps)
    return pl.DataFrame([{"step": at, **step.model_dump(), "chosen": at == answer.chosen} for at, step in steps])


def discovery_tables(answer: Answer, said: Sequence[str], stamp: str) -> dict[str, Table]:
    """The restrictions, the fits and PRIM's way, with the sentences that are said of the answer, for readers."""
    note = f"{' '.join(said)} {stamp}."
    way = "Coverage and density on PRIM’s way to smaller boxes"
    return {
        "discovery": Table("Worlds in which it happens: the restrictions of PRIM’s box", restrictions(answer), note),
        "discovery_fit": Table("How well the rules separate such worlds from others", fits(answer), note),
        "peeling": Table(way, trajectory(answer), f"{said[0]} {stamp}."),
    }
