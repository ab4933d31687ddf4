"""Which doctrine stands where, and which overtakes which between groups of worlds.

One doctrine *overtakes* another where it is told to be behind in one group and ahead in another of the same parameter.
That asks for more than a difference of differences: where both intervals leave zero out on opposite sides, that of
their difference does too, for no standard error of a difference exceeds the sum of the two; while a lead that only
shrinks is no change of order.

The *place* of a doctrine in a group is that of its mean. Its interval has every place that the pairs told allow: one
more than the doctrines told to be ahead, up to all but those told to be behind (Mogstad, Romano, Shaikh & Wilhelm 2024,
general knowledge). All of these hold together in 95 of 100 data sets.
"""

from typing import Any

import numpy as np
import polars as pl

from analysis.comparison.ranking import Group, Pairs, Ranking
from analysis.comparison.superiority import SHARE_SCHEMA
from model.metrics.catalogue import METRICS

PLACE = ("place", "place_low", "place_high")
PLACES_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    "parameter": pl.String(),  # null: all worlds
    "part": pl.String(),
    "from": pl.Float64(),
    "to": pl.Float64(),
    "doctrine": pl.String(),
    # of its mean, and the ends of the places that the pairs told allow; null where there are no intervals
    **dict.fromkeys(PLACE, pl.Int64()),
}


def places(ranking: Ranking) -> pl.DataFrame:
    """The place of each doctrine by each criterion, in all worlds and in each group; columns are `PLACES_SCHEMA`."""
    rows = [
        {
            **_head(group, metric),
            "doctrine": name,
            **dict(zip(("place", "place_low", "place_high"), three, strict=True)),
        }
        for metric in ranking.metrics
        for group in (ranking.all, *ranking.groups)
        for name, three in zip(ranking.comparison.doctrines, _places(ranking, group, metric), strict=True)
    ]
    return pl.DataFrame(rows, schema=PLACES_SCHEMA)


def _head(group: Group, metric: str) -> dict[str, Any]:
    part = group.part
    return {"metric": metric, "parameter": group.parameter, "part": part.name, "from": part.low, "to": part.high}


def _places(ranking: Ranking, group: Group, metric: str) -> list[tuple[int | None, ...]]:
    """Place of each doctrine with the ends of its interval."""
    mean, found = METRICS[metric].better * group.comparison.mean(metric), ranking.compared(group, metric)
    unknown = not np.isfinite(found.strength).any()
    size = len(mean)
    ahead, behind = np.zeros((2, size), int)
    for (one, other), way in zip(ranking.pairs, found.way, strict=True):
        front, back = (one, other) if way > 0 else (other, one)
        behind[front] += way != 0  # so many are behind it
        ahead[back] += way != 0
    return [
        (None, None, None)
        if np.isnan(mean[at])
        else (1 + int((mean > mean[at]).sum()), *((None, None) if unknown else (1 + ahead[at], size - behind[at])))
        for at in range(size)
    ]


WHEN = ("first", "second")
ENDS = ("mean", "low", "high", "n")
OVERTAKING_SCHEMA: dict[str, Any] = {
    "metric": pl.String(),
    "parameter": pl.String(),
    "doctrine": pl.String(),  # ahead in the first part, behind in the second
    "other": pl.String(),
    **{
        f"{when}_{name}": kind
        for when in WHEN
        for name, kind in {
            "part": pl.String(),
            "from": pl.Float64(),
            "to": pl.Float64(),
            **SHARE_SCHEMA,
        }.items()
    },
}
"""Columns of doctrines that overtake another: the difference of doctrine less other in either part, and its n."""


def overtaking(ranking: Ranking) -> pl.DataFrame:
    """Pairs of doctrines whose order is told to turn between groups, the surest first.

    Intervals are each of 95 % by itself; that the order turns holds for all together. Columns are `OVERTAKING_SCHEMA`.
    """
    rows = []
    for metric in ranking.metrics:
        for path in ranking.parameters:
            groups = [group for group in ranking.groups if group.parameter == path]
            found = [ranking.compared(group, metric) for group in groups]
            way, strength = (np.array([getattr(one, name) for one in found]) for name in Pairs._fields)
            ahead, behind = (np.where(sign * way > 0, sign * strength, -np.inf) for sign in (1, -1))
            for pair in np.flatnonzero((way > 0).any(axis=0) & (way < 0).any(axis=0)):
                one, other = ranking.pairs[pair]
                first, second = (groups[int(side[:, pair].argmax())] for side in (ahead, behind))
                row = {"metric": metric, "parameter": path, "surest": min(ahead[:, pair].max(), behind[:, pair].max())}
                row |= {"doctrine": ranking.comparison.doctrines[one], "other": ranking.comparison.doctrines[other]}
                for when, group in zip(WHEN, (first, second), strict=True):
                    said = {**_head(group, metric), **ranking.row(group, metric, int(pair))}
                    row |= {f"{when}_{name}": said[name] for name in ("part", "from", "to", *ENDS)}
                rows.append(row)
    rows.sort(key=lambda row: -row.pop("surest"))
    return pl.DataFrame(rows, schema=OVERTAKING_SCHEMA)


def nearest_turns(ranking: Ranking, most: int) -> list[tuple[str, str]]:
    """Criteria with the parameters over which the order of some pair turns most surely, told or not."""
    strengths = {}
    for metric in ranking.metrics:
        for path in ranking.parameters:
            groups = [group for group in ranking.groups if group.parameter == path]
            found = np.nan_to_num(np.array([ranking.compared(group, metric).strength for group in groups]))
            strengths[metric, path] = float(np.minimum(found.max(axis=0), -found.min(axis=0)).max())
    order = sorted(strengths, key=lambda key: -strengths[key])
    return [key for key in order if strengths[key] > 0.0][:most]
