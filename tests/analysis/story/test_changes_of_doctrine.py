"""The story of a run says when the EU changed its doctrine, and its figure shades the weeks."""

from pathlib import Path
from typing import Any

import pytest

from analysis.report.gallery import default_figures
from analysis.results.folder import Results
from analysis.story.ledger import RunRecord, Spell, record_of, spells
from analysis.story.narrative import phases_text, story
from experiments.design.design import single_point
from experiments.running.single import run_single, save_run
from model.configuration import load_configuration
from model.loading import load_doctrine
from model.policy import Doctrine

STATUS_QUO = load_doctrine("status_quo").value
PHASES = {
    "talks": {"begins": "2025-01-06", "ends": "2025-03-03", "cooperative": 0.9},
    "distrust": {"credibility_above": 0.0, "firmness": 0.5},
    "unmet": {"severe_acts_above": 1000, "clarity": 0.9},
}
TIME = {"scenario.time.burn_in": 40, "scenario.time.weeks": 40, "scenario.time.start": "2024-01-01"}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A run whose doctrine has a phase by its days, one by credibility from the second year on, and one never met."""
    doctrine = Doctrine.model_validate({**STATUS_QUO.model_dump(), "phases": PHASES})
    base = load_configuration("illustrative", doctrine, TIME)
    design = single_point(base, 1, 0, "Made up", "What happens?")
    folder = Path(tmp_path_factory.mktemp("run")) / "run"
    return save_run(folder, design, run_single(base, 1, 0, "compiled", ledger=True), "compiled", ledger=True)


def test_a_story_tells_when_phases_began_and_ended_and_what_they_change(results: Results) -> None:
    run = record_of(results)
    assert spells(run) == [Spell("distrust", 52, 80), Spell("talks", 53, 61)]
    assert list(phases_text(run)) == [
        "in week 52 (30 December 2024) the EU changed its doctrine to its phase “distrust”, and kept it to the end",
        "this phase holds while mean credibility of the last year is above 0: firmness 0.5",
        "in week 53 (6 January 2025) the EU changed its doctrine to its phase “talks”, and went back in week 61 "
        "(3 March 2025)",
        "this phase holds from 2025-01-06 on until 2025-03-03: cooperative 0.9",
    ]
    assert any(text.startswith("In week 52 (30 December 2024) the EU changed") for text in story(run)[0].paragraphs)


def made_up(run: RunRecord, **phases: Any) -> RunRecord:
    """The same run with other weeks in its phases."""
    return run._replace(phases={name: phases.get(name, [0] * 40) for name in PHASES})


def test_a_phase_that_was_never_reached_is_said_to_be_so(results: Results) -> None:
    run = made_up(record_of(results))
    assert list(phases_text(run)) == [
        "the EU never changed its doctrine: none of its phases (talks, unmet, distrust) was reached"
    ]


def test_many_changes_are_counted(results: Results) -> None:
    run = made_up(record_of(results), unmet=[1, 0] * 20)
    said = list(phases_text(run))
    assert said[0] == "phase “unmet” of the EU's doctrine held from the first week counted to week 41 (14 October 2024)"
    assert said[-1] == "it changed to a phase 16 more times; the weekly series has the weeks"


def test_the_figure_of_the_run_shades_the_weeks(results: Results) -> None:
    assert any("Shaded: a phase of the doctrine holds" in text for text in texts(default_figures(results)))
    assert results.series["phase_talks"].sum() == 8
    assert results.series["phase_unmet"].sum() == 0


def texts(figures: Any) -> list[str]:
    """Every text that stands on figures."""
    found = []
    for figure in figures.values():
        found += [text.get_text().replace("\n", " ") for text in figure.findobj(lambda part: hasattr(part, "get_text"))]
    return found
