"""What was compared: every doctrine by its one name, its title, with its idea and what it changes."""

from types import SimpleNamespace
from typing import Any

from analysis.report.doctrines import doctrines_compared
from analysis.results.manifest import Manifest

STATUS_QUO = {"title": "Status quo", "idea": "As it\nis.", "clarity": 0.4, "voting_rule": "unanimity", "partners": 0.3}
MINE = {**STATUS_QUO, "title": "Sooner", "idea": "Be clear.", "clarity": 0.9, "voting_rule": "qmv"}


PHASES = {"pressure": {"severe_acts_above": 5, "lasts": 104, "clarity": 0.9, "campaign_interval": 13}}


def test_phases_are_told_in_words() -> None:
    manifest = Manifest.model_construct(
        factors={"doctrine": ["mine.toml", "status_quo"]},
        contents={
            "doctrine": {
                "mine.toml": {**MINE, "clarity": 0.4, "voting_rule": "unanimity", "phases": PHASES},
                "status_quo": STATUS_QUO,
            }
        },
        design={},
    )
    results: Any = SimpleNamespace(manifest=manifest)
    (_, text), _ = doctrines_compared(results)
    assert text.endswith(
        "Different from “Status quo” (in brackets): phases “pressure” while more than 5 cases taken to be severe were "
        "opened in the last year, for 104 weeks at least: clarity 0.9 and campaign interval 13 (none)."
    )


def test_each_doctrine_has_one_name_its_title_with_what_it_changes() -> None:
    manifest = Manifest.model_construct(
        factors={"doctrine": ["mine.toml", "status_quo"]},
        contents={"doctrine": {"mine.toml": MINE, "status_quo": STATUS_QUO}},
        design={},
    )
    results: Any = SimpleNamespace(manifest=manifest)
    assert list(doctrines_compared(results)) == [
        (
            "“Sooner”",
            "Be clear. Different from “Status quo” (in brackets): clarity 0.9 (0.4) and voting rule qmv (unanimity).",
        ),
        ("“Status quo”", "As it is."),
    ]
