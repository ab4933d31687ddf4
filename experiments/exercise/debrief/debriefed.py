"""A debrief: what was true, what the choices caused, and which doctrine they reveal, as plain values."""

from collections.abc import Iterable
from typing import Any

from experiments.exercise.consequences import DECIDED, FUTURES, NOTHING, Consequences, decided, given, of_worlds
from experiments.exercise.debrief.doctrines import TABLE, fared
from experiments.exercise.debrief.outcomes import cases_of, day, expectations_of, polls_of, said
from experiments.exercise.debrief.procedure import procedure
from experiments.exercise.debrief.revealed import WHOLE, Revealed, revealed
from experiments.exercise.debrief.rounds import Sat, alternatives, rounds_of
from experiments.exercise.play import Play
from experiments.exercise.sight import Values, sight
from model.loading import shipped

FORM = "deter debrief 1"
"""What the values say that they are."""


def debriefed(play: Play, *, number: int = FUTURES, doctrines: Iterable[str] | None = None) -> Values:
    """All that can be said of a play after it, as JSON would have it; weeks count from the start of the exercise.

    `number` is that of futures of each alternative, half as many of each doctrine and of other procedures; `doctrines`
    are names of shipped ones, by default all but "none".
    A figure is `mean`, `low` and `high` (95 %) and `n` futures; its `difference` is from what was decided, and `clear`
    says whether that is told from zero with all differences of its table.
    """
    sats = rounds_of(play)
    names = list(doctrines) if doctrines is not None else [name for name in shipped("doctrines") if name != "none"]
    return {
        "form": FORM,
        "title": play.exercise.title,
        "begins": play.exercise.world.begins.isoformat(),
        "doctrine": play.configuration.doctrine.title,
        "over": play.over,
        "futures": number,
        "cases": cases_of(play),
        "red_team": sight(play, "red_team").get("own"),
        "rounds": [_round(play, sat, number) for sat in sats],
        "doctrines": _values(fared(play, sats[0], half(number), names), _titles(play, names)),
        "revealed": _revealed(revealed(sats)),
        "expectations": expectations_of(play),
        "polls": polls_of(play),
    }


def _round(play: Play, sat: Sat, number: int) -> Values:
    """A round: what was decided, and what that and its alternatives bring about."""
    week = sat.began.week - play.first
    return {
        "title": sat.title,
        "week": week,
        "day": day(play, week),
        "decided": [
            {"role": entry.role, "kind": entry.choice.kind, "said": said(play, entry), "reason": entry.reason}
            for entry in sat.decided
        ],
        "caused": caused_by(sat, number),
    }


def half(number: int) -> int:
    """Futures of what nobody chose: enough for an interval in half the time."""
    return max(2, number // 2)


def caused_by(sat: Sat, number: int) -> Values:
    """What a round's choices bring about as plain values; arms of procedure come last and say so."""
    values, hindered = _values(caused(sat, number)), procedure(sat, half(number))
    if hindered is not None:
        _, *arms = _values(hindered)["arms"]
        values["arms"] += [arm | {"procedure": True} for arm in arms]
    return values


def caused(sat: Sat, number: int) -> Consequences:
    """What a round's choices bring about beside nothing, and beside the other choices that there were.

    Where the table decided nothing, what it decided is nothing.
    """
    play = sat.began
    worlds = {DECIDED: decided(play, sat.decided)}
    if sat.own:
        worlds[NOTHING] = decided(play, given(sat.decided))
    worlds |= {name: decided(play, entries) for name, entries in alternatives(sat).items()}
    return of_worlds(play, worlds, number=number)


def _values(found: Consequences, titles: dict[str, str] | None = None) -> Values:
    arms = list(dict.fromkeys(name for name, _ in found.levels))
    metrics = list(dict.fromkeys(metric for _, metric in found.levels))
    return {
        "weeks": found.weeks,
        "n": found.n,
        "arms": [
            {
                "name": (titles or {}).get(arm, arm),
                "figures": {metric: _figure(found, arm, metric) for metric in metrics},
                "procedure": False,
            }
            for arm in arms
        ],
    }


def _figure(found: Consequences, arm: str, metric: str) -> Values:
    key = arm, metric
    compared: dict[str, Any] = {}
    if key in found.differences:
        compared = {"difference": found.differences[key], "clear": found.told[key]}
    return {**found.levels[key], **compared}


def _titles(play: Play, names: Iterable[str]) -> dict[str, str]:
    policies = {name: play.configuration.with_values({"doctrine": name}).doctrine.title for name in names}
    return {TABLE: TABLE, **policies}


def _revealed(found: Revealed | None) -> Values | None:
    if found is None:
        return None
    low, high = found.low._asdict(), found.high._asdict()
    values = {
        name: {"mean": best, "low": low[name], "high": high[name], "n": found.decisions}
        | {"revealed": (low[name], high[name]) != tuple(getattr(end, name) for end in WHOLE)}
        for name, best in found.best._asdict().items()
    }
    return {"decisions": found.decisions, "agreement": found.agreement, "clarity": found.clarity, "setting": values}
