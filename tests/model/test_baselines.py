"""Results are everywhere, to the bit, those kept in tests/baselines/ (`renew_baselines.py` says what they are)."""

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from renew_baselines import FOLDER, SEEDS, TIME, baseline, cases, renew, told

from model.configuration import Configuration
from model.ensemble import run, run_one, run_twins

CONFIGURATIONS = dict(cases())
each_file = pytest.mark.parametrize("name", CONFIGURATIONS)
REMEDY = """
Results have changed. If they were meant to: `make baselines` (tests/renew_baselines.py) writes {file} anew;
note the change in docs/changelog.md under "Changes of results"."""


def kept(name: str) -> Any:
    """What a file holds."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def differences(kept: Any, now: Any, path: str = "") -> Iterator[str]:
    """What differs between two trees."""
    if isinstance(kept, dict) and isinstance(now, dict):
        for key in {**kept, **now}:
            yield from differences(kept.get(key, 0), now.get(key, 0), f"{path}.{key}" if path else key)
    elif kept != now:
        yield f"{path}: {kept!r} → {now!r}"


def message(name: str, found: list[str]) -> str:
    """What a failing test says."""
    more = f"\n… and {len(found) - 20} more" if len(found) > 20 else ""
    return "\n" + "\n".join(found[:20]) + more + REMEDY.format(file=f"tests/baselines/{name}.json")


@each_file
def test_results_are_those_kept(name: str) -> None:
    found = list(differences(kept(name), baseline(CONFIGURATIONS[name])))
    assert not found, message(name, found)


def test_the_files_are_those_that_the_script_writes(tmp_path: Any) -> None:
    written = {path.name: path.read_bytes() for path in renew(tmp_path / "anew")}
    there = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert set(there) == set(written)
    for name, content in there.items():
        assert content == written[name], REMEDY.format(file=f"tests/baselines/{name}")


def test_what_is_kept_is_not_trivial() -> None:
    books = [kept(name)[f"seed {seed}"]["books"] for name in CONFIGURATIONS for seed in SEEDS]
    for name in ("deterred", "provoked", "suppressed", "answered", "restrictive_votes", "wrongful", "cold", "upward"):
        assert any(each.get(name, 0) > 0 for each in books), name
    assert len({json.dumps(each) for each in books}) == len(books)


# the comparison can fail


CONTROL = "illustrative-status_quo"


def compared(configuration: Configuration) -> list[str]:
    """What differs from the file of the control, seed by seed."""
    now = {f"seed {seed}": told(run_one(configuration, seed, 0, ledger=True)) for seed in SEEDS}
    here = {f"seed {seed}": told(run_one(CONFIGURATIONS[CONTROL], seed, 0, ledger=True)) for seed in SEEDS}
    return list(differences(here, now))


@pytest.mark.parametrize(
    "path",
    [
        "scenario.choice.success_slope",
        "scenario.classes.serious.prior_bite",
        "scenario.norms.norm_half_life",
        "scenario.grievance.grievance_gain",
        "doctrine.firmness",
        "activities.espionage.cost",
        "archetypes.ransomware_group.rationality.mean",
    ],
)
def test_a_number_that_changes_by_a_millionth_of_a_millionth_is_seen(path: str) -> None:
    configuration = CONFIGURATIONS[CONTROL]
    (number,) = [parameter.value for parameter in configuration.parameters() if parameter.path == path]
    found = compared(configuration.with_values({path: number * (1 + 1e-12)}))
    assert any("books.expected_acts" in line for line in found)
    assert compared(configuration.with_values({path: number})) == []


def test_one_draw_that_falls_out_otherwise_is_seen() -> None:
    """One opportunity of one week, met by another perpetrator."""
    configuration = CONFIGURATIONS[CONTROL]
    twins = run_twins(configuration, 1, [0])
    last = twins.choices.before[0, TIME["burn_in"] + 50] - 1
    row = twins.choices.row.copy()
    row[last] = row[last] + 1 if row[last] + 1 < len(configuration.perpetrators) else row[last] - 1
    changed = twins._replace(choices=twins.choices._replace(row=row))
    own, again, theirs = (run(configuration, 1, [0], each) for each in (twins, twins, changed))
    assert own.tobytes() == again.tobytes() != theirs.tobytes()
    assert own.opportunities == theirs.opportunities


def test_every_number_and_every_digest_that_differs_is_named() -> None:
    file = {"seed 1": {"books": {"acts": 5, "cost": 1.0}, "digests": {"ledger": "a"}}}
    assert list(differences(file, file)) == []
    now = {"seed 1": {"books": {"acts": 6, "cost": math.nextafter(1.0, 2.0), "votes": 1}, "digests": {"ledger": "b"}}}
    found = [line.split(":")[0] for line in differences(file, now)]
    assert found == ["seed 1.books.acts", "seed 1.books.cost", "seed 1.books.votes", "seed 1.digests.ledger"]


def test_the_message_names_script_and_changelog() -> None:
    text = message("x", ["seed 1.books.acts: 1 → 2"] * 30)
    for part in ("make baselines", "renew_baselines.py", "docs/changelog.md", "Changes of results", "10 more"):
        assert part in text
