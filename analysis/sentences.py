"""Sentences that numbers support: rules that turn an estimate with its interval into words, or into none.

Three rules hold for every sentence. An effect is claimed only if its 95 % interval excludes zero, and of many claimed
at once only if all hold together; otherwise the sentence says that the effect is unclear. Words of cause are used for
contrasts alone: of a world with its twin, or of two doctrines or levels that met the same random numbers. Without an
interval nothing is said.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from analysis.labels import is_share, listed, title
from model.metrics.catalogue import ESTIMATED
from model.metrics.columns import DELAYS

Row = Mapping[str, Any]
"""An estimate: `metric`, `mean`, `low`, `high` and `n`, as tables of estimates have them.

`jointly` says whether it is clear where all that is claimed with it is to hold jointly; of a rate that has a placebo,
what it shows with the world and its twin swapped, that is `placebo`, `placebo_low` and `placebo_high`.
"""


class Finding(NamedTuple):
    """A sentence, the heading under which it stands, and how many independent units are behind it."""

    heading: str
    text: str
    n: int
    unit: str = "replicates"  # or worlds, where these are drawn


PLACEBO = {"mean": "placebo", "low": "placebo_low", "high": "placebo_high"}
"""Columns of the placebo, by what they are of it."""


class Unclear(NamedTuple):
    """Words for effects that are unclear: of a subject, `{}`, on metrics, `{}`; and of a subject named before."""

    first: str
    then: str


EFFECT = Unclear("the effect of {} on {} is unclear", "its effect on {} is unclear")
"""Words for a step that leaves the twin as it is."""
OWN_EFFECT = Unclear(
    "it is unclear whether {} changes what the toolbox adds, by {}",
    "it is unclear whether it changes what the toolbox adds, by {}",
)
"""Words for a step that moves the twin too: it has effects, though what compares the two worlds may not show them."""
ROUNDING = 1e-9
"""A change of the twin, relative to its level, that is no more than rounding."""
MOST_DECIMALS = 6
MOST_WITH_DECIMAL = 20.0
"""Widest interval whose ends have a decimal."""


def is_told(row: Row) -> bool:
    """Whether an effect is clear, that is differs from zero: jointly with others where asked, else by its interval.

    Raises `KeyError` for a row that is no estimate.
    """
    return _leaves_zero_out(row) and row.get("jointly") is not False


def _leaves_zero_out(row: Row) -> bool:
    low, high = row["low"], row["high"]
    return low is not None and high is not None and (low > 0.0 or high < 0.0)


def untold(row: Row, *, percent: bool = False) -> str:
    """The number of an effect that is unclear: an interval that excludes zero does so by itself alone."""
    alone = _leaves_zero_out(row) and row.get("placebo") is None
    return f"{number(row, percent=percent)}{' taken alone' if alone else ''}"


def turned(row: Row) -> Row:
    """The same difference the other way round, its interval too: for words that have the sign."""
    return {**row, "mean": -row["mean"], "low": -row["high"], "high": -row["low"]}


def has_interval(row: Row) -> bool:
    """Whether anything may be said of it."""
    return row["mean"] is not None and row["low"] is not None and row["high"] is not None


def against_twin(subject: str, row: Row) -> str | None:
    """What a doctrine changes against its twin: “Clear ladder” deters 9.5 % [9.3, 9.7] of …; None if no contrast."""
    metric = row["metric"]
    words = ESTIMATED[metric].wording
    if words is None or not words.twin or not has_interval(row):
        return None
    if row["low"] == row["high"] == 0.0:
        return _capital(f"{subject} leaves {title(metric)} exactly as in its twin.")
    if not is_told(row):
        event = words.twin.partition(", by {}")[0].format("any").replace("any of opportunities", "any opportunity")
        return f"It is unclear whether {subject} {event}: {untold(row, percent=True)}."
    below = row["mean"] < 0.0
    said = words.worse if below else words.twin
    return _capital(f"{subject} {said.format(number(row, negative=below, percent=True))}.")


def difference(subject: str, row: Row, circumstance: str = "") -> str | None:
    """What choosing one thing over another does: Raising clarity from 0 to 1 averts 3.1 points [2.8, 3.4] more of …

    `subject` is a phrase such as "raising clarity from 0 to 1". None where there is no interval.
    """
    if not has_interval(row):
        return None
    where = f" {circumstance}" if circumstance else ""
    if not is_told(row):
        return f"The effect of {subject} on {title(row['metric'])} is unclear{where}: {untold(row)}."
    return _capital(f"{subject} {_said(row)}{where}.")


def together(subject: str, rows: Sequence[Row], unclear: Unclear = EFFECT) -> str | None:
    """What choosing one thing over another does to several metrics, in one sentence; told effects first.

    `unclear` has the words for the others: `EFFECT` or `OWN_EFFECT`. None where no metric has an interval.
    """
    rows = [row for row in rows if has_interval(row)]
    told = [_said(row) for row in rows if is_told(row)]
    not_told = [f"{title(row['metric'])} ({untold(row)})" for row in rows if not is_told(row)]
    if not rows:
        return None
    if not told:
        return _capital(f"{unclear.first.format(subject, listed(not_told))}.")
    rest = f". {_capital(unclear.then.format(listed(not_told)))}" if not_told else ""
    return f"{_capital(f'{subject} {listed(told)}')}{rest}."


def by_level(subject: str, rows: Sequence[tuple[str, Row]], unclear: Unclear = EFFECT) -> str | None:
    """The same under several circumstances, such as "under majority voting", in one sentence; told ones first."""
    rows = [(circumstance, row) for circumstance, row in rows if has_interval(row)]
    told = [(circumstance, row) for circumstance, row in rows if is_told(row)]
    untold = [(circumstance, row) for circumstance, row in rows if not is_told(row)]
    if not rows:
        return None
    if not told:
        where, which = listed([circumstance for circumstance, _ in untold]), title(rows[0][1]["metric"])
        return _capital(f"{unclear.first.format(subject, which)} {where}.")
    parts = [f"{_said(row)} {circumstance}" for circumstance, row in told]
    sentence = _capital(f"{subject} {'; '.join(parts)}")
    if untold:
        where, which = listed([circumstance for circumstance, _ in untold]), title(untold[0][1]["metric"])
        sentence += f"; {unclear.then.format(which)} {where}"
    return f"{sentence}."


class InBoth(NamedTuple):
    """What a step does to a quantity in a world and in its twin, and to what is averted of it, all a year.

    `world` and `twin` are changes, `averted` is that of the twin's less the world's; `levels` are where the world
    starts and stops, then the twin.
    """

    what: str  # acts, severe acts, harm
    world: Row
    twin: Row
    averted: Row
    levels: tuple[tuple[float, float], tuple[float, float]]

    @property
    def acts_in_twin(self) -> bool:
        """Whether the twin is not as it was, be the change told from zero or not; False without an interval."""
        if not has_interval(self.twin):
            return False
        return max(abs(self.twin["low"]), abs(self.twin["high"])) > ROUNDING * max(map(abs, self.levels[1]))


def in_both(subject: str, moved: Sequence[InBoth], worlds: tuple[str, str], averting: str) -> str | None:
    """What a step does to a world and to its twin: Raising resilience from 0.4 to 0.8 acts in both worlds. With …

    `worlds` name the two, as "with the toolbox" and "without it"; `averting` is what the one has and the other lacks.
    None where there is no interval.
    """
    said = [_in_both(one, worlds, averting) for one in moved if all(map(has_interval, one[1:4]))]
    return _capital(" ".join([f"{subject} acts in both worlds.", *said])) if said else None


def _in_both(moved: InBoth, worlds: tuple[str, str], averting: str) -> str:
    several = moved.what.endswith("s")
    verbs = [_goes(row, several=several) for row in (moved.world, moved.twin)]
    ours, theirs = (_levels(row, *levels) for row, levels in zip((moved.world, moved.twin), moved.levels, strict=True))
    they, them = ("they", "them") if several else ("it", "it")
    again = "" if verbs[0] == verbs[1] else f", {they} {verbs[1]}"
    change = _goes(moved.averted, several=False)
    added = f"{change} by {_size(moved.averted)}" if is_told(moved.averted) else _untold_change(moved.averted)
    return (
        f"{_capital(worlds[0])}, {moved.what} a year {verbs[0]} {ours}; {worlds[1]}{again} {theirs}. "
        f"What {averting} averts of {them} a year {added}."
    )


def _goes(row: Row, *, several: bool) -> str:
    verb = ("fall" if row["mean"] < 0.0 else "rise") if is_told(row) else "go"
    return verb if several else "goes" if verb == "go" else f"{verb}s"


def _levels(row: Row, start: float, stop: float) -> str:
    """Where it starts and stops, and the change with its interval."""
    digits = decimals(row["low"], row["high"])
    change = f"by {_size(row)}" if is_told(row) else f"an unclear change ({untold(row)})"
    return f"from {fixed(start, digits)} to {fixed(stop, digits)}, {change}"


def _size(row: Row) -> str:
    """A change without its sign, for verbs that have it."""
    return number(row, negative=row["mean"] < 0.0)


def _untold_change(row: Row) -> str:
    return f"may or may not change ({untold(row)})"


def in_worlds(event: str, row: Row) -> str | None:
    """In how many worlds something is so: In 95 % [87, 98] of the worlds “Clear ladder” averts more harm than …

    A share whose interval includes one half says nothing of which is better; nor does one that is not told jointly.
    """
    if not has_interval(row):
        return None
    mean, low, high = (f"{100.0 * row[name]:.0f}" for name in ("mean", "low", "high"))
    share = f"{mean} % [{low}, {high}]"
    if row["low"] <= 0.5 <= row["high"] or row.get("jointly") is False:
        return f"It is unclear whether {event} in most worlds: it does in {share} of them."
    return f"In {share} of the worlds {event}."


def descriptive(row: Row, where: str = "") -> str | None:
    """What was the case, without a word of cause: Votes failed: 30 % [27, 33]."""
    if not has_interval(row):
        return None
    return f"{_capital(title(row['metric']))}{where}: {number(row, percent=True)}."


def _said(row: Row) -> str:
    metric, falls = ESTIMATED[row["metric"]], row["mean"] < 0.0
    amount = number(row, negative=falls)
    if metric.wording:
        return (metric.wording.falls if falls else metric.wording.rises).format(amount)
    unit = "" if metric.is_share else " weeks" if row["metric"] in DELAYS else f" ({metric.unit})"
    return f"{'lowers' if falls else 'raises'} {title(row['metric'])} by {amount}{unit}"


def number(row: Row, *, negative: bool = False, percent: bool = False) -> str:
    """An estimate with its interval: 3.1 points [2.8, 3.4]; shares in per cent, their differences in points.

    Its placebo stands beside it, if it has one. `negative` turns the sign, for words that have it already.
    """
    sign, scale = (-1.0 if negative else 1.0), (100.0 if is_share(row["metric"]) else 1.0)
    mean, *ends = (sign * scale * row[name] for name in ("mean", "low", "high"))
    low, high = sorted(ends)
    digits = decimals(low, high)
    unit = (" %" if percent else " points") if is_share(row["metric"]) else ""
    placebo = f"; placebo {fixed(sign * scale * row['placebo'], digits)}" if row.get("placebo") is not None else ""
    return f"{fixed(mean, digits)}{unit} [{fixed(low, digits)}, {fixed(high, digits)}{placebo}]"


def decimals(low: float, high: float) -> int:
    """Decimals that an interval leaves a meaning: its half has one significant digit, two where the first is a 1.

    An end that is not zero is not shown as zero.
    """
    half = f"{(high - low) / 2:.1e}"
    needed = -int(half.partition("e")[2]) + (half[0] == "1") if high > low else 1
    digits = max(needed, 1 if high - low < MOST_WITH_DECIMAL else 0)
    while digits < MOST_DECIMALS and any(end != 0.0 and round(end, digits) == 0.0 for end in (low, high)):
        digits += 1
    return min(digits, MOST_DECIMALS)


def fixed(value: float, digits: int) -> str:
    """A number with so many decimals, a true minus, and no negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
