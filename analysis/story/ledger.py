"""The record of one run: its cases and votes, what went wrong in which, and which of them tell most.

A `RunRecord` is made of a ledger, votes and the row of figures of one run, whoever made them. The cases of a story are
chosen by rules that depend on the ledger alone, so that the same run always has the same story.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import polars as pl

from analysis.labels import INVENTED
from analysis.results.folder import Results
from analysis.results.manifest import ACTS, LEDGER, VOTES, VOTES_BY_MEMBER
from analysis.results.single_run import ACTS_SCHEMA, PHASE, VOTES_BY_MEMBER_SCHEMA
from model.configuration import Configuration

MOST_TOLD = 8
"""Cases that a story tells one by one."""
KEY = ("act_week", "culprit", "victim")
"""What names a case in the ledger and in the votes: a perpetrator acts once a week, and so do accidents."""

Case = Mapping[str, Any]


class RunRecord(NamedTuple):
    """One run: its configuration, cases and votes, its figures as a row of `runs.parquet`, and where they are from."""

    configuration: Configuration
    ledger: pl.DataFrame
    votes: pl.DataFrame
    figures: Mapping[str, Any]
    title: str
    stamp: str
    phases: Mapping[str, Sequence[int]] = {}
    """By phase of the doctrine, whether it held in each week counted: 1, else 0."""
    by_member: pl.DataFrame = pl.DataFrame(schema=VOTES_BY_MEMBER_SCHEMA)
    """The position of each Member State in each vote."""
    acts: pl.DataFrame = pl.DataFrame(schema=ACTS_SCHEMA)
    """All acts of the weeks counted, in the world and in its twin, where they were kept."""

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame], configuration: Configuration, *about: Any) -> "RunRecord":
        """The record that these tables hold, by the names of their files; `about` it stand figures and the rest."""
        more = {"by_member": VOTES_BY_MEMBER, "acts": ACTS}
        kept: dict[str, Any] = {field: tables[name] for field, name in more.items() if name in tables}
        return cls(configuration, tables[LEDGER], tables[VOTES], *about, **kept)

    @property
    def setting(self) -> str:
        """That it is invented, which run it is, and under which doctrine in which scenario."""
        base = self.configuration
        return f"{INVENTED} {self.title}; doctrine “{base.doctrine.title}” in scenario “{base.scenario.title}”"

    @property
    def burn_in(self) -> int:
        """The first week that is counted."""
        return self.configuration.scenario.time.burn_in

    @property
    def end(self) -> int:
        """The week after the last."""
        return self.burn_in + self.configuration.scenario.time.weeks

    def day(self, week: int) -> date:
        """The first day of a week."""
        return self.configuration.scenario.time.start + timedelta(weeks=week)

    def dated(self, week: int, later: int = 0) -> str:
        """The first day of a week, or one so many days later: 7 March 2027."""
        day = self.day(week) + timedelta(days=later)
        return f"{day.day} {day:%B %Y}"

    def week_text(self, week: int) -> str:
        """A week with its first day: week 412 (7 March 2027)."""
        return f"week {week} ({self.dated(week)})"

    def party(self, name: str | None) -> str:
        """A party by its title."""
        return "nobody" if name is None else self.configuration.perpetrators[name].title

    def activity(self, name: str) -> str:
        """An activity within a sentence: its title without what stands in brackets."""
        title = self.configuration.activities[name].title.partition(" (")[0]
        return title if title[1:2].isupper() else title[:1].lower() + title[1:]

    def measure(self, name: str) -> str:
        """A measure by its title, in quotes."""
        return f"“{self.configuration.measures[name].title}”"

    def act_text(self, case: Case) -> str:
        """The act that a case is about: espionage by Major power A against Estonia (7 March 2027)."""
        act, victim = self.activity(case["activity"]), case["victim"]
        if is_false_alarm(case):
            return f"what looked like {act} against {victim} ({self.dated(case['opened_week'])})"
        return f"{act} by {self.party(case['culprit'])} against {victim} ({self.dated(case['act_week'])})"

    @property
    def cases(self) -> list[dict[str, Any]]:
        """The cases opened in the weeks that figures count, in the order of their opening."""
        return self.ledger.filter(pl.col("counted")).to_dicts()

    def dossiers(self) -> list[dict[str, Any]]:
        """The cases of which a restrictive dossier was opened."""
        return [case for case in self.cases if case["dossier_stage"] is not None]

    @property
    def counted_votes(self) -> pl.DataFrame:
        """The votes held in the weeks that figures count."""
        return self.votes.filter(pl.col("counted"))

    def votes_on(self, case: Case) -> list[dict[str, Any]]:
        """The votes on a case, in the order of their weeks."""
        same = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(case[name])) for name in KEY)
        return self.votes.filter(same).to_dicts()

    def rung(self, activity: str | None) -> int:
        """Place of an activity in order of severity; −1: none."""
        return list(self.configuration.activities).index(activity) if activity is not None else -1

    def rise(self, case: Case) -> int:
        """Rungs by which the named party's next act after an answer stood above the act of the case; 0: not above."""
        return max(0, self.rung(case["next_act"]) - self.rung(case["activity"])) if answered(case) else 0


def record_of(results: Results) -> RunRecord:
    """The record of a folder of one run that has its ledger."""
    kept = results.manifest.files
    frames = {LEDGER: results.ledger, VOTES: results.votes}
    frames |= {VOTES_BY_MEMBER: results.votes_by_member} if VOTES_BY_MEMBER in kept else {}
    frames |= {ACTS: results.acts} if ACTS in kept else {}
    figures = results.runs.row(0, named=True)
    title = f"{results.manifest.title}, replicate {figures['replicate']}"
    stated = results.configuration.doctrine.phases
    phases = {name: results.series[f"{PHASE}{name}"].to_list() for name in stated}
    return RunRecord.of(frames, results.configuration, figures, title, results.manifest.stamp, phases)


def is_false_alarm(case: Case) -> bool:
    """Whether nobody did it: no act is behind the case."""
    return case["culprit"] is None


def blamed_wrongly(case: Case) -> bool:
    """Whether a party was named that had not done it."""
    return case["attributed_rightly"] is False


def went_cold(case: Case) -> bool:
    """Whether it was closed before anybody was named."""
    return case["status"] == "closed" and case["attributed_week"] is None


def given_up(case: Case) -> bool:
    """Whether it was closed without a measure though somebody had been named."""
    return case["status"] == "closed" and case["attributed_week"] is not None


def answered(case: Case) -> bool:
    """Whether a measure was adopted against the party named, be it a statement."""
    return case["adopted_week"] is not None


def came_to_nothing(case: Case) -> bool:
    """Whether its restrictive dossier lapsed before it was taken up, or was dropped without its evidence."""
    return case["dossier_stage"] in ("lapsed", "dropped")


Belongs = Callable[[Case], object]
"""Whether a case is of a kind, by the truth of what it returns."""
Weight = Callable[[Case], tuple[float, ...]]
"""How much a case tells of its kind; what comes first counts most."""


def kinds_of_cases(run: RunRecord) -> dict[str, tuple[Belongs, Weight]]:
    """The kinds of cases chosen in turn: which cases are of each, and how much a case tells of it."""
    failed = run.votes.filter(~pl.col("passed")).group_by(KEY).len()
    times = {row[:-1]: row[-1] for row in failed.iter_rows()}

    def votes_failed(case: Case) -> int:
        return times.get(tuple(case[name] for name in KEY), 0)

    def bite(case: Case) -> tuple[float, ...]:
        return (case["bite"] or 0.0, case["severity"])

    def severity(case: Case) -> tuple[float, ...]:
        return (case["severity"],)

    return {
        "answered rightly": (lambda case: answered(case) and case["attributed_rightly"], bite),
        "innocent blamed": (blamed_wrongly, bite),
        "votes failed": (votes_failed, lambda case: (votes_failed(case), case["severity"])),
        "dossier came to nothing": (came_to_nothing, severity),
        "rose after the answer": (run.rise, lambda case: (run.rise(case), case["bite"])),
        "gone cold": (lambda case: went_cold(case) and not is_false_alarm(case), severity),
        "held back after the answer": (lambda case: answered(case) and case["next_choice"] == "restraint", bite),
        "false alarm": (lambda case: is_false_alarm(case) and case["attributed_week"] is not None, severity),
        "most severe": (lambda case: True, severity),
    }


def chosen(run: RunRecord, most: int = MOST_TOLD) -> list[dict[str, Any]]:
    """The cases to tell, in the order of their opening: of each kind in turn the one that tells most, until `most`.

    Ties go to the earlier case. Where there are fewer cases all are told.
    """
    cases, ranked = run.cases, []
    for belongs, weight in kinds_of_cases(run).values():
        some = [place for place, case in enumerate(cases) if belongs(case)]
        # a stable order, turned or not: of equal cases the earlier stays first
        ranked.append(sorted(some, key=lambda place: weight(cases[place]), reverse=True))
    picked: list[int] = []
    while len(picked) < min(most, len(cases)):
        for places in ranked:
            place = next((place for place in places if place not in picked), None)
            if place is not None and len(picked) < most:
                picked.append(place)
    return [cases[place] for place in sorted(picked)]


class Spell(NamedTuple):
    """A time during which a phase held: its name, its first week, and the week after its last."""

    phase: str
    first: int
    end: int


def spells(run: RunRecord) -> list[Spell]:
    """The times during which phases held in the weeks counted, in the order of their beginning."""
    found: list[Spell] = []
    for name, held in run.phases.items():
        around = [0, *held, 0]
        edges = [week for week in range(len(held) + 1) if around[week] != around[week + 1]]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        found += [Spell(name, run.burn_in + first, run.burn_in + end) for first, end in pairs]
    return sorted(found, key=lambda spell: spell.first)
