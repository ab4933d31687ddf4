"""What `deter search` keeps in a folder is read as it was written, or refused with the name of the file."""

from typing import Any

import pytest
from support.answers import of_worlds, search_of, written

from analysis.report.gallery import draw
from analysis.results.folder import Results
from analysis.results.manifest import SEARCHED
from analysis.search.answer import read_found
from model.errors import ConfigurationError


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return of_worlds(tmp_path_factory.mktemp("search") / "out")


MISFITS: list[tuple[tuple[str | int, ...], Any]] = [
    (("tried",), []),
    (("tried", 0, "figures"), {"harm_averted": 1.0}),
    (("tried", 0, "figures", "eu_cost"), float("nan")),
    (("tried", 0, "figures", "eu_cost"), 1e308),
    (("tried", 0, "generation"), -1),
    (("tried", 0, "values"), {}),
    (("objectives",), []),
    (("objectives", 0), "max harm"),
    (("main",), "max worst harm_averted"),
    (("reference",), "nobody"),
    (("judged",), []),
    (("judged", 0, "kind"), "best"),
    (("judged", 0, "name"), "../x"),
    (("judged", 0, "gain"), {}),
    (("judged", 1, "kind"), "front"),
    (("judged", 0, "fresh", "eu_cost"), [1.0, 2.0, 0.0]),
    (("judged", 0, "fresh", "eu_cost"), [1.0, 0.0, None]),
    (("judged", 0, "values", "doctrine.clarity"), 10**400),
    (("leanings", 0, "winner"), "nobody"),
    (("shares", 0, "edge"), "middle"),
    (("shares", 0, "parameter"), "x"),
    (("fresh_worlds",), 0),
    (("more",), 1),
]


@pytest.mark.parametrize(
    ("place", "value"), MISFITS, ids=lambda each: ".".join(map(str, each))[:40] if isinstance(each, tuple) else ""
)
def test_what_does_not_fit_is_refused_by_name(place: tuple[str | int, ...], value: Any, results: Results) -> None:
    path = written(results.folder / SEARCHED, search_of(results), place, value)
    with pytest.raises(ConfigurationError, match=path.name):
        read_found(results)


def test_what_was_cut_off_is_damaged_and_what_is_of_other_results_is_none(results: Results) -> None:
    path = written(results.folder / SEARCHED, search_of(results))
    path.write_text(path.read_text("utf-8")[:-9], "utf-8")
    with pytest.raises(ConfigurationError, match="is damaged"):
        read_found(results)
    written(path, search_of(results), ("design_hash",), "0" * 16)
    assert read_found(results) is None
    written(path, search_of(results))
    assert read_found(results) is not None
    assert draw("front", results) is not None
