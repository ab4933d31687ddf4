"""What was compared: every doctrine by its one name, its title, with its idea and what it changes."""

from types import SimpleNamespace
from typing import Any

from analysis.comparison.doctrines import doctrines_compared
from analysis.results.manifest import Manifest

STATUS_QUO = {"title": "Status quo", "idea": "As it\nis.", "clarity": 0.4, "voting_rule": "unanimity", "partners": 0.3}
MINE = {**STATUS_QUO, "title": "Sooner", "idea": "Be clear.", "clarity": 0.9, "voting_rule": "qmv"}


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
            "Be clear. Other than “Status quo” (in brackets): clarity 0.9 (0.4) and voting rule qmv (unanimity).",
        ),
        ("“Status quo”", "As it is."),
    ]
