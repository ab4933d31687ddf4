"""The file of events: read, counted, and refused with place and remedy."""

from datetime import date
from pathlib import Path

import pytest
from support.mistakes import by_name, edited

from analysis.history.record import Span, read_record, year
from model.errors import ConfigurationError
from model.record import APART, rounds

AFTER = Span(date(2024, 1, 1), date(2026, 10, 31))


def test_what_the_fit_knew_and_what_came_after_are_counted_apart() -> None:
    record = read_record()
    assert record.scored == AFTER
    names = ("persons", "entities", "rounds", "attributions")
    assert [record.happened(name, record.fitted) for name in names] == [8, 4, 2, 1]
    assert [record.happened(name, AFTER) for name in names] == [11, 3, 3, 2]
    assert sum(record.happened("persons", year(number)) for number in range(2019, 2027)) == 19
    assert sum(record.happened("entities", year(number)) for number in range(2019, 2027)) == 7


def test_lags_are_those_of_the_events() -> None:
    record = read_record()
    assert sum(record.lags("listing", record.fitted)) / 5 == pytest.approx(182, abs=0.5)
    assert record.lags("attribution", record.fitted) == [75 / 7]
    assert record.lags("listing", AFTER) == []


def test_the_record_names_no_country_as_a_perpetrator() -> None:
    text = " ".join(event.title for event in read_record().events)
    for country in ("Russia", "China", "Chinese", "Iran", "Korea", "Belarus"):
        assert country not in text


@pytest.mark.parametrize(
    ("days", "first"),
    [
        ([], []),
        ([5], [5]),
        ([9, 5, 5], [5]),
        ([0, APART - 1], [0]),
        ([0, APART], [0, APART]),
        ([0, APART - 1, APART, 2 * APART - 1], [0, APART]),  # counted from the first, not from the last before
    ],
)
def test_decisions_near_the_first_of_a_round_belong_to_it(days: list[int], first: list[int]) -> None:
    assert rounds(days) == first


def test_both_ends_of_a_span_belong_to_it() -> None:
    record = read_record()
    for span, persons in (
        (Span(date(2024, 6, 24), date(2024, 6, 24)), 6),
        (Span(date(2024, 6, 25), date(2025, 1, 26)), 0),
        (Span(date(2024, 6, 25), date(2025, 1, 27)), 3),
    ):
        assert record.happened("persons", span) == persons
    assert year(2024).years == pytest.approx(366 / 365.25)
    assert (year(2024).text, AFTER.text) == ("2024", "2024-01-01 to 2026-10-31")


LISTED = 'kind = "listing"'
WRONG = {
    "no date": (("date = 2020-07-30", 'date = "soon"'), ["events.0.date", "'soon'", "2019-05-17"]),
    "a time": (("date = 2020-07-30", "date = 2020-07-30T10:00:00"), ["events.0.date", "is not a date"]),
    "another kind": ((LISTED, 'kind = "list"'), ["events.0.kind", "listing"]),
    "no number": (("persons = 6", 'persons = "six"'), ["events.0.persons", "'six'"]),
    "fewer than none": (("persons = 6", "persons = -6"), ["events.0.persons", "-6"]),
    "nobody": (("persons = 6\nentities = 3\n", ""), ["events.0", "lists nobody", "above 0"]),
    "both": ((LISTED, 'kind = "attribution"'), ["events.0", "are listed by listings", "6"]),
    "no source": (("source = ", "sauce = "), ["events.0.sauce", "source"]),
    "an empty source": (('source = "public pages on the decision of 22 October 2020', 'source = ""\n#'), ["events.1"]),
    "a lag below zero": (("lags = [75]", "lags = [-75]"), ["events.2.lags", "-75"]),
    "after the end": (("date = 2026-03-16", "date = 2027-03-16"), ["events.7.date", "a later known_until"]),
    "ends turned": (("known_until = 2026-10-31", "known_until = 2020-10-31"), ["known_until", "after 2023-12-31"]),
    "no events": (("[[events]]", "[[happenings]]"), ["happenings", "events"]),
    "an unknown key": (("persons = 6", "people = 6"), ["events.0.people", "persons"]),
    "no TOML": (("[[events]]", "[[events"), ["is not valid TOML"]),
}


@by_name(WRONG)
def test_a_wrong_record_is_answered_with_place_and_remedy(case, tmp_path: Path) -> None:
    change, said = case
    path = edited(tmp_path, "record", "events", change)
    with pytest.raises(ConfigurationError) as error:
        read_record(path)
    text = str(error.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    for words in said:
        assert words in text


def test_there_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("", "utf-8")
    for name, said in (("empty.toml", "is empty"), ("none.toml", "there is no such file")):
        with pytest.raises(ConfigurationError, match=said):
            read_record(tmp_path / name)
