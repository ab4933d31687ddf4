"""Figures of a calibration: what the record says of each parameter, and whether ranks are even."""

import numpy as np
from matplotlib.figure import Figure

from analysis.calibration.answer import Calibration, Parameter
from analysis.calibration.gates import Known
from analysis.calibration.tables import note
from analysis.labels import factor_title, number_of
from analysis.plotting import pages, panels, style
from analysis.plotting.panels import Mark

ROW, NAMES = 5.0, 62.0
"""Height of a row and room for names, in mm."""
INFORMED, OTHER, DUMMY = (
    Mark("o", style.BLUE, 3.8, style.BLUE),
    Mark("o", style.BLUE, 3.8, "white"),
    Mark("s", style.BLACK, 3.8, "white"),
)
BAND = 1.358
"""95 % quantile of Kolmogorov's distribution: how far ranks of n worlds go from even ones, times √n."""


def calibration_figures(found: Calibration, known: Known | None = None) -> dict[str, Figure]:
    """Figures by name: the posterior, and where ranks are at hand how even they are."""
    with pages.drawing():
        figures = {"posterior": posterior_figure(found)}
        if known is not None:
            figures["ranks"] = ranks_figure(found, known)
    return figures


def _share(one: Parameter, value: float) -> float:
    if one.scale == "log":
        return float(np.log(value / one.low) / np.log(one.high / one.low))
    return (value - one.low) / (one.high - one.low)


def posterior_figure(found: Calibration) -> Figure:
    """Central 90 % intervals on the scale of the prior's ranges, most informed first, the dummy last."""
    ordered = sorted(found.parameters, key=lambda one: (one.path == found.dummy, -one.contraction))
    caption = (
        "Bars: central 90 % of the posterior on the prior's range (grey; logarithmic where the prior is); marks: "
        "means. "
        "Filled: informed by the record, the contraction clearly above the dummy's; open: not. Square: the dummy. "
        f"Right: the contraction. {note(found)}"
    )
    figure = pages.sheet(
        style.DOUBLE, ROW * len(ordered) + 12.0, "What the record says about each parameter", "posterior", caption
    )
    axes = figure.subplots()
    panels.rows(axes, len(ordered))
    room = NAMES / style.POINT
    axes.set_yticks(range(len(ordered)), [style.wrapped(factor_title(one.path), room) for one in ordered])
    for at, one in enumerate(ordered):
        mark = DUMMY if one.path == found.dummy else INFORMED if one.calibrated else OTHER
        axes.barh(at, 1.0, 0.62, color="#EEEEEE", linewidth=0)
        axes.plot([_share(one, one.from_), _share(one, one.to)], [at, at], color=mark.color, linewidth=1.1)
        axes.plot(_share(one, one.mean), at, clip_on=False, **mark.look)
        text = f"{one.contraction:.2f}".replace("-", "−")
        axes.annotate(text, (1.02, at), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], ["least", "", "middle", "", "largest"])
    axes.set_xlabel("Range of the prior")
    return figure


def ranks_figure(found: Calibration, known: Known) -> Figure:
    """How far the ranks of each parameter go from even ones, with the band within which even ones stay."""
    number = len(known.ranks)
    caption = (
        f"Of {number_of('pseudo-world', number)} of the prior the share whose rank is below a value, less that value: "
        f"a line for each of {known.ranks.shape[1]} parameters, the dummy's dashed. Grey: where 95 of 100 such lines "
        "stay, each by itself, if ranks are even."
    )
    figure = pages.sheet(style.SINGLE, 60.0, "Ranks of the true values", "pseudo-worlds of the first wave", caption)
    axes = figure.subplots()
    places = np.linspace(0.0, 1.0, 201)
    axes.fill_between(places, -BAND / np.sqrt(number), BAND / np.sqrt(number), color="#DDDDDD", linewidth=0)
    for place, one in enumerate(found.parameters):
        below = np.searchsorted(np.sort(known.ranks[:, place]), places, side="right") / number - places
        dummy = one.path == found.dummy
        axes.plot(
            places, below, color="black" if dummy else style.BLUE, linestyle="--" if dummy else "-", linewidth=0.7
        )
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("Rank")
    axes.set_ylabel("Share below, less even")
    return figure
