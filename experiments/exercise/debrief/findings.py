"""What a debrief says in sentences: the bottom line, and what came of the rounds, doctrines, procedure and choices.

An effect is claimed only if it is clear with all differences of its table; see `analysis.sentences`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from analysis.labels import listed, shown
from analysis.results.tables import estimate_text
from analysis.sentences import Finding, against_twin, fixed, has_interval, is_told, number, together, turned

Values = dict[str, Any]
LEAD, ASIDE = "harm_averted", ("escalation_rate", "wrongful_responses", "eu_cost")
"""The metric by which choices are judged, and those that it is paid with."""
NOTHING, TABLE = "nothing decided", "the table"
BOTH = "with all members in favour and quick preparation"
UNIT = "futures"
LONG, SHORT = 90, 60
"""Letters of an alternative and of a title in a sentence at most."""
LEVERS = {
    "attribution_confidence": "attribution confidence",
    "firmness": "firmness",
    "proportionality": "proportionality",
}


class Moved(NamedTuple):
    """An alternative of a round with its differences from what was decided, by metric."""

    round: Values
    name: str
    rows: dict[str, Values]


def row_of(metric: str, figure: Values, *, level: bool = False) -> Values:
    """A figure as a row of a table of estimates: its difference, or its level."""
    if level:
        return {"metric": metric, **{end: figure[end] for end in ("mean", "low", "high", "n")}}
    return {"metric": metric, **figure["difference"], "jointly": figure["clear"]}


def bottom_line(found: Values) -> str:
    """What the table achieved against the twin, and whether a doctrine would have achieved more."""
    table, *others = found["doctrines"]["arms"]
    row = row_of(LEAD, table["figures"][LEAD], level=True)
    first = against_twin("what the table decided", row) or "How much harm the table averted is undefined."
    sentence = f"{first.removesuffix('.')} (n = {row['n']:,} {UNIT})." if has_interval(row) else first
    sentence += _beside(found["doctrine"], others)
    rows = [(arm["name"], row_of(LEAD, arm["figures"][LEAD])) for arm in others]
    better = [(name, row) for name, row in rows if has_interval(row) and is_told(row) and row["mean"] > 0.0]
    if not better:
        return f"{sentence} No shipped doctrine clearly averts more."
    name, row = max(better, key=lambda each: each[1]["mean"])
    return f"{sentence} Of the shipped doctrines, “{name}” would avert the most: {number(row)} more than the table."


def _beside(doctrine: str, others: Sequence[Values]) -> str:
    """Whether the table did better than the doctrine under which its world goes on would have done without it."""
    rows = [row_of(LEAD, arm["figures"][LEAD]) for arm in others if arm["name"] == doctrine]
    if not rows or not has_interval(rows[0]):
        return ""
    more = turned(rows[0])
    if not is_told(more):
        return f" Whether that is more than “{doctrine}” would avert without a table is unclear ({number(more)})."
    return f" That is {number(more)} {'more' if more['mean'] > 0.0 else 'less'} than “{doctrine}” without a table."


def findings_of(found: Values) -> list[Finding]:
    """The findings of a debrief, that first which matters most."""
    return [*_expected(found), *_rounds(found), *_missed(found), *_procedure(found), *_revealed(found)]


def _expected(found: Values) -> Iterator[Finding]:
    tested = [each for each in found["expectations"] if each["reached"] in ("yes", "no")]
    if tested:
        met = sum(each["reached"] == "yes" for each in tested)
        whole = len(found["expectations"])
        left = f" {whole - len(tested)} are open, or were not put to the test." if whole > len(tested) else ""
        text = f"The table met {met} of the {len(tested)} expectations of the authors that were put to the test.{left}"
        yield Finding("Expectations", text, len(tested), "expectations")


def _moved(found: Values, *, procedure: bool) -> Iterator[Moved]:
    for each in found["rounds"]:
        for arm in each["caused"]["arms"][1:]:
            if arm["procedure"] == procedure:
                rows = {metric: row_of(metric, figure) for metric, figure in arm["figures"].items()}
                if has_interval(rows[LEAD]):
                    yield Moved(each, arm["name"], rows)


def _most(moved: Sequence[Moved], *, better: bool = False) -> Moved | None:
    """That which moves harm most, clear ones first; with `better` only clear ones that avert more."""
    some = [each for each in moved if not better or (is_told(each.rows[LEAD]) and each.rows[LEAD]["mean"] > 0.0)]
    return max(some, key=lambda each: (is_told(each.rows[LEAD]), abs(each.rows[LEAD]["mean"])), default=None)


def _rounds(found: Values) -> Iterator[Finding]:
    """The round whose choices mattered most, against nothing decided in it."""
    nothing = [each for each in _moved(found, procedure=False) if each.name == NOTHING]
    if most := _most(nothing):
        rows = [turned(most.rows[metric]) for metric in (LEAD, *ASIDE)]
        subject = f"what the table decided in “{cut(most.round['title'], SHORT)}”, rather than nothing,"
        yield Finding("Rounds", together(subject, rows) or "", rows[0]["n"], UNIT)
    else:
        yield Finding("Rounds", "The table decided nothing in any round.", found["futures"], UNIT)


def _missed(found: Values) -> Iterator[Finding]:
    """The choice that the table had and did not make, and that would have averted most."""
    others = [each for each in _moved(found, procedure=False) if each.name != NOTHING]
    if not others:
        return
    n = others[0].rows[LEAD]["n"]
    if most := _most(others, better=True):
        rows = [most.rows[metric] for metric in (LEAD, *ASIDE)]
        subject = f"another choice in “{cut(most.round['title'], SHORT)}” ({cut(most.name, LONG)})"
        yield Finding("Other choices", together(subject, rows) or "", n, UNIT)
    else:
        text = f"None of the {len(others)} other choices that were tried, one at a time, clearly averts more harm."
        yield Finding("Other choices", text, n, UNIT)


def _procedure(found: Values) -> Iterator[Finding]:
    hindered = [each for each in _moved(found, procedure=True) if each.name == BOTH]
    if most := _most(hindered):
        title = cut(most.round["title"], SHORT)
        subject = f"winning every vote and preparing in a tenth of the time, for the measures of “{title}”,"
        rows = [most.rows[metric] for metric in (LEAD, *ASIDE)]
        yield Finding("Procedure", together(subject, rows) or "", rows[0]["n"], UNIT)


def _revealed(found: Values) -> Iterator[Finding]:
    told = found["revealed"]
    if told is None:
        return
    setting = told["setting"].items()
    levers = [f"{LEVERS[name]} {interval(each)}" for name, each in setting if each["revealed"]]
    silent = [LEVERS[name] for name, each in setting if not each["revealed"]]
    like = f"a doctrine with {listed(levers)}" if levers else "many doctrines alike"
    rest = f" {listed(silent).capitalize()} {'is' if len(silent) == 1 else 'are'} not revealed." if silent else ""
    clarity = (
        "Clarity is not revealed, because nobody announced anything."
        if told["clarity"] is None
        else f"Announcements had a clarity of {fixed(told['clarity'], 2)} on average."
    )
    alike = f"alike in {100.0 * told['agreement']:.0f} % of the moments"
    text = f"The table decided most like {like}: {alike}.{rest} {clarity}"
    yield Finding("Doctrine", text, told["decisions"], "moments at which a case could be attributed or answered")


def cut(text: Any, most: int) -> str:
    """A text in one line, without its end where it is too long."""
    line = " ".join(str(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def interval(figure: Values) -> str:
    """A number of a setting with its interval."""
    mean, low, high = (fixed(figure[end], 2) for end in ("mean", "low", "high"))
    return f"{mean} [{low}, {high}]"


def level(metric: str, figure: Values) -> str:
    """A figure with its interval in the unit in which it is shown."""
    return _text(metric, row_of(metric, figure, level=True))


def difference(metric: str, figure: Values | None, *, turn: bool = False) -> str:
    """A difference with its interval; ~ marks one that is unclear. A dash where there is none."""
    if figure is None or not has_interval(figure["difference"]):
        return "–"
    row = row_of(metric, figure)
    if row["low"] == row["high"] == 0.0:
        return "0"
    return f"{_text(metric, turned(row) if turn else row)}{'' if figure['clear'] else '~'}"


def _text(metric: str, row: Mapping[str, Any]) -> str:
    return estimate_text(*(None if row[end] is None else shown(metric) * row[end] for end in ("mean", "low", "high")))
