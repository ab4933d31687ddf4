"""A doctrine that changes: phases by date or trigger, in both engines, in the world and in its twin."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.worlds import begun, bits, lively, short

from agents.doctrine import LOOK_BACK, TRIGGERS
from agents.union.council import turn
from model.configuration import Configuration, load_configuration
from model.deterrence import DeterrenceModel
from model.ensemble import OneRun, run, run_one, run_twins
from model.errors import ConfigurationError
from model.loading import load_doctrine
from model.metrics.catalogue import figure
from model.metrics.columns import Beside
from model.policy import MOST_PHASES, Doctrine

STATUS_QUO = load_doctrine("status_quo").value
OTHERWISE = {
    "clarity": 0.9,
    "attribution_confidence": 0.7,
    "proportionality": 0.9,
    "firmness": 1.5,
    "ratchet": 0.5,
    "campaign_interval": 13,
    "voting_rule": "qmv",
    "initiative": False,
    "vital_interest": False,
    "coalition_quorum": 9,
    "preventive": 0.9,
    "cooperative": 0.8,
    "stability": 0.9,
    "support": 0.7,
    "partners": 0.9,
    "due_diligence": 0.7,
    "delay_factor": 0.5,
}
"""Every entry of a doctrine, other than in the status quo."""
NEVER = {"severe_acts_above": 10_000}


def phased(phases: Mapping[str, Mapping[str, Any]], base: Doctrine = STATUS_QUO) -> Doctrine:
    """A doctrine with phases."""
    return Doctrine.model_validate({**base.model_dump(), "phases": phases})


def changed(values: Mapping[str, Any], base: Doctrine = STATUS_QUO) -> Doctrine:
    """A fixed doctrine with other entries."""
    return Doctrine.model_validate({**base.model_dump(), **values})


def busy(doctrine: Doctrine, values: Mapping[str, Any] | None = None, **time: int) -> Configuration:
    """Two busy years and a half under a doctrine; half a year of them is burn-in."""
    return lively(values={"doctrine": doctrine, **(values or {})}, **{"weeks": 104, "burn_in": 26, **time})


def on(configuration: Configuration, week: int) -> date:
    """The first day of a week of a run."""
    return configuration.scenario.time.start + timedelta(weeks=week)


def same(one: OneRun, other: OneRun, *but: str) -> bool:
    """Whether two runs are the same to the bit, leaving out what phases themselves write."""
    ours, theirs = bits(one), bits(other)
    skipped = {"phases", *but}
    return {name: part for name, part in ours.items() if name not in skipped} == {
        name: part for name, part in theirs.items() if name not in skipped
    }


PHASES = ("doctrine_changes", "phased_weeks", "turned", "turned_after")


def without_phases(one: OneRun) -> OneRun:
    """A run whose books say nothing of phases."""
    for name in PHASES:
        one.books[name] = 0
        one.quarters[name] = 0
    return one


BY_TRIGGER = phased({"pressure": {"severe_acts_above": 2, "lasts": 13, **OTHERWISE}})


# both engines


@pytest.mark.parametrize(
    "phases",
    [
        {"dated": {"begins": "2024-04-01", "ends": "2024-10-01", **OTHERWISE}},
        {"pressure": {"severe_acts_above": 2, "lasts": 13, **OTHERWISE}},
        {
            "quiet": {"severe_acts_below": 3, "lasts": 0, "firmness": 0.2},
            "doubt": {"credibility_below": 0.5, **OTHERWISE},
        },
        {
            "late": {"begins": "2024-06-03", "voting_rule": "coalition"},
            "early": {"begins": "2024-02-05", "clarity": 1.0},
            "trusted": {"credibility_above": 0.2, "firmness": 3.0},
        },
    ],
)
def test_both_engines_give_the_same_bits(phases: dict[str, Any]) -> None:
    configuration = busy(phased(phases), {"reference.doctrine": phased(phases)}, weeks=80, burn_in=2)
    compiled = run_one(configuration, 3, 0, ledger=True)
    assert compiled.twin is not None
    assert compiled.books.doctrine_changes[0] > 0 < compiled.twin.books.doctrine_changes[0]
    assert bits(DeterrenceModel.run_one(configuration, 3, 0, ledger=True)) == bits(compiled)


triggers = st.one_of(
    st.tuples(st.sampled_from(["severe_acts_above", "severe_acts_below"]), st.integers(0, 8)),
    st.tuples(st.sampled_from(["credibility_above", "credibility_below"]), st.floats(0.2, 0.9)),
    st.tuples(st.just("begins"), st.dates(date(2023, 6, 1), date(2025, 1, 1))),
)


@settings(max_examples=5, deadline=None)
@given(trigger=triggers, lasts=st.integers(0, 60), seed=st.integers(0, 1000))
def test_both_engines_agree_wherever_the_threshold_is(trigger: tuple[str, Any], lasts: int, seed: int) -> None:
    name, threshold = trigger
    phase = {name: threshold, **OTHERWISE, **({} if name == "begins" else {"lasts": lasts})}
    configuration = busy(phased({"one": phase}), weeks=56, burn_in=4)
    compiled = run_one(configuration, seed, 0, ledger=True)
    assert bits(DeterrenceModel.run_one(configuration, seed, 0, ledger=True)) == bits(compiled)
    changes = np.count_nonzero(np.diff(compiled.phases)) + (name != "begins" and compiled.phases[0])
    assert compiled.books.doctrine_changes[0] in (changes, changes + 1)


def test_replicates_of_a_sweep_are_the_runs_one_by_one() -> None:
    """The doctrine goes back to its beginning with each replicate, and a world shares nothing of it with the next."""
    configuration, replicates = busy(BY_TRIGGER), [2, 0, 1]
    twins = run_twins(configuration, 9, replicates)
    books = run(configuration, 9, replicates, twins)
    for place, replicate in enumerate(replicates):
        assert books[place].tobytes() == run_one(configuration, 9, replicate).books[0].tobytes()
    assert len(set(books.phased_weeks.tolist())) > 1


# phases that hold always, and never


@pytest.mark.parametrize("begins", ["2024-01-01", "2001-01-01"])
@pytest.mark.parametrize("name", OTHERWISE)
def test_a_phase_from_the_first_week_on_is_the_fixed_doctrine(name: str, begins: str) -> None:
    """Each entry by itself: whatever a doctrine fixes when a run begins, a phase changes as well."""
    stated = {name: OTHERWISE[name]} | ({"voting_rule": "qmv"} if name in ("initiative", "vital_interest") else {})
    one = run_one(busy(phased({"always": {"begins": begins, **stated}})), 5, 0, ledger=True)
    assert one.books.phased_weeks[0] == one.books.weeks[0]
    assert one.books.doctrine_changes[0] == one.books.turned_after[0] == 0
    assert same(without_phases(one), run_one(busy(changed(stated)), 5, 0, ledger=True))


def test_all_entries_together_from_the_first_week_on_are_the_fixed_doctrine() -> None:
    one = run_one(busy(phased({"always": {"begins": "2024-01-01", **OTHERWISE}})), 6, 1, ledger=True)
    assert same(without_phases(one), run_one(busy(changed(OTHERWISE)), 6, 1, ledger=True))


@pytest.mark.parametrize("never", [NEVER, {"credibility_above": 1.0}, {"credibility_below": 0.0}])
def test_a_phase_that_is_never_reached_changes_nothing(never: dict[str, Any]) -> None:
    one = run_one(busy(phased({"never": {**never, **OTHERWISE}})), 5, 0, ledger=True)
    assert bits(one) == bits(run_one(busy(STATUS_QUO), 5, 0, ledger=True))


def test_a_phase_that_changes_no_entry_but_is_announced_differs_by_its_campaign_alone() -> None:
    """Without campaigns a change to what was there already changes nothing at all."""
    quiet = changed({"campaign_interval": 0})
    one = run_one(
        busy(phased({"same": {"begins": "2024-09-02", "firmness": quiet.firmness}}, quiet)), 5, 0, ledger=True
    )
    assert one.books.doctrine_changes[0] == 1
    assert same(without_phases(one), run_one(busy(quiet), 5, 0, ledger=True))
    loud = run_one(busy(phased({"same": {"begins": "2024-09-02", "firmness": STATUS_QUO.firmness}})), 5, 0)
    assert loud.books.expected_acts[0] != run_one(busy(STATUS_QUO), 5, 0).books.expected_acts[0]


def test_until_its_day_a_phase_changes_nothing_and_from_then_on_it_does() -> None:
    plain = run_one(busy(STATUS_QUO), 5, 0)
    week = 60
    later = phased({"later": {"begins": on(busy(STATUS_QUO), week), **OTHERWISE}})
    one = run_one(busy(later), 5, 0)
    before = week - 26
    assert one.series[:before].tobytes() == plain.series[:before].tobytes()
    assert one.series[before].expected_acts != plain.series[before].expected_acts
    assert one.phases.tolist() == [0] * before + [1] * (104 - before)


# the twin


@pytest.mark.parametrize("phase", [{"severe_acts_above": 1}, {"begins": "2024-07-01"}])
def test_the_twin_of_a_doctrine_that_changes_is_that_of_a_fixed_one(phase: dict[str, Any]) -> None:
    one, other = run_one(busy(phased({"one": {**phase, **OTHERWISE}})), 5, 0), run_one(busy(STATUS_QUO), 5, 0)
    assert one.twin is not None
    assert other.twin is not None
    assert bits(one.twin) == bits(other.twin)
    assert one.books.tobytes() != other.books.tobytes()


def test_a_reference_has_phases_of_its_own_by_its_own_history() -> None:
    one = run_one(busy(STATUS_QUO, {"reference.doctrine": BY_TRIGGER}), 5, 0)
    alone = run_one(busy(BY_TRIGGER), 5, 0)
    assert one.twin is not None
    assert one.twin.phases.any()
    assert not one.phases.any()
    assert np.array_equal(one.twin.phases, alone.phases)
    both = run_one(busy(BY_TRIGGER, {"reference.doctrine": BY_TRIGGER}), 5, 0)
    assert both.books.deterred[0] == both.books.provoked[0] == both.books.escalated[0] == 0


# triggers


def told(weeks: int, threshold: float, trigger: str, figures: Mapping[int, Any], lasts: int = 0) -> list[int]:
    """Whether a phase holds in each week of a world in which nothing happens but what `figures` say of past weeks."""
    doctrine = phased({"one": {trigger: threshold, "lasts": lasts, "clarity": 0.9}})
    world = begun(short(values={"doctrine": doctrine}))
    council, held = world.council[0], []
    column = council.severe_by_week if trigger.startswith("severe") else council.credibility_by_week
    for week in range(weeks):
        turn(world, 0, week)
        held.append(int(council.phases))
        column[week % LOOK_BACK] = figures.get(week, 0)
    return held


def test_a_trigger_looks_back_over_a_year_and_is_not_read_before_one_is_over() -> None:
    held = told(200, 2, "severe_acts_above", {3: 2, 40: 1, 100: 3})
    assert [week for week in range(200) if held[week]] == [52, 53, 54, 55, *range(101, 153)]
    assert not any(told(120, 3, "severe_acts_above", {100: 3}))


def test_a_phase_lasts_at_least_as_long_as_it_says() -> None:
    held = told(300, 2, "severe_acts_above", {100: 3}, lasts=80)
    assert [week for week in range(300) if held[week]] == [*range(101, 181)]
    held = told(300, 2, "severe_acts_above", {100: 3, 170: 3}, lasts=80)
    assert [week for week in range(300) if held[week]] == [*range(101, 223)]


def test_triggers_below_and_of_credibility() -> None:
    held = told(130, 1, "severe_acts_below", {60: 1})
    assert [week for week in range(130) if held[week]] == [*range(52, 61), *range(113, 130)]
    steady = dict.fromkeys(range(60, 200), 0.5)
    assert told(200, 0.25, "credibility_above", steady) == [0] * 87 + [1] * 113
    assert told(200, 0.25, "credibility_below", steady) == [0] * 52 + [1] * 34 + [0] * 114


def test_the_union_sees_what_it_detects_and_takes_to_be_severe_false_alarms_among_it() -> None:
    configuration = busy(phased({"one": {**NEVER, "clarity": 0.9}}), weeks=52, burn_in=0)
    model = DeterrenceModel(configuration=configuration, rng=4, ledger=True).run()
    cases = model.result.ledger
    severe = cases[(cases.severity >= 0.6) & (cases.opened >= 0) & (cases.opened < 52)]
    assert model.world.council[0].severe_by_week.sum() == len(severe) > 0
    assert (severe.culprit < 0).any()
    hidden = configuration.with_values(
        {"scenario.detection.detection": 0.0, "scenario.detection.false_alarm_rate": 0.0}
    )
    blind = DeterrenceModel(configuration=hidden, rng=4).run()
    assert blind.result.books.severe_acts[0] > 0 == blind.world.council[0].severe_by_week.sum()


# several phases


def test_phases_lie_over_one_another_days_first_then_triggers_the_milder_first() -> None:
    doctrine = phased(
        {
            "worse": {"severe_acts_above": 8, "firmness": 2.0},
            "bad": {"severe_acts_above": 4, "firmness": 1.5, "clarity": 0.9},
            "later": {"begins": "2027-01-01", "clarity": 0.6},
            "sooner": {"begins": "2025-01-01", "clarity": 0.5, "voting_rule": "qmv"},
        }
    )
    assert list(doctrine.phases) == ["sooner", "later", "bad", "worse"]
    held = list(doctrine.combinations())
    assert (held[0].clarity, held[0].firmness, held[0].voting_rule) == (0.4, 1.0, "unanimity")
    assert (held[0b0011].clarity, held[0b0011].voting_rule) == (0.6, "qmv")
    assert (held[0b0101].clarity, held[0b0101].firmness, held[0b0101].voting_rule) == (0.9, 1.5, "qmv")
    assert (held[0b1111].clarity, held[0b1111].firmness) == (0.9, 2.0)
    again = Doctrine.model_validate({**doctrine.model_dump(), "phases": dict(reversed(doctrine.phases.items()))})
    assert list(again.phases) == list(doctrine.phases)


def test_a_value_by_path_is_that_of_the_doctrine_and_of_every_phase_that_does_not_state_it() -> None:
    base = load_configuration(doctrine=phased({"one": {**NEVER, "clarity": 0.9}}))
    varied = base.with_values(
        {"doctrine.clarity": 0.1, "doctrine.firmness": 2.0, "doctrine.phases.one.severe_acts_above": 3}
    )
    before, after = varied.doctrine.combinations()
    assert (before.clarity, after.clarity, before.firmness, after.firmness) == (0.1, 0.9, 2.0, 2.0)
    assert varied.doctrine.phases["one"].severe_acts_above == 3
    with pytest.raises(ConfigurationError, match=r"doctrine\.phases\.one\.partners: there is no such parameter"):
        base.with_values({"doctrine.phases.one.partners": 0.5})


# what is recorded


def test_time_in_phases_changes_and_the_first_of_them_are_metrics() -> None:
    configuration = busy(phased({"one": {"begins": "2024-12-30", "ends": "2025-12-29", "clarity": 0.9}}))
    one = run_one(configuration, 5, 0)
    assert one.twin is not None
    beside = Beside(one.books, one.twin.books)
    assert figure("time_in_phases", beside) == 52 / 104
    assert figure("doctrine_changes", beside) == 2 / 2
    assert figure("first_phase", beside) == 26 / 52
    plain = run_one(busy(STATUS_QUO), 5, 0)
    assert plain.twin is not None
    beside = Beside(plain.books, plain.twin.books)
    assert [figure(name, beside) for name in ("time_in_phases", "doctrine_changes", "first_phase")] == [0, 0, None]


def test_a_change_is_announced_at_once_where_the_doctrine_has_campaigns() -> None:
    doctrine = phased({"one": {"begins": "2024-03-04", "campaign_interval": 13}}, changed({"campaign_interval": 52}))
    model = DeterrenceModel(configuration=busy(doctrine, weeks=60, burn_in=0), rng=1, twin=False)
    campaigns = []
    while model.running:
        model.step()
        if model.world.council[0].signal_weight > 0:
            campaigns.append(model.week - 1)
    assert campaigns == [0, 9, 22, 35, 48]


# wrong input


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no trigger": ({"clarity": 0.9}, "phases.one: does not say when it begins; allowed: one of begins, severe_acts_a"),
    "two triggers": (
        {"begins": "2027-01-01", "severe_acts_above": 4, "clarity": 0.9},
        r"waits for 2 things \(begins, s",
    ),
    "nothing to change": ({"begins": "2027-01-01"}, "phases.one: changes nothing"),
    "no date": ({"begins": "2027-13-01", "clarity": 0.9}, "phases.one.begins = '2027-13-01': is not a date"),
    "unknown entry": (
        {"begins": "2027-01-01", "clarty": 0.9},
        "phases.one.clarty: unknown key; did you mean 'clarity'",
    ),
    "out of range": (
        {"begins": "2027-01-01", "clarity": 2.0},
        r"phases.one.clarity = 2.0: is out of range; allowed: 0 to 1",
    ),
    "no choice": ({"begins": "2027-01-01", "voting_rule": "qvm"}, "is not among the choices; did you mean 'qmv'"),
    "ends first": (
        {"begins": "2027-01-01", "ends": "2026-01-01", "clarity": 0.9},
        "one.ends = 2026-01-01: is not after",
    ),
    "ends a trigger": ({**NEVER, "ends": "2026-01-01", "clarity": 0.9}, "ends = 2026-01-01: needs a day to begin on"),
    "lasts from a day": (
        {"begins": "2027-01-01", "lasts": 4, "clarity": 0.9},
        "lasts = 4: applies only to a phase with a trigger",
    ),
    "half an act": ({"severe_acts_above": 2.5, "clarity": 0.9}, "severe_acts_above = 2.5: is not a whole number"),
    "beyond the run": (
        {"begins": "2040-01-01", "clarity": 0.9},
        "2040-01-01: is beyond the last week of the run; allowed: a",
    ),
    "over before": (
        {"begins": "1999-01-01", "ends": "2000-01-01", "clarity": 0.9},
        "ends = 2000-01-01: is before the run",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_phase_that_is_wrong_is_refused_in_one_message(wrong: str, tmp_path: Any) -> None:
    phase, message = WRONG[wrong]
    entries = "\n".join(f"{key} = {value!r}" for key, value in phase.items())
    file = tmp_path / "own.toml"
    text = "\n".join(
        f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
        for key, value in STATUS_QUO.model_dump().items()
    )
    file.write_text(f"{text}\n[phases.one]\n{entries}\n", "utf-8")
    with pytest.raises(ConfigurationError, match=message) as raised:
        load_configuration(doctrine=file)
    assert "\n" not in str(raised.value)
    assert str(file) in str(raised.value)


def test_there_are_few_phases_at_most() -> None:
    many = {f"phase{n}": {"begins": "2027-01-01", "clarity": 0.9} for n in range(MOST_PHASES + 1)}
    with pytest.raises(ConfigurationError, match=f"phases: are 6; allowed: at most {MOST_PHASES} phases"):
        load_configuration(overrides={"doctrine": {**STATUS_QUO.model_dump(), "phases": many}})


def test_every_trigger_is_an_entry() -> None:
    assert set(TRIGGERS) < set(Doctrine.model_fields["phases"].annotation.__args__[1].model_fields)  # type: ignore[union-attr]
