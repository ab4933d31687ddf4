"""Two matrices of one run: perpetrators against victims with the EU's answers, and Member States against votes."""

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
import polars as pl
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import offset_copy

from agents.catalogue import CATEGORIES, KINDS
from agents.member_state import POSITIONS
from analysis.labels import number_of
from analysis.plotting import captions, pages, panels, style
from analysis.results.folder import Results
from analysis.story.ledger import RunRecord, record_of
from analysis.story.network import REACTION, act_edges, response_edges
from analysis.story.swimlanes import LETTERS
from analysis.story.votes import COLUMNS, MARK, by_member, chance_text
from model.metrics.columns import WORDS

ROW = 3.5
"""Height of a row in mm."""
AROUND = 8.0
"""Height of a panel's letter and of what else is around it, in mm."""
BAR = 13.0
"""Height of a colour bar with its words, in mm."""
ANSWER = 5.0
"""Width of a column of answers in mm."""
MARGINS = 15.0
"""Width of what is between and beside the panels, in mm."""
SHARE = 0.7
"""Of the width, for the panel of single votes."""
YEAR = 26.0
"""Width of a year beside the next, in points."""
LEGEND = 21.0
"""Height of the legend of positions with the panel's letter, and of the axis below, in mm."""
NO_ESTIMATE = "One run is a story, not an estimate: its counts have no interval."
LOOKS = dict(zip((POSITIONS[place] for place in (0, 1, 2, 4, 3)), style.LADDER, strict=True))
"""Colours of positions, light to dark."""


# who acts against whom


def network_figure(results: Results) -> Figure | None:
    """Perpetrators against victims in a folder of one run with its acts; none where there was no act."""
    return network_picture(record_of(results))


def network_picture(run: RunRecord) -> Figure | None:
    """Acts by perpetrator and victim, and beside them what the EU answered to whom, rightly and wrongly."""
    acts, answers = act_edges(run), response_edges(run).filter(pl.col("track") != REACTION)
    ours = acts.filter(pl.col("weight") > 0)
    if not ours.height:
        return None
    parties, victims, columns = _parties(run, acts, answers), _victims(run, ours), _answers(answers)
    (here,) = pages.share(parties)
    rows, heads = [_named(run, acts, party) for party in here], [_hit(ours, victim) for victim in victims]
    every = [_named(run, acts, party) for party in parties]  # alike on all slides
    side, below = (max(map(style.width_of, names)) * style.POINT for names in (every, heads))
    room = pages.width(style.DOUBLE) - side - MARGINS
    widths = [room - ANSWER * len(columns), ANSWER * len(columns)] if columns else [room]
    counts = _counts(ours, here, victims)
    told = _fits(_counts(ours, parties, victims), widths[0] / style.POINT)
    note = captions.note(
        NO_ESTIMATE,
        "After each name: acts in the world, and of perpetrators in brackets those in the twin, the same world under "
        f"“{run.configuration.reference.doctrine.title}”.",
        bool(columns)
        and "b: measures adopted on a case attributed to the perpetrator, rightly, or wrongly: another "
        "party, or nobody, had done it.",
        not columns and "The EU adopted no measure against anybody.",
        f"{run.stamp}.",
    )
    setting = f"{run.setting}; {number_of('act', int(ours['weight'].sum()))}; n = 1 run"
    title = "Who acted against whom in one run, and whom the EU answered"
    high = ROW * len(here) + below + AROUND + (0.0 if told else BAR)
    figure = pages.sheet(style.DOUBLE, high, title, setting, note)
    places = figure.subplots(1, len(widths), width_ratios=widths, squeeze=False)[0]
    _matrix(places[0], counts, Normalize(0, max(ours["weight"])), told=told)
    _columns(places[0], heads)
    places[0].set_yticks(np.arange(len(here)) + 0.5, rows)
    if columns:
        _draw_answers(places[1], answers, here, columns)
    _kinds(places, run, here)
    pages.letter(places)
    return figure


def _parties(run: RunRecord, acts: pl.DataFrame, answers: pl.DataFrame) -> list[str]:
    """Perpetrators that acted or were answered: by kind, and within a kind in the order of the configuration."""
    seen = {*acts["source"], *answers["target"]}
    names = [name for name in run.configuration.perpetrators if name in seen]
    return sorted(names, key=lambda name: KINDS.index(run.configuration.kind(name)))


def _victims(run: RunRecord, acts: pl.DataFrame) -> list[str]:
    """Victims of the world: Member States, then partners, those first who suffered most."""
    partners = set(run.configuration.partners.members)
    total = dict(acts.group_by("target").agg(pl.col("weight").sum()).iter_rows())
    return sorted(total, key=lambda name: (name in partners, -total[name], name))


def _answers(answers: pl.DataFrame) -> list[tuple[bool, str]]:
    """Columns of the answers: rightly, then wrongly, each by category up the ladder."""
    found = set(answers.select("rightly", "category").rows())
    return [(right, category) for right in (True, False) for category in CATEGORIES if (right, category) in found]


def _named(run: RunRecord, acts: pl.DataFrame, party: str) -> str:
    own = acts.filter(pl.col("source") == party)
    twin = f" ({own['twin_weight'].sum():,})" if own["twin_weight"].null_count() == 0 else ""
    return f"{run.party(party)}  {own['weight'].sum():,}{twin}"


def _counts(acts: pl.DataFrame, parties: Sequence[str], victims: Sequence[str]) -> Any:
    cells = {(source, target): weight for source, target, weight in acts.select("source", "target", "weight").rows()}
    return np.array([[cells.get((party, victim), 0) for victim in victims] for party in parties], float)


def _hit(acts: pl.DataFrame, victim: str) -> str:
    return f"{victim}  {acts.filter(pl.col('target') == victim)['weight'].sum():,}"


def _fits(counts: Any, room: float) -> bool:
    """Whether all counts have room in the cells of a panel `room` points wide."""
    return bool(style.width_of(f"{counts.max():.0f}") < room / counts.shape[1])


def _matrix(axes: Axes, counts: Any, norm: Normalize, *, told: bool) -> None:
    """Counts as cells, the darker the more, with their numbers or else a colour bar; nothing where they are 0."""
    colours = f"{style.SEQUENTIAL}_r"
    mesh = axes.pcolormesh(np.ma.masked_equal(counts, 0.0), cmap=colours, norm=norm, edgecolors="white", linewidth=0.4)
    axes.set(xlim=(0, counts.shape[1]), ylim=(counts.shape[0], 0))
    panels.cells(axes)
    for (row, column), value in np.ndenumerate(counts) if told else ():
        if value:
            ink = panels.ink(mesh.cmap(norm(value)))
            axes.text(column + 0.5, row + 0.5, f"{value:.0f}", color=ink, ha="center", va="center")
    if not told:
        place: dict[str, Any] = {"orientation": "horizontal", "aspect": 50, "shrink": 0.6, "pad": 0.01}
        bar = axes.figure.colorbar(mesh, ax=axes, **place)
        bar.outline.set_linewidth(0.4)  # type: ignore[operator]
        panels.round_ticks(bar.ax.xaxis, 5, integer=True)
        bar.set_label("Acts (number)")


def _columns(axes: Axes, names: Sequence[str]) -> None:
    """Names of columns below a matrix, turned; faint lines lead down to them."""
    axes.set_xticks(np.arange(len(names)) + 0.5, names, rotation=90)
    axes.grid(visible=True)


def _draw_answers(axes: Axes, answers: pl.DataFrame, here: Sequence[str], columns: list[tuple[bool, str]]) -> None:
    """Measures adopted by category against each perpetrator: blue where it was rightly held responsible, else red."""
    sums = answers.group_by("target", "rightly", "category").agg(pl.col("weight").sum())
    cells = {row[:3]: row[3] for row in sums.rows()}
    counts = np.array([[cells.get((party, *column), 0) for column in columns] for party in here], float)
    most = max(cells.values())
    for place, (right, _) in enumerate(columns):
        colours = colormaps["Blues" if right else "Reds"]
        for row, value in enumerate(counts[:, place]):
            colour = colours(0.15 + 0.7 * value / most) if value else "none"
            axes.fill_between([place + 0.06, place + 0.94], row + 0.06, row + 0.94, color=colour, linewidth=0.0)
            if value:
                axes.text(place + 0.5, row + 0.5, f"{value:.0f}", color=panels.ink(colour), ha="center", va="center")
    axes.set(xlim=(0, len(columns)), ylim=(len(here), 0))
    panels.cells(axes)
    axes.set_yticks([])
    _columns(axes, [f"{category}, {'rightly' if right else 'wrongly'}" for right, category in columns])


def _kinds(places: Sequence[Axes], run: RunRecord, here: Sequence[str]) -> None:
    """Lines between kinds of perpetrators, and their names at the right, turned where they have the room."""
    kinds = [run.configuration.kind(party) for party in here]
    edges = [0, *(row for row in range(1, len(kinds)) if kinds[row] != kinds[row - 1]), len(kinds)]
    for axes, first in product(places, edges[1:-1]):
        axes.axhline(first, color="black", linewidth=0.6)
    names = [WORDS[kinds[first]] for first in edges[:-1]]
    right = places[-1].secondary_yaxis("right")
    right.set_yticks([(first + end) / 2 for first, end in pairwise(edges)], names)
    right.tick_params(length=0)
    right.spines[:].set_visible(False)
    for name, label, (first, end) in zip(names, right.get_yticklabels(), pairwise(edges), strict=True):
        label.set_rotation(270 if style.width_of(name) * style.POINT < ROW * (end - first) else 0)
        label.set_verticalalignment("center")


# how Member States voted


def votes_by_member_figure(results: Results) -> Figure | None:
    """Member States against votes in a folder of one run with its ledger; none where no vote was held."""
    return votes_picture(record_of(results))


def votes_picture(run: RunRecord) -> Figure | None:
    """The position of each Member State in each vote, and its shares of all votes."""
    shares, votes = by_member(run), run.by_member.filter("counted")
    if not shares.height:
        return None
    (here,) = pages.share(shares["member"].to_list())
    chance = set(shares.filter("by_chance")["member"])
    number = int(shares["votes"][0])
    note = captions.note(
        NO_ESTIMATE,
        "a: votes in their order; a stroke above marks one that failed, a tick below the first of a year. b: shares of "
        "all votes.",
        chance_text(run, f"{MARK} " if chance else ""),
        f"{run.stamp}.",
    )
    setting = f"{run.setting}; {number_of('vote', number)}; n = 1 run"
    high = ROW * (len(here) + 1) + AROUND + LEGEND
    figure = pages.sheet(style.DOUBLE, high, "How each Member State voted in one run", setting, note)
    left, right = figure.subplots(1, 2, width_ratios=[SHARE, 1.0 - SHARE])
    names = [f"{name} {MARK}" if name in chance else name for name in here]
    room = SHARE * (pages.width(style.DOUBLE) - MARGINS) / style.POINT - max(map(style.width_of, names))
    _positions(left, votes, here, room)
    left.set_yticks(np.arange(len(here)), names)
    _shares(right, shares.filter(pl.col("member").is_in(here)))
    keys = [Patch(facecolor=colour, edgecolor="black", linewidth=0.3, label=name) for name, colour in LOOKS.items()]
    above = offset_copy(left.transAxes, figure, y=LETTERS, units="points")  # type: ignore[arg-type]
    place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "bbox_transform": above}
    left.legend(handles=keys, ncols=2, columnspacing=1.2, handlelength=1.2, borderaxespad=0.0, **place)
    pages.letter([left, right])
    return figure


def _positions(axes: Axes, votes: pl.DataFrame, here: Sequence[str], room: float) -> None:
    """Cells of members and votes in a panel `room` points wide, and above them a stroke for each vote that failed."""
    codes = {name: place for place, name in enumerate(LOOKS)}
    about = votes.filter(pl.col("member") == here[0])
    by_name = votes.with_columns(pl.col("position").replace_strict(codes)).partition_by("member", as_dict=True)
    colours, norm = ListedColormap(list(LOOKS.values())), Normalize(-0.5, len(LOOKS) - 0.5)
    cells = np.array([by_name[name,]["position"].to_list() for name in here])
    axes.imshow(cells, cmap=colours, norm=norm, aspect="auto", interpolation="nearest")
    axes.hlines(np.arange(len(here) + 1) - 0.5, -0.5, about.height - 0.5, color="white", linewidth=0.8)
    failed = np.flatnonzero(~about["passed"].to_numpy())
    axes.vlines(failed, -1.4, -0.7, color="black", linewidth=min(1.5, 0.6 * room / about.height))
    years, shown = about["date"].dt.year().to_list(), list[int]()
    for place in range(about.height):
        begins = not place or years[place] != years[place - 1]
        if begins and (not shown or (place - shown[-1]) * room / about.height >= YEAR):
            shown.append(place)
    axes.set_xticks([place - 0.5 for place in shown], [str(years[place]) for place in shown])
    axes.set(xlim=(-0.5, about.height - 0.5), ylim=(len(here) - 0.5, -1.6), xlabel="Vote, by year")
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)


def _shares(axes: Axes, shares: pl.DataFrame) -> None:
    """Bars with each member's positions as shares of all votes."""
    below, rows = np.zeros(shares.height), np.arange(shares.height)
    for position, colour in LOOKS.items():
        width = 100.0 * shares[COLUMNS[POSITIONS.index(position)]].to_numpy() / shares["votes"].to_numpy()
        axes.barh(rows, width, 0.8, below, color=colour, edgecolor="black", linewidth=0.3)
        below = below + width
    axes.set(xlim=(0.0, 100.0), ylim=(shares.height - 0.5, -1.6), yticks=[], xlabel="Votes (%)")
    axes.spines[:].set_visible(False)
