from pathlib import Path

import pytest

from experiments.page.shelf import MOST_TIMES, Shelf, check_length, shelf_of
from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return shelf_of(tmp_path, scenarios=[], doctrines=[], worlds=[])


@pytest.mark.parametrize("path", ["scenario", "doctrine", "reference", "reference.doctrine"])
def test_no_value_names_a_file(shelf: Shelf, path: str, tmp_path: Path) -> None:
    file = tmp_path / "secret.toml"
    file.write_text('title = "secret"')
    with pytest.raises(ConfigurationError, match="is not a single value"):
        shelf.setting({"values": {path: str(file)}})


@pytest.mark.parametrize("burn_in", [26, 520, 2_000])
def test_a_run_may_be_five_times_as_much_work_as_the_baseline_s_and_no_more(burn_in: int) -> None:
    baseline = load_configuration("baseline", "none")
    most = MOST_TIMES * (baseline.scenario.time.burn_in + baseline.scenario.time.weeks)

    def world(weeks: int, times: int) -> Configuration:
        """A world with so many times the perpetrators of the baseline."""
        values = {"scenario.time.weeks": weeks - burn_in, "scenario.time.burn_in": burn_in}
        base = load_configuration("baseline", "none", values)
        many = {f"{name}_{copy}": each for name, each in base.perpetrators.items() for copy in range(times)}
        return base.model_copy(update={"perpetrators": many})

    for times in (1, 2):
        check_length(world(most // times, times), "deter compare")
        with pytest.raises(ConfigurationError) as refused:
            check_length(world(most // times + 1, times), "deter compare")
        weeks = most // times + 1 - burn_in
        assert str(refused.value).startswith(f"scenario.time.weeks = {weeks}: makes runs too long for this page")
        allowed = f"{most // times:,} weeks with the burn-in, or `deter compare` in a terminal"
        assert refused.value.allowed == allowed


def test_no_worlds_take_the_name_of_others_and_worlds_that_are_none_are_told(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    mine, theirs, posterior, empty = (
        tmp_path / name for name in ("one/mine.csv", "other/mine.csv", "posterior.csv", "empty.csv")
    )
    for file in (mine, theirs, posterior):
        file.write_bytes(b"scenario.grievance.grievance_gain\n0.5\n4.0\n")
    empty.write_bytes(b"")
    assert list(shelf_of(tmp_path, scenarios=[], doctrines=[], worlds=[str(mine)]).worlds)[-1] == "mine"
    for files in ([mine, theirs], [posterior], [empty]):
        with pytest.raises(ConfigurationError, match=files[-1].name):
            shelf_of(tmp_path, scenarios=[], doctrines=[], worlds=list(map(str, files)))
