"""The moments of the record: three lists that share nothing, ranges around values, errors by tolerance."""

from pathlib import Path

import pytest

from analysis.calibration.targets import FITTED, HELD_OUT, RECORD, REPORT, read_targets
from model.errors import ConfigurationError
from model.record import MOMENTS, RECORD_ENDS


def test_every_moment_stands_in_one_list_with_its_source() -> None:
    targets, sources = read_targets()
    lists = [set(targets.of(which)) for which in (FITTED, HELD_OUT, REPORT)]
    assert set.union(*lists) == set(targets.moments) == set(MOMENTS)
    assert sum(map(len, lists)) == len(MOMENTS)
    assert lists[1] == {"acts_again", "gaps_variation", "gaps_shape", "higher_severity", "answer_lag", "sanctioned"}
    assert all(sources[name] for name in MOMENTS)
    assert RECORD_ENDS.year == 2023


def test_moments_of_few_events_carry_no_error_but_that_of_sampling() -> None:
    targets, _ = read_targets()
    assert targets.moments["persons"].error == targets.moments["listing_lag"].error == 0.0
    assert targets.moments["espionage"].error == pytest.approx(0.05)


MISTAKES = [
    ('list = "held_out", value = 0.6', 'list = "kept", value = 0.6', "acts_again.list"),
    ("value = 0.585, low = 0.435", "value = 0.4, low = 0.435", "does not lie in its own range"),
    ("gaps_shape =", "gap_shape =", "gaps_shape"),
    ('together = "severity" }\nseverity_2', 'together = "sevrity" }\nseverity_2', "is not among `judged_together`"),
    ("value = 44.4", 'value = "many"', "incidents.value"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES)
def test_a_mistake_is_answered_with_its_place(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = RECORD.read_text()
    assert right in text
    file = tmp_path / "moments.toml"
    file.write_text(text.replace(right, wrong, 1))
    with pytest.raises(ConfigurationError, match=said) as caught:
        read_targets(file)
    assert "moments.toml" in str(caught.value)
