"""The figure of a run's story: every case over the years, and some cases in swimlanes, from the act to what came next.

What a thing is, its shape says; how severe it is, its size and its shade. Colour repeats what shapes say.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import polars as pl
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import offset_copy

from analysis.plotting import captions, pages, panels, style
from analysis.plotting.panels import Mark
from analysis.results.folder import Results
from analysis.results.single_run import ANSWERS
from analysis.story.ledger import (
    Case,
    RunRecord,
    answered,
    blamed_wrongly,
    chosen,
    is_false_alarm,
    record_of,
    went_cold,
)
from analysis.story.narrative import caution, counted
from analysis.story.timeline import dates_axis

OVERVIEW, LANE, AXES, LEGEND = 42.0, 11.5, 11.0, 15.0
"""Heights in mm: the panel of all cases, one lane, what is around the lanes, and each of the two legends."""
LETTERS = 11.0
"""Room between a panel and its legend for the panel's letter, in points."""
NAMES = 46.0
"""Width of the names of lanes, in mm."""
ABOVE = 0.27
"""How far naming and reactions stand above a lane's line, and votes below it, in lanes."""


INK, EDGE = style.BLACK, 0.7
"""Colour and width in points of the edges of marks."""
FOUND = {
    "right": Mark("o", style.BLUE, 3.2, style.BLUE, "attributed rightly, answered"),
    "unanswered": Mark("D", style.BLUE, 3.0, "white", "attributed rightly, unanswered"),
    "wrong": Mark("X", INK, 5.0, style.RED, "attributed wrongly"),
    "alarm": Mark("^", "#777777", 3.2, "white", "false alarm, not attributed"),
    "cold": Mark("o", "#777777", 2.6, "white", "not attributed: cold or open"),
}
"""What became of a case, for the panel of all cases."""
TOLD = Mark("o", INK, 8.0, "none", "described below")
EVENTS = {
    "act": Mark("o", INK, 5.0, style.SEVERITIES[1], "act; larger, darker: more severe"),
    "restraint": Mark("o", INK, 4.0, "white", "held back next"),
    "light": Mark("|", INK, 9.0, INK, "came to light"),
    "right": Mark("^", INK, 5.0, style.BLUE, "attributed rightly"),
    "wrong": Mark("X", INK, 6.0, style.RED, "attributed wrongly"),
    "reaction": Mark("s", INK, 3.6, "white", "reaction without attribution"),
    "passed": Mark("P", INK, 5.4, style.YELLOW, "vote passed"),
    "failed": Mark("x", INK, 4.6, INK, "vote failed"),
    "answer": Mark("D", INK, 4.6, style.YELLOW, "measure; larger: more bite"),
    "ended": Mark("v", INK, 5.0, "white", "dossier lapsed, dropped"),
    "exposed": Mark("*", INK, 8.0, style.RED, "error came to light"),
    "cold": Mark("4", INK, 7.0, INK, "gone cold, or unanswered"),
}
"""What happens in a lane."""
NEXT: dict[str, Any] = {"color": INK, "linewidth": 0.7, "linestyle": (0, (1.5, 1.5))}
UNDER_WAY: dict[str, Any] = {"color": INK, "linewidth": 0.9}
DOSSIER: dict[str, Any] = {"color": "#bbbbbb", "linewidth": 3.5, "solid_capstyle": "butt"}


def story_figure(results: Results) -> Figure | None:
    """The picture of a folder of one run with its ledger; none where no case was opened."""
    return picture(record_of(results))


def picture(run: RunRecord) -> Figure | None:
    """The picture of a run; none where no case was opened in the weeks counted."""
    told = chosen(run)
    if not told:
        return None
    overview, lanes = pages.share([_all_cases], range(len(told)))
    heights = [OVERVIEW + LEGEND] * len(overview) + [LANE * len(lanes) + AXES + LEGEND] * bool(lanes)
    note = captions.note(
        *caution(run, len(told)),
        "Lanes begin with the act, or with a false alarm; what follows an attribution or an answer is by the party "
        "blamed.",
        f"Twin: the same world under “{run.configuration.reference.doctrine.title}”.",
    )
    title = "Cases, votes and what followed in one run"
    figure = pages.sheet(style.DOUBLE, sum(heights), title, _setting(run), note)
    places = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    if overview:
        _all_cases(places[0], run, told, TOLD if lanes else TOLD._replace(label="described on the next slides"))
    if lanes:
        _lanes(places[-1], run, told, lanes)
    pages.letter(places, 0 if overview else 1)
    return figure


def _setting(run: RunRecord) -> str:
    return f"{run.setting}; {counted(len(run.cases), 'case')}; n = 1 run"


# every case


def outcome(case: Case) -> str:
    """What became of a case, as a key of `FOUND`."""
    if blamed_wrongly(case):
        return "wrong"
    if case["attributed_week"] is not None:
        return "right" if answered(case) else "unanswered"
    return "alarm" if is_false_alarm(case) else "cold"


def _all_cases(axes: Axes, run: RunRecord, told: list[dict[str, Any]], ring: Mark) -> None:
    """Every case by the day of its opening and its severity; those told are ringed."""
    places: dict[str, list[tuple[float, float]]] = {name: [] for name in FOUND}
    for case in run.cases:
        places[outcome(case)].append((_day(run, case["opened_week"]), case["severity"]))
    for order, (name, mark) in enumerate(reversed(FOUND.items())):
        _put(axes, places[name], mark, zorder=2.0 + 0.1 * order)
    _put(axes, [(_day(run, case["opened_week"]), case["severity"]) for case in told], ring, zorder=3.0)
    dates_axis(axes, pl.Series([run.day(week) for week in range(run.burn_in, run.end)]))
    axes.set(ylim=(0.0, 1.04), ylabel="Severity (0 to 1)")
    panels.round_ticks(axes.yaxis, 4)
    axes.grid(axis="y")
    _legend(axes, [*FOUND.values(), ring])


def _day(run: RunRecord, week: int) -> float:
    """The middle of a week on the axis of time."""
    return float(date2num(run.day(week) + timedelta(days=3)))  # type: ignore[no-untyped-call]


def _put(axes: Axes, places: Sequence[tuple[float, float]], mark: Mark, *, size: float = 1.0, **more: Any) -> None:
    """Marks at these places; `size` is relative to the mark's own."""
    if places:  # an empty line that is not clipped would count in the layout
        x, y = zip(*places, strict=True)
        axes.plot(x, y, markeredgewidth=EDGE, clip_on=False, **mark._replace(size=size * mark.size).look, **more)


def _legend(axes: Axes, marks: Iterable[Mark], *others: Line2D) -> None:
    """A legend above a panel and its letter."""
    above = offset_copy(axes.transAxes, axes.figure, y=LETTERS, units="points")  # type: ignore[arg-type]
    place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "bbox_transform": above}
    look: dict[str, Any] = {"columnspacing": 1.0, "handletextpad": 0.2, "handlelength": 1.4, "borderaxespad": 0.0}
    axes.legend(handles=[*(mark.key(markeredgewidth=EDGE) for mark in marks), *others], ncols=4, **look, **place)


# cases told


class Event(NamedTuple):
    """Something in a lane: its kind, its week, how far it stands from the line, and its size."""

    kind: str
    week: int
    offset: float = 0.0
    size: float = 1.0
    face: str = ""


def events(run: RunRecord, case: Case) -> Iterator[Event]:
    """What happened in a case, for its lane."""
    if not is_false_alarm(case):
        yield _act(case["act_week"], case["severity"])
    yield Event("light", case["opened_week"])
    if case["reaction_week"] is not None:
        yield Event("reaction", case["reaction_week"], ABOVE)
    if case["attributed_week"] is not None:
        yield Event("wrong" if blamed_wrongly(case) else "right", case["attributed_week"], ABOVE)
    for vote in run.votes_on(case):
        yield Event("passed" if vote["passed"] else "failed", vote["week"], -ABOVE)
    for track in ANSWERS:
        stage, week = case[f"{track}_stage"], case[f"{track}_settled_week"]
        if stage == "adopted":
            yield Event("answer", week, ABOVE, size=0.6 + min(1.0, case[f"{track}_bite"]))
        elif track == "dossier" and stage in ("lapsed", "dropped") and week is not None:
            yield Event("ended", week, ABOVE)
    if case["exposed_week"] is not None:
        yield Event("exposed", case["exposed_week"], -ABOVE)
    if case["status"] == "closed":
        yield Event("cold", closing_week(run, case))
    if case["next_choice"] == "restraint":
        yield Event("restraint", case["next_choice_week"])
    if case["next_act"] is not None:
        yield _act(case["next_act_week"], run.configuration.severities()[case["next_act"]])


def _act(week: int, severity: float) -> Event:
    return Event("act", week, size=0.6 + severity, face=style.SEVERITIES[min(2, int(3.0 * severity))])


def closing_week(run: RunRecord, case: Case) -> int:
    """The week in which a case without an answer was closed: its term if it went cold, else once nothing can follow."""
    scenario = run.configuration.scenario
    if went_cold(case):
        return int(case["opened_week"]) + scenario.investigation.investigation_weeks
    if case["exposed_week"] is not None:
        return int(case["exposed_week"])
    settled = [case[f"{track}_settled_week"] or 0 for track in ANSWERS]
    return int(max(case["attributed_week"] + scenario.council.answer_window, *settled))


def _lanes(axes: Axes, run: RunRecord, told: list[dict[str, Any]], lanes: Sequence[int]) -> None:
    """Some of the cases told, each in its lane; the axis of time is long enough for all of them."""
    last = 0
    for row, case in enumerate(told):
        start, found = case["act_week"], list(events(run, case))
        own = [event.week for event in found if event.kind not in ("restraint", "act")]
        end = max(start, *own) if case["status"] in ("answered", "closed") else run.end
        after = max(event.week for event in found) - start
        last = max(last, after, end - start)
        if row not in lanes:
            continue
        if case["dossier_opened_week"] is not None:
            until = case["dossier_settled_week"] or end
            axes.plot([case["dossier_opened_week"] - start, until - start], [row, row], **DOSSIER, zorder=0.9)
        axes.plot([0, end - start], [row, row], **UNDER_WAY, zorder=1.0)
        if after > end - start:
            axes.plot([end - start, after], [row, row], **NEXT, zorder=1.0)
        for event in found:
            mark = EVENTS[event.kind]
            shown = mark._replace(face=event.face or mark.face)
            _put(axes, [(event.week - start, row - event.offset)], shown, size=event.size, zorder=2.0)
    axes.set(xlim=(-0.015 * last, 1.015 * last), ylim=(lanes[-1] + 0.6, lanes[0] - 0.6))
    axes.set_yticks(lanes, [lane_name(run, told[row], row + 1) for row in lanes])
    axes.tick_params(axis="y", length=0.0)
    panels.round_ticks(axes.xaxis, 10, integer=True)
    axes.set_xlabel("Time since the act (weeks)")
    axes.grid(axis="x")
    others = {"dossier under way": DOSSIER, "afterwards": NEXT}
    _legend(axes, EVENTS.values(), *(Line2D([], [], label=label, **look) for label, look in others.items()))


def lane_name(run: RunRecord, case: Case, number: int) -> str:
    """Which case a lane is: what, by whom against whom, and when; in three lines that fit beside it."""
    room = (NAMES - 2.0) / style.POINT
    act = run.activity(case["activity"])
    by = "false alarm" if is_false_alarm(case) else run.party(case["culprit"])
    lines = f"{number}. {act[:1].upper()}{act[1:]}", f"{by} → {case['victim']}", run.dated(case["opened_week"])
    return "\n".join(_cut(line, room) for line in lines)


def _cut(text: str, room: float) -> str:
    """A line no wider than so many points."""
    while style.width_of(text) > room:
        text = f"{text.rstrip('…')[:-1].rstrip()}…"
    return text
