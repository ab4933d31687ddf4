"""What `deter discover` keeps in a folder is read as it was written, or refused with the name of the file."""

from typing import Any

import pytest
from support.answers import GAIN, discovery_of, of_worlds, written

from analysis.discovery.answer import read_answer
from analysis.report.gallery import draw
from analysis.results.folder import Results
from analysis.results.manifest import ANSWER
from model.errors import ConfigurationError


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return of_worlds(tmp_path_factory.mktemp("discovery") / "out")


BOX = ("rules", 0, "boxes", 0)
MISFITS: list[tuple[tuple[str | int, ...], Any]] = [
    (("steps",), []),
    (("rules",), []),
    (("chosen",), 2),
    (("worlds",), 0),
    (("worlds",), 10**30),
    (("cases",), 13),
    (("conditions",), []),
    (("conditions", 0, 0), "harm"),
    (("conditions", 0, 1), "="),
    (("conditions", 0, 2), float("nan")),
    (("doctrine",), "nobody"),
    (("doubt", "coverage", 0), float("inf")),
    (("again", GAIN), {"middle": {"share": 1.0}}),
    (BOX, {"scenario.detection.detection": {"low": 1.0, "p_low": 0.1}}),
    ((*BOX, GAIN), {}),
    ((*BOX, GAIN), {"low": 1.0}),
    ((*BOX, GAIN), {"low": 2.0, "high": 1.0, "p_low": 0.1, "p_high": 0.1}),
    ((*BOX, GAIN), {"among": ["x"], "p_high": 0.1}),
    (("rules", 0, "fit", "cases"), -1),
    (("more",), 1),
]


@pytest.mark.parametrize(
    ("place", "value"), MISFITS, ids=lambda each: ".".join(map(str, each))[:40] if isinstance(each, tuple) else ""
)
def test_what_does_not_fit_is_refused_by_name(place: tuple[str | int, ...], value: Any, results: Results) -> None:
    path = written(results.folder / ANSWER, discovery_of(results), place, value)
    with pytest.raises(ConfigurationError, match=path.name):
        read_answer(results)


def test_what_was_cut_off_is_damaged_and_what_is_of_other_results_is_none(results: Results) -> None:
    path = written(results.folder / ANSWER, discovery_of(results))
    path.write_text(path.read_text("utf-8")[:-9], "utf-8")
    with pytest.raises(ConfigurationError, match="is damaged"):
        read_answer(results)
    written(path, discovery_of(results), ("design_hash",), "0" * 16)
    assert read_answer(results) is None
    written(path, discovery_of(results))
    assert read_answer(results) is not None
    assert draw("peeling", results) is not None
